"""What is asked and answered about where an upload goes, on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from upload_service.file_schemas import ContentType, Filename
from upload_service.lifecycle import Provider, UploadStatus
from upload_service.object_in_parts import Signed
from upload_service.parts import MOST_PARTS, Cut
from upload_service.schemas import IdOrNumber, UploadUrlBody, Wire, Wish
from upload_service.store_files import FileState
from upload_service.stored import PartSeen, Presigned

Bytes = Annotated[int, Field(ge=1, le=2**43, description="Bytes.")]
PartNumber = Annotated[int, Field(ge=1, le=MOST_PARTS)]


class UploadBody(Wire):
    """What is to be uploaded. A video needs the lesson that it is for; without a type the name decides."""

    filename: Filename
    content_type: ContentType | None = None
    size: Bytes
    lesson_id: IdOrNumber | None = None
    progress: Wish = "auto"


class VideoUrlBody(UploadUrlBody):
    """The lesson that the video is for. Who says what the video is can be sent to S3 while Mux is away."""

    filename: Filename | None = None
    content_type: ContentType | None = None
    size: Bytes | None = None


class Placed(Wire):
    """Where to send it: a video in chunks to Mux (ask by `uploadId`), anything else to S3 (complete by `fileId`).

    While Mux is away a video goes to S3 too: complete it by `uploadId`. What goes to S3 is sent in one piece if it is
    small: send it as `method` and `headers` say. Larger, it goes in `parts` parts of `partSize` bytes, of which the
    last may be shorter: ask for their addresses.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)  # one route leaves nulls out

    provider: Provider
    upload_url: str | None = Field(description="Null where it goes in parts.")
    method: str
    headers: dict[str, str]
    upload_id: UUID | None = None
    file_id: UUID | None = None
    part_size: int | None = Field(default=None, description="Bytes.")
    parts: int | None = None
    expires_at: datetime | None = None

    @classmethod
    def in_s3(cls, where: Presigned | Cut, *, upload_id: UUID | None = None, file_id: UUID | None = None) -> "Placed":
        """At the address that takes the whole, or in the parts of the cut."""
        if isinstance(where, Cut):
            return cls(
                provider="s3",
                upload_url=None,
                method="PUT",
                headers={},
                upload_id=upload_id,
                file_id=file_id,
                part_size=where.part_size,
                parts=where.count,
            )
        return cls(
            provider="s3",
            upload_url=where.url,
            method=where.method,
            headers=dict(where.headers),
            upload_id=upload_id,
            file_id=file_id,
            expires_at=where.expires_at,
        )


class VideoStored(Wire):
    success: bool
    video_url: str


class PartsBody(Wire):
    """The parts that are about to be sent."""

    numbers: list[PartNumber] = Field(min_length=1, max_length=100)


class PartAddress(Wire):
    """Takes exactly `size` bytes, as often as one likes until the upload is complete; the last ones count."""

    number: int
    size: int
    method: str
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, signed: Signed) -> "PartAddress":
        address = signed.address
        return cls(
            number=signed.number,
            size=signed.size,
            method=address.method,
            url=address.url,
            headers=dict(address.headers),
        )


class PartAddresses(Wire):
    parts: list[PartAddress]
    expires_at: datetime

    @classmethod
    def of(cls, signed: Sequence[Signed], expires_at: datetime) -> "PartAddresses":
        return cls(parts=[PartAddress.of(one) for one in signed], expires_at=expires_at)


class PartArrived(Wire):
    number: int
    size: int
    etag: str

    @classmethod
    def of(cls, part: PartSeen) -> "PartArrived":
        return cls(number=part.number, size=part.size, etag=part.etag)


class PartsView(Wire):
    """What is there of a video that goes to S3 in parts. `assembled`: nothing is missing, and S3 has made it one."""

    upload_id: UUID
    lesson_id: str
    status: UploadStatus
    size: int = Field(description="Bytes of the whole video.")
    part_size: int
    count: int
    assembled: bool
    parts: list[PartArrived]


class FilePartsView(Wire):
    """The same of a file that is no lesson's video."""

    file_id: UUID
    state: FileState
    size: int = Field(description="Bytes of the whole file.")
    part_size: int
    count: int
    assembled: bool
    parts: list[PartArrived]
