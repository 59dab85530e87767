"""The file in a multipart form (RFC 7578), piece by piece as it arrives: nothing of it is kept."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from upload_service.errors import MalformedForm


@dataclass(frozen=True, slots=True)
class FormFile:
    """What the form says of the file, and its bytes. Iterating raises MalformedForm if the body ends too early."""

    filename: str
    content_type: str
    chunks: AsyncIterator[bytes]


def boundary_of(content_type: str | None) -> bytes:
    """Raises MalformedForm for a body that is no multipart form."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:
        raise MalformedForm("send multipart/form-data")
    return boundary


async def first_file(body: AsyncIterator[bytes], boundary: bytes) -> FormFile:
    """Skip to the form's first file. Raises MalformedForm if there is none."""
    events = _events(body, boundary)
    async for headers in events:
        if isinstance(headers, dict):
            disposition, options = parse_options_header(headers.get(b"content-disposition"))
            if disposition == b"form-data" and b"filename" in options:
                content_type = headers.get(b"content-type", b"").decode("latin-1")
                return FormFile(options[b"filename"].decode(errors="replace"), content_type, _data(events))
    raise MalformedForm("there is no file in the form")


_Event = bytes | dict[bytes, bytes] | None


async def _data(events: AsyncIterator[_Event]) -> AsyncIterator[bytes]:
    async for event in events:
        if not isinstance(event, bytes):
            return
        yield event
    raise MalformedForm("the body ends before the file does")


async def _events(body: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[_Event]:
    """The headers of each part, then its data in pieces, then None."""
    found: deque[_Event] = deque()
    try:
        parser = _parser(boundary, found)
        async for chunk in body:
            parser.write(chunk)
            while found:
                yield found.popleft()
    except FormParserError as error:
        raise MalformedForm(str(error)[:200]) from error


def _parser(boundary: bytes, found: deque[_Event]) -> MultipartParser:
    headers: dict[bytes, bytes] = {}
    name, value = bytearray(), bytearray()

    def on_part_begin() -> None:
        headers.clear()

    def on_header_field(data: bytes, start: int, end: int) -> None:
        name.extend(data[start:end])

    def on_header_value(data: bytes, start: int, end: int) -> None:
        value.extend(data[start:end])

    def on_header_end() -> None:
        headers[bytes(name).lower()] = bytes(value)
        name.clear()
        value.clear()

    return MultipartParser(
        boundary,
        {
            "on_part_begin": on_part_begin,
            "on_header_field": on_header_field,
            "on_header_value": on_header_value,
            "on_header_end": on_header_end,
            "on_headers_finished": lambda: found.append(dict(headers)),
            "on_part_data": lambda data, start, end: found.append(bytes(data[start:end])),
            "on_part_end": lambda: found.append(None),
        },
    )
