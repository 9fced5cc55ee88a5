"""The villages' month: who has reported, day by day, what was adopted, and the month's bulletin.

In the order of the office's file, never ranked here: a list of who has not yet reported is for reminding, and
people of a village see their own row alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.request import AccessLevel, NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.channels.web.texts.downloads import DOCUMENT_LANGUAGE, DOCX_MEDIA_TYPE, as_download
from bot.channels.web.texts.text import route_stages
from bot.dialog.permissions import villages_of
from bot.language.phrasebook import office_phrasebook
from bot.services.bulletins import NoBulletinCase, NothingToTell, bulletin_case, bulletin_kinds, draw_bulletin
from bot.services.village_months import NotAMonth, VillageMonthView, list_village_months, parse_month
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.villages.months import month_before, month_reference
from storage.documents.bulletin.wording import bulletin_title
from storage.events.case import Case
from storage.events.events import Stepped
from storage.reporting.bulletin import Bulletin, VillageMonthState

PNG_MEDIA_TYPE = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonthRow:
    """A village's month as it is shown."""

    month_view: VillageMonthView
    village: str
    state: VillageMonthState
    items: tuple[tuple[date, str, str], ...]
    """What was recorded of single items: the day, the step in words, the title."""


def current_month_page(visit: PageRequest) -> Response:
    """The month that runs."""
    return visit.redirect(f"/months/{month_reference(visit.app.today)}")


def month_page(visit: PageRequest) -> Response:
    """A month."""
    first = _month(visit)
    with viewing(visit) as sight:
        own = {village.id for village in villages_of(sight.context)}
        seen = list_village_months(visit.app, first)
        kept = [one for one in seen if sight.can_view_all or one.month.village in own]
    order = [village.id for village in visit.app.office.villages]
    kept.sort(key=lambda one: order.index(one.month.village) if one.month.village in order else len(order))
    rows = [_village_month_row(visit, one) for one in kept]
    told = _bulletin_parts(visit, first) if visit.rights >= AccessLevel.READ and rows else None
    return visit.render(
        "month.html",
        month=month_reference(first),
        before=month_reference(month_before(first)),
        after=month_reference(month_before(first, -1)) if first <= visit.app.today else "",
        rows=rows,
        counts=[(state, sum(row.state is state for row in rows)) for state in VillageMonthState],
        days=_reports_by_day(rows),
        last=rows[0].month_view.month.last if rows else None,
        due=rows[0].month_view.month.due if rows else None,
        provisional=rows[0].month_view.month.provisional if rows else False,
        told=told,
    )


def bulletin_image(visit: PageRequest) -> Response:
    """The bulletin's picture."""
    from storage.documents.bulletin.picture import bulletin_png  # noqa: PLC0415 - it draws, which costs

    return Response(
        bulletin_png(_bulletin(visit), office_phrasebook(visit.app.office, DOCUMENT_LANGUAGE).say),
        media_type=PNG_MEDIA_TYPE,
    )


def bulletin_file(visit: PageRequest) -> Response:
    """The bulletin as a Word file."""
    from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415 - Word's library, as everywhere

    made, say = _bulletin(visit), office_phrasebook(visit.app.office, DOCUMENT_LANGUAGE).say
    return as_download(bulletin_docx(made, say), f"{bulletin_title(made, say)}.docx", DOCX_MEDIA_TYPE)


def _bulletin(visit: PageRequest) -> Bulletin:
    try:
        return draw_bulletin(visit.app, _month(visit))
    except NothingToTell:
        raise NoSuchPage from None


def _month(visit: PageRequest) -> date:
    try:
        return parse_month(visit.request.path_params["month"])
    except NotAMonth:
        raise NoSuchPage from None


def _village_month_row(visit: PageRequest, kept: VillageMonthView) -> VillageMonthRow:
    names = {village.id: village.name for village in visit.app.office.villages}
    month = kept.month
    return VillageMonthRow(
        month_view=kept,
        village=names.get(month.village, month.village),
        state=_month_state(kept),
        items=tuple(_reported_items(visit, kept)),
    )


def _month_state(kept: VillageMonthView) -> VillageMonthState:
    """How a month stands: while it runs and nothing is in, it waits."""
    month, names = kept.month, kept.round
    if month.closing is None and month.reported_on is None:
        return VillageMonthState.WAITS
    return {
        names.on_time: VillageMonthState.ON_TIME,
        names.late: VillageMonthState.LATE,
        names.declared: VillageMonthState.DECLARED,
        names.missing: VillageMonthState.MISSING,
    }.get(month.outcome, VillageMonthState.WAITS)


def _reported_items(visit: PageRequest, kept: VillageMonthView) -> Sequence[tuple[date, str, str]]:
    found = []
    for _, record in kept.month.case.timeline:
        step = kept.duty.step(record.step) if isinstance(record, Stepped) else None
        if step and isinstance(record, Stepped):
            title = record.facts.get("title") or record.facts.get("reason") or ""
            found.append((record.happened_on, visit.labels.label(step), str(title)))
    return found


def _reports_by_day(rows: Sequence[VillageMonthRow]) -> list[tuple[date, int, int]]:
    """Each day on which a village reported: how many did, and how many had by then."""
    days = sorted(row.month_view.month.reported_on for row in rows if row.month_view.month.reported_on)
    return [(day, days.count(day), sum(one <= day for one in days)) for day in dict.fromkeys(days)]


def _bulletin_parts(visit: PageRequest, first: date) -> dict[str, object]:
    """The bulletin: its table, and how far its sign-off is."""
    made = draw_bulletin(visit.app, first)
    try:
        case: Case | None = bulletin_case(visit.app, first)
    except NoBulletinCase:
        case = None
    at, duty, office = None, bulletin_kinds(visit.app).bulletin_duty, visit.app.office
    if case:
        at = approval_state_of_case(office, case, duty)
    return {"bulletin": made, "case": case, "at": at, "route": route_stages(at, visit) if at else []}
