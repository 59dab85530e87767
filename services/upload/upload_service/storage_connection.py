"""The way to S3 that the settings describe, or what to say where they describe none."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aioboto3
from aiobotocore.config import AioConfig

from upload_service.errors import NotConfigured
from upload_service.settings import Settings
from upload_service.storage import Storage


class NoStorage:
    """Stands where `Storage` would, in a deployment without it, and names the setting that would bring it."""

    def __init__(self, setting: str) -> None:
        self.setting = setting


def needed(storage: Storage | NoStorage) -> Storage:
    """The storage, or a 503 that names the missing setting."""
    if isinstance(storage, NoStorage):
        raise NotConfigured(storage.setting)
    return storage


@asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Storage | NoStorage]:
    """Opens no connection before it is used, so that a process starts without S3 too."""
    if settings.s3_access_key_id is None:
        yield NoStorage("S3_ACCESS_KEY_ID")
        return
    if settings.s3_secret_access_key is None:
        yield NoStorage("S3_SECRET_ACCESS_KEY")
        return
    session = aioboto3.Session(
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        region_name=settings.s3_region,
    )
    async with AsyncExitStack() as stack:
        config = _config(settings)
        clients: dict[str | None, Any] = {}

        async def client_of(endpoint_url: str | None) -> Any:
            if endpoint_url not in clients:
                opened = session.client("s3", endpoint_url=endpoint_url, config=config)
                clients[endpoint_url] = await stack.enter_async_context(opened)
            return clients[endpoint_url]

        public = settings.s3_public_endpoint_url or settings.s3_endpoint_url
        yield Storage(
            await client_of(settings.s3_endpoint_url),
            await client_of(public),
            settings.s3_bucket,
            settings.s3_base_url,
            for_provider=await client_of(settings.s3_provider_endpoint_url or public),
        )


def _config(settings: Settings) -> AioConfig:
    return AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path" if settings.s3_endpoint_url else "auto"},
        connect_timeout=settings.s3_connect_timeout_s,
        read_timeout=settings.s3_read_timeout_s,
        retries={"total_max_attempts": 1},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=50,
    )
