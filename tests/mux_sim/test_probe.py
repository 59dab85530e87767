"""Reading a file's streams from what ffmpeg prints about it."""

import pytest

from mux_sim.ffmpeg import AudioStream, VideoStream, parse_probe

PHONE = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a, from b.mov':
  Metadata:
    major_brand     : qt
  Duration: 01:02:03.50, start: 0.000000, bitrate: 9000 kb/s
  Stream #0:0[0x1](und): Video: hevc (Main) (hvc1 / 0x31637668), yuv420p(tv, bt709), 1920x1080, 29.97 fps, 29.97 tbr
      Metadata:
        handler_name    : Core Media Video
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 96 kb/s (default)
At least one output file must be specified
"""
RECORDED = """Input #0, matroska,webm, from 'file:x':
  Duration: N/A, start: 0.000000, bitrate: N/A
  Stream #0:0(eng): Audio: opus, 48000 Hz, 5.1(side), fltp (default)
  Stream #0:1(eng): Video: vp8, yuv420p(progressive), 640x480, SAR 4:3 DAR 16:9, 1k tbr, 1k tbn (default)
"""
BROADCAST = """Input #0, mpegts, from 'file:x':
  Duration: 00:00:02.07, start: 1.400000, bitrate: 1287 kb/s
  Program 1
  Stream #0:0[0x100]: Video: h264 (Main) ([27][0][0][0] / 0x001B), yuv420p, 640x360 [SAR 1:1 DAR 16:9], 25 fps, 25 tbr
  Stream #0:1[0x101](und): Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, stereo, fltp, 130 kb/s
"""
SONG = """Input #0, mp3, from 'file:x':
  Duration: 00:00:10.03, start: 0.025057, bitrate: 130 kb/s
  Stream #0:0: Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 128 kb/s
  Stream #0:1: Video: png, rgb24(pc), 300x300, 90k tbr, 90k tbn (attached pic)
"""


def test_a_rotated_phone_video_is_portrait() -> None:
    """Width and height are as displayed, the duration in seconds, the codec tag is not taken for the size."""
    probe = parse_probe(PHONE)
    assert probe is not None
    assert probe.duration == pytest.approx(3723.5)
    assert probe.video == VideoStream(0, "hevc", 1080, 1920, 29.97)
    assert probe.audio == AudioStream(1, "aac", 44100, 1)


def test_a_browser_recording_has_no_duration_and_wide_pixels() -> None:
    """A missing duration is None, and the pixel aspect ratio widens the picture."""
    probe = parse_probe(RECORDED)
    assert probe is not None
    assert probe.duration is None
    assert probe.video == VideoStream(1, "vp8", 853, 480, 1000.0)
    assert probe.audio == AudioStream(0, "opus", 48000, 6)


def test_a_stream_type_is_not_taken_for_the_size() -> None:
    """A transport stream's type 0x001B looks like a size and isn't one."""
    probe = parse_probe(BROADCAST)
    assert probe is not None
    assert probe.video == VideoStream(0, "h264", 640, 360, 25.0)


def test_a_cover_picture_is_no_video() -> None:
    """A song with a cover is sound only."""
    probe = parse_probe(SONG)
    assert probe is not None
    assert probe.video is None
    assert probe.audio is not None


def test_what_ffmpeg_cannot_open_has_no_streams() -> None:
    """A report without an input is None."""
    assert parse_probe("[in#0] Error opening input: Invalid data found when processing input\n") is None
