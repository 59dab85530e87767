"""UUID version 7 (RFC 9562): ids that sort by when they were made."""

import secrets
import time
from uuid import UUID


def new_upload_id() -> UUID:
    """48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
