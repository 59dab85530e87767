"""Logs, and the thread that runs through a request: its id and its W3C trace, from HTTP to Kafka headers and back."""

import logging
import random
import re
import sys
from contextvars import ContextVar
from typing import Any

import structlog

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = {
    "aiokafka": logging.WARNING,
    "faststream": logging.WARNING,
    "urllib3": logging.WARNING,
    "botocore": logging.WARNING,
    "aiobotocore": logging.WARNING,
    "asyncio": logging.WARNING,
    # says at every start that it does not create topics, and at every rebalance that it has (no) partitions
    "seatime.faststream": logging.ERROR,
    # says for a second after a topic's creation that it has no leader yet, and retries by itself
    "aiokafka.producer.sender": logging.ERROR,
    "aiokafka.cluster": logging.ERROR,
}
_SECRETS = re.compile(
    r"(?P<scheme>\w+://[^\s:/@'\"]*:)[^\s@/'\"]+(?=@)"
    r"|(?P<bearer>bearer\s+)[\w.~+/=-]{8,}"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.IGNORECASE | re.DOTALL,
)


def random_hex(digits: int) -> str:
    """So many hexadecimal digits that nobody else has: ids are to differ, not to be secret."""
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def random_uuid() -> str:
    """A UUID of version 4 as text: `uuid4` asks the system for each and takes ten times as long."""
    digits = random_hex(32)
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"
    )


def valid(header: str | None) -> str | None:
    """The header, if it is a `traceparent` that names a trace."""
    return header if header is not None and _TRACEPARENT.fullmatch(header) else None


def continue_trace(header: str | None) -> str:
    """A `traceparent` in the trace that `header` names, with a span id of our own; a new trace if it names none."""
    if header is not None and valid(header):
        version, trace, _, flags = header.split("-")
        return f"{version}-{trace}-{random_hex(16)}-{flags}"
    return f"00-{random.getrandbits(128) or 1:032x}-{random_hex(16)}-01"


def accept_request_id(header: str | None) -> str:
    """The caller's request id if it is harmless to log, else a new one."""
    return header if header is not None and _REQUEST_ID.fullmatch(header) else random_hex(16)


def redact(text: str) -> str:
    """The text without passwords in URLs, bearer tokens, JWTs and private keys."""
    return _SECRETS.sub(lambda found: (found["scheme"] or found["bearer"] or "") + "***", text)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Calm(logging.Filter):
    """Lets a library repeat itself every ten seconds only: while Kafka is down aiokafka says so 160 times a second."""

    libraries = ("aiokafka", "faststream", "seatime.faststream")

    def __init__(self, every_s: float = 10) -> None:
        super().__init__()
        self._every_s = every_s
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(self.libraries):
            return True
        what = record.name, str(record.msg)
        said_at, held_back = self._said.get(what, (float("-inf"), 0))
        if record.created - said_at < self._every_s:
            self._said[what] = said_at, held_back + 1
            return False
        if len(self._said) > 500:
            self._said.clear()
        self._said[what] = record.created, 0
        if held_back:
            record.msg, record.args = f"{record.getMessage()} (and {held_back} times more since the last time)", ()
        return True


def configure_logging(service: str, *, level: str = "INFO", fmt: str = "json") -> None:
    """Send structlog's and the standard library's records to stderr, one line each, as JSON or for a console.

    Secrets that found their way into a message or a traceback are blotted out (`redact`).
    """

    def add_context(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        for name, value in (("request_id", request_id.get()), ("traceparent", traceparent.get())):
            if value is not None:
                event.setdefault(name, value)
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_context,
        structlog.processors.StackInfoRenderer(),
    ]
    render: list[structlog.typing.Processor] = (
        # A plain traceback: the rich one shows local variables, and with them secrets.
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if fmt == "console"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Redacting(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    handler.addFilter(_Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, root.level))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A structured logger."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
