"""docs/integrating.md, said to a real system as it stands there: the way of an LMS from a course to its progress."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from servicekit.auth import Authenticator
from servicekit.settings import CommonSettings
from tests.e2e.people import Platform

pytestmark = pytest.mark.e2e

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "integrating.md").read_text(encoding="utf-8")
SECRET = "a secret of the LMS, of thirty-two bytes and more"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


async def test_the_pages_token_is_believed() -> None:
    """Its program makes what the services take for the person and the roles."""
    (program,) = _blocks("python")
    found: dict[str, Any] = {}
    exec(program, found)
    token: Callable[..., str] = found["token"]
    believer = Authenticator(CommonSettings(auth_jwt_secret=SecretStr(SECRET)))
    believed = await believer.authenticate(f"Bearer {token(SECRET, 'ines', 'instructor')}")
    assert (believed.user_id, believed.roles) == ("ines", frozenset({"instructor"}))


async def test_the_pages_commands_lead_from_a_course_to_its_progress(platform: Platform, clip: Path) -> None:
    """Each block in turn, in one shell; the last answer is the learner's progress, with the reason why not complete."""
    script = "set -euo pipefail\n" + "".join(_blocks("bash")).replace(
        "http://localhost:8600", platform.stack.urls["web"]
    )
    running = await asyncio.create_subprocess_exec(
        *("bash", "-c", script),
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "VIDEO": str(clip)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(300):
            output, errors = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, (output.decode()[-2000:], errors.decode()[-2000:])
    progress = json.loads(output.decode().strip().splitlines()[-1])
    assert progress["lessonId"] == "optics-1"
    assert progress["complete"] is False
    assert progress["reasons"]
