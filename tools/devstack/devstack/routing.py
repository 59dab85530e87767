"""The gateway's routing table, as data: the first pattern that matches a path names who answers it.

The production gateway's configuration is tested against this table.
"""

import re
from dataclasses import dataclass
from functools import cached_property

ID = r"[^/]+"


@dataclass(frozen=True)
class Route:
    """`pattern` is a regular expression over the whole path; `strip` is taken off before the service sees it."""

    pattern: str
    service: str
    strip: str = ""

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def matches(self, path: str) -> bool:
        return self._compiled.fullmatch(path) is not None


def _operations(service: str) -> tuple[Route, ...]:
    return (
        Route(
            rf"/services/{service}/(health/live|health/ready|metrics|openapi\.json)", service, f"/services/{service}"
        ),
        Route(rf"/api/operations/{service}/.+", service),
    )


ROUTES: tuple[Route, ...] = (
    *(route for service in ("upload", "playback", "progress", "analytics") for route in _operations(service)),
    Route(r"/api/videos/mux/.*", "upload"),
    Route(rf"/api/videos/{ID}/playback(/release)?", "playback"),
    Route(rf"/api/courses/{ID}/enrollments(/.*)?", "playback"),
    Route(rf"/api/courses/{ID}/playback-policy", "playback"),
    Route(rf"/api/playback/enrollments(/{ID})?", "playback"),
    Route(rf"/api/playback/learners/{ID}/export", "playback"),
    Route(r"/api/playback/signing-keys(/.*)?", "playback"),
    Route(r"/api/(uploads|files|lessons|migrations|courses)(/.*)?", "upload"),
    Route(r"/api/progress(/.*)?", "progress"),
    Route(r"/\.well-known/seatime-evidence-keys\.json", "progress"),
    Route(r"/api/analytics(/.*)?", "analytics"),
)
WEB = "web"
"""Who answers what no route matches: the web app, whose router knows the rest."""


def resolve(path: str) -> tuple[str, str]:
    """(service, the path that it sees) for a request's path; the service is WEB where no route matches."""
    for route in ROUTES:
        if route.matches(path):
            return route.service, path.removeprefix(route.strip)
    return WEB, path
