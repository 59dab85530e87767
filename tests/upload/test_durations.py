"""How long a file plays, by its movie header (A3)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_sim.testing import make_clip
from upload_service.durations import Read, duration_ms


def reader(body: bytes) -> Read:
    async def read(start: int, length: int) -> bytes:
        return body[start : start + length]

    return read


def box(kind: bytes, content: bytes, *, wide: bool = False) -> bytes:
    if wide:
        return b"\0\0\0\x01" + kind + (len(content) + 16).to_bytes(8, "big") + content
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def header(ticks: int, scale: int, *, version: int = 0) -> bytes:
    width = 8 if version else 4
    times = bytes(2 * width)
    return box(b"mvhd", bytes([version, 0, 0, 0]) + times + scale.to_bytes(4, "big") + ticks.to_bytes(width, "big"))


FTYP = box(b"ftyp", b"mp42" + bytes(12))


async def test_a_real_clip(tmp_path: Path) -> None:
    """A3: what ffmpeg makes, with few and short reads."""
    body = make_clip(tmp_path / "clip.mp4", seconds=2, size="64x36").read_bytes()
    asked = 0

    async def read(start: int, length: int) -> bytes:
        nonlocal asked
        asked += length
        return body[start : start + length]

    assert await duration_ms(read, len(body)) == pytest.approx(2000, abs=100)
    assert asked < 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (FTYP + box(b"moov", header(90_000, 600)), 150_000),
        (FTYP + box(b"mdat", bytes(999), wide=True) + box(b"moov", header(1, 1, version=1)), 1000),
        (FTYP + box(b"moov", box(b"free", b"") + header(3, 2)), 1500),
        (FTYP + box(b"moov", header(2**32 - 1, 1)), None),
        (FTYP + box(b"moov", header(0, 1)), None),
        (FTYP + box(b"moov", header(5, 0)), None),
        (FTYP + box(b"moov", b""), None),
        (FTYP + b"\0\0\0\0mdat" + header(1, 1), None),
        (FTYP + b"\0\0\0\x01moov" + b"\xff" * 8, None),
        (FTYP + b"\0\0\0\x04moov", None),
        (FTYP + box(b"moov", header(90_000, 600))[:-1], None),
        (FTYP * 10_000, None),
        (b"", None),
    ],
)
async def test_headers(body: bytes, expected: int | None) -> None:
    """A3: both versions, wide boxes, boxes in between; what makes no sense is unknown, never a guess."""
    assert await duration_ms(reader(body), len(body)) == expected


@given(st.lists(st.sampled_from([b"moov", b"mvhd", b"\0\0\0\x01", b"\0\0\0\x10", b"\xff" * 4, b"\0" * 8]), max_size=30))
async def test_any_bytes_get_an_answer(pieces: list[bytes]) -> None:
    """A3: hostile boxes neither raise nor run in circles."""
    body = b"".join(pieces)
    found = await duration_ms(reader(body), len(body))
    assert found is None or found >= 0
