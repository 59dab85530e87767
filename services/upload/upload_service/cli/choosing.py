"""Which migrations a command is about."""

import argparse
from uuid import UUID

from servicekit.database import transaction
from upload_service import store_transfers
from upload_service.cli.surroundings import Surroundings
from upload_service.errors import MigrationNotFound
from upload_service.store_transfers import Migration

_PAGE = 500


async def chosen(given: argparse.Namespace, around: Surroundings) -> list[UUID | None]:
    """Migrations; None stands for the videos of no migration."""
    known: list[UUID | None] = [one.id for one in await migrations(around)]
    if given.migration is None:
        return [*known, None]
    if given.migration not in known:
        raise MigrationNotFound(f"there is no migration {given.migration}")
    return [given.migration]


async def migrations(around: Surroundings) -> list[Migration]:
    found: list[Migration] = []
    while True:
        async with transaction(around.pool, readonly=True) as conn:
            page = await store_transfers.migrations(conn, limit=_PAGE, before=found[-1].id if found else None)
        found += page
        if len(page) < _PAGE:
            return found
