"""List the benchmarks, or run one by name; the last line of a run is one JSON object.

With `--short` it shows in a minute or so that it runs; its figures mean nothing. With `--profile`, where a benchmark
knows how: no figures, but a flame graph of where ours spends its time.
"""

import asyncio
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Protocol, cast

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks import _sizes
from servicekit.telemetry import configure_logging
from tests.infra import Infra, choose


class Benchmark(Protocol):
    """A benchmark module. `run` returns (figures, ratios); AIMS holds the least value wanted of a ratio."""

    DESCRIPTION: str
    AIMS: Mapping[str, float]
    run: Callable[[Infra], Coroutine[None, None, tuple[dict[str, float], dict[str, float]]]]


def names() -> list[str]:
    return sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )


def load(name: str) -> Benchmark:
    return cast(Benchmark, importlib.import_module(f"benchmarks.{name}"))


def report(name: str, figures: dict[str, float], ratios: dict[str, float], aims: Mapping[str, float]) -> str:
    met = {aim: ratios[aim] >= least for aim, least in aims.items() if aim in ratios}
    said = {"benchmark": name, "figures": figures, "ratios": ratios, "aims": dict(aims), "met": met}
    return json.dumps(said | ({"short": True} if os.environ.get(_sizes.SHORT) else {}))


def show(ratios: Mapping[str, float], aims: Mapping[str, float]) -> None:
    """The ratios for a person, each beside its aim."""
    table = Table("ratio", "reached", "aim", "", box=None, pad_edge=False)
    for name, value in ratios.items():
        aim = aims.get(name)
        verdict = "" if aim is None else "[green]met[/]" if value >= aim else "[yellow]not met[/]"
        table.add_row(name, f"{value:g}", "" if aim is None else f"{aim:g}", verdict)
    Console(stderr=True).print(table)


def profiled(benchmark: Benchmark, infra: Infra) -> int:
    draw: Callable[[Infra], Coroutine[None, None, Path]] | None = getattr(benchmark, "profile", None)
    if draw is None:
        print("this benchmark draws no flame graph")
        return 2
    print(asyncio.run(draw(infra)))
    return 0


def main(arguments: list[str]) -> int:
    if not arguments:
        for name in names():
            print(f"{name:12} {load(name).DESCRIPTION}")
        print("\nmake bench NAME=fold; with SHORT=1 it only shows that it runs. What was measured: docs/performance.md")
        return 0
    if arguments[0] not in names():
        print(f"there is no benchmark {arguments[0]!r}; there are: {', '.join(names())}")
        return 2
    if "--short" in arguments[1:]:
        os.environ[_sizes.SHORT] = "1"
    configure_logging("benchmarks", level="WARNING", fmt="console")
    benchmark, infra = load(arguments[0]), choose()
    try:
        if "--profile" in arguments[1:]:
            return profiled(benchmark, infra)
        figures, ratios = asyncio.run(benchmark.run(infra))
    finally:
        infra.close()
    show(ratios, benchmark.AIMS)
    print(report(arguments[0], figures, ratios, benchmark.AIMS))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
