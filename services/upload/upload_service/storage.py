"""Everything that is asked of S3 goes through `Storage`: bounded in time, retried only where repeating is harmless.

Addresses for browsers are signed here without asking anybody. The client's own retries are off, because they would
also repeat what must happen once; its checksums are on only where S3 demands them, which every S3 server understands.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError
from prometheus_client import Counter

from servicekit.telemetry import get_logger
from upload_service.disposition import attachment
from upload_service.errors import (
    ObjectNotFound,
    StorageRefused,
    StorageUnauthorized,
    StorageUnavailable,
)

T = TypeVar("T")

CALLS = Counter("seatime_s3_calls_total", "Calls of object storage by outcome", ["call", "outcome"])

PART_BYTES = 8 << 20
_CHUNK_BYTES = 64 << 10
_MAX_PARTS = 10_000
_ATTEMPTS = 3
_PAUSE_S = 0.2
_DELETES_AT_ONCE = 8

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Presigned:
    """What a browser has to send, header by header, before `expires_at`."""

    method: str
    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """An object as it is now. `size` in bytes."""

    size: int
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    etag: str


class Storage:
    """Raises StorageUnavailable (down, slow, 5xx), StorageUnauthorized, ObjectNotFound, or StorageRefused."""

    def __init__(self, client: Any, presigner: Any, bucket: str, base_url: str) -> None:
        self._client, self._presigner, self._bucket, self._base_url = client, presigner, bucket, base_url

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

    async def presign_part(self, key: str, upload_id: str, number: int, *, seconds: int) -> Presigned:
        """One part of a multipart upload that a browser sends."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        url = await self._presign("upload_part", seconds, Key=key, UploadId=upload_id, PartNumber=number)
        return Presigned("PUT", url, expires_at)

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

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
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

    async def upload_stream(self, key: str, chunks: AsyncIterator[bytes], *, content_type: str) -> int:
        """Store what comes, holding one part of it at a time; returns its length.

        Whatever goes wrong, in the source or in S3, leaves no object and no parts behind.
        """
        upload_id = await self.create_multipart(key, content_type=content_type)
        try:
            parts: list[Part] = []
            size = 0
            async for body in _in_parts(chunks):
                if len(parts) == _MAX_PARTS:
                    raise StorageRefused(f"more than {_MAX_PARTS} parts")
                parts.append(await self.upload_part(key, upload_id, len(parts) + 1, body))
                size += len(body)
            await self.complete_multipart(key, upload_id, parts)
        except BaseException:
            await self._abort_quietly(key, upload_id)
            raise
        return size

    async def _abort_quietly(self, key: str, upload_id: str) -> None:
        try:
            await asyncio.shield(self.abort_multipart(key, upload_id))
        except StorageUnavailable as error:
            log.warning("parts left behind", key=key, error=str(error))

    async def _presign(self, operation: str, seconds: int, **parameters: Any) -> str:
        parameters["Bucket"] = self._bucket
        return str(await self._presigner.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds))

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
            mapped = _mapped(error)
            CALLS.labels(name, mapped.slug).inc()
            if not isinstance(mapped, ObjectNotFound):
                log.warning("storage call failed", call=name, outcome=mapped.slug, error=repr(error)[:300])
            raise mapped from error
        CALLS.labels(name, "ok").inc()
        return answer


async def _in_parts(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of PART_BYTES; at least one piece, and only the last is shorter."""
    held = bytearray()
    several = False
    async for chunk in chunks:
        held += chunk
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
            several = True
    if held or not several:
        yield bytes(held)


_Mapped = StorageUnavailable | ObjectNotFound | StorageRefused


def _mapped(error: Exception) -> _Mapped:
    if not isinstance(error, ClientError):
        return StorageUnavailable(type(error).__name__)
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 404:
        return ObjectNotFound()
    if status in (401, 403):
        return StorageUnauthorized(code)
    if (status >= 500 and status != 501) or status in (408, 429) or code in ("SlowDown", "RequestTimeout"):
        return StorageUnavailable(code)
    return StorageRefused(code, code=code)
