"""Dashboards, alerts and what feeds them: every query runs where it is meant to, and every metric exists."""

import importlib
import json
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from prometheus_client import REGISTRY

from servicekit.database import Connection, Pool
from tests.analytics import log
from tests.analytics.test_details import school
from tests.analytics.test_shown import open_to_the_reader, scattered, told
from tests.databases import Database, Postgres

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"
SERVICES = ("upload", "playback", "progress", "analytics")
VALUES = {"course": "c1", "lesson": "l1", "split": "browser"}
VARIABLE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(?!__)(\w+)")
METRIC = re.compile(r"\b(seatime_\w+)(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\b(?:by|on|without) \(([^)]*)\)")
OF_THE_SCRAPE = {"le", "job", "instance", "process"}

Dashboard = dict[str, Any]


def _dashboards() -> dict[str, Dashboard]:
    folder = OBSERVABILITY / "grafana" / "dashboards"
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def _yaml(*parts: str) -> Any:
    return yaml.safe_load(OBSERVABILITY.joinpath(*parts).read_text())


DASHBOARDS = _dashboards()
ALERTS = [rule for group in _yaml("prometheus", "alerts.yml")["groups"] for rule in group["rules"]]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


def _targets(dashboard: Dashboard, source: str) -> Iterator[tuple[Dashboard, dict[str, Any]]]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            if target["datasource"]["uid"] == source:
                yield panel, target


def _queries() -> list[tuple[Dashboard, str]]:
    """Each panel with its SQL, and each variable with the one that fills it."""
    found: list[tuple[Dashboard, str]] = []
    for dashboard in DASHBOARDS.values():
        found += [(panel, target["rawSql"]) for panel, target in _targets(dashboard, "seatime-analytics")]
        variables = dashboard["templating"]["list"]
        found += [(variable, variable["query"]) for variable in variables if variable["type"] == "query"]
    return found


def _filled(sql: str) -> str:
    """As Grafana would send it, with the macro for the chosen time and variables quoted."""
    sql = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN '2026-03-01T00:00:00Z' AND '2026-05-01T00:00:00Z'", sql)
    for name, value in VALUES.items():
        sql = sql.replace(f"${{{name}:sqlstring}}", f"'{value}'")
    assert "$" not in sql, sql
    return sql


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_whole(name: str) -> None:
    """Row G9: panels have ids of their own and do not overlap, variables are defined, and sources are provisioned."""
    dashboard = DASHBOARDS[name]
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    defined = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = {match[1] or match[2] for text in _texts(dashboard) for match in VARIABLE.finditer(text)}
    assert used == defined
    provisioned = {
        source["uid"]: source["type"]
        for source in _yaml("grafana", "provisioning", "datasources", "seatime.yml")["datasources"]
    }
    for panel in panels:
        for one in (panel, *panel.get("targets", ())):
            if "datasource" in one:
                assert provisioned[one["datasource"]["uid"]] == one["datasource"]["type"]
        references = [target["refId"] for target in panel.get("targets", ())]
        assert len(set(references)) == len(references)
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)


@pytest.fixture
async def reader(postgres: Postgres, analytics_database: Database, pool: Pool) -> AsyncIterator[Connection]:
    await log.consume(pool, log.logged([*school(), *scattered(), *told()]))
    connection = await asyncpg.connect(await open_to_the_reader(postgres, analytics_database))
    yield connection
    await connection.close()


async def test_every_query_is_answered_to_grafanas_role(reader: Connection) -> None:
    """Row G9: of a migrated and filled database, with rows, in the columns that the panel draws."""
    queries = _queries()
    assert len(queries) > 10
    for panel, sql in queries:
        rows = await reader.fetch(_filled(sql))
        assert rows, sql
        columns = set(rows[0].keys())
        if "gridPos" not in panel:
            assert columns == {"__text", "__value"}
            continue
        drawn = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
        drawn |= {panel["options"]["xField"]} if "xField" in panel["options"] else set()
        assert drawn <= columns, (panel["title"], drawn - columns)


