"""Everything that is asked of S3 goes through `Storage`: bounded in time, retried only where repeating is harmless.

Addresses for browsers are signed here without asking anybody. The client's own retries are off, because they would
also repeat what must happen once; its checksums are on only where S3 demands them, which every S3 server understands.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError
from prometheus_client import Counter

from servicekit.telemetry import get_logger
from upload_service.disposition import attachment
from upload_service.errors import ObjectNotFound, StorageRefused, StorageUnauthorized, StorageUnavailable
from upload_service.storage_failures import mapped
from upload_service.stored import Listed, ObjectSeen, Part, PartSeen, Presigned

T = TypeVar("T")

CALLS = Counter("seatime_s3_calls_total", "Calls of object storage by outcome", ["call", "outcome"])

_CHUNK_BYTES = 64 << 10
_ATTEMPTS = 3
_PAUSE_S = 0.2
_DELETES_AT_ONCE = 8

log = get_logger(__name__)


class Storage:
    """Raises StorageUnavailable (down, slow, 5xx), StorageUnauthorized, ObjectNotFound, or StorageRefused."""

    def __init__(self, client: Any, presigner: Any, bucket: str, base_url: str, *, for_provider: Any = None) -> None:
        self._client, self._presigner, self._bucket, self._base_url = client, presigner, bucket, base_url
        self._for_provider = for_provider or presigner

    def address(self, key: str) -> str:
        """Where the object is. Opens nothing by itself: the bucket is private."""
        return f"{self._base_url}/{key}"

    async def presign_put(self, key: str, *, content_type: str, size: int, seconds: int) -> Presigned:
        """One PUT of exactly that type and length, which cannot overwrite what is already there."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        parameters = {"ContentType": content_type, "ContentLength": size, "IfNoneMatch": "*"}
        url = await self._presign("put_object", seconds, Key=key, **parameters)
        return Presigned("PUT", url, expires_at, {"Content-Type": content_type, "If-None-Match": "*"})

    async def presign_get(self, key: str, *, filename: str, content_type: str, seconds: int) -> Presigned:
        """One object as a download under that name and type, whatever the uploader said of it."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        told = {"ResponseContentDisposition": attachment(filename), "ResponseContentType": content_type}
        return Presigned("GET", await self._presign("get_object", seconds, Key=key, **told), expires_at)

    async def presign_source(self, key: str, *, seconds: int) -> Presigned:
        """One object as it is, for a provider: it is outside, and reaches S3 where browsers do or where told."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        url = await self._presign("get_object", seconds, self._for_provider, Key=key)
        return Presigned("GET", url, expires_at)

    async def presign_part(self, key: str, upload_id: str, number: int, *, size: int, seconds: int) -> Presigned:
        """One part, of exactly that length, of a multipart upload that a browser sends."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        part = {"UploadId": upload_id, "PartNumber": number, "ContentLength": size}
        return Presigned("PUT", await self._presign("upload_part", seconds, Key=key, **part), expires_at)

    async def head(self, key: str) -> ObjectSeen:
        """Size and type as they arrived."""
        seen = await self._again("head", lambda: self._client.head_object(Bucket=self._bucket, Key=key))
        return ObjectSeen(seen["ContentLength"], seen.get("ContentType", ""), seen["ETag"])

    async def read(self, key: str, *, start: int = 0, length: int) -> bytes:
        """At most `length` bytes from `start`; none if the object ends before."""

        async def get() -> bytes:
            span = f"bytes={start}-{start + length - 1}"
            answer = await self._client.get_object(Bucket=self._bucket, Key=key, Range=span)
            found = bytearray()
            async with answer["Body"] as body:
                async for chunk in body.content.iter_chunked(_CHUNK_BYTES):
                    found += chunk[: length - len(found)]
                    if len(found) == length:
                        break
            return bytes(found)

        try:
            return await self._again("read", get)
        except StorageRefused as error:
            if error.extensions.get("code") == "InvalidRange":
                return b""
            raise

    async def listing(self, prefix: str, *, after: str = "") -> AsyncIterator[Listed]:
        """All objects whose keys begin so, from behind `after` in their order, however many pages they fill."""
        where = {"Bucket": self._bucket, "Prefix": prefix} | ({"StartAfter": after} if after else {})
        while True:
            page = await self._again("list", partial(self._client.list_objects_v2, **where))
            for found in page.get("Contents", ()):
                yield Listed(found["Key"], found["Size"])
            if not page.get("IsTruncated"):
                return
            where["ContinuationToken"] = page["NextContinuationToken"]

    async def delete(self, key: str) -> None:
        """What is already gone counts as deleted."""
        await self._again("delete", lambda: self._client.delete_object(Bucket=self._bucket, Key=key))

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Any number of objects, one call each: not every S3 server understands the checksums of a batch."""
        waiting = iter(keys)

        async def work() -> None:
            for key in waiting:
                await self.delete(key)

        done = await asyncio.gather(*(work() for _ in range(_DELETES_AT_ONCE)), return_exceptions=True)
        for error in (outcome for outcome in done if outcome is not None):
            raise error

    async def create_multipart(self, key: str, *, content_type: str) -> str:
        """Begin an upload in parts; returns its id."""
        made = await self._once(
            "create_multipart",
            lambda: self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type),
        )
        return str(made["UploadId"])

    async def upload_part(self, key: str, upload_id: str, number: int, body: bytes) -> Part:
        """Parts are numbered from 1; all but the last have at least 5 MiB."""
        made = await self._again(
            "upload_part",
            lambda: self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body
            ),
        )
        return Part(number, made["ETag"])

    async def parts(self, key: str, upload_id: str) -> list[PartSeen]:
        """The parts that have arrived, by number, however many pages they fill; none if there is no such upload."""
        found: list[PartSeen] = []
        after: dict[str, int] = {}
        while True:
            where = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id, **after}
            try:
                page = await self._again("list_parts", lambda where=where: self._client.list_parts(**where))  # type: ignore[misc]
            except ObjectNotFound:
                return []
            found += [PartSeen(p["PartNumber"], p["Size"], p["ETag"]) for p in page.get("Parts", ())]
            if not page.get("IsTruncated"):
                return found
            after = {"PartNumberMarker": page["NextPartNumberMarker"]}

    async def multiparts(self, key: str) -> list[str]:
        """The ids of the uploads in parts to exactly this key that are neither complete nor aborted."""
        page = await self._again(
            "list_multiparts", lambda: self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=key)
        )
        return [upload["UploadId"] for upload in page.get("Uploads", ()) if upload["Key"] == key]

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part | PartSeen]) -> None:
        """Make the object of its parts."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        await self._once(
            "complete_multipart",
            lambda: self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": listed},
            ),
        )

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Let go of the parts. What is already gone counts as aborted."""
        try:
            await self._again(
                "abort_multipart",
                lambda: self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id),
            )
        except ObjectNotFound:
            return

    async def _presign(self, operation: str, seconds: int, signer: Any = None, **parameters: Any) -> str:
        parameters["Bucket"] = self._bucket
        signer = signer or self._presigner
        return str(await signer.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds))

    async def _again(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(1, _ATTEMPTS):
            try:
                return await self._once(name, call)
            except StorageUnauthorized:
                raise
            except StorageUnavailable:
                await asyncio.sleep(_PAUSE_S * 2**attempt)
        return await self._once(name, call)

    async def _once(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        try:
            answer = await call()
        except (BotoCoreError, ClientError, aiohttp.ClientError, OSError) as error:
            failure = mapped(error)
            CALLS.labels(name, failure.slug).inc()
            if not isinstance(failure, ObjectNotFound):
                log.warning("storage call failed", call=name, outcome=failure.slug, error=repr(error)[:300])
            raise failure from error
        CALLS.labels(name, "ok").inc()
        return answer
