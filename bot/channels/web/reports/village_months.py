"""Shows a month of the villages: who has reported on which day, what was adopted, and the month's bulletin.

The villages stand in the order of office.toml and are never ranked here: the list serves to remind. Village staff see
only their own row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.items.board import month_board, path_month
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.downloads import DOCUMENT_LANGUAGE, DOCX_MEDIA_TYPE, as_download
from bot.channels.web.texts.text import route_stages
from bot.language.phrasebook import office_phrasebook
from bot.services.bulletins import NoBulletinCase, NothingToTell, bulletin_case, bulletin_kinds, draw_bulletin
from bot.services.villages.bulletin_reach import Reach, bulletin_reach
from bot.services.villages.months import VillageMonthView, village_months
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.sweep.village_months import next_opening
from scheduler.villages.counted_months import counted_until
from scheduler.villages.months import month_before, month_reference
from storage.documents.bulletin.sentences import bulletin_title
from storage.events.case import Case
from storage.reporting.bulletin_values import Bulletin, VillageMonthState

PNG_MEDIA_TYPE = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonthRow:
    """A village's month as its row shows it."""

    month_view: VillageMonthView
    village: str
    state: VillageMonthState


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinView:
    """The month's bulletin as the page announces it; its table is drawn as a picture."""

    case: Case | None
    """None before the sweep opens it, once every village's month is closed."""
    route: tuple[tuple[str, str, str], ...]
    closed: bool
    """False while a month it counts is still open: the picture is then a preview."""
    reach: Mapping[Reach, Sequence[str]]
    """Once it is out: the villages and groups by what became of it."""


def current_month_page(page: PageRequest) -> Response:
    """Redirect to the current month."""
    return page.redirect(f"/months/{month_reference(page.app.today)}")


def month_page(page: PageRequest) -> Response:
    """The page of a month."""
    first = path_month(page)
    with viewing(page) as viewer:
        own = viewer.own_villages
        rows = village_month_rows(viewer, first, None if viewer.can_view_all else own)
        months = [row.month_view for row in rows]
        shown = _bulletin_view(page, viewer, first, months) if viewer.can_view_all and rows else None
        opens = None if rows else next_opening(page.app.recorder, viewer.context.connection, page.app.today)
    return page.render(
        "month.html",
        month=month_reference(first),
        before=month_reference(month_before(first)),
        after=month_reference(month_before(first, -1)) if first <= page.app.today else "",
        rows=rows,
        opens=opens,
        counts=[(state, sum(row.state is state for row in rows)) for state in VillageMonthState],
        days=_reports_by_day(rows),
        last=rows[0].month_view.month.last if rows else None,
        due=rows[0].month_view.month.due if rows else None,
        provisional=rows[0].month_view.month.provisional if rows else False,
        board=month_board(page, months) if rows else None,
        may_hand_in=bool(own) or page.may_record,
        done=page.query_value("done"),
        bulletin=shown,
    )


def bulletin_image(page: PageRequest) -> Response:
    """The bulletin as a PNG picture."""
    from storage.documents.bulletin.picture import bulletin_png  # noqa: PLC0415 - it draws, which costs

    return Response(
        bulletin_png(_bulletin(page), office_phrasebook(page.app.office, DOCUMENT_LANGUAGE).say),
        media_type=PNG_MEDIA_TYPE,
    )


def bulletin_file(page: PageRequest) -> Response:
    """The bulletin as a Word file."""
    from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415 - Word's library, as everywhere

    made, say = _bulletin(page), office_phrasebook(page.app.office, DOCUMENT_LANGUAGE).say
    return as_download(bulletin_docx(made, say), f"{bulletin_title(made, say)}.docx", DOCX_MEDIA_TYPE)


def _bulletin(page: PageRequest) -> Bulletin:
    try:
        return draw_bulletin(page.app, path_month(page))
    except NothingToTell:
        raise NoSuchPage from None


def village_month_rows(
    viewer: Viewer, first: date, villages: frozenset[str] | None = None
) -> list[VillageMonthRow]:
    """The villages' months in the order of the office: of all of them, or of these."""
    page, context = viewer.page_request, viewer.context
    found = village_months(context.index, first, context.calendar, context.loaded_cases)
    months = [one for one in found if villages is None or one.month.village in villages]
    order = {village.id: place for place, village in enumerate(page.app.office.villages)}
    months.sort(key=lambda one: order.get(one.month.village, len(order)))
    return [_village_month_row(page, one) for one in months]


def _village_month_row(page: PageRequest, month_view: VillageMonthView) -> VillageMonthRow:
    return VillageMonthRow(
        month_view=month_view,
        village=page.labels.place(month_view.month.village),
        state=_month_state(month_view),
    )


def _month_state(month_view: VillageMonthView) -> VillageMonthState:
    """The state of a month; it waits while the month is open and nothing was reported."""
    month, names = month_view.month, month_view.round
    if month.closing is None and month.reported_on is None:
        return VillageMonthState.WAITS
    return {
        names.on_time: VillageMonthState.ON_TIME,
        names.late: VillageMonthState.LATE,
        names.declared: VillageMonthState.DECLARED,
        names.missing: VillageMonthState.MISSING,
    }.get(month.outcome, VillageMonthState.WAITS)


def _reports_by_day(rows: Sequence[VillageMonthRow]) -> list[tuple[date, int, int]]:
    """Each day on which villages reported: how many did that day, and how many had by then."""
    days = sorted(row.month_view.month.reported_on for row in rows if row.month_view.month.reported_on)
    return [(day, days.count(day), sum(one <= day for one in days)) for day in dict.fromkeys(days)]


def _bulletin_view(
    page: PageRequest, viewer: Viewer, first: date, months: Sequence[VillageMonthView]
) -> BulletinView:
    kinds = bulletin_kinds(page.app)
    try:
        case: Case | None = bulletin_case(page.app, first)
    except NoBulletinCase:
        case = None
    at = approval_state_of_case(page.app.office, case, kinds.bulletin_duty) if case else None
    position = counted_until(case, kinds.bulletin_duty) if case else None
    return BulletinView(
        case=case,
        route=tuple(route_stages(at, page)) if at else (),
        closed=all(_is_closed(one.month.case, position) for one in months if one.duty is kinds.duty),
        reach=bulletin_reach(page.app, viewer.context.connection, page.labels, case) if case else {},
    )


def _is_closed(case: Case, position: int | None) -> bool:
    """Whether a month's case is closed: now, or as it was at a position of the log."""
    known = case if position is None else case.as_of(position)
    return known.opening is None or known.closing is not None
