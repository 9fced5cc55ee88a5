"""The villages' month: who has reported, day by day, what was adopted, and the month's bulletin.

In the order of the office's file, never ranked here: a list of who has not yet reported is for reminding, and
people of a village see their own row alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Rights, Visit
from bot.channels.web.request.viewer import looking
from bot.channels.web.texts.downloads import DOCX, PAPERS, as_file
from bot.channels.web.texts.text import route_of
from bot.dialog.permissions import villages_of
from bot.language.phrasebook import book_of
from bot.services.bulletins import NoBulletinCase, NothingToTell, bulletin_case, draw_bulletin, telling_of
from bot.services.village_months import Kept, NotAMonth, kept_months, read_month_name
from scheduler.signoff.approval_state import standing_in
from scheduler.villages.months import month_before, reference_month
from storage.documents.bulletin.wording import bulletin_title
from storage.events.case import Case
from storage.events.events import Stepped
from storage.reporting.bulletin import Bulletin, State

PNG = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A village's month as it is shown."""

    kept: Kept
    village: str
    state: State
    items: tuple[tuple[date, str, str], ...]
    """What was recorded of single items: the day, the step in words, the title."""


def this_month(visit: Visit) -> Response:
    """The month that runs."""
    return visit.go(f"/months/{reference_month(visit.works.today)}")


def one_month(visit: Visit) -> Response:
    """A month."""
    first = _month(visit)
    with looking(visit) as sight:
        own = {village.id for village in villages_of(sight.turn)}
        seen = kept_months(visit.works, first)
        kept = [one for one in seen if sight.reads_all or one.month.village in own]
    order = [village.id for village in visit.works.office.villages]
    kept.sort(key=lambda one: order.index(one.month.village) if one.month.village in order else len(order))
    rows = [_row(visit, one) for one in kept]
    told = _told(visit, first) if visit.rights >= Rights.READ and rows else None
    return visit.show(
        "month.html",
        month=reference_month(first),
        before=reference_month(month_before(first)),
        after=reference_month(month_before(first, -1)) if first <= visit.works.today else "",
        rows=rows,
        counts=[(state, sum(row.state is state for row in rows)) for state in State],
        days=_by_day(rows),
        last=rows[0].kept.month.last if rows else None,
        due=rows[0].kept.month.due if rows else None,
        provisional=rows[0].kept.month.provisional if rows else False,
        told=told,
    )


def picture(visit: Visit) -> Response:
    """The bulletin's picture."""
    from storage.documents.bulletin.picture import bulletin_png  # noqa: PLC0415 - it draws, which costs

    return Response(bulletin_png(_bulletin(visit), book_of(visit.works.office, PAPERS).say), media_type=PNG)


def paper(visit: Visit) -> Response:
    """The bulletin as a Word file."""
    from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415 - Word's library, as everywhere

    made, say = _bulletin(visit), book_of(visit.works.office, PAPERS).say
    return as_file(bulletin_docx(made, say), f"{bulletin_title(made, say)}.docx", DOCX)


def _bulletin(visit: Visit) -> Bulletin:
    try:
        return draw_bulletin(visit.works, _month(visit))
    except NothingToTell:
        raise NoSuchPage from None


def _month(visit: Visit) -> date:
    try:
        return read_month_name(visit.request.path_params["month"])
    except NotAMonth:
        raise NoSuchPage from None


def _row(visit: Visit, kept: Kept) -> Row:
    names = {village.id: village.name for village in visit.works.office.villages}
    month = kept.month
    return Row(
        kept=kept,
        village=names.get(month.village, month.village),
        state=_state(kept),
        items=tuple(_items(visit, kept)),
    )


def _state(kept: Kept) -> State:
    """How a month stands: while it runs and nothing is in, it waits."""
    month, names = kept.month, kept.names
    if month.closing is None and month.reported_on is None:
        return State.WAITS
    return {
        names.on_time: State.ON_TIME,
        names.late: State.LATE,
        names.declared: State.DECLARED,
        names.missing: State.MISSING,
    }.get(month.outcome, State.WAITS)


def _items(visit: Visit, kept: Kept) -> Sequence[tuple[date, str, str]]:
    found = []
    for _, record in kept.month.case.story:
        step = kept.duty.step(record.step) if isinstance(record, Stepped) else None
        if step and isinstance(record, Stepped):
            title = record.facts.get("title") or record.facts.get("reason") or ""
            found.append((record.happened_on, visit.labels.of(step), str(title)))
    return found


def _by_day(rows: Sequence[Row]) -> list[tuple[date, int, int]]:
    """Each day on which a village reported: how many did, and how many had by then."""
    days = sorted(row.kept.month.reported_on for row in rows if row.kept.month.reported_on)
    return [(day, days.count(day), sum(one <= day for one in days)) for day in dict.fromkeys(days)]


def _told(visit: Visit, first: date) -> dict[str, object]:
    """The bulletin: its table, and how far its sign-off is."""
    made = draw_bulletin(visit.works, first)
    try:
        case: Case | None = bulletin_case(visit.works, first)
    except NoBulletinCase:
        case = None
    at, duty, office = None, telling_of(visit.works).told_by, visit.works.office
    if case:
        at = standing_in(office, case, duty)
    return {"bulletin": made, "case": case, "at": at, "route": route_of(at, visit) if at else []}
