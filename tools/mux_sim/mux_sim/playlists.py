"""HLS playlists, written by hand: every figure in them was measured on the segments."""

from collections.abc import Callable, Iterable
from math import ceil

from mux_sim.model import Json

_SUBTITLES = "sub1"


def master(renditions: Iterable[Json], texts: Iterable[Json], url_of: Callable[[str], str]) -> str:
    """The multivariant playlist. `url_of` gives the absolute URL of a rendition's or text track's playlist."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:5", "#EXT-X-INDEPENDENT-SEGMENTS"]
    texts = list(texts)
    for track in texts:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{_SUBTITLES}",NAME="{_quoted(track["name"])}",'
            f'LANGUAGE="{_quoted(track["language_code"])}",AUTOSELECT=YES,DEFAULT=NO,FORCED=NO,'
            f'URI="{url_of("text-" + track["id"])}"'
        )
    for rendition in renditions:
        lines += [_stream(rendition, bool(texts)), url_of(rendition["name"])]
    return "\n".join(lines) + "\n"


def _stream(rendition: Json, with_texts: bool) -> str:
    attributes = [
        f"BANDWIDTH={rendition['bandwidth']}",
        f"AVERAGE-BANDWIDTH={rendition['average_bandwidth']}",
        f'CODECS="{rendition["codecs"]}"',
    ]
    if "width" in rendition:
        attributes.append(f"RESOLUTION={rendition['width']}x{rendition['height']}")
    attributes.append("CLOSED-CAPTIONS=NONE")
    if with_texts:
        attributes.append(f'SUBTITLES="{_SUBTITLES}"')
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)


def _quoted(value: str) -> str:
    return "".join(letter for letter in value if letter != '"' and letter.isprintable())


def media(durations: list[float], url_of: Callable[[int], str]) -> str:
    """A rendition's playlist of finished segments."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{ceil(max(durations))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    for number, duration in enumerate(durations):
        lines += [f"#EXTINF:{duration:.6f},", url_of(number)]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"
