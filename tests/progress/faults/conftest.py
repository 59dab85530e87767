"""People watch now: sessions of long ago would be forgotten by every worker that starts."""

import time

import pytest

from tests.progress import making


@pytest.fixture(autouse=True)
def _an_hour_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "T0", (int(time.time()) - 3600) * 1000)
