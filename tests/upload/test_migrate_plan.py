"""`seatime-migrate plan`: what would move, what it would cost, what stays; in words and for machines (rows B2, B6)."""

from pathlib import Path

import pytest

from tests.infra import S3
from tests.upload.conftest import Service
from tests.upload.schooling import MOVIE, environment, key_of, migrate, new_mark, only, put, put_many, school, tables
from tests.upload.stored import with_storage
from upload_service.selection import lesson_id_of
from upload_service.settings import Settings


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3)


@pytest.fixture
def mark() -> str:
    return new_mark()


async def test_a_plan_tells_sizes_minutes_and_cost_and_changes_nothing(service: Service, mark: str) -> None:
    """Row B6: lessons on S3 with size, minutes and estimated cost; tables and bucket are as they were."""
    lessons = await school(service, 4, mark=mark)
    await school(service, 2, course_id="course-other", mark=mark, duration_ms=120_000)
    before = await tables(service)
    ended = await migrate(service.settings, "plan", "--json", "--views", "10")
    assert ended.code == 0, ended.err
    told = ended.json
    assert [video["lessonId"] for video in told["videos"]][2:] == lessons
    assert (told["count"], told["bytes"]) == (6, 6 * len(MOVIE))
    assert told["minutes"] == {"known": 10.0, "estimated": 0.0, "total": 10.0}
    assert told["cost"] == {
        "currency": "USD",
        "encodingOnce": 0.0,
        "storageMonthly": 0.05,
        "deliveryMonthly": 0.1,
        "monthly": 0.15,
    }
    assert await tables(service) == before


async def test_a_person_reads_the_same(service: Service, mark: str) -> None:
    """Row B6: a row for each course, the cost with its assumptions, and what stays with the reason."""
    await school(service, 3, mark=mark)
    await put(service, key_of("course-s3-l0001", mark).replace(".mp4", ".txt"), b"no video", "text/plain")
    ended = await migrate(service.settings, "plan", "--prefix", f"old/{mark}")
    assert ended.code == 0, ended.err
    assert "course-s3" in ended.out
    assert "4.5" in ended.out
    assert "storage $0.005 a month" in ended.out
    assert "it belongs to no lesson" in ended.out
    assert "Nothing was changed" in ended.out


async def test_a_bucket_of_any_length_is_listed(service: Service, mark: str) -> None:
    """Row B2: more objects than one page of a listing holds, each planned once."""
    await service.must("PUT", "/api/courses/course-new", json={"title": "Course"})
    keys = [f"{mark}{number:04}.mp4" for number in range(1050)]
    await put_many(service, keys)
    ended = await migrate(service.settings, "plan", "--json", "--quick", "--prefix", mark, "--course", "course-new")
    told = ended.json
    assert told["count"] == 1050
    assert [video["source"] for video in told["videos"]] == keys
    assert len({video["lessonId"] for video in told["videos"]}) == 1050


async def test_whose_an_object_is(service: Service, mark: str, tmp_path: Path) -> None:
    """Row B1: an upload's is its lesson's, a listed one that lesson's, any other a new lesson's."""
    (owned,) = await school(service, 1, mark=mark)
    for lesson_id in ("lesson-empty", "lesson-other"):
        await service.must("PUT", f"/api/courses/course-s3/lessons/{lesson_id}", json={"title": "Old title"})
    folder = f"old/{mark}"
    await put(service, f"{folder}listed.mp4", MOVIE)
    await put(service, f"{folder}03_My great-lecture.mp4", MOVIE)
    await put(service, f"{folder}notes.pdf", b"%PDF-1.7 notes", "application/pdf")
    await put(service, f"{folder}busy.mp4", MOVIE)
    listed = tmp_path / "map.csv"
    listed.write_text(
        f'key,lessonId,title\n{folder}listed.mp4,lesson-empty,"A, new title"\n{folder}busy.mp4,{owned}\n'
        f"{folder}missing.mp4,lesson-other\n{folder}stranger.mp4,lesson-unknown\n"
    )
    ended = await migrate(
        service.settings, "plan", "--json", "--prefix", folder, "--map", str(listed), "--course", "course-s3"
    )
    told = ended.json
    found = {video["source"].removeprefix(folder): video for video in told["videos"]}
    left = {one["source"].removeprefix(folder): one["reason"] for one in told["left"]}
    assert found.keys() == {"listed.mp4", "03_My great-lecture.mp4", key_of(owned, mark).removeprefix(folder)}
    assert (found["listed.mp4"]["lessonId"], found["listed.mp4"]["title"]) == ("lesson-empty", "A, new title")
    made = found["03_My great-lecture.mp4"]
    assert (made["title"], made["makesLesson"], made["seconds"]) == ("03 My great-lecture", True, 90.0)
    assert made["lessonId"] == lesson_id_of(service.settings.s3_bucket, f"{folder}03_My great-lecture.mp4")
    assert left == {
        "notes.pdf": "its first bytes are not those of a video",
        "busy.mp4": "the lesson has a video already",
        "missing.mp4": "there is no such object",
        "stranger.mp4": "there is no such object",
    }


async def test_a_chosen_lesson_that_does_not_move_is_named(service: Service, mark: str) -> None:
    """Row B6: what was asked for and stays is told with the reason."""
    (first, second) = await school(service, 2, mark=mark)
    other = await service.make_lesson()
    ended = await migrate(service.settings, "plan", "--json", "--lessons", f"{second},{other},nobody")
    assert only(ended.json["videos"])["lessonId"] == second
    assert {one["lessonId"]: one["reason"] for one in ended.json["left"]} == {
        other: "the lesson does not play from S3",
        "nobody": "there is no such lesson",
    }
    assert first not in ended.out


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"database_url_upload": "postgresql://nobody:x@127.0.0.1:9/nowhere"}, 3, "the database is not available"),
        ({"s3_endpoint_url": "http://127.0.0.1:9"}, 3, "S3 is not available"),
        ({"s3_secret_access_key": ""}, 2, "S3_SECRET_ACCESS_KEY is not set"),
        ({"database_url_upload": ""}, 2, "DATABASE_URL_UPLOAD is not set"),
    ],
)
async def test_what_is_away_is_one_line(
    service: Service, mark: str, changed: dict[str, str], code: int, words: str
) -> None:
    """A missing setting or an absent system is one clear line and an exit code, without a traceback."""
    await school(service, 1, mark=mark)
    ended = await migrate(service.settings, "plan", **changed)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert environment(service.settings)["S3_SECRET_ACCESS_KEY"] not in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "--courses", "no/id"], "cannot be an id"),
        (["plan", "--course", "nowhere", "--prefix", "x"], "no such course: nowhere"),
        (["plan", "--map", "missing.csv"], "missing.csv: No such file"),
        (["fly"], "invalid choice"),
    ],
)
async def test_what_cannot_be_meant_is_refused(service: Service, arguments: list[str], words: str) -> None:
    """Wrong options name what is wrong."""
    ended = await migrate(service.settings, *arguments)
    assert ended.code in (2, 4)
    assert words in ended.err
