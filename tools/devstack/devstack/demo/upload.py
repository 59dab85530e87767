"""A direct upload in chunks, as the browser's uploader does it: PUT with Content-Range, 308 until the last one."""

from collections.abc import Callable

import aiohttp

from devstack.demo.api import DemoFailed
from devstack.demo.clip import Clip

CHUNK = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=120)
RESUME_INCOMPLETE = 308


async def put_in_chunks(http: aiohttp.ClientSession, url: str, clip: Clip, advance: Callable[[int], None]) -> int:
    """Send the file; `advance` is told how many bytes each chunk added. Returns the number of chunks."""
    total, sent, chunks = clip.size, 0, 0
    with clip.path.open("rb") as file:
        while sent < total:
            chunk = file.read(CHUNK)
            last = sent + len(chunk) == total
            headers = {"Content-Range": f"bytes {sent}-{sent + len(chunk) - 1}/{total}", "Content-Type": "video/mp4"}
            async with http.put(url, data=chunk, headers=headers, timeout=TIMEOUT, allow_redirects=False) as answer:
                wanted = (200, 201) if last else (RESUME_INCOMPLETE,)
                if answer.status not in wanted:
                    raise DemoFailed(f"chunk {chunks + 1} was answered by {answer.status}: {await answer.text()}")
            sent, chunks = sent + len(chunk), chunks + 1
            advance(len(chunk))
    return chunks
