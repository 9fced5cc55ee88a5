"""What groups are told: a month's bulletin once it has gone out, and before its last day how many have reported.

To every group robot, and every group that took the bot in. A group sees figures that are public and counts, never
who is asked for what; each is told once, whoever looks. What no group takes, the clerk is given to post there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.language.bulletin_text import bulletin_pages
from bot.language.labels import CHINESE
from bot.language.phrasebook import Phrasebook, office_phrasebook
from bot.services.app import OfficeApp
from bot.services.bulletins import bulletin_kinds, draw_bulletin
from bot.services.office_notices import ADDRESS_PREFIX, address_recipient
from bot.services.village_months import VillageMonthView, list_village_months, parse_month
from config.declarations.duty import Duty
from scheduler.delivery.channel import Channel, Message, SupportsGroups
from scheduler.reminders.quiet_hours import DeliveryRequest, QuietHours, earliest_delivery
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.events import Stepped
from storage.messaging.accounts import AddressState, ChatGroups
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxNotice

BULLETIN, COUNT = "group_bulletin", "group_count"
ANNOUNCEMENT_KINDS = frozenset({BULLETIN, COUNT})
NEWS_LIFETIME = timedelta(days=2)  # a group that was added since hears what comes, not what was
BULLETIN_LOOKBACK = timedelta(days=200)  # a bulletin that went out late is news all the same
BundleRenderer = Callable[[str, Sequence[OutboxEntry]], Message]
CurrentNotices = Callable[[Connection, Sequence[OutboxEntry]], Sequence[int]]


def queue_announcements(app: OfficeApp, channels: Mapping[str, Channel]) -> int:
    """Queue what is news for every group. Returns how much of it is new."""
    with app.store.reading() as connection:
        groups = list(_group_addresses(ChatGroups(connection, app.office.slug), channels))
    news = list(_announcements(app)) if groups else []
    if not news:
        return 0
    with app.store.writing(app.office.slug) as connection:
        notices = [
            _group_notice(app, connection, group, what, month) for group in groups for what, month in news
        ]
        return Outbox(connection, app.office.slug).put(notices)


def _group_addresses(places: ChatGroups, channels: Mapping[str, Channel]) -> Iterator[str]:
    for channel in channels.values():
        if isinstance(channel, SupportsGroups):
            yield from (address_recipient(channel.name, group) for group in channel.groups)
    for place in places.all():
        if place.state is AddressState.OK and place.channel in channels:
            yield address_recipient(place.channel, place.address)


def _announcements(app: OfficeApp) -> Iterator[tuple[str, str]]:
    """What there is to say, and of which month."""
    for case in _recent_bulletin_cases(app):
        if case.opening and _was_released_recently(app, case, bulletin_kinds(app).bulletin_duty):
            yield BULLETIN, case.opening.reference
    for month, kept in _open_months(app).items():
        calendar, due = app.known_calendar(), kept[0].month.due
        if app.today == calendar.nth_before(due, 1) and _reported_count(kept) < len(kept):
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
    """The villages' months that are not closed, by month."""
    this = app.today.replace(day=1)
    firsts = ((this - timedelta(days=1)).replace(day=1), this)
    found = {f"{first:%Y-%m}": list_village_months(app, first) for first in firsts}
    return {month: kept for month, kept in found.items() if any(not one.month.closing for one in kept)}


def _reported_count(kept: Sequence[VillageMonthView]) -> int:
    return sum(one.month.reported_on is not None for one in kept)


def _group_notice(app: OfficeApp, connection: Connection, group: str, what: str, month: str) -> OutboxNotice:
    now = app.clock.now()
    calendar = known_calendar(app.calendar, Log(connection, app.office.slug))
    return OutboxNotice(
        person=group,
        case=0,
        what=what,
        rung=month,
        basis="",
        topic=f"notice.{what}",
        created_at=now,
        not_before=earliest_delivery(
            DeliveryRequest(due_since=now, rings=what == BULLETIN), now, calendar, QuietHours()
        ),
    )


def without_departed_groups(
    fresh: CurrentNotices, app: OfficeApp, channels: Mapping[str, Channel]
) -> CurrentNotices:
    """The same without news for a group that has moved or gone since: it is news anew at its new address."""

    def still(connection: Connection, rows: Sequence[OutboxEntry]) -> Sequence[int]:
        there = set(_group_addresses(ChatGroups(connection, app.office.slug), channels))
        news = [row for row in rows if row.notice.what in ANNOUNCEMENT_KINDS and not row.notice.for_person]
        gone = {row.number for row in news if row.notice.person not in there}
        return [number for number in fresh(connection, rows) if number not in gone]

    return still


@dataclass(frozen=True, slots=True)
class GroupMessageRenderer:
    """Words for groups; what is for people is put into words by another."""

    app: OfficeApp
    fallback_renderer: BundleRenderer

    def __call__(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        """The message for one recipient's bundle."""
        mine = [row.notice for row in rows if row.notice.what in ANNOUNCEMENT_KINDS]
        theirs = [row for row in rows if row.notice.what not in ANNOUNCEMENT_KINDS]
        if not mine:
            return self.fallback_renderer(person, rows)
        book = office_phrasebook(self.app.office, CHINESE)
        texts = [self.fallback_renderer(person, theirs).text] if theirs else []
        for notice in mine:
            if notice.for_person:  # no way took it to the group: whoever stands in posts it there
                texts.append(
                    book.say("notice.group_unreached", group=notice.for_person.removeprefix(ADDRESS_PREFIX))
                )
            texts.append(self._announcement_text(notice, book))
        return Message(text="\n\n".join(texts), silent=not theirs)

    def _announcement_text(self, notice: OutboxNotice, book: Phrasebook) -> str:
        first = parse_month(notice.rung)
        if notice.what == BULLETIN:
            return "\n\n".join(bulletin_pages(draw_bulletin(self.app, first), book))
        kept = list_village_months(self.app, first)
        words = {"month": notice.rung, "count": len(kept), "reported": _reported_count(kept)}
        return book.say("notice.group_count", **words, day=book.day(kept[0].month.due))
