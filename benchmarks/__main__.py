"""List the benchmarks, or run one by name; the last line of a run is one JSON object.

With `--profile`, where a benchmark knows how: no figures, but a flame graph of where ours spends its time.
"""

import asyncio
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Protocol, cast

import benchmarks
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
    return json.dumps({"benchmark": name, "figures": figures, "ratios": ratios, "aims": dict(aims), "met": met})


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
        return 0
    if arguments[0] not in names():
        print(f"there is no benchmark {arguments[0]!r}; there are: {', '.join(names())}")
        return 2
    benchmark, infra = load(arguments[0]), choose()
    try:
        if "--profile" in arguments[1:]:
            return profiled(benchmark, infra)
        figures, ratios = asyncio.run(benchmark.run(infra))
    finally:
        infra.close()
    print(report(arguments[0], figures, ratios, benchmark.AIMS))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
