"""Sessions that end without a word, and one learner on several devices."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from progress_service.app import create_app
from progress_service.ledger import moment
from progress_service.sessions import SILENT_AFTER_MS, End, Playback, ended
from servicekit.database import Pool
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import dump, handle
from tests.progress.making import (
    HOUR,
    SESSION,
    T0,
    beat,
    course_changed,
    lesson_changed,
    new_session,
    request,
    watching,
)

URL = "/api/progress/lessons/l1/sessions"


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


def playback(last_beat: int | None) -> Playback:
    return Playback(SESSION, T0, T0 + HOUR, None if last_beat is None else T0 + last_beat, 1)


@pytest.mark.parametrize(
    ("last_beat", "now", "end"),
    [
        (10_000, 10_000 + SILENT_AFTER_MS, None),
        (10_000, 10_001 + SILENT_AFTER_MS, End(T0 + 10_000, "silent")),
        (10_000, 9 * HOUR, End(T0 + 10_000, "silent")),
        (None, SILENT_AFTER_MS, None),
        (None, SILENT_AFTER_MS + 1, End(T0, "silent")),
        (HOUR - SILENT_AFTER_MS, HOUR - 1, None),
        (HOUR - SILENT_AFTER_MS, HOUR, End(T0 + HOUR, "expired")),
        (HOUR - 1, HOUR + 1, End(T0 + HOUR, "expired")),
    ],
)
def test_a_session_ends_when_it_falls_silent_or_its_grant_ends(
    last_beat: int | None, now: int, end: End | None
) -> None:
    """Row D24: after two minutes without a beat it ended with the last one; one that reports on ends with its grant."""
    assert ended(playback(last_beat), T0 + now) == end


@pytest.mark.usefixtures("worker_pool")
async def test_the_server_closes_a_session_whose_player_went_away(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D24: nobody said good-bye; it is told as closed at its last beat, and what comes later still counts."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(30_000))
    (session,) = (await api.get(URL, headers=bearer("ada"))).json()["sessions"]
    assert (session["sessionId"], session["beats"]) == (str(SESSION), 3)
    assert (session["closed"], session["closedBecause"]) == (True, "silent")
    assert session["closedAt"] == session["lastBeatAt"] == moment(T0 + 30_000).isoformat().replace("+00:00", "Z")
    tables = await dump(worker_pool, ("watch_sessions",))
    await handle(worker_pool, request(beat(3, 30_000, 40_000, (30_000, 40_000)), received=HOUR, sent=HOUR))
    (later,) = (await api.get(URL, headers=bearer("ada"))).json()["sessions"]
    assert later["closedAt"] == moment(T0 + 40_000).isoformat().replace("+00:00", "Z")
    assert later["beats"] == 4
    assert await dump(worker_pool, ("watch_sessions",)) != tables


async def test_sessions_are_told_to_whom_they_belong(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """The learner's own, the owner's learners', an administrator's all; nobody else's."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(30_000))

    async def ask(headers: dict[str, str], learner: str | None = None) -> tuple[int, int]:
        response = await api.get(URL, params={"learner": learner} if learner else {}, headers=headers)
        return response.status_code, len(response.json().get("sessions", []))

    assert await ask(bearer("ada")) == (200, 1)
    assert await ask(bearer("bob")) == (200, 0)
    assert await ask(bearer("bob"), "ada") == (403, 0)
    assert await ask(bearer("olga"), "ada") == (200, 1)
    assert await ask(bearer("root", "admin"), "ada") == (200, 1)
    assert (await api.get("/api/progress/lessons/none/sessions", headers=bearer("ada"))).status_code == 404


@pytest.mark.parametrize("phone_first", [True, False])
async def test_the_device_that_watched_last_says_where_to_resume(
    api: httpx.AsyncClient, worker_pool: Pool, phone_first: bool
) -> None:
    """Row D1: by the server's clock, whichever report comes first and however wrong the devices' clocks are."""
    await handle(worker_pool, lesson_changed())
    laptop, phone = UUID(int=1), new_session()
    ahead = 3 * HOUR  # the laptop's clock
    reports = [
        request(beat(0, ahead, ahead + 10_000, (0, 10_000)), session_id=laptop, received=10_000, sent=10_000 + ahead),
        request(beat(0, 60_000, 70_000, (40_000, 50_000)), session_id=phone, received=70_000),
    ]
    for report in reversed(reports) if phone_first else reports:
        await handle(worker_pool, report)
    told = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert (told["resumePosition"], told["covered"]) == (50, [[0, 10], [40, 50]])
