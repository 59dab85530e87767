"""Where the bytes of direct uploads arrive: straight to disk, in any chunks, the same chunk as often as one likes.

The partial file's size is the only record of the offset, so a kill at any byte loses nothing that was written.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import jwt
from aiohttp import web

from mux_sim import lifecycle
from mux_sim.model import Upload
from mux_sim.ranges import Chunk, parse, verdict
from mux_sim.simulator import Simulator, of

routes = web.RouteTableDef()
PIECE = 1 << 20
STALL = 30.0
_LOCKS: web.AppKey[dict[str, asyncio.Lock]] = web.AppKey("upload-locks", dict[str, asyncio.Lock])


class Refused(Exception):
    """The upload host's refusal: a status and a plain text."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@routes.options("/upload/{upload_id}")
async def preflight(request: web.Request) -> web.Response:
    upload = of(request).store.uploads.get(request.match_info["upload_id"])
    headers = _cors(upload) | {
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "content-type, content-range",
        "Access-Control-Max-Age": "3600",
    }
    return web.Response(status=200 if upload else 404, headers=headers if upload else {})


@routes.put("/upload/{upload_id}")
async def put(request: web.Request) -> web.Response:
    """One chunk, a whole file, or a status query. 308 with `Range` asks for more, 200 means that all is here."""
    sim = of(request)
    upload = sim.store.uploads.get(request.match_info["upload_id"])
    locks = request.config_dict[_LOCKS]
    try:
        _admit(sim, request, upload)
        assert upload is not None
        chunk = _chunk(request)
        if chunk is not None and chunk.first is None:
            await _drain(request)
            response = _answer(sim, upload, chunk)
        else:
            async with locks.setdefault(upload.id, asyncio.Lock()):
                response = await _receive(sim, request, upload, chunk)
        if upload.status != "waiting":
            locks.pop(upload.id, None)
    except Refused as refusal:
        if refusal.status != 408:
            with suppress(Refused):
                await _drain(request)
        response = web.Response(status=refusal.status, text=str(refusal))
    response.headers.update(_cors(upload))
    return response


def prepare(app: web.Application) -> None:
    app[_LOCKS] = {}


def _cors(upload: Upload | None) -> dict[str, str]:
    if upload is None or not upload.cors_origin:
        return {}
    origin = upload.cors_origin if upload.cors_origin == "*" else upload.cors_origin.rstrip("/")
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Range", "Vary": "Origin"}


def _admit(sim: Simulator, request: web.Request, upload: Upload | None) -> None:
    try:
        options = {"verify_exp": False, "require": ["sub", "exp"]}
        claims = jwt.decode(
            request.query.get("token", ""),
            sim.secret,
            algorithms=["HS256"],
            audience="du",
            options=options,  # type: ignore[arg-type]
        )
    except jwt.PyJWTError as failure:
        raise Refused(403, "Invalid token") from failure
    if upload is None or claims["sub"] != upload.id:
        raise Refused(403, "Invalid token")
    lifecycle.expire_upload(sim, upload)
    if upload.status in ("timed_out", "cancelled", "errored"):
        raise Refused(403 if upload.status == "timed_out" else 410, f"The upload is {upload.status}")


def _chunk(request: web.Request) -> Chunk | None:
    """The chunk that the request says it carries; None for a whole file."""
    header = request.headers.get("Content-Range")
    if header is None:
        return None
    chunk = parse(header)
    if chunk is None:
        raise Refused(400, f"Content-Range {header!r} makes no sense")
    return chunk


async def _receive(sim: Simulator, request: web.Request, upload: Upload, chunk: Chunk | None) -> web.Response:
    path = sim.store.upload_path(upload.id)
    if upload.status == "asset_created":
        await _drain(request)
    elif chunk is None:
        chunk = Chunk(None, None, await _write_whole(request, path))
        upload.total = None
    else:
        await _receive_chunk(request, chunk, path, upload.total)
    return _answer(sim, upload, chunk)


async def _receive_chunk(request: web.Request, chunk: Chunk, path: Path, total: int | None) -> None:
    if total is not None and chunk.total not in (None, total):
        raise Refused(400, f"The total is {total}, not {chunk.total}")
    received = _size(path)
    if verdict(chunk, received) != "write" or chunk.first is None or chunk.last is None:
        await _drain(request)
    else:
        expected = chunk.last - chunk.first + 1
        if request.content_length not in (None, expected):
            raise Refused(400, f"Content-Range names {expected} bytes, the body has {request.content_length}")
        await _write_chunk(request, path, chunk.first, received, expected)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _answer(sim: Simulator, upload: Upload, chunk: Chunk | None) -> web.Response:
    if chunk is not None and chunk.total is not None and upload.total is None and upload.status == "waiting":
        upload.total = chunk.total
        sim.store.uploads.put(upload)
    received = _size(sim.store.upload_path(upload.id))
    if upload.status == "waiting" and received == upload.total:
        lifecycle.finish_upload(sim, upload)
    if upload.status == "asset_created":
        return web.Response()
    if upload.status != "waiting":
        raise Refused(410, f"The upload is {upload.status}")
    return web.Response(status=308, headers={"Range": f"bytes=0-{received - 1}"} if received else {})


async def _write_whole(request: web.Request, path: Path) -> int:
    """A PUT without Content-Range starts anew; its bytes count only when all have come."""
    scratch = path.with_suffix(".whole")
    try:
        with scratch.open("wb") as file:
            total = await _copy(request, file, None)
        if request.content_length not in (None, total):
            raise Refused(400, "The body ended early")
        scratch.replace(path)
        return total
    finally:
        scratch.unlink(missing_ok=True)


async def _write_chunk(request: web.Request, path: Path, first: int, received: int, expected: int) -> None:
    """Write from the chunk's start; the bytes already here come again and are skipped."""
    skip = received - first
    with path.open("ab") as file:
        copied = await _copy(request, file, expected, skip)
    if copied < expected:
        raise Refused(400, f"Content-Range names {expected} bytes, the body has {copied}")


async def _copy(request: web.Request, file: BinaryIO, limit: int | None, skip: int = 0) -> int:
    seen = 0
    while piece := await _piece(request):
        room = piece if limit is None else piece[: limit - seen]
        file.write(room[max(0, skip - seen) :])
        file.flush()
        seen += len(room)
        if len(room) < len(piece):
            raise Refused(400, "The body is longer than its Content-Range")
    return seen


async def _piece(request: web.Request) -> bytes:
    """The next bytes of the body, b"" at its end. A silent sender is given up, so that it can begin anew."""
    try:
        async with asyncio.timeout(STALL):
            return await request.content.read(PIECE)
    except TimeoutError as failure:
        raise Refused(408, "The body stalled") from failure
    except ConnectionError as failure:
        raise Refused(408, "The connection was lost") from failure


async def _drain(request: web.Request) -> None:
    while await _piece(request):
        pass
