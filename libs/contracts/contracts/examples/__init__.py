"""Golden examples, which every consumer is run over. `minimal` has only what is required, `full` everything."""

import importlib.resources
from dataclasses import dataclass

from contracts.topic import Topic


@dataclass(frozen=True, slots=True)
class Example:
    """`value` is a record's value as it stands in the file, UTF-8 JSON; `name` is the file's name without `.json`."""

    topic: str
    name: str
    value: bytes


def load(topic: Topic | str) -> list[Example]:
    """The examples of a topic by name; FileNotFoundError if it has none."""
    name = topic if isinstance(topic, str) else topic.name
    folder = importlib.resources.files(__name__) / name
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return [Example(name, file.name.removesuffix(".json"), file.read_bytes()) for file in files]
