"""Captions on the wire."""

import re
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from upload_service import subtitles, webvtt
from upload_service.captions import Track, TrackStatus
from upload_service.lesson_captions import Shown
from upload_service.schemas import Wire
from upload_service.subtitles import Standing

_SPOKEN = "bg|ca|cs|da|de|el|en|es|fi|fr|hr|it|nl|no|pl|pt|ro|ru|sk|sv|tr|uk"
"""The languages in which Mux understands speech."""

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$"),
    Field(description="BCP 47, as in en-US."),
]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="As learners read it in the player's menu."),
]
Vtt = Annotated[
    str, StringConstraints(max_length=webvtt.MOST_CHARACTERS), Field(description="The text of a WebVTT file.")
]


class NewCaption(Wire):
    """Either `vtt`, the text itself (a browser reads a file with `await file.text()`), or `generate`."""

    language_code: Language
    name: Name | None = Field(default=None, description="The language's code if left out.")
    closed_captions: bool = Field(default=False, description="For the deaf: sounds are described too.")
    generate: bool = Field(default=False, description="Mux listens and writes; in the languages that it understands.")
    vtt: Vtt | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewCaption":
        if self.generate == (self.vtt is not None):
            raise ValueError("either generate, or a text as vtt")
        if self.generate and not re.fullmatch(_SPOKEN, self.language_code):
            raise ValueError(f"captions are generated in {_SPOKEN.replace('|', ', ')}")
        return self


class CaptionEdit(Wire):
    """The new text; what else is left out stays. With `revision`, the edit is refused if somebody else was quicker."""

    vtt: Vtt
    language_code: Language | None = None
    name: Name | None = None
    closed_captions: bool | None = None
    revision: int | None = Field(default=None, ge=1, le=2**31 - 1)


class CaptionView(Wire):
    """`source` is uploaded, generated, or what Mux says of captions that we do not keep. `error`: why not ready.

    `waiting`: not at Mux or S3 yet; `outdated`: made for a video of another length, not shown until it is edited.
    """

    id: str
    language_code: str | None
    name: str | None
    source: str | None
    closed_captions: bool = False
    status: Standing | TrackStatus
    error: str | None
    revision: int | None = Field(default=None, description="Counts the edits; null where we keep no text.")

    @classmethod
    def of_track(cls, track: Track) -> "CaptionView":
        return cls(
            id=track.id,
            language_code=track.language_code,
            name=track.name,
            source=track.source,
            status=track.status,
            error=track.error,
        )

    @classmethod
    def of(cls, shown: Shown) -> "CaptionView":
        return cls(**_fields(shown))


class CaptionText(CaptionView):
    vtt: str | None = Field(description="Null as long as generated captions are not ready.")

    @classmethod
    def of(cls, shown: Shown) -> "CaptionText":
        return cls(**_fields(shown), vtt=shown.caption.vtt)


class CaptionList(Wire):
    captions: list[CaptionView]


def _fields(shown: Shown) -> dict[str, object]:
    caption = shown.caption
    status, error = subtitles.standing(caption, shown.lesson.video.playable, shown.at_mux)
    return {
        "id": str(caption.id),
        "language_code": caption.language_code,
        "name": caption.name,
        "source": caption.source,
        "closed_captions": caption.closed_captions,
        "status": status,
        "error": error,
        "revision": caption.revision,
    }
