"""Assets that Mux made without our learning of it: found by the external_id that we had committed before we asked."""

from datetime import datetime

from upload_service.mux import AssetSeen, MuxService

_CLOCKS_APART_S = 300
_MOST_PAGES = 1_000


async def assets_of(mux: MuxService, external_id: str, since: datetime) -> list[AssetSeen]:
    """Those with that external_id that were made since then, newest first. Raises what MuxService raises."""
    oldest = since.timestamp() - _CLOCKS_APART_S
    found: list[AssetSeen] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await mux.list_assets(cursor=cursor, bulk=True)
        found += [asset for asset in page.assets if _external_id(asset) == external_id]
        if page.cursor is None or not page.assets or _created_at(page.assets[-1]) < oldest:
            break
        cursor = page.cursor
    return found


def _external_id(asset: AssetSeen) -> object:
    meta = asset.body.get("meta")
    return meta.get("external_id") if isinstance(meta, dict) else None


def _created_at(asset: AssetSeen) -> float:
    try:
        return float(asset.body.get("created_at", "inf"))
    except (TypeError, ValueError):
        return float("inf")
