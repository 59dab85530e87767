"""The image host: thumbnails and storyboards, each with its own token audience, drawn once and kept."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from mux_sim import access, pictures
from mux_sim.errors import PlaybackError
from mux_sim.model import Json
from mux_sim.simulator import of

routes = web.RouteTableDef()

_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_FITS = ("preserve", "stretch", "crop", "smartcrop", "pad")
_ROTATIONS = {"90": "transpose=1", "180": "hflip,vflip", "270": "transpose=2"}
_CORS = {"Access-Control-Allow-Origin": "*"}


@routes.get("/{playback_id}/thumbnail.{form:jpg|png|webp}")
async def thumbnail(request: web.Request) -> web.StreamResponse:
    entry = access.admit(request, "t")
    form = request.match_info["form"]
    media = _video(entry)
    at = _number(entry.options.get("time"), "time", min(media["duration"] / 2, 10.0))
    filters = thumbnail_filters(entry.options)
    folder = of(request).store.media_folder(entry.asset.id)
    name = hashlib.sha256(f"{at}|{filters}".encode()).hexdigest()[:20]
    target = folder / f"thumbnail-{name}.{form}"
    best = media["renditions"][-1]
    ffmpeg = of(request).jobs.ffmpeg
    return await _drawn(
        request, target, lambda: pictures.make_thumbnail(ffmpeg, best, at, filters, target), _TYPES[form]
    )


def thumbnail_filters(options: dict[str, Any]) -> str:
    """ffmpeg filters for Mux's thumbnail options. Raises PlaybackError 400 for values that Mux doesn't know."""
    fit = options.get("fit_mode", "preserve")
    if fit not in _FITS:
        raise PlaybackError(400, "Unrecognized fit-mode")
    width = int(_number(options.get("width"), "width", 0))
    height = int(_number(options.get("height"), "height", 0))
    if width > 3840 or height > 3840:
        raise PlaybackError(400, "Invalid size")
    filters = _sized(fit, width, height) if width or height else []
    if rotation := options.get("rotate"):
        if str(rotation) not in _ROTATIONS:
            raise PlaybackError(400, "Invalid rotate")
        filters.append(_ROTATIONS[str(rotation)])
    filters += [name[0] + "flip" for name in ("horizontal", "vertical") if _flipped(options, name)]
    return ",".join(filters)


def _flipped(options: dict[str, Any], name: str) -> bool:
    return str(options.get(f"flip_{name[0]}", "")).lower() == "true"


def _sized(fit: str, width: int, height: int) -> list[str]:
    if not (width and height):
        return [f"scale={width or -2}:{height or -2}"]
    size = f"{width}:{height}"
    if fit == "stretch":
        return [f"scale={size}"]
    if fit in ("crop", "smartcrop"):
        return [f"scale={size}:force_original_aspect_ratio=increase", f"crop={size}"]
    shrunk = f"scale={size}:force_original_aspect_ratio=decrease"
    return [shrunk, f"pad={size}:(ow-iw)/2:(oh-ih)/2"] if fit == "pad" else [shrunk]


def _number(value: Any, name: str, default: float) -> float:
    if value is None:
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e6:
        raise PlaybackError(400, f"Invalid {name}")
    return number


def _video(entry: access.Access) -> Json:
    media = entry.asset.media or {}
    if "aspect_ratio" not in media:
        raise PlaybackError(404, "Not Found")
    return media


@routes.get("/{playback_id}/storyboard.vtt")
async def storyboard_cues(request: web.Request) -> web.Response:
    entry = access.admit(request, "s")
    media = _video(entry)
    plan = _sheet(media)
    form = request.query.get("format", "jpg")
    if form not in _TYPES:
        raise PlaybackError(400, "Invalid format")
    query = f"?token={entry.token}" if entry.token else ""
    url = f"{of(request).base_url(request)}/{entry.playback_id}/storyboard.{form}{query}"
    text = pictures.cues(plan, media["duration"], url)
    return web.Response(text=text, content_type="text/vtt", headers=_CORS)


def _sheet(media: Json) -> pictures.Sheet:
    smallest = media["renditions"][0]
    return pictures.sheet(media["duration"], smallest["width"], smallest["height"])


@routes.get("/{playback_id}/storyboard.{form:jpg|png|webp}")
async def storyboard(request: web.Request) -> web.StreamResponse:
    entry = access.admit(request, "s")
    media, form = _video(entry), request.match_info["form"]
    folder = of(request).store.media_folder(entry.asset.id)
    target = folder / f"storyboard.{form}"
    smallest, plan, ffmpeg = media["renditions"][0], _sheet(media), of(request).jobs.ffmpeg
    return await _drawn(
        request,
        target,
        lambda: pictures.make_sheet(ffmpeg, smallest, plan, target),
        _TYPES[form],
    )


_LOCK: web.AppKey[asyncio.Lock] = web.AppKey("drawing", asyncio.Lock)


def prepare(app: web.Application) -> None:
    app[_LOCK] = asyncio.Lock()


async def _drawn(
    request: web.Request, target: Path, draw: Callable[[], Awaitable[None]], content_type: str
) -> web.StreamResponse:
    """The picture from disk; drawn first if it isn't there, one at a time."""
    async with request.config_dict[_LOCK]:
        if not target.is_file():  # noqa: ASYNC240  (one stat of a local file)
            await draw()
    return web.FileResponse(target, headers=_CORS | {"Content-Type": content_type, "Cache-Control": "max-age=60"})
