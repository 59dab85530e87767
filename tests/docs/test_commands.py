"""Commands that pages show have the words and options that they are shown with."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import fenced, name, pages, spans

PROGRAMS = {
    "seatime-migrate": "from upload_service.cli.main import main",
    "seatime-keys": "from playback_service.keys_command import main",
    "seatime-evidence": "from progress_service.evidence_command import main",
    "seatime-analytics": "from analytics_service.cli import main",
}
SHOWN = re.compile(r"(seatime-(?:migrate|keys|evidence|analytics)) ([a-z]+)\b([^|]*)")


@cache
def help_of(program: str, action: str) -> str:
    """What it says to whoever has set nothing. Ends with 0, or the action is none."""
    code = f"import sys; {PROGRAMS[program]}; sys.argv = ['{program}', '{action}', '--help']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def shown(page: Path) -> list[tuple[str, str, str]]:
    """(program, action, what follows) of each command on a page."""
    texts = [*spans(page), *(line.removeprefix("$ ") for line in fenced(page) if line.startswith(("$ ", "seatime-")))]
    return [(found[1], found[2], found[3]) for text in texts for found in SHOWN.finditer(text)]


@pytest.mark.parametrize("page", [page for page in pages() if shown(page)], ids=name)
def test_every_command_that_a_page_shows_is_understood(page: Path) -> None:
    """Its action is one, and has every option that it is shown with."""
    for program, action, rest in shown(page):
        known = help_of(program, action)
        for option in re.findall(r"--[a-z-]+", rest):
            assert re.search(rf"{option}\b", known), f"{name(page)}: {program} {action}{rest}"


def test_a_command_that_is_not_there_is_noticed() -> None:
    """Another action ends with an error, and another option is in no help."""
    assert "--failed" in help_of("seatime-migrate", "status")
    assert "--failing" not in help_of("seatime-migrate", "status")
    with pytest.raises(AssertionError):
        help_of("seatime-migrate", "state")
