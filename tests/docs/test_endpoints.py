"""Requests that pages name are requests that services answer."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, name, pages, prose, spans

METHODS = r"(?:GET|PUT|POST|PATCH|DELETE)"
REQUEST = re.compile(rf"({METHODS}(?:, {METHODS})*) (\S+)(?: .*)?")
UNDER = re.compile(r"under `(/api/[^`]+)`")
SERVICES = ("upload", "playback", "progress", "analytics")


def plain(path: str) -> str:
    """Without a query, and with parameters that have no name."""
    return re.sub(r"\{\w+\}", "{}", path.partition("?")[0])


@cache
def known() -> frozenset[tuple[str, str]]:
    """(method, path) of all that the services answer, by their documents."""
    found = set()
    for service in SERVICES:
        document = json.loads((ROOT / "docs" / "openapi" / f"{service}.json").read_text(encoding="utf-8"))
        found |= {(method.upper(), plain(path)) for path, item in document["paths"].items() for method in item}
    return frozenset(found)


def requests(page: Path) -> list[tuple[str, str, str]]:
    """(method, path, as it is written) of what a page names; `…` stands for what was said before."""
    under = UNDER.search(prose(page))
    found = []
    for span in spans(page):
        if request := REQUEST.fullmatch(span):
            path = plain(request[2])
            if path.startswith("/") and under is not None and not path.startswith("/api/"):
                path = (under[1] + path).rstrip("/")
            expanded = [path.replace("<service>", service) for service in SERVICES]
            found += [(method, one, span) for method in request[1].split(", ") for one in dict.fromkeys(expanded)]
    return found


def answered(method: str, path: str) -> bool:
    meant = re.compile(".+".join(map(re.escape, path.split("…"))))
    return any(method == one and meant.fullmatch(other) for one, other in known())


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_request_that_a_page_names_is_answered(page: Path) -> None:
    """By one of the services, under that method."""
    for method, path, written in requests(page):
        if path.startswith(("/api", "/health", "/metrics", "/.well-known", "…")):
            assert answered(method, path), f"{name(page)}: {written}"


def test_a_request_that_is_not_there_is_noticed() -> None:
    """Another method, another path, an abbreviation that nothing ends in."""
    assert answered("GET", "/api/lessons/{}")
    assert answered("POST", "…/parts")
    assert not answered("POST", "/api/lessons/{}")
    assert not answered("GET", "/api/lesson/{}")
    assert not answered("POST", "…/pieces")
    assert answered("PUT", "/api/courses/…/playback-policy")
    assert not answered("PUT", "/api/courses/…/policy")
    assert len([one for page in pages() for one in requests(page)]) > 100
