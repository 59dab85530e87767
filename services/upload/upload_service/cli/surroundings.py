"""What the command works with, and what it says where something of it is missing or away."""

import getpass
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from servicekit import database
from servicekit.database import TRANSIENT, Pool
from servicekit.errors import BadRequest, ServiceError, Unavailable
from upload_service import storage_connection
from upload_service.errors import (
    MuxUnauthorized,
    MuxUnavailable,
    NotConfigured,
    StorageUnauthorized,
    StorageUnavailable,
)
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import needed

DONE, SOME_FAILED, USAGE, AWAY, REFUSED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Refused(BadRequest):
    """What was asked for is not done, with the reason."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    settings: Settings
    pool: Pool
    storage: Storage
    mux: MuxService


@dataclass(frozen=True, slots=True)
class Out:
    """Where it is said: for a person, or as one JSON document on the standard output."""

    console: Console
    errors: Console
    as_json: bool

    def say(self, text: str = "", *, style: str | None = None) -> None:
        if not self.as_json:
            self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        if not self.as_json:
            self.console.print(table)

    def document(self, value: Any) -> None:
        if self.as_json:
            self.console.file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    @property
    def live(self) -> bool:
        """Whether a bar can be drawn."""
        return self.console.is_terminal and not self.as_json


def who() -> str:
    """Who runs the command, as it is kept with a migration."""
    try:
        return f"command:{getpass.getuser()}"
    except (KeyError, OSError):
        return "command"


@asynccontextmanager
async def surroundings() -> AsyncIterator[Surroundings]:
    """All connections, closed at the end. Raises what a missing setting or an absent database raises."""
    settings = Settings()
    pool = await database.create_pool(settings.database_url, application_name="seatime-migrate", max_size=12)
    mux = MuxService(settings, pool)
    try:
        await database.ping(pool)
        async with storage_connection.connect(settings) as storage:
            yield Surroundings(settings, pool, needed(storage), mux)
    finally:
        mux.close()
        await pool.close()


async def need_mux(around: Surroundings) -> None:
    """Raises what says that Mux is away, does not believe us, or could not be looked at as a player would."""
    for name in ("mux_token_id", "mux_signing_key", "mux_private_key"):
        if not getattr(around.settings, name):
            raise NotConfigured(name.upper())
    await around.mux.list_assets(limit=1)


def explained(error: BaseException) -> tuple[int, str] | None:
    """The exit code and one line for what a person can do something about; None for a bug of ours."""
    if isinstance(error, BaseExceptionGroup):
        told = [explained(one) for one in error.exceptions]
        return told[0] if all(told) else None
    if isinstance(error, ValidationError):
        return USAGE, "; ".join(_setting(one) for one in error.errors(include_input=False, include_url=False))
    if isinstance(error, NotConfigured):
        return USAGE, f"{error.extensions['setting']} is not set"
    if isinstance(error, Unavailable):
        return AWAY, _away(error)
    return _of_the_database(error) or ((REFUSED, str(error)) if isinstance(error, ServiceError) else None)


def _of_the_database(error: BaseException) -> tuple[int, str] | None:
    told = next((words for kinds, words in _DATABASE if isinstance(error, kinds)), None)
    if told is not None:
        return told
    return (AWAY, f"the database is not available ({type(error).__name__})") if isinstance(error, TRANSIENT) else None


_DATABASE: tuple[tuple[tuple[type[Exception], ...], tuple[int, str]], ...] = (
    (
        (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError),
        (USAGE, "the database is not up to date: bring the upload service's schema up to date first"),
    ),
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        (AWAY, "the database does not accept the user or the password in DATABASE_URL_UPLOAD"),
    ),
    ((asyncpg.InvalidCatalogNameError,), (AWAY, "the database that DATABASE_URL_UPLOAD names is not there")),
)


def _away(error: Unavailable) -> str:
    if isinstance(error, StorageUnauthorized):
        return f"S3 does not accept S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or not for this bucket ({error.detail})"
    if isinstance(error, MuxUnauthorized):
        return "Mux does not accept MUX_TOKEN_ID and MUX_TOKEN_SECRET"
    system = (
        "S3"
        if isinstance(error, StorageUnavailable)
        else "Mux"
        if isinstance(error, MuxUnavailable)
        else "the database"
    )
    return f"{system} is not available ({error.detail or error.title})"


def _setting(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "a setting"
    variable = {"database_url": "DATABASE_URL_UPLOAD"}.get(name, name.upper())
    return f"{variable} is not set" if error["type"] == "missing" else f"{variable}: {error['msg']}"
