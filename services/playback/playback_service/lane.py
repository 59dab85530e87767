"""Which requests for playback go the short way (`servicekit.lane`), and how they are read there.

What is well-formed goes this way; everything else goes the framework's, and so does what is odd.
"""

import re
from functools import partial
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope

from playback_service import routes
from playback_service.models import ID_PATTERN, MAX_GRANT
from servicekit.lane import Answer, JsonBytes

_LESSON = re.compile(ID_PATTERN)
_BEFORE, _, _AFTER = routes.PATH.partition("{lessonId}")


def short_way(scope: Scope) -> Answer | None:
    """To the playback of the lesson that the request names, if it is for this way."""
    lesson_id = _lesson(scope)
    return partial(_answer, lesson_id) if lesson_id is not None else None


async def _answer(lesson_id: str, scope: Scope, _: Receive) -> ASGIApp:
    state = scope["app"].state
    headers = dict(reversed(scope["headers"]))  # of several, the first counts, as everywhere
    forwarded_for = b", ".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    authorization = headers.get(b"authorization")
    principal = await state.authenticator.authenticate(authorization and authorization.decode("latin-1"))
    body, said = await routes.answer(
        state,
        principal,
        lesson_id,
        _refresh(scope["query_string"]),
        peer=scope["client"][0] if scope.get("client") else None,
        forwarded_for=forwarded_for.decode("latin-1") or None,
        referrer=(headers.get(b"referer") or headers.get(b"origin") or b"").decode("latin-1") or None,
        user_agent=headers.get(b"user-agent", b"").decode("latin-1") or None,
    )
    return JsonBytes(body, 200, said)


def _lesson(scope: Scope) -> str | None:
    """The lesson of a request that this way is for."""
    path: str = scope["path"]
    if not path.startswith(_BEFORE) or not path.endswith(_AFTER):
        return None
    lesson_id = path[len(_BEFORE) : -len(_AFTER)]
    if _LESSON.fullmatch(lesson_id) is None or not _is_plain(scope["query_string"]):
        return None
    return lesson_id


def _is_plain(query: bytes) -> bool:
    """No query, or `refresh` alone."""
    return not query or (query.startswith(b"refresh=") and b"&" not in query and len(query) <= MAX_GRANT)


def _refresh(query: bytes) -> str | None:
    return unquote_plus(query[len(b"refresh=") :].decode("latin-1")) if query else None
