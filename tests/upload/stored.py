"""The upload service with a real S3 server behind it."""

from tests.buckets import settings_of
from tests.infra import S3
from tests.upload.conftest import Service
from upload_service.settings import Settings
from upload_service.storage import Storage


def with_storage(settings: Settings, s3: S3) -> Settings:
    return Settings(**(settings.model_dump() | settings_of(s3)))


def storage_of(service: Service) -> Storage:
    found = service.http._transport.app.state.storage  # type: ignore[attr-defined]
    assert isinstance(found, Storage)
    return found
