"""Content-Disposition as RFC 6266 has it: no name that a client chose can break out of the header."""

from urllib.parse import quote

_MAX_BYTES = 200
_UNSAFE = frozenset('"\\/:*?<>|;%')


def attachment(filename: str) -> str:
    """A header value that makes a browser save the body, under the name's harmless part.

    Old clients get ASCII; new ones the whole name by `filename*` (RFC 8187).
    """
    name = _bounded("".join(c for c in filename if c.isprintable() and c not in "/\\").strip(". ") or "file")
    plain = "".join(c if c.isascii() and c not in _UNSAFE else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _bounded(name: str) -> str:
    """At most 200 bytes of UTF-8; an ending survives."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = _MAX_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + ending
