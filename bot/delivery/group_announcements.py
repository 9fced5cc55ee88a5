"""What groups are told: a month's bulletin once it has gone out, and before its last day how many have reported.

To every group robot, and every group that took the bot in. A group sees figures that are public and counts, never
who is asked for what; each is told once, whoever looks. What no group takes, the clerk is given to post there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.language.bulletin_text import pages
from bot.language.labels import CHINESE
from bot.language.phrasebook import Phrasebook, book_of
from bot.services.app import Works
from bot.services.bulletins import draw_bulletin, telling_of
from bot.services.office_notices import PLACE, at_address
from bot.services.village_months import Kept, kept_months, read_month_name
from config.declarations.duty import Duty
from scheduler.delivery.channel import Channel, Message, ToGroups
from scheduler.reminders.quiet_hours import Hours, Saying, speak_at
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.events import Stepped
from storage.messaging.accounts import Places, State
from storage.messaging.outbox import Notice, Outbox, Queued

BULLETIN, COUNT = "group_bulletin", "group_count"
NEWS_OF = frozenset({BULLETIN, COUNT})
NEWS = timedelta(days=2)  # a group that was added since hears what comes, not what was
LOOKED_BACK = timedelta(days=200)  # a bulletin that went out late is news all the same
Render = Callable[[str, Sequence[Queued]], Message]
Fresh = Callable[[Connection, Sequence[Queued]], Sequence[int]]


def announce(works: Works, channels: Mapping[str, Channel]) -> int:
    """Queue what is news for every group. Returns how much of it is new."""
    with works.store.reading() as connection:
        groups = list(_groups(Places(connection, works.office.slug), channels))
    news = list(_news(works)) if groups else []
    if not news:
        return 0
    with works.store.writing(works.office.slug) as connection:
        notices = [_notice(works, connection, group, what, month) for group in groups for what, month in news]
        return Outbox(connection, works.office.slug).put(notices)


def _groups(places: Places, channels: Mapping[str, Channel]) -> Iterator[str]:
    for channel in channels.values():
        if isinstance(channel, ToGroups):
            yield from (at_address(channel.name, group) for group in channel.groups)
    for place in places.all():
        if place.state is State.OK and place.channel in channels:
            yield at_address(place.channel, place.address)


def _news(works: Works) -> Iterator[tuple[str, str]]:
    """What there is to say, and of which month."""
    for case in _bulletins(works):
        if case.opening and _gone_out(works, case, telling_of(works).told_by):
            yield BULLETIN, case.opening.reference
    for month, kept in _open_months(works).items():
        calendar, due = works.known_calendar(), kept[0].month.due
        if works.today == calendar.nth_before(due, 1) and _reported(kept) < len(kept):
            yield COUNT, month


def _bulletins(works: Works) -> list[Case]:
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        lines = index.lines_of_kind(telling_of(works).told_by.kind, works.today - LOOKED_BACK)
        return list(index.cases([line.number for line in lines]).values())


def _gone_out(works: Works, case: Case, duty: Duty) -> bool:
    sent = {step.key for step in duty.steps if step.released}
    since = works.clock.now() - NEWS
    return any(
        isinstance(one.record, Stepped) and one.record.step in sent and one.recorded_at >= since
        for one in case.entries
    )


def _open_months(works: Works) -> dict[str, list[Kept]]:
    """The villages' months that are not closed, by month."""
    this = works.today.replace(day=1)
    firsts = ((this - timedelta(days=1)).replace(day=1), this)
    found = {f"{first:%Y-%m}": kept_months(works, first) for first in firsts}
    return {month: kept for month, kept in found.items() if any(not one.month.closing for one in kept)}


def _reported(kept: Sequence[Kept]) -> int:
    return sum(one.month.reported_on is not None for one in kept)


def _notice(works: Works, connection: Connection, group: str, what: str, month: str) -> Notice:
    now = works.clock.now()
    calendar = calendar_with(works.calendar, Log(connection, works.office.slug))
    return Notice(
        person=group,
        case=0,
        what=what,
        rung=month,
        basis="",
        topic=f"notice.{what}",
        created_at=now,
        not_before=speak_at(Saying(fell_due=now, rings=what == BULLETIN), now, calendar, Hours()),
    )


def for_groups_there(fresh: Fresh, works: Works, channels: Mapping[str, Channel]) -> Fresh:
    """The same without news for a group that has moved or gone since: it is news anew at its new address."""

    def still(connection: Connection, rows: Sequence[Queued]) -> Sequence[int]:
        there = set(_groups(Places(connection, works.office.slug), channels))
        news = [row for row in rows if row.notice.what in NEWS_OF and not row.notice.for_person]
        gone = {row.number for row in news if row.notice.person not in there}
        return [number for number in fresh(connection, rows) if number not in gone]

    return still


@dataclass(frozen=True, slots=True)
class Herald:
    """Words for groups; what is for people is put into words by another."""

    works: Works
    others: Render

    def __call__(self, person: str, rows: Sequence[Queued]) -> Message:
        """The message for one recipient's bundle."""
        mine = [row.notice for row in rows if row.notice.what in NEWS_OF]
        theirs = [row for row in rows if row.notice.what not in NEWS_OF]
        if not mine:
            return self.others(person, rows)
        book = book_of(self.works.office, CHINESE)
        texts = [self.others(person, theirs).text] if theirs else []
        for notice in mine:
            if notice.for_person:  # no way took it to the group: whoever stands in posts it there
                texts.append(book.say("notice.group_unreached", group=notice.for_person.removeprefix(PLACE)))
            texts.append(self._text(notice, book))
        return Message(text="\n\n".join(texts), silent=not theirs)

    def _text(self, notice: Notice, book: Phrasebook) -> str:
        first = read_month_name(notice.rung)
        if notice.what == BULLETIN:
            return "\n\n".join(pages(draw_bulletin(self.works, first), book))
        kept = kept_months(self.works, first)
        words = {"month": notice.rung, "count": len(kept), "reported": _reported(kept)}
        return book.say("notice.group_count", **words, day=book.day(kept[0].month.due))
