"""The ways in which this service says no."""

from servicekit.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidPayload,
    NotFound,
    ServiceError,
    Unauthenticated,
    Unavailable,
)


class CourseNotFound(NotFound):
    slug, title = "course-not-found", "There is no such course"


class LessonNotFound(NotFound):
    slug, title = "lesson-not-found", "There is no such lesson"


class UploadNotFound(NotFound):
    slug, title = "upload-not-found", "There is no such upload"


class MigrationNotFound(NotFound):
    slug, title = "migration-not-found", "There is no such migration"


class NotTheOwner(Forbidden):
    slug, title = "not-the-owner", "Only the course's owner may do this"


class LessonElsewhere(Conflict):
    slug, title = "lesson-elsewhere", "The lesson belongs to another course"


class ForgedWebhook(Unauthenticated):
    slug, title = "forged-webhook", "The signature does not prove that Mux sent this"


class NotAnEvent(BadRequest):
    slug, title = "not-an-event", "The body is signed, but it is not an event"


class MuxUnavailable(Unavailable):
    """Mux is down, slow, failing or asks us to wait."""

    slug, title = "mux-unavailable", "The video provider is not available, try again"


class MuxLeftAlone(MuxUnavailable):
    """Mux was not asked: it has failed so often that it is given a rest."""


class MuxUnauthorized(MuxUnavailable):
    """Mux does not accept our credentials: an operator has to act, a caller can only wait."""

    slug, title = "mux-unauthorized", "The video provider does not accept our credentials"


class MuxNotFound(NotFound):
    slug, title = "mux-not-found", "The video provider knows no such thing"


class MuxRefused(ServiceError):
    """Mux understood us and said no; its reason is the detail."""

    status, slug, title = 502, "mux-refused", "The video provider refused"


class NotConfigured(Unavailable):
    """An operator must set something first."""

    slug, title = "not-configured", "This deployment cannot take files"

    def __init__(self, setting: str, why: str = "is not set") -> None:
        super().__init__(f"{setting} {why}", retry_after_s=60, setting=setting)


class StorageUnavailable(Unavailable):
    """S3 is down, slow or failing."""

    slug, title = "storage-unavailable", "Object storage is not available, try again"


class StorageUnauthorized(StorageUnavailable):
    """S3 does not accept our credentials: an operator has to act, a caller can only wait."""

    slug, title = "storage-unauthorized", "Object storage does not accept our credentials"


class StorageRefused(ServiceError):
    """S3 understood us and said no; its code is the detail."""

    status, slug, title = 502, "storage-refused", "Object storage refused"


class ObjectNotFound(NotFound):
    slug, title = "object-not-found", "Object storage knows no such thing"


class FileNotFound(NotFound):
    slug, title = "file-not-found", "There is no such file"


class NotAVideo(ServiceError):
    """The first bytes are not those of a video."""

    status, slug, title = 415, "not-a-video", "The file is not a video"


class MalformedForm(BadRequest):
    slug, title = "malformed-form", "The body is not a form with a file"


class NotUploadedYet(Conflict):
    slug, title = "not-uploaded-yet", "Nothing has been uploaded to this file's address yet"


class PartsMissing(NotUploadedYet):
    """The problem's `missing` has their numbers (the first thousand), `missingCount` how many they are."""

    slug, title = "parts-missing", "Not all parts have been uploaded yet"


class CaptionNotFound(NotFound):
    slug, title = "caption-not-found", "The lesson has no such captions"


class CaptionExists(Conflict):
    slug, title = "caption-exists", "The lesson has captions of that language and name"


class EditedMeanwhile(Conflict):
    """Somebody else wrote a newer revision; `revision` is its number."""

    slug, title = "edited-meanwhile", "The captions were edited by somebody else"


class InvalidCaptions(InvalidPayload):
    """`line` is where, counted from 1."""

    slug, title = "invalid-captions", "The text is not WebVTT"
