"""Addresses that a person wants videos imported from: looked at before Mux is sent there, a few at a time.

What Mux is given is where the redirects ended, never what the person wrote. Serves issue 4's line "import URLs given by
a person are refused unless they resolve to public addresses, after each redirect (SSRF)".
"""

import asyncio
from collections.abc import Mapping, Sequence

from servicekit.addresses import AddressRefused, Rules
from servicekit.errors import BadRequest, ServiceError
from servicekit.outside import AddressUnreachable
from upload_service import sniffing
from upload_service.errors import NotAVideo
from upload_service.fetching import fetch_head

_AT_ONCE = 8


async def checked(videos: Sequence[tuple[str, str]], rules: Rules) -> Mapping[str, str]:
    """The final address by lesson, each of a video.

    Raises AddressRefused, AddressUnreachable or NotAVideo for the first that is not, with `lessonId` in the problem,
    and BadRequest for a lesson that is named twice.
    """
    if len({lesson_id for lesson_id, _ in videos}) < len(videos):
        raise BadRequest("a lesson is named twice")
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(lesson_id: str, url: str) -> str | ServiceError:
        async with free:
            return await _checked(lesson_id, url, rules)

    found = await asyncio.gather(*(one(*video) for video in videos))
    final: dict[str, str] = {}
    for (lesson_id, _), outcome in zip(videos, found, strict=True):
        if isinstance(outcome, ServiceError):
            raise outcome
        final[lesson_id] = outcome
    return final


async def _checked(lesson_id: str, url: str, rules: Rules) -> str | ServiceError:
    try:
        head = await fetch_head(url, rules, first_bytes=sniffing.HEAD_BYTES)
    except (AddressRefused, AddressUnreachable) as error:
        return type(error)(error.detail, lessonId=lesson_id)
    if sniffing.video_type(head.first) is None:
        return NotAVideo("the first bytes behind the address are not those of a video", lessonId=lesson_id)
    return head.url
