"""The refusals of this service. `reason` is for the program that must explain one, `detail` for a person."""

from datetime import UTC, datetime
from typing import Literal

from servicekit.errors import Conflict, Forbidden, NotFound, ServiceError, Unavailable

NoRight = Literal["not_entitled", "unenrolled", "suspended", "expired", "unpublished"]

_NO_RIGHT: dict[NoRight, str] = {
    "not_entitled": "you have no access to such a lesson",
    "unenrolled": "you are no longer enrolled in this course",
    "suspended": "your enrollment in this course is suspended",
    "expired": "your enrollment in this course has expired",
    "unpublished": "this course is not published",
}


class LessonNotFound(NotFound):
    slug, title = "lesson-not-found", "There is no such lesson"


class NotEntitled(Forbidden):
    slug, title = "not-entitled", "No right to watch"

    def __init__(self, reason: NoRight) -> None:
        super().__init__(_NO_RIGHT[reason], reason=reason)


class GrantRefused(Forbidden):
    """The watch grant that was to be refreshed is not one of ours, or not for this."""

    slug, title = "watch-grant-refused", "The watch grant cannot be refreshed"

    def __init__(self, reason: Literal["invalid", "expired", "other_learner", "other_lesson"]) -> None:
        super().__init__("ask for playback without refresh to begin a new session", reason=reason)


class LeaseTaken(Forbidden):
    """Another device of the learner has taken the playback over. 403, so that a player that knows no leases stops."""

    slug, title = "lease-taken", "Playback goes on elsewhere"

    def __init__(self) -> None:
        super().__init__("another of your devices took over; ask with takeOver=true to play here", reason="taken_over")


class LeaseHeld(Forbidden):
    """The learner plays on as many devices as the course allows. `since` in seconds since 1970."""

    slug, title = "lease-held", "You are already watching elsewhere"

    def __init__(self, devices: int, lesson_id: str, since: float) -> None:
        super().__init__(
            "end it there, or ask with takeOver=true to play here",
            reason="too_many_devices",
            devices=devices,
            playing={"lessonId": lesson_id, "since": datetime.fromtimestamp(int(since), UTC).isoformat()},
        )


class LeaseBusy(Unavailable):
    """Another replica has been deciding about this learner for too long. Nobody else of the batch waits for it."""

    slug, title = "lease-busy", "Another request of yours is being decided"


class RightsChanging(Unavailable):
    """Rights in the course were taken away between each reading and its grant, several times in a row."""

    slug, title = "rights-changing", "Rights in the course are just being changed, try again"


class NotAllowedFromHere(Forbidden):
    slug, title = "playback-restricted", "The course's videos may not be played from here"

    def __init__(self, reason: Literal["referrer", "user_agent"]) -> None:
        super().__init__(reason=reason)


class MuxUnavailable(Unavailable):
    slug, title = "mux-unavailable", "Mux cannot be asked"


class VideoNotReady(Conflict):
    slug, title = "video-not-ready", "The lesson has no playable video yet"

    def __init__(self, processing_status: str) -> None:
        super().__init__(processingStatus=processing_status)


class TooManyGrants(ServiceError):
    status, slug, title = 429, "too-many-requests", "Too many playback requests"


class NotConfigured(Unavailable):
    """An operator must set something first."""

    slug, title = "not-configured", "This deployment cannot play such a lesson"

    def __init__(self, setting: str) -> None:
        super().__init__(f"{setting} is not set", retry_after_s=60, setting=setting)


class NotCourseOwner(Forbidden):
    slug, title = "not-course-owner", "Only the course's owner or an admin may do this"


class EnrollmentNotFound(NotFound):
    slug, title = "enrollment-not-found", "There is no such enrollment"
