"""Presigned addresses for lessons that play from S3. Signing is local: no request leaves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aioboto3
from aiobotocore.config import AioConfig

from playback_service.configured import Missing
from playback_service.settings import Settings

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Presigner:
    """Signs GETs for one bucket, with the addresses that browsers reach it at."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    async def url(self, key: str, *, seconds: int) -> str:
        """An address that answers GET and HEAD of the object for so many seconds."""
        return await self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )


@asynccontextmanager
async def open_presigner(settings: Settings) -> AsyncIterator[Presigner | Missing]:
    """A presigner, where S3 is configured."""
    if settings.s3_access_key_id is None or settings.s3_secret_access_key is None:
        yield Missing("S3_SECRET_ACCESS_KEY" if settings.s3_access_key_id else "S3_ACCESS_KEY_ID")
        return
    session = aioboto3.Session(
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        region_name=settings.s3_region,
    )
    config = AioConfig(signature_version="s3v4", s3={"addressing_style": "path"}, connect_timeout=2, read_timeout=5)
    endpoint = settings.s3_public_endpoint_url or settings.s3_endpoint_url
    async with session.client("s3", endpoint_url=endpoint, config=config) as client:
        yield Presigner(client, settings.s3_bucket)
