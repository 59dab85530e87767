"""What players tell, as the API shows it. Times in seconds."""

from pydantic import Field

from analytics_service import splits
from analytics_service.reports import Shape
from analytics_service.seeking import matrix
from analytics_service.splits import Counts, Part
from analytics_service.store_days import Told
from analytics_service.tallies import bucket_width_s


class SeekCell(Shape):
    """From a bucket of media to another one: these begin at `bucketSeconds` times their number."""

    from_bucket: int
    to_bucket: int
    seeks: int
    learners: int


class SeekTarget(Shape):
    bucket: int
    seeks: int


class Seeks(Shape):
    """The seek matrix, sparse: cells that are not listed are empty, or of too few learners if `suppressed`."""

    bucket_seconds: int
    cells: list[SeekCell]
    hot_cells: list[SeekCell] = Field(description="Those with the most seeks.")
    hot_targets: list[SeekTarget] = Field(description="The buckets that the most seeks led to.")
    suppressed: bool = Field(description="Whether cells of fewer than `smallestGroup` learners were left out.")


class Share(Shape):
    """What of a number belongs to one player, browser or country."""

    name: str
    with_others: bool = Field(description="Whether all that are too small to be shown by themselves are in here, too.")
    times: int
    learners: int | None = Field(description="Null where others are in it: who is with two would count twice.")
    seconds: float | None = Field(default=None, description="Of waiting; rebuffering only.")


class Split(Shape):
    """A number in shares whose sum it is: three times the same, each cut otherwise. Empty where all are too small."""

    by_player: list[Share] = Field(default=[])
    by_browser: list[Share] = Field(default=[], description="By family, whatever the device.")
    by_country: list[Share] = Field(default=[], description="From where it was reported (ISO 3166-1 alpha-2).")


class Tallied(Split):
    name: str
    times: int
    learners: int
    watch_time: float | None = Field(default=None, description="Seconds of media; speeds only, which are not split.")


class Tallies(Shape):
    """By name, in order; names of too few learners are left out."""

    values: list[Tallied]
    suppressed: bool


class Plays(Split):
    """How often playing began, or went on after a pause. Null where `suppressed`."""

    times: int | None
    learners: int | None
    suppressed: bool


class Rebuffering(Split):
    """Null where `suppressed`: too few learners had to wait."""

    beats: int | None = Field(description="Reports of players that waited for data while they should have played.")
    learners: int | None
    seconds: float | None = Field(description="Real time that they waited; seeks and the start aside.")
    suppressed: bool


class Interactions(Shape):
    """What players told of the lesson's present video, and the speeds at which the ledger credited it."""

    lesson_id: str
    course_id: str
    smallest_group: int
    plays: Plays = Field(description="What the other numbers are a part of: who may have met with trouble at all.")
    seeks: Seeks
    quality_changes: Tallies = Field(description="By the rendition that the player changed to.")
    errors: Tallies
    rebuffering: Rebuffering
    speeds: Tallies = Field(description="Credited media by speed; 1 is the video's own.")


def interactions(lesson_id: str, told: Told, smallest: int) -> Interactions:
    seeks = {name: (times, learners) for name, (times, learners, _) in told.tallies.get("seek", {}).items()}
    found = matrix(seeks, bucket_width_s(told.duration_ms or 0), smallest)
    cells = [
        SeekCell(from_bucket=cell.origin, to_bucket=cell.target, seeks=cell.seeks, learners=cell.learners)
        for cell in (*found.cells, *found.hot_cells)
    ]
    return Interactions(
        lesson_id=lesson_id,
        course_id=told.course_id,
        smallest_group=smallest,
        plays=_plays(told, smallest),
        seeks=Seeks(
            bucket_seconds=found.bucket_s,
            cells=cells[: len(found.cells)],
            hot_cells=cells[len(found.cells) :],
            hot_targets=[SeekTarget(bucket=bucket, seeks=count) for bucket, count in found.hot_targets],
            suppressed=found.hidden,
        ),
        quality_changes=_tallies(told, "quality", smallest),
        errors=_tallies(told, "error", smallest),
        rebuffering=_rebuffering(told, smallest),
        speeds=_tallies(told, "speed", smallest),
    )


def _plays(told: Told, smallest: int) -> Plays:
    times, learners, ms = told.tallies.get("play", {}).get("start", (0, 0, 0))
    if 0 < learners < smallest:
        return Plays(times=None, learners=None, suppressed=True)
    shares = _shares(told, "play", "start", Counts(times, learners, ms), smallest)
    return Plays(times=times, learners=learners, suppressed=False, **shares)


def _rebuffering(told: Told, smallest: int) -> Rebuffering:
    beats, learners, ms = told.tallies.get("stall", {}).get("data", (0, 0, 0))
    if 0 < learners < smallest:
        return Rebuffering(beats=None, learners=None, seconds=None, suppressed=True)
    shares = _shares(told, "stall", "data", Counts(beats, learners, ms), smallest)
    return Rebuffering(beats=beats, learners=learners, seconds=ms / 1000, suppressed=False, **shares)


def _tallies(told: Told, kind: str, smallest: int) -> Tallies:
    named = {name: Counts(*counts) for name, counts in told.tallies.get(kind, {}).items()}
    large = {name: counts for name, counts in sorted(named.items()) if counts.learners >= smallest}
    values = [
        Tallied(
            name=name,
            times=counts.times,
            learners=counts.learners,
            watch_time=counts.ms / 1000 if kind == "speed" else None,
            **_shares(told, kind, name, counts, smallest),
        )
        for name, counts in large.items()
    ]
    return Tallies(values=values, suppressed=len(large) < len(named))


def _shares(told: Told, kind: str, name: str, whole: Counts, smallest: int) -> dict[str, list[Share]]:
    """The shares of a number that is shown, as the fields of `Split`."""
    found = {}
    for split in splits.SPLITS if kind in splits.SPLIT_KINDS else ():
        tallied = told.tallies.get(f"{kind}/{split}", {})
        parts = {
            part: Counts(*counts)
            for key, counts in tallied.items()
            for of, _, part in (key.rpartition("/"),)
            if of == name
        }
        found[f"by_{split}"] = [_share(part, kind) for part in splits.shown(whole, parts, smallest)]
    return found


def _share(part: Part, kind: str) -> Share:
    return Share(
        name=part.name,
        with_others=part.with_others,
        times=part.times,
        learners=part.learners,
        seconds=part.ms / 1000 if kind == "stall" else None,
    )
