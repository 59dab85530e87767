"""How a plan looks to a person."""

from rich.markup import escape
from rich.table import Table

from upload_service.cli.figures import dollars, plural, size
from upload_service.cli.surroundings import Out
from upload_service.migration_schemas import PlanSummary
from upload_service.plan import Plan

_MOST_COURSES = 20
_EXAMPLES = 3


def show(out: Out, found: Plan, told: PlanSummary, what: str, *, every: bool) -> None:
    out.say(f"Plan: {what}", style="bold")
    out.say()
    if not found.videos:
        out.say("Nothing to move.")
    else:
        out.table(_each(found) if every else _by_course(found))
        out.say()
        show_cost(out, told)
    show_left(out, found)


def show_cost(out: Out, told: PlanSummary) -> None:
    costs = Table(box=None, pad_edge=False, show_header=False)
    costs.add_column()
    costs.add_column(justify="right")
    costs.add_row("encoding, once", dollars(told.cost.encoding_once))
    costs.add_row("storage, a month", dollars(told.cost.storage_monthly))
    costs.add_row("delivery, a month", dollars(told.cost.delivery_monthly))
    out.say("Estimated cost at Mux (US dollars)", style="bold")
    out.table(costs)
    out.say("Assumed:")
    for assumption in told.assumptions:
        out.say(f"  - {assumption}")


def show_left(out: Out, found: Plan) -> None:
    if not found.left:
        return
    out.say()
    out.say(f"{plural(len(found.left), 'stays where it is', 'stay where they are')}", style="bold")
    for reason, count in found.reasons.items():
        examples = [one.source or one.lesson_id or "?" for one in found.left if one.reason == reason][:_EXAMPLES]
        out.say(f"  {count:>7,}  {reason}: {', '.join(examples)}{', …' if count > len(examples) else ''}")


def _by_course(found: Plan) -> Table:
    table = _table("course", "videos", "size", "minutes", "new lessons")
    courses = sorted(found.courses.items(), key=lambda item: -len(item[1]))
    for course_id, videos in courses[:_MOST_COURSES]:
        part = Plan(videos, ())
        made = sum(video.makes_lesson for video in videos)
        table.add_row(
            escape(course_id), f"{len(videos):,}", size(part.bytes), _minutes(part), f"{made:,}" if made else ""
        )
    if len(courses) > _MOST_COURSES:
        rest = Plan([video for _, videos in courses[_MOST_COURSES:] for video in videos], ())
        more = f"{len(courses) - _MOST_COURSES} more courses"
        table.add_row(more, f"{len(rest.videos):,}", size(rest.bytes), _minutes(rest), "")
    table.add_section()
    total = sum(video.makes_lesson for video in found.videos)
    table.add_row("all", f"{len(found.videos):,}", size(found.bytes), _minutes(found), f"{total:,}" if total else "")
    return table


def _each(found: Plan) -> Table:
    table = _table("lesson", "size", "minutes", "title", "source", right=("size", "minutes"))
    for video in found.videos:
        mark = " (new)" if video.makes_lesson else ""
        length = f"{video.duration_ms / 60_000:,.1f}" if video.duration_ms is not None else "?"
        told = size(video.size) if video.size is not None else "?"
        table.add_row(escape(video.lesson_id) + mark, told, length, escape(video.title), escape(video.source))
    return table


def _table(*headings: str, right: tuple[str, ...] = ("videos", "size", "minutes", "new lessons")) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        cut = heading == "title"
        table.add_column(
            heading,
            justify="right" if heading in right else "left",
            no_wrap=cut,
            overflow="ellipsis" if cut else "fold",
        )
    return table


def _minutes(part: Plan) -> str:
    length = part.minutes
    return f"{'~' if length.estimated else ''}{length.total:,.1f}{' + ?' if length.unmeasured else ''}"
