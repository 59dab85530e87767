"""The sweep of object storage: what was deleted, refused or never finished goes, also after an outage."""

from dataclasses import dataclass

from prometheus_client import Counter

from servicekit.database import Pool
from upload_service import releasing
from upload_service.files import Files
from upload_service.lesson_videos import LessonVideos
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage

CLEARED = Counter("seatime_objects_cleared_total", "Objects removed from storage by the sweep", ["what"])


@dataclass
class Clearing:
    """Several may run: each claims its own rows. `turn` is one round."""

    pool: Pool
    storage: Storage | NoStorage
    settings: Settings

    async def turn(self) -> None:
        """Raises if the database or S3 is down; nothing is forgotten before its object is gone."""
        if isinstance(self.storage, NoStorage):
            return
        files = await Files(self.pool, self.storage, self.settings).clear()
        CLEARED.labels("file").inc(len(files))
        stored = LessonVideos(self.pool, self.storage, self.settings)
        CLEARED.labels("video").inc(await stored.clear())
        CLEARED.labels("parts").inc(await releasing.clear(stored))
