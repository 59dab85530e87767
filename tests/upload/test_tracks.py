"""How many tracks a file and its copy have (B3)."""

from pathlib import Path

import pytest

from mux_sim.testing import make_clip
from tests.upload.test_durations import box, reader
from upload_service.tracks import Tracks, missing, of_asset, of_file


@pytest.mark.parametrize(("sound", "expected"), [(True, Tracks(1, 1)), (False, Tracks(1, 0))])
async def test_a_real_clip(tmp_path: Path, sound: bool, expected: Tracks) -> None:
    """Row B3: what ffmpeg makes, with and without sound."""
    body = make_clip(tmp_path / "clip.mp4", seconds=1, size="64x36", sound=sound).read_bytes()
    assert await of_file(reader(body), len(body)) == expected


async def test_what_is_no_mp4_declares_nothing(tmp_path: Path) -> None:
    """A Matroska file, noise, and a movie without tracks: None, never a guess."""
    matroska = make_clip(tmp_path / "clip.mkv", seconds=1, size="64x36").read_bytes()
    for body in (matroska, b"", bytes(100), b"\xff" * 100, box(b"moov", box(b"mvhd", bytes(40)))):
        assert await of_file(reader(body), len(body)) is None


async def test_tracks_of_other_kinds_are_not_counted() -> None:
    """Time codes and subtitles beside the picture."""
    kinds = [b"vide", b"tmcd", b"soun", b"sbtl", b"soun"]
    movie = b"".join(box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + kind + bytes(12)))) for kind in kinds)
    body = box(b"ftyp", bytes(16)) + box(b"moov", movie + box(b"trak", b""))
    assert await of_file(reader(body), len(body)) == Tracks(1, 2)


@pytest.mark.parametrize(
    ("source", "copy", "complaint"),
    [
        (Tracks(1, 1), Tracks(1, 1), None),
        (Tracks(1, 3), Tracks(1, 1), None),
        (Tracks(1, 0), Tracks(1, 0), None),
        (Tracks(1, 1), Tracks(1, 0), "the source has 1 audio tracks, the copy 0"),
        (Tracks(1, 0), Tracks(1, 1), "the source has 0 audio tracks, the copy 1"),
        (Tracks(1, 1), Tracks(0, 1), "the source has 1 video tracks, the copy 0"),
    ],
)
def test_what_a_copy_may_not_lack(source: Tracks, copy: Tracks, complaint: str | None) -> None:
    """Row B3: of each kind that the source has at least one, and none that it has not."""
    assert missing(source, copy) == complaint


def test_captions_of_an_asset_are_no_tracks_of_its_source() -> None:
    """Mux lists them beside picture and sound; what is unreadable counts as none."""
    listed = [{"type": "video"}, {"type": "audio"}, {"type": "text"}, "noise", {}]
    assert of_asset({"tracks": listed}) == Tracks(1, 1)
    assert of_asset({"tracks": None}) == of_asset({}) == Tracks(0, 0)
