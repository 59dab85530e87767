"""First bytes against declared types (A3)."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_sim.testing import make_clip
from upload_service.sniffing import HEAD_BYTES, lie, video_type


def _zip() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.txt", "x" * 9000)
    return body.getvalue()[:HEAD_BYTES]


def _ebml(kind: bytes) -> bytes:
    return (
        bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282") + bytes([0x80 | len(kind)]) + kind + bytes(40)
    )


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(50)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(50)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 20
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(50)
M4A = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + bytes(50)
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(50)
WAV = b"RIFF\x10\0\0\0WAVEfmt " + bytes(50)
MP3 = b"ID3\x04\0\0\0\0\0\0" + bytes(50)
EXE = b"MZ\x90\0\x03" + bytes(200)
DOC = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("declared", "head"),
    [
        ("image/png", PNG),
        ("IMAGE/JPG; x=y", JPEG),
        ("image/avif", AVIF),
        ("image/webp", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50)),
        ("image/gif", b"GIF89a" + bytes(50)),
        ("application/pdf", PDF),
        ("application/zip", _zip()),
        (DOCX, _zip()),
        ("application/msword", DOC),
        ("audio/mp4", M4A),
        ("audio/x-wav", WAV),
        ("audio/mpeg", MP3),
        ("audio/flac", b"fLaC" + bytes(50)),
        ("audio/ogg", b"OggS\0\x02" + bytes(50)),
        ("text/plain", "Grüße, 世界\n".encode() * 1000),
        ("text/plain", ("ü" * 5000).encode()[:HEAD_BYTES]),
        ("text/plain", ("x" + "ü" * 5000).encode()[:HEAD_BYTES]),
        ("text/csv", b"a;b\r\n1;2\r\n"),
        ("text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello"),
        ("application/json", b'{"a": 1}'),
        ("application/vnd.something", b"\x91\x22\x83" * 9),
        ("video/mp4", MP4),
        ("video/webm", _ebml(b"webm")),
    ],
)
def test_the_truth_is_believed(declared: str, head: bytes) -> None:
    """A3: each type with bytes of its own, synonyms and parameters included."""
    assert lie(declared, head) is None


@pytest.mark.parametrize(
    ("declared", "head", "reason"),
    [
        ("image/png", JPEG, "declared as image/png, but it is image/jpeg"),
        ("image/jpeg", PDF, "declared as image/jpeg, but it is application/pdf"),
        ("image/png", MP4, "declared as image/png, but it is video/mp4"),
        ("image/png", EXE, "declared as image/png, but it is a program"),
        ("application/pdf", MP4, "declared as application/pdf, but it is video/mp4"),
        ("application/pdf", b"<!DOCTYPE html><html>" + b"x" * 99, "declared as application/pdf, but it is text/html"),
        (DOCX, DOC, f"declared as {DOCX}, but it is application/msword"),
        ("audio/mpeg", WAV, "declared as audio/mpeg, but it is audio/wav"),
        ("audio/mpeg", MP4, "declared as audio/mpeg, but it is video/mp4"),
        ("audio/mp4", AVIF, "declared as audio/mp4, but it is image/avif"),
        ("text/plain", PNG, "declared as text/plain, but it is image/png"),
        ("text/csv", EXE, "declared as text/csv, but it is a program"),
        ("text/plain", b"a\0b", "declared as text/plain, but it is something else"),
        ("application/vnd.something", EXE, "declared as application/vnd.something, but it is a program"),
        ("application/vnd.something", _ebml(b"matroska"), "but it is video/x-matroska"),
        ("video/mp4", PNG, "declared as video/mp4, but it is image/png"),
        ("video/mp4", M4A, "declared as video/mp4, but it is audio/mp4"),
        ("image/png", b"", "the file is empty"),
    ],
)
def test_a_lie_is_told_with_what_it_is(declared: str, head: bytes, reason: str) -> None:
    """A3: the reason says both what was declared and what it is."""
    assert (lie(declared, head) or "").endswith(reason)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (MP4, "video/mp4"),
        (M4A, None),
        (AVIF, None),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(50), "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\x10\0mdat" + bytes(50), "video/quicktime"),
        (_ebml(b"webm"), "video/webm"),
        (_ebml(b"matroska"), "video/x-matroska"),
        (_ebml(b"other"), None),
        (b"RIFF\x10\0\0\0AVI LIST" + bytes(50), "video/x-msvideo"),
        (WAV, None),
        ((b"\x47" + bytes(187)) * 3, "video/mp2t"),
        (b"G" * 20, None),
        (b"\0\0\x01\xba" + bytes(50), "video/mpeg"),
        (b"", None),
        (b"\x1a\x45\xdf\xa3", None),
        (PNG, None),
    ],
)
def test_containers_of_video_are_told_apart(head: bytes, found: str | None) -> None:
    """A3: ISO-BMFF by its brands, EBML by its document type, others by their signatures."""
    assert video_type(head) == found


def test_a_real_clip_is_a_video(tmp_path: Path) -> None:
    """A3: what ffmpeg makes is recognised."""
    assert (
        video_type(make_clip(tmp_path / "clip.mp4", seconds=1, size="64x36").read_bytes()[:HEAD_BYTES]) == "video/mp4"
    )


@given(st.sampled_from(["image/png", "text/plain", "video/mp4", "application/x", "audio/mpeg", DOCX]), st.binary())
def test_any_bytes_get_an_answer(declared: str, head: bytes) -> None:
    """A3: hostile bytes never raise, and a reason is one short line."""
    reason = lie(declared, head)
    assert reason is None or (len(reason) < 300 and reason.isprintable())
