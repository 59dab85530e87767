"""Names of settings, metrics and topics in pages are those of the code."""

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY
from pydantic_settings import BaseSettings

from contracts.topics import all_topics
from tests.docs.pages import ROOT, name, pages, prose, spans

SERVICES = ("upload", "playback", "progress", "analytics")
DEPLOYMENT = ROOT / "docs" / "deployment.md"
METRIC = re.compile(r"\b(seatime_[a-z0-9_]+_[a-z0-9_]+)\b")


def aliases(settings: type[BaseSettings]) -> dict[str, set[str]]:
    """The variables that each field is read from."""
    found = {}
    for field, info in settings.model_fields.items():
        alias = info.validation_alias
        found[field] = {str(choice).upper() for choice in getattr(alias, "choices", [alias or field])}
    return found


@cache
def settings(service: str) -> dict[str, set[str]]:
    """The variables of each field, of app and worker."""
    module = importlib.import_module(f"{service}_service.settings")
    kinds = [module.Settings, *([module.WorkerSettings] if hasattr(module, "WorkerSettings") else [])]
    found: dict[str, set[str]] = {}
    for kind in kinds:
        for field, names in aliases(kind).items():
            found[field] = found.get(field, set()) | names
    return found


@cache
def documented() -> tuple[tuple[frozenset[str], str], ...]:
    """(variables, whom they are for) of each row of the table of settings."""
    table = prose(DEPLOYMENT).partition("## Settings")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \| ([^|]+) \| ", table, re.MULTILINE)
    return tuple(
        (frozenset(f"DATABASE_URL_{one.upper()}" for one in SERVICES), whom)
        if "<SERVICE>" in variables
        else (frozenset(re.findall(r"`([A-Z][A-Z0-9_]+)`", variables)), whom)
        for variables, whom in rows
    )


def meant(whom: str) -> list[str]:
    return [service for service in SERVICES if service in whom or whom.strip() in ("all", "each")]


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_is_documented(service: str) -> None:
    """docs/deployment.md has a row with one of its names, which is for this service."""
    told = {variable for variables, whom in documented() if service in meant(whom) for variable in variables}
    assert [field for field, names in settings(service).items() if not names & told] == []


def test_every_setting_that_is_documented_exists() -> None:
    """In each service that the row is for, or nobody would read it there."""
    for variables, whom in documented():
        assert meant(whom), whom
        for service in meant(whom):
            known = {variable for names in settings(service).values() for variable in names}
            read = variables & known if any(one.startswith("DATABASE_URL") for one in variables) else variables
            assert read, (service, variables)
            assert read <= known, (service, read - known)


@cache
def metrics() -> frozenset[str]:
    """What a process of ours can have, each with the suffixes of its kind."""
    for service in SERVICES:
        package = importlib.import_module(f"{service}_service")
        for module in pkgutil.walk_packages(package.__path__, f"{service}_service."):
            importlib.import_module(module.name)
    return frozenset(known for known in REGISTRY._names_to_collectors if known.startswith("seatime_"))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_metric_that_a_page_names_is_exported(page: Path) -> None:
    """Under that name, with the suffix of its kind."""
    written = {metric for span in spans(page) for metric in METRIC.findall(span.partition("{")[0])}
    assert written - metrics() == set()


def test_every_metric_has_its_row() -> None:
    """docs/operations.md says of each what it is, and names none that is gone."""
    page = ROOT / "docs" / "operations.md"
    rows = set(re.findall(r"^\| `(seatime_\w+)", prose(page), re.MULTILINE))
    series = {REGISTRY._names_to_collectors[known] for known in metrics()}
    wanted = {
        min((one for one in metrics() if REGISTRY._names_to_collectors[one] is each), key=_kind) for each in series
    }
    assert rows == wanted


def test_every_alert_says_where_to_look() -> None:
    """Whoever is woken finds the alert's name in docs/operations.md, and no name that no longer rings."""
    rules = yaml.safe_load((ROOT / "deploy" / "observability" / "prometheus" / "alerts.yml").read_text())["groups"]
    ringing = {rule["alert"] for group in rules for rule in group["rules"]}
    assert set(re.findall(r"`(Seatime[A-Z]\w+)`", prose(ROOT / "docs" / "operations.md"))) == ringing


def _kind(metric: str) -> tuple[bool, int]:
    """A counter by its `_total`, a gauge and a histogram by the name itself."""
    return not metric.endswith("_total"), len(metric)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_topic_that_a_page_names_is_one(page: Path) -> None:
    """What is written as `thing.happened`, with the word of a topic before the dot, is a topic."""
    topics = {topic.name for topic in all_topics()}
    things = {topic.partition(".")[0] for topic in topics} - {"watch", "progress"}
    endings = {topic.partition(".")[2] for topic in topics}
    for span in spans(page):
        thing, dot, happened = span.partition(".")
        if dot and thing in things and re.fullmatch(r"[a-z]+", happened) and happened not in {"py", "ts"}:
            assert span in topics or happened not in endings, f"{name(page)} names {span}"
