"""The built web app: hashed assets are kept for ever by browsers, the page itself is asked for anew each time."""

import mimetypes
from email.utils import formatdate
from pathlib import Path

from starlette.types import Receive, Scope, Send

IMMUTABLE = b"public, max-age=31536000, immutable"
REVALIDATE = b"no-cache"
NOT_BUILT = b"The web app is not built: run `make web`.\n"


class WebApp:
    """ASGI. A path that is a file of `folder` gets it; any other gets index.html, for the app's own router.

    A missing file under /assets/ is a 404: an old page must not be given HTML for a script.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _send(send, 405, b"", [(b"allow", b"GET, HEAD")])
            return
        path = self._find(scope["path"])
        if path is None:
            await _send(send, 404, b"not found\n", [(b"content-type", b"text/plain")])
            return
        if not path.is_file():
            await _send(send, 503, NOT_BUILT, [(b"content-type", b"text/plain")])
            return
        etag = f'"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"'.encode()
        headers = [
            (b"content-type", _content_type(path)),
            (b"cache-control", IMMUTABLE if path.parent.name == "assets" else REVALIDATE),
            (b"etag", etag),
            (b"last-modified", formatdate(path.stat().st_mtime, usegmt=True).encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        if dict(scope["headers"]).get(b"if-none-match") == etag:
            await _send(send, 304, b"", headers)
            return
        body = path.read_bytes()
        await _send(send, 200, body if scope["method"] == "GET" else b"", headers, length=len(body))

    def _find(self, path: str) -> Path | None:
        wanted = (self._folder / path.lstrip("/")).resolve()
        hidden = any(part.startswith(".") for part in path.split("/"))
        if wanted.is_relative_to(self._folder) and wanted.is_file() and not hidden:
            return wanted
        return None if path.startswith("/assets/") or hidden else self._folder / "index.html"


def _content_type(path: Path) -> bytes:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return (f"{kind}; charset=utf-8" if kind.startswith("text/") or "javascript" in kind else kind).encode()


async def _send(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]], *, length: int | None = None
) -> None:
    size = (b"content-length", str(len(body) if length is None else length).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, size]})
    await send({"type": "http.response.body", "body": body})
