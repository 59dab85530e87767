"""What is really in S3, asked past the service."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from tests.buckets import client_of
from tests.infra import S3


class Objects:
    """The tests' bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    async def find(self, key: str) -> str | None:
        """The SHA-256 of an object's bytes; None if there is none."""
        return await asyncio.to_thread(self._find, key)

    def _find(self, key: str) -> str | None:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return None
        return hashlib.sha256(body).hexdigest()

    async def parts(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that have an unfinished upload in parts."""
        answer = await asyncio.to_thread(self._client.list_multipart_uploads, Bucket=self._bucket)
        return [upload["Key"] for upload in answer.get("Uploads", ()) if upload["Key"] in keys]


@contextmanager
def objects_of(s3: S3) -> Iterator[Objects]:
    with client_of(s3) as client:
        yield Objects(client, s3.bucket)
