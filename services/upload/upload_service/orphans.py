"""What is at S3 and Mux under names that we gave, and in no table of ours: found, counted, told, and deleted if asked.

Rows are written before anything is stored, so what is old and has no row is nobody's: a row went before its object,
or the database was restored from an older copy. The second is why nothing is deleted unless a setting says so.
"""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from servicekit.database import Pool, transaction
from servicekit.telemetry import get_logger
from upload_service import store_retention
from upload_service.mux import AssetSeen, MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage

_PREFIXES = ("videos/", "files/")
_OBJECTS_PER_TURN = 5_000
_PAGES_PER_TURN = 5
_TOLD = 20

log = get_logger(__name__)


@dataclass
class Orphans:
    """Goes through both stores a stretch at a time, and begins anew at the end. Returns how many were found."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings
    _after: dict[str, str] = field(default_factory=dict)
    _cursor: str | None = None

    async def objects(self) -> int:
        """Objects under our prefixes. Raises what Storage raises."""
        storage = self.storage
        if isinstance(storage, NoStorage):
            return 0
        found = 0
        for prefix in _PREFIXES:
            keys = [key async for key in self._stretch(storage, prefix)]
            self._after[prefix] = keys[-1] if len(keys) == _OBJECTS_PER_TURN else ""
            orphans = await self._without_row([key for key in keys if self._is_old(_id_in(key))])
            self._tell("object", orphans)
            if self.settings.retention_delete_orphans:
                await storage.delete_many(orphans)
            found += len(orphans)
        return found

    async def assets(self) -> int:
        """Assets that carry an id of ours. Raises what MuxService raises."""
        found = 0
        for _ in range(_PAGES_PER_TURN):
            page = await self.mux.list_assets(cursor=self._cursor, bulk=True)
            orphans = await self._unknown(page.assets)
            self._tell("asset", orphans)
            if self.settings.retention_delete_orphans:
                for asset_id in orphans:
                    await self.mux.delete_asset(asset_id, bulk=True)
            found += len(orphans)
            self._cursor = page.cursor
            if page.cursor is None:
                break
        return found

    async def _stretch(self, storage: Storage, prefix: str) -> AsyncIterator[str]:
        left = _OBJECTS_PER_TURN
        async for listed in storage.listing(prefix, after=self._after.get(prefix, "")):
            yield listed.key
            left -= 1
            if not left:
                return

    async def _without_row(self, keys: Sequence[str]) -> list[str]:
        async with transaction(self.pool, readonly=True) as conn:
            known = await store_retention.known_keys(conn, keys)
        return [key for key in keys if key not in known]

    async def _unknown(self, assets: Sequence[AssetSeen]) -> list[str]:
        ours = {asset.id: named for asset in assets if self._is_old(named := _named(asset)) and named is not None}
        async with transaction(self.pool, readonly=True) as conn:
            ids, asset_ids = await store_retention.known_uploads(conn, list(ours.values()), list(ours))
        return [asset_id for asset_id, named in ours.items() if named not in ids and asset_id not in asset_ids]

    def _is_old(self, made: UUID | None) -> bool:
        """By the time that is in an id of ours; what has another kind of id is not ours."""
        return made is not None and (made.int >> 80) / 1000 < time.time() - self.settings.orphan_keep_s

    def _tell(self, kind: str, orphans: Sequence[str]) -> None:
        if orphans:
            deleted = self.settings.retention_delete_orphans
            log.warning("orphans", kind=kind, count=len(orphans), deleted=deleted, first=list(islice(orphans, _TOLD)))


def _id_in(key: str) -> UUID | None:
    return _uuid7(key.rpartition("/")[2])


def _named(asset: AssetSeen) -> UUID | None:
    meta = asset.body.get("meta")
    return _uuid7(meta.get("external_id")) if isinstance(meta, dict) and asset.body.get("passthrough") else None


def _uuid7(text: object) -> UUID | None:
    try:
        made = UUID(str(text))
    except ValueError:
        return None
    return made if made.version == 7 else None
