"""Announces to groups a month's bulletin once it is released, and the number of reports a day before they are due.

They go to every group robot and every group the bot is a member of. A group sees public figures and counts, never
who is asked for what; each group gets each announcement once. What cannot be sent to a group goes to the clerk, who
posts it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.language.bulletin_text import bulletin_pages
from bot.language.labels import ADDRESS_PREFIX, CHINESE
from bot.language.phrasebook import Phrasebook, office_phrasebook
from bot.services.app import OfficeApp
from bot.services.bulletins import bulletin_kinds, draw_bulletin
from bot.services.office_notices import address_recipient
from bot.services.villages.bulletin_reach import GROUP_BULLETIN
from bot.services.villages.months import VillageMonthView, list_village_months, parse_month
from config.declarations.duty import Duty
from scheduler.delivery.channel import Channel, Message, SupportsGroups
from scheduler.reminders.delivery_times import DeliveryTimes
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.case import Case
from storage.events.events import Stepped
from storage.messaging.accounts import AddressState, ChatGroups
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxEntry

BULLETIN, COUNT = GROUP_BULLETIN, "group_count"
ANNOUNCEMENT_KINDS = frozenset({BULLETIN, COUNT})
NEWS_LIFETIME = timedelta(days=2)  # a group added later gets new announcements, not old ones
BULLETIN_LOOKBACK = timedelta(days=200)  # a bulletin that was released late is news all the same
BundleRenderer = Callable[[str, Sequence[OutboxEntry]], Message]


def queue_announcements(app: OfficeApp, channels: Mapping[str, Channel]) -> int:
    """Queue the current announcements for every group. Returns how many were new."""
    with app.store.reading() as connection:
        groups = list(_group_addresses(ChatGroups(connection, app.office.slug), channels))
    news = list(_announcements(app)) if groups else []
    if not news:
        return 0
    with app.store.writing(app.office.slug) as connection:
        calendar = known_calendar(app.calendar, Log(connection, app.office.slug))
        times = DeliveryTimes(now=app.clock.now(), calendar=calendar, hours=app.office.hours)
        notices = [_group_notice(times, group, what, month) for group in groups for what, month in news]
        return Outbox(connection, app.office.slug).put(notices)


def _group_addresses(places: ChatGroups, channels: Mapping[str, Channel]) -> Iterator[str]:
    for channel in channels.values():
        if isinstance(channel, SupportsGroups):
            yield from (address_recipient(channel.name, group) for group in channel.groups)
    for place in places.all():
        if place.state is AddressState.OK and place.channel in channels:
            yield address_recipient(place.channel, place.address)


def _announcements(app: OfficeApp) -> Iterator[tuple[str, str]]:
    """Yield each current announcement as its kind and month (``YYYY-MM``)."""
    for case in _recent_bulletin_cases(app):
        if case.opening and _was_released_recently(app, case, bulletin_kinds(app).bulletin_duty):
            yield BULLETIN, case.opening.reference
    for month, views in _open_months(app).items():
        calendar, due = app.known_calendar(), views[0].month.due
        if app.today == calendar.nth_before(due, 1) and _reported_count(views) < len(views):
            yield COUNT, month


def _recent_bulletin_cases(app: OfficeApp) -> list[Case]:
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        lines = index.lines_of_kind(bulletin_kinds(app).bulletin_duty.kind, app.today - BULLETIN_LOOKBACK)
        return list(index.cases([line.number for line in lines]).values())


def _was_released_recently(app: OfficeApp, case: Case, duty: Duty) -> bool:
    sent = {step.key for step in duty.steps if step.requires_approval}
    since = app.clock.now() - NEWS_LIFETIME
    return any(
        isinstance(one.record, Stepped) and one.record.step in sent and one.recorded_at >= since
        for one in case.entries
    )


def _open_months(app: OfficeApp) -> dict[str, list[VillageMonthView]]:
    """Return the village months of which some are not closed, by month."""
    this = app.today.replace(day=1)
    firsts = ((this - timedelta(days=1)).replace(day=1), this)
    months = {f"{first:%Y-%m}": list_village_months(app, first) for first in firsts}
    return {month: views for month, views in months.items() if any(not view.month.closing for view in views)}


def _reported_count(views: Sequence[VillageMonthView]) -> int:
    return sum(view.month.reported_on is not None for view in views)


def _group_notice(times: DeliveryTimes, group: str, what: str, month: str) -> OutboxNotice:
    return OutboxNotice(
        person=group,
        case=0,
        what=what,
        rung=month,
        basis="",
        topic=f"notice.{what}",
        created_at=times.now,
        not_before=times.decision() if what == BULLETIN else times.digest(),
    )


def departed_group_notices(
    app: OfficeApp, connection: Connection, channels: Mapping[str, Channel], rows: Sequence[OutboxEntry]
) -> set[int]:
    """Return the announcements to groups that moved or left since; a moved group gets them at its new address."""
    present = set(_group_addresses(ChatGroups(connection, app.office.slug), channels))
    news = [row for row in rows if row.notice.what in ANNOUNCEMENT_KINDS and not row.notice.for_person]
    return {row.number for row in news if row.notice.person not in present}


@dataclass(frozen=True, slots=True)
class GroupMessageRenderer:
    """Renders announcements to groups; every other notice goes to ``fallback_renderer``."""

    app: OfficeApp
    fallback_renderer: BundleRenderer

    def __call__(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        """Render the message of one recipient's bundle."""
        announcements = [row.notice for row in rows if row.notice.what in ANNOUNCEMENT_KINDS]
        others = [row for row in rows if row.notice.what not in ANNOUNCEMENT_KINDS]
        if not announcements:
            return self.fallback_renderer(person, rows)
        book = office_phrasebook(self.app.office, CHINESE)
        texts = [self.fallback_renderer(person, others).text] if others else []
        for notice in announcements:
            if notice.for_person:  # it could not be sent to the group: the fallback recipient posts it there
                texts.append(
                    book.say("notice.group_unreached", group=notice.for_person.removeprefix(ADDRESS_PREFIX))
                )
            texts.append(self._announcement_text(notice, book))
        return Message(text="\n\n".join(texts), silent=not others)

    def _announcement_text(self, notice: OutboxNotice, book: Phrasebook) -> str:
        first = parse_month(notice.rung)
        if notice.what == BULLETIN:
            return "\n\n".join(bulletin_pages(draw_bulletin(self.app, first), book))
        views = list_village_months(self.app, first)
        words = {"month": notice.rung, "count": len(views), "reported": _reported_count(views)}
        return book.say("notice.group_count", **words, day=book.day(views[0].month.due))
