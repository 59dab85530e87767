"""No page is forgotten where every page is looked at."""

import re

from devstack.paths import WEB
from devstack.sights import SIGHTS

_ROUTE = re.compile(r"\bpage\(\s*'([^']+)'")


def test_every_route_of_the_app_is_a_sight() -> None:
    """`test_pages` judges them and `make screenshots` takes their pictures."""
    app = WEB / "src" / "app"
    written = "".join(path.read_text() for path in sorted(app.rglob("routes.ts*")))
    routes = {re.sub(r":\w+", "*", route) for route in _ROUTE.findall(written)}
    seen = {re.sub(r"\{\w+\}", "*", sight.path.partition("?")[0]) for sight in SIGHTS}
    assert len(routes) > 5
    assert routes - seen == set()
