"""The storage decision: a video goes to Mux, anything else to S3, and only what the caller's roles may bring."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from mimetypes import guess_type
from typing import Literal

from upload_service.lifecycle import Provider

Kind = Literal["image", "audio", "video", "document"]

_VIDEO_ENDINGS = frozenset(
    "3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv".split()  # noqa: SIM905
)
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/mxf"})
_TYPES: Mapping[str, str] = {"md": "text/markdown", "vtt": "text/vtt", "mkv": "video/x-matroska", "mxf": "video/mxf"}
_KINDS: Mapping[str, Kind] = {"image": "image", "audio": "audio", "video": "video"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a role may bring: at most so many bytes, of types that match one of the patterns."""

    max_bytes: int
    types: Sequence[str]


def place(content_type: str, filename: str) -> Provider:
    """Where it belongs by what is declared: the type decides, and the name where the type says nothing."""
    declared = plain(content_type)
    if declared.startswith("video/"):
        return "mux"
    ending = filename.rpartition(".")[2].lower()
    return "mux" if declared in _SAYS_NOTHING and ending in _VIDEO_ENDINGS else "s3"


def declared_type(content_type: str, filename: str) -> str:
    """The declared type, or the one that the name's ending stands for where none is declared."""
    declared = plain(content_type)
    if declared not in _SAYS_NOTHING:
        return declared
    ending = filename.rpartition(".")[2].lower()
    return _TYPES.get(ending) or guess_type(f"x.{ending}")[0] or declared or "application/octet-stream"


def kind_of(content_type: str) -> Kind:
    return _KINDS.get(plain(content_type).partition("/")[0], "document")


def refusal(limits: Mapping[str, Limit], roles: Iterable[str], content_type: str, size: int) -> str | None:
    """Why none of the roles may bring such a file; None if one may."""
    held = [limits[role] for role in roles if role in limits]
    fitting = [limit for limit in held if any(fnmatchcase(plain(content_type), one) for one in limit.types)]
    if not held:
        return "none of your roles may bring files"
    if not fitting:
        return f"files of type {plain(content_type)} are not taken from you"
    most = max(limit.max_bytes for limit in fitting)
    return f"at most {most} bytes are taken from you" if size > most else None


def plain(content_type: str) -> str:
    """The type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()
