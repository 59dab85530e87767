"""Private responses that a browser may keep for seconds and revalidate by content."""

import hashlib

from fastapi import Response
from pydantic import BaseModel


def respond(body: BaseModel, if_none_match: str | None, *, max_age_s: int) -> Response:
    """The body as JSON with its ETag, or a 304 if the caller has exactly this one (RFC 9110 §13.1.2)."""
    content = body.model_dump_json(by_alias=True).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={max_age_s}", "Vary": "Authorization"}
    if _matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _matches(if_none_match: str | None, etag: str) -> bool:
    candidates = [candidate.strip() for candidate in (if_none_match or "").split(",")]
    return "*" in candidates or etag in [candidate.removeprefix("W/") for candidate in candidates]
