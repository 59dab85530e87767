"""Names of downloads (A3)."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.disposition import attachment

SHAPE = re.compile(r"attachment; filename=\"([ -~]+)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)")


@given(st.text(max_size=400))
def test_no_name_breaks_out_of_the_header(filename: str) -> None:
    """A3: one line of ASCII in the shape of RFC 6266, without a path, a quote or a control character in the name."""
    match = SHAPE.fullmatch(attachment(filename))
    assert match is not None
    assert not set(match[1]) & set('"\\/:*?<>|;%')
    assert not set(unquote(match[2])) & set("/\\\r\n\0")


@pytest.mark.parametrize(
    ("filename", "plain", "whole"),
    [
        ("report.pdf", "report.pdf", "report.pdf"),
        ("../../etc/passwd", "etcpasswd", "etcpasswd"),
        ("Übung 1.pdf", "_bung 1.pdf", "%C3%9Cbung%201.pdf"),
        ("...", "file", "file"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf", "a" * 196 + ".pdf"),
        ("ü" * 300, "_" * 100, "%C3%BC" * 100),
    ],
)
def test_what_is_left_of_a_name(filename: str, plain: str, whole: str) -> None:
    """A3: the harmless part, the ending kept, at most 200 bytes."""
    assert attachment(filename) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
