"""What a file's first bytes say it is, held against what its uploader said.

The containers of video are told apart here, because a look at the first four bytes is not enough for them; all other
formats are puremagic's business. Pure: the bytes come from whoever has them.
"""

import puremagic

HEAD_BYTES = 4096

_BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
}
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_STARTS = {
    b"\x00\x00\x01\xba": "video/mpeg",
    b"FLV\x01": "video/x-flv",
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): "video/x-ms-wmv",
    bytes.fromhex("060e2b34020501010d0102"): "video/mxf",
}
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "audio/ogg": "application/ogg",
    "video/ogg": "application/ogg",
    "video/avi": "video/x-msvideo",
    "video/x-m4v": "video/mp4",
    "application/x-zip-compressed": "application/zip",
    "application/x-pdf": "application/pdf",
    "text/xml": "application/xml",
}
_TEXT = ("text/", "application/json", "application/xml", "application/yaml", "application/x-subrip")
_PACKED = (
    "application/zip",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
)
_COMPOUND_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
_COMPOUND = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
_ACTIVE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")


def video_type(head: bytes) -> str | None:
    """The media type of a file that begins so, if that is a video's container."""
    found = _iso_bmff(head) or _matroska(head) or _other_video(head)
    return found if found is not None and found.startswith("video/") else None


def lie(declared: str, head: bytes) -> str | None:
    """Why a file that begins so cannot be of the declared type; None if it may be.

    A type that nobody can recognise is believed, unless the bytes are surely those of a program or a video.
    """
    declared = _plain(declared)
    if not head:
        return "the file is empty"
    if _is_it(declared, head):
        return None
    return f"declared as {declared}, but it is {_name(declared, head)}"


def _is_it(declared: str, head: bytes) -> bool:
    if _is_text(declared):
        return _reads_as_text(head)
    if declared.startswith("video/"):
        return video_type(head) is not None
    if declared.startswith(_PACKED):
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if declared in _COMPOUND:
        return head.startswith(_COMPOUND_HEAD)
    if declared in (found := _found(head)):
        return True
    return not (found and _recognisable(declared)) and not head.startswith(_ACTIVE) and video_type(head) is None


def _name(declared: str, head: bytes) -> str:
    if head.startswith(_ACTIVE):
        return "a program"
    names = [name for name in dict.fromkeys(_found(head)) if name != declared]
    return names[0] if names else "something else"


def _recognisable(declared: str) -> bool:
    return declared.startswith(("image/", "audio/")) or declared == "application/pdf"


def _found(head: bytes) -> list[str]:
    own = _iso_bmff(head) or _matroska(head)
    if own is not None:
        return [_plain(own)]
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    sure = [guess for guess in guesses if guess.mime_type and guess.confidence >= guesses[0].confidence - 0.3]
    return [_plain(guess.mime_type) for guess in sure]


def _plain(media_type: str) -> str:
    bare = media_type.partition(";")[0].strip().lower()
    return _SAME.get(bare, bare)


def _is_text(declared: str) -> bool:
    return declared.startswith(_TEXT) or declared.endswith(("+json", "+xml"))


def _reads_as_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = head[: len(head) - 3].decode() if len(head) >= HEAD_BYTES else head.decode()
    except UnicodeDecodeError as error:
        text = head[: error.start].decode() if error.end >= len(head) - 3 else "\0"
    return all(
        character.isprintable() or character in "\t\n\r\f\ufeff\u2028\u2029" or character > "~" for character in text
    )


def _iso_bmff(head: bytes) -> str | None:
    """ISO/IEC 14496-12: the first box is `ftyp` and its brand tells; old QuickTime files have none."""
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if kind == b"ftyp" and (size >= 16 or size == 1):
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, 128, len(head)), 4))]
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "video/mp4")
    if kind in _QUICKTIME_BOXES and (size >= 8 or size in (0, 1)):
        return "video/quicktime"
    return None


def _matroska(head: bytes) -> str | None:
    """EBML (RFC 8794): the document's type stands in the header, element 0x4282."""
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    at = head.find(b"\x42\x82", 4, 128)
    length = head[at + 2] & 0x7F if at > 0 and len(head) > at + 2 else 0
    kind = head[at + 3 : at + 3 + length].rstrip(b"\0")
    return {b"webm": "video/webm", b"matroska": "video/x-matroska"}.get(kind)


def _other_video(head: bytes) -> str | None:
    for start, found in _STARTS.items():
        if head.startswith(start):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video/x-msvideo"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    return "video/ogg" if head.startswith(b"OggS") and b"theora" in head[:256] else None
