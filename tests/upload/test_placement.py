"""The storage decision (A3)."""

import pytest

from upload_service.placement import Limit, declared_type, kind_of, place, refusal

LIMITS = {"instructor": Limit(100, ("image/*", "application/pdf")), "admin": Limit(1000, ("*",))}


@pytest.mark.parametrize(
    ("content_type", "filename", "provider"),
    [
        ("video/mp4", "a.mp4", "mux"),
        ("VIDEO/MP4; codecs=x", "anything", "mux"),
        ("", "a.MKV", "mux"),
        ("application/octet-stream", "lecture.mov", "mux"),
        ("application/mxf", "a.mxf", "mux"),
        ("application/octet-stream", "a.pdf", "s3"),
        ("", "mp4", "mux"),
        ("", "", "s3"),
        ("image/png", "a.mp4", "s3"),
        ("audio/mpeg", "a.mp3", "s3"),
        ("application/pdf", "a.pdf", "s3"),
    ],
)
def test_a_video_goes_to_mux_and_anything_else_to_s3(content_type: str, filename: str, provider: str) -> None:
    """A3: the declared type decides, the name where the type says nothing."""
    assert place(content_type, filename) == provider


@pytest.mark.parametrize(
    ("roles", "content_type", "size", "refused"),
    [
        (["instructor"], "image/png", 100, None),
        (["instructor"], "image/png", 101, "at most 100 bytes"),
        (["instructor"], "text/html", 1, "text/html are not taken"),
        (["instructor", "admin"], "image/png", 1000, None),
        (["admin"], "text/html", 1001, "at most 1000 bytes"),
        (["learner"], "image/png", 1, "none of your roles"),
        ([], "image/png", 1, "none of your roles"),
    ],
)
def test_limits_are_by_role(roles: list[str], content_type: str, size: int, refused: str | None) -> None:
    """A3: the most generous of the caller's roles decides, type before size."""
    reason = refusal(LIMITS, roles, content_type, size)
    assert reason is None if refused is None else refused in (reason or "")


def test_kinds() -> None:
    """A3: what is neither image nor sound nor video is a document."""
    found = [kind_of(one) for one in ("image/png", "Audio/mpeg", "video/mp4", "application/pdf")]
    assert found == ["image", "audio", "video", "document"]


@pytest.mark.parametrize(
    ("content_type", "filename", "found"),
    [
        ("Text/CSV; charset=x", "a.bin", "text/csv"),
        ("", "a.vtt", "text/vtt"),
        ("", "a.MD", "text/markdown"),
        ("application/octet-stream", "a.pdf", "application/pdf"),
        ("", "a.unheardof", "application/octet-stream"),
        ("", "noending", "application/octet-stream"),
    ],
)
def test_a_name_stands_in_for_a_type(content_type: str, filename: str, found: str) -> None:
    """A3: browsers leave the type empty for what they do not know."""
    assert declared_type(content_type, filename) == found
