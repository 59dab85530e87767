"""The upload service with a real S3 server behind it."""

from tests.infra import S3
from tests.upload.conftest import Service
from upload_service.settings import Settings
from upload_service.storage import Storage


def with_storage(settings: Settings, s3: S3) -> Settings:
    changes = {
        "s3_endpoint_url": s3.endpoint_url,
        "s3_bucket": s3.bucket,
        "s3_access_key_id": s3.access_key,
        "s3_secret_access_key": s3.secret_key,
    }
    return Settings(**(settings.model_dump() | changes))


def storage_of(service: Service) -> Storage:
    found = service.http._transport.app.state.storage  # type: ignore[attr-defined]
    assert isinstance(found, Storage)
    return found