def test_quotes_in_a_variable_are_grafanas_to_escape() -> None:
    """Row G9: every variable in SQL is quoted by its format; none is pasted in as it is."""
    for _, sql in _queries():
        assert all(match[0].endswith(":sqlstring}") for match in VARIABLE.finditer(sql)), sql


def _labels() -> dict[str, set[str]]:
    """Labels of each series that a process of ours can have, by its name."""
    for service in SERVICES:
        package = importlib.import_module(f"{service}_service")
        for module in pkgutil.walk_packages(package.__path__, f"{service}_service."):
            importlib.import_module(module.name)
    collectors: Any = REGISTRY._names_to_collectors  # the registry shows labels of series that have values only
    return {name: set(collector._labelnames) for name, collector in collectors.items() if name.startswith("seatime_")}


def test_every_metric_is_one_that_there_is() -> None:
    """Row G9: dashboards and alerts ask for metrics and labels that the services have, under names of their own."""
    labels = _labels()
    expressions = [rule["expr"] for rule in ALERTS]
    for dashboard in DASHBOARDS.values():
        expressions += [target["expr"] for _, target in _targets(dashboard, "seatime-prometheus")]
    assert len(expressions) > 30
    for expression in expressions:
        known = set(OF_THE_SCRAPE)
        for name, selected in METRIC.findall(expression):
            assert name in labels, (name, expression)
            assert set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", selected)) <= labels[name] | OF_THE_SCRAPE, expression
            known |= labels[name]
        for grouping in GROUPING.findall(expression):
            assert {label.strip() for label in grouping.split(",")} <= known, expression
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS)
    assert all(rule["labels"]["severity"] in ("page", "ticket") for rule in ALERTS)


@pytest.mark.parametrize(
    "metric",
    [
        "seatime_consumed_lag_seconds",
        "seatime_mux_gaps_total",
        "seatime_drifting_lessons",
        "seatime_outbox_age_seconds",
        "seatime_http_problems_total",
        'seatime_consumed_records_total{outcome="dead"}',
        "seatime_webhook_overdue_seconds",
        "seatime_webhooks_disabled_total",
        'seatime_webhook_attempts_total{outcome="unsigned"}',
    ],
)
def test_what_must_not_go_unnoticed_has_an_alert(metric: str) -> None:
    """Row G9: lag, lost webhooks, drift, a stuck outbox, refused tokens, dead letters; webhooks that do not leave."""
    name, _, selected = metric.partition("{")
    assert any(name in rule["expr"] and selected.rstrip("}") in rule["expr"] for rule in ALERTS)


def test_the_profile_starts_what_is_provisioned() -> None:
    """Row G9: pinned images that only the profile starts, their mounts, and the processes that are scraped."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name: one for name, one in compose.items() if "profiles" in one}
    assert set(ours) == {"prometheus", "analytics-reader", "grafana"}
    for name, one in ours.items():
        assert one["profiles"] == ["observability"]
        assert one["image"] == compose["postgres"]["image"] or re.search(r":v?\d+\.\d+\.\d+$", one["image"]), name
        for volume in one["volumes"]:
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists(), source
    names = [
        (found["port"], name)
        for found in _yaml("prometheus", "prometheus.yml")["scrape_configs"][0]["dns_sd_configs"]
        for name in found["names"]
    ]
    assert sorted(names) == sorted(
        (port, f"{service}-{process}") for service in SERVICES for port, process in ((8000, "app"), (8001, "worker"))
    )
    used = {match[1] for text in _texts(_yaml("grafana", "provisioning", "datasources", "seatime.yml"))
            for match in re.finditer(r"\$([A-Z_]+)", text)}  # fmt: skip
    assert used <= ours["grafana"]["environment"].keys()
