"""Files on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from upload_service.lifecycle import Provider
from upload_service.placement import Kind
from upload_service.schemas import IdOrNumber, Wire
from upload_service.store_files import File, FileState
from upload_service.stored import Presigned

Filename = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
ContentType = Annotated[
    str,
    StringConstraints(
        max_length=127, pattern=r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$", to_lower=True
    ),
]


class FileBody(Wire):
    """What is to be uploaded, as the browser sees it. `size` in bytes."""

    filename: Filename
    content_type: ContentType
    size: int = Field(ge=1, le=2**43)
    lesson_id: IdOrNumber | None = None


class FileUpload(Wire):
    """Send the file to `uploadUrl` by `method` with exactly these `headers` before `expiresAt`, then complete it."""

    file_id: UUID
    provider: Provider
    upload_url: str
    method: str
    headers: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, file: File, address: Presigned) -> "FileUpload":
        return cls(
            file_id=file.id,
            provider="s3",
            upload_url=address.url,
            method=address.method,
            headers=dict(address.headers),
            expires_at=address.expires_at,
        )


class FileView(Wire):
    """`url` downloads the file until `expiresAt`; it is there once the file is ready."""

    file_id: UUID
    state: FileState
    reason: str | None = Field(description="Why it was refused.")
    kind: Kind
    filename: str
    content_type: str
    size: int
    lesson_id: str | None
    created_at: datetime
    url: str | None
    expires_at: datetime | None

    @classmethod
    def of(cls, file: File, address: Presigned | None) -> "FileView":
        return cls(
            file_id=file.id,
            state=file.state,
            reason=file.reason,
            kind=file.kind,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            lesson_id=file.lesson_id,
            created_at=file.created_at,
            url=address.url if address else None,
            expires_at=address.expires_at if address else None,
        )
