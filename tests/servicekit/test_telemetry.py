"""Logs: one line each, with the request's id and trace, and without secrets."""

import json
import logging
from collections.abc import Iterator

import pytest

from servicekit import telemetry
from servicekit.settings import CommonSettings
from servicekit.telemetry import configure_logging, get_logger, redact

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----"


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in telemetry._QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, quiet in levels.items():
        logging.getLogger(name).setLevel(quiet)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("cannot connect to postgresql://upload_app:s3cr3t%40x@db:5432/upload", "s3cr3t"),
        ("redis://:pw-of-nobody@cache/0", "pw-of-nobody"),
        ("Authorization: Bearer abc.DEF-123_~+/=", "abc.DEF"),
        (f"token={JWT}", "eyJ"),
        (f"key {PEM} end", "MC4CAQ"),
    ],
)
def test_secrets_are_blotted_out(text: str, secret: str) -> None:
    """Passwords in URLs, bearer tokens, JWTs and private keys do not reach a log line; the rest does."""
    assert secret not in redact(text)
    assert "***" in redact(text)


def test_harmless_text_stays_as_it_is() -> None:
    """Redaction does not eat URLs without passwords, times or words."""
    text = "GET http://127.0.0.1:8000/a?b=c@d 2026-03-02T09:00:00Z user:learner-1 the bearer of news"
    assert redact(text) == text


def test_a_line_of_json_carries_the_request_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and the standard library's records look the same, tracebacks included."""
    configure_logging("tests")
    telemetry.request_id.set("req-1")
    telemetry.traceparent.set("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    get_logger("ours").info(
        "connected", dsn="postgresql://u:hunter2@db/x", settings=CommonSettings(auth_jwt_secret="s" * 40)
    )
    try:
        raise OSError(f"refused postgresql://u:hunter2@db/x with {JWT}")
    except OSError:
        logging.getLogger("theirs").exception("failed\nin two lines")
    err = capsys.readouterr().err
    ours, theirs = (json.loads(line) for line in err.splitlines())
    assert (ours["event"], ours["level"], ours["service"], ours["request_id"]) == (
        "connected",
        "info",
        "tests",
        "req-1",
    )
    assert ours["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert theirs["logger"] == "theirs"
    assert "OSError: refused" in theirs["exception"]
    assert "hunter2" not in err
    assert "eyJ" not in err
    assert "s" * 40 not in err


def test_the_console_format_is_for_people_and_redacts_too(capsys: pytest.CaptureFixture[str]) -> None:
    """LOG_FORMAT=console prints words instead of JSON."""
    configure_logging("tests", fmt="console")
    get_logger("ours").warning("hello", dsn="postgresql://u:hunter2@db/x")
    line = capsys.readouterr().err
    assert "hello" in line
    assert not line.startswith("{")
    assert "hunter2" not in line


def test_libraries_that_chatter_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """A rebalance, a topic a second old, or a start without topic creation is no news."""
    configure_logging("tests", level="INFO")
    logging.getLogger("seatime.faststream").warning("Auto create topics is disabled.")
    logging.getLogger("aiokafka.consumer").info("assigned")
    logging.getLogger("aiokafka.producer.sender").warning("Got error produce response, retrying")
    assert capsys.readouterr().err == ""
    logging.getLogger("aiokafka.consumer").warning("heartbeat failed")
    assert "heartbeat failed" in capsys.readouterr().err


def test_a_library_that_repeats_itself_is_heard_once_and_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage of Kafka is one line in ten seconds with a number, not a hundred lines a second."""
    configure_logging("tests", level="INFO")
    now = [1000.0]
    monkeypatch.setattr("logging.time.time", lambda: now[0])
    for _ in range(100):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", 1)
        logging.getLogger("ours").error("every one of ours counts")
    now[0] += 11
    logging.getLogger("aiokafka").error("Unable connect to node with id %s", 1)
    lines = capsys.readouterr().err.splitlines()
    assert sum("Unable connect" in line for line in lines) == 2
    assert "(and 99 times more since the last time)" in lines[-1]
    assert sum("ours counts" in line for line in lines) == 100


def test_settings_do_not_show_their_secrets() -> None:
    """Printing the settings, as a careless log line would, hides what must be hidden."""
    settings = CommonSettings(auth_jwt_secret="s" * 40)
    assert "s" * 40 not in repr(settings)
    assert "s" * 40 not in str(settings.model_dump())
