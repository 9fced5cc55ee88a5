"""Queues what villages hear: their month opened or closed, the bulletin, what became of an item; each fact once.

They are told, and asked nothing: what waits for them comes as a task. The news of a fact is for whoever reports for
the village that day, and a fact that is older than the lifetime of news is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.village_news import VILLAGE_NEWS, bulletin_basis, is_news
from bot.services.app import OfficeApp
from bot.services.bulletins import bulletin_kinds, draw_bulletin
from bot.services.villages.months import parse_month
from config.calendar.working_calendar import Calendar
from config.declarations.keys import BULLETIN_KIND, MONTH_FIELD, VILLAGE_FIELD, VILLAGE_ITEM_KIND
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.villages.months import read_month, village_rounds
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar, office_events
from storage.events.case import Case
from storage.events.delegations import Absences, fold_absences
from storage.events.events import Closed, LogEntry, Opened
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.reporting.bulletin_values import Bulletin, BulletinRow
from storage.reporting.report import format_figure

NEWS_LIFETIME = timedelta(days=2)
RECENT_ENTRIES = 3000  # entries of the log: more than an office with sixty villages writes in two days


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageNews:
    """One fact that a village is to be told."""

    case: Case
    entry: LogEntry


def queue_village_news(app: OfficeApp) -> int:
    """Queue the news that no village was told yet. Returns how many notices are new."""
    with app.log() as log:
        news = list(
            _recent_news(app, CaseProjections(log.connection, log.office, app.duties), log.end().position)
        )
        if not news:
            return 0
        calendar, absences = known_calendar(app.calendar, log), fold_absences(office_events(log))
    bulletins = _bulletins(app, news)
    notices = [notice for one in news for notice in _notices(app, one, calendar, absences, bulletins)]
    with app.store.writing(app.office.slug) as connection:
        return Outbox(connection, app.office.slug).put(notices)


def _recent_news(app: OfficeApp, index: CaseProjections, end: int) -> Iterator[VillageNews]:
    kinds = {VILLAGE_ITEM_KIND, BULLETIN_KIND, *(duty.kind for duty, _ in village_rounds(app.duties))}
    lately = Log(index.connection, index.office).cases_recorded_after(after=end - RECENT_ENTRIES)
    numbers = [line.number for line in index.lines_of(sorted(lately)) if line.kind in kinds]
    since = app.clock.now() - NEWS_LIFETIME
    for case in index.cases(numbers).values():
        in_force = {position for position, _ in case.timeline}
        for entry in case.entries:
            if entry.recorded_at > since and entry.position in in_force and _is_told(case, entry):
                yield VillageNews(case=case, entry=entry)


def _is_told(case: Case, entry: LogEntry) -> bool:
    """Whether villages hear of a fact: not that an item came or was received, nor that a bulletin was opened."""
    kind = case.opening.kind if case.opening else ""
    of_month = kind not in {VILLAGE_ITEM_KIND, BULLETIN_KIND}
    return is_news(entry.record) and (of_month or not isinstance(entry.record, Opened | Closed))


def _bulletins(app: OfficeApp, news: Sequence[VillageNews]) -> Mapping[str, Bulletin]:
    """The bulletins of the months that closed or were told of, each drawn once: they have the points."""
    told = (one for one in news if isinstance(one.entry.record, Closed) or _is_bulletin(app, one.case))
    months = {str(one.case.facts.get(MONTH_FIELD)) for one in told}
    return {month: draw_bulletin(app, parse_month(month)) for month in months}


def _is_bulletin(app: OfficeApp, case: Case) -> bool:
    return case.opening is not None and case.opening.kind == bulletin_kinds(app).bulletin_duty.kind


def _notices(
    app: OfficeApp,
    news: VillageNews,
    calendar: Calendar,
    absences: Absences,
    bulletins: Mapping[str, Bulletin],
) -> Iterator[OutboxNotice]:
    """The notices of one fact: for the village it is about; of a bulletin for every village in it."""
    bulletin = bulletins.get(str(news.case.facts.get(MONTH_FIELD, "")))
    rows = {row.village: row for row in bulletin.rows} if bulletin else {}
    whole = _is_bulletin(app, news.case)
    now, reporters = app.clock.now(), {one.id: one.reporter for one in app.office.villages}
    for place in rows if whole else [str(news.case.facts.get(VILLAGE_FIELD, ""))]:
        if place in reporters:
            row = rows.get(place)
            basis = _row_basis(row) if whole and row else _basis(app, news, calendar, row)
            yield OutboxNotice(
                person=absences.successor(reporters[place]),
                case=news.case.number,
                what=VILLAGE_NEWS,
                rung=str(news.entry.position),
                basis=basis,
                created_at=now,
                not_before=DeliveryTimes(now=now, calendar=calendar, hours=app.office.hours).decision(),
            )


def _row_basis(row: BulletinRow) -> str:
    points = format_figure(row.points) if row.points is not None else ""
    return bulletin_basis(row.village, row.items, row.adopted, points, row.rank)


def _basis(app: OfficeApp, news: VillageNews, calendar: Calendar, row: BulletinRow | None) -> str:
    """What the sentence needs beside the fact: how many items are asked until when, or came, and the points."""
    case, record = news.case, news.entry.record
    duty = app.duties[case.opening.kind] if case.opening else None
    if duty is None or duty.village_round is None or case.opening is None:
        return ""
    month = read_month(case, case.opening, duty, duty.village_round, calendar)
    if isinstance(record, Opened):
        return f"{month.minimum} {_day(month.due)}"
    points = format_figure(row.points) if row and row.points is not None else ""
    return f"{month.items} {points}".rstrip()


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
