"""The control API is for this machine only, and for nothing but what it knows."""

from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Application

from mux_sim.control import local
from mux_sim.errors import ApiError
from mux_sim.simulator import SIMULATOR
from mux_sim.testing import Simulator


@pytest.mark.parametrize(
    ("remote", "open_to_all", "admitted"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("192.0.2.7", False, False),
        ("192.0.2.7", True, True),
        ("", False, False),
    ],
)
def test_callers_from_elsewhere_are_refused(remote: str, open_to_all: bool, admitted: bool) -> None:
    """Only loopback is admitted, unless the configuration opens it (in a container)."""
    app = Application()
    sim: Any = Mock()
    sim.config.control_from_anywhere = open_to_all
    app[SIMULATOR] = sim
    request = make_mocked_request("GET", "/_control/events", app=app).clone(remote=remote)
    if admitted:
        assert local(request) is sim
    else:
        with pytest.raises(ApiError) as caught:
            local(request)
        assert caught.value.status == 403


async def test_an_unknown_fault_is_refused(mux: Simulator) -> None:
    """A misspelt fault is a 400 and not one that never strikes."""
    with pytest.raises(AssertionError, match="400"):
        await mux.fault(stauts=500)


async def test_a_fault_for_a_share_of_calls(mux: Simulator) -> None:
    """A fraction of the calls is refused until the faults are cleared."""
    await mux.fault(status=500, fraction=0.5, times=None)
    statuses = []
    for _ in range(60):
        try:
            await mux.api("GET", "/video/v1/assets")
            statuses.append(200)
        except AssertionError:
            statuses.append(500)
    assert set(statuses) == {200, 500}
    assert (await mux.faults())[0]["hits"] == statuses.count(500)
    await mux.clear_faults()
    await mux.api("GET", "/video/v1/assets")
