"""Row A10, read back: captions of videos that have none in their stream."""

import time
from urllib.parse import unquote

import httpx

from contracts import Video
from contracts.videos import Caption
from tests.buckets import client_of, settings_of
from tests.infra import S3
from tests.playback.conftest import OpenSchool

ENGLISH = Caption(language_code="en", name="English", s3_key="captions/1/1.vtt")
VIDEO = Video(provider="s3", s3_key="1.mp4", duration_ms=10_000)


async def test_captions_of_a_video_in_s3_come_with_it(open_school: OpenSchool, s3: S3) -> None:
    """Each caption file opens by its own address, which ends when the video's does."""
    key = f"captions/{time.time_ns()}/1.vtt"
    with client_of(s3) as client:
        client.put_object(Bucket=s3.bucket, Key=key, Body=b"WEBVTT\n", ContentType="text/vtt")
    configured = settings_of(s3) | {"playback_ttl_s": 60}
    async with open_school(**configured) as school, httpx.AsyncClient(timeout=20) as viewer:
        await school.standard()
        await school.lesson(video=VIDEO, captions=(Caption(language_code="de", name="Deutsch", s3_key=key),))
        answer = await school.granted()
        (caption,) = answer["captions"]
        assert (caption["languageCode"], caption["name"]) == ("de", "Deutsch")
        lives = [int(httpx.URL(url).params["X-Amz-Expires"]) for url in (answer["signedUrl"], caption["url"])]
        assert lives[0] == lives[1]
        assert (await viewer.get(caption["url"])).content == b"WEBVTT\n"
    client.delete_object(Bucket=s3.bucket, Key=key)
    client.close()


async def test_captions_follow_the_lesson(open_school: OpenSchool) -> None:
    """Changed, they are what the newest event says; without a file, or gone, there are none."""
    async with open_school(s3_public_endpoint_url="https://files.school.test") as school:
        await school.standard()
        await school.lesson(video=VIDEO, captions=(ENGLISH, Caption(language_code="fr", name="Français")))
        shown = (await school.granted())["captions"]
        assert [caption["languageCode"] for caption in shown] == ["en"]
        assert "/captions/1/1.vtt?" in unquote(shown[0]["url"])
        newer = ENGLISH.model_copy(update={"s3_key": "captions/1/2.vtt"})
        await school.lesson(video=VIDEO, captions=(newer,))
        assert "/captions/1/2.vtt?" in (await school.granted())["captions"][0]["url"]
        await school.lesson(video=VIDEO)
        assert (await school.granted())["captions"] == []


async def test_captions_at_mux_are_in_the_stream(open_school: OpenSchool) -> None:
    """What is in the stream is not named a second time."""
    async with open_school() as school:
        await school.standard()
        await school.lesson(captions=(ENGLISH,))
        assert (await school.granted())["captions"] == []
