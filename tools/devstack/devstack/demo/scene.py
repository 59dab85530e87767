"""What the acts have in common."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from devstack import people
from devstack.demo.api import Api
from devstack.demo.clip import Clip
from devstack.demo.monitor import MuxData
from devstack.demo.steps import Steps

SETTLES = 20.0
"""How long (s) anything may take that goes through Kafka."""


@dataclass
class Scene:
    """What the acts have in common; `grants` are the playback answers by person."""

    steps: Steps
    http: aiohttp.ClientSession
    mux_url: str
    course_id: str
    data_dir: Path
    clips: dict[str, Clip]
    voices: dict[str, Api]
    grants: dict[str, Any] = field(default_factory=dict)

    @property
    def main(self) -> str:
        return next(iter(self.clips))

    @property
    def mux(self) -> MuxData:
        return MuxData(self.http, self.mux_url)

    def of(self, person: people.Person) -> Api:
        return self.voices[person.id]
