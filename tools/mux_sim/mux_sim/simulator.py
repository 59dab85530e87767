"""The parts of one running simulator, put together in one place."""

import re
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from mux_sim import tokens
from mux_sim.clock import Clock
from mux_sim.config import Config
from mux_sim.delivery import Courier
from mux_sim.faults import Faults
from mux_sim.jobs import Jobs
from mux_sim.model import SigningKey
from mux_sim.store import Store, write_atomically
from mux_sim.webhooks import Webhooks


@dataclass
class Simulator:
    """What every handler needs. Build with `open`, end with `close`."""

    config: Config
    clock: Clock
    store: Store
    faults: Faults
    http: aiohttp.ClientSession
    webhooks: Webhooks
    jobs: Jobs
    secret: str
    fail_next_uploads: list[str] = field(default_factory=list)
    streams_cut: int = 0

    @classmethod
    async def open(cls, config: Config) -> "Simulator":
        """Read the data folder; `lifecycle.resume` then takes up what a stop or kill interrupted."""
        store = Store(config.data_dir)
        for key_id, private_key in config.signing_keys.items():
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", key_id):
                raise ValueError(f"the signing key id {key_id!r} is no id")
            if store.keys.get(key_id) is None:
                pem = tokens.public_half(private_key)
                store.keys.put(SigningKey(id=key_id, created_at=int(time.time()), public_pem=pem))
        http = aiohttp.ClientSession()
        webhooks = Webhooks(config, store, Courier(config, http))
        jobs = Jobs(config, store, webhooks, http)
        return cls(config, Clock(), store, Faults(), http, webhooks, jobs, _secret(config))

    async def close(self) -> None:
        await self.jobs.close()
        await self.webhooks.close()
        await self.http.close()

    def base_url(self, request: web.Request) -> str:
        """Where the caller's browser reaches this server."""
        return (self.config.public_url or f"{request.scheme}://{request.host}").rstrip("/")

    def player_url(self, request: web.Request) -> str:
        """Where the caller reaches this server: as it did, where it came by another host than browsers do."""
        if self.config.public_url and urlsplit(self.config.public_url).netloc != request.host:
            scheme = "https" if request.host.endswith(".mux.com") else request.scheme  # behind somebody's TLS
            return f"{scheme}://{request.host}"
        return self.base_url(request)


def _secret(config: Config) -> str:
    """Signs upload and playlist URLs; kept, so that URLs outlive a restart."""
    path = config.data_dir / "state" / "url-secret"
    if not path.exists():
        write_atomically(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8")


SIMULATOR: web.AppKey[Simulator] = web.AppKey("simulator", Simulator)


def of(request: web.Request) -> Simulator:
    return request.app[SIMULATOR]
