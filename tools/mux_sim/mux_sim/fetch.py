"""Downloads of inputs, straight to disk: this is how Mux takes a video over from a presigned URL."""

from pathlib import Path

import aiohttp

PIECE = 1 << 20


class FetchFailed(Exception):
    """The input could not be downloaded; the message is what the asset's `errors` will say."""


async def fetch(http: aiohttp.ClientSession, url: str, target: Path, timeout: float) -> None:
    """Stream `url` (http or https) into `target`. `timeout` bounds connecting and each silence, not the whole."""
    if not url.startswith(("http://", "https://")):
        raise FetchFailed(f"The input URL {url!r} is not an http(s) URL.")
    limits = aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout)
    scratch = target.with_name(target.name + ".fetching")
    try:
        async with http.get(url, timeout=limits) as response:
            if response.status != 200:
                raise FetchFailed(f"The input URL could not be downloaded: HTTP status {response.status}.")
            with scratch.open("wb") as file:
                async for piece in response.content.iter_chunked(PIECE):
                    file.write(piece)
        scratch.replace(target)
    except (aiohttp.ClientError, TimeoutError) as failure:
        raise FetchFailed(f"The input URL could not be downloaded: {type(failure).__name__}.") from failure
    finally:
        scratch.unlink(missing_ok=True)
