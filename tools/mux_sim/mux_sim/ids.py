"""Opaque ids as Mux's look: letters and digits only, so that they pass through URLs, tokens and file names."""

import re
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_WELL_FORMED = re.compile(r"[A-Za-z0-9]{32,255}")


def new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(44))


def well_formed(value: str) -> bool:
    """Mux answers 400, not 404, to an id that it cannot parse."""
    return _WELL_FORMED.fullmatch(value) is not None
