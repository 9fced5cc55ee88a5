"""The auditor: from the duties and the log alone, what should have been said, against what the outbox has.

It asks neither the wake-ups nor the sweep, so whatever either forgets, it finds. Only what should have been said
some minutes ago, and should be still, is missed: the sweep is given its time. How many cases one audit reads is
bounded, and the next one goes on where it stopped; what was spoken of lately is read every time.

Only a clean audit touches the heartbeat, and only where a fact could be recorded now. Who listens to it hears
both that something is wrong and that nobody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sqlalchemy import Connection

from config.clock import office_day
from config.errors import Gongkai
from scheduler.recording.recorder import Desk
from scheduler.reminders.escalation import Reminder
from scheduler.reminders.planner import Outlook
from scheduler.reminders.quiet_hours import Hours, next_digest
from scheduler.reminders.recipients import HEARS_LAST, Roster
from scheduler.sweep.reminder_queue import Reach, outlook_of
from scheduler.sweep.sweep import unbegun
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.events.case import Case, fold
from storage.messaging.delivery_log import Put, Told
from storage.messaging.outbox import Notice, Outbox, key_of
from storage.messaging.wake_queue import Wakes

GRACE = timedelta(minutes=10)  # ten beats of the sweep
UNSENT_AFTER = timedelta(hours=1)
BEGUN_AFTER = timedelta(hours=2)  # of its day: what begins by itself is looked for each hour
MOST_CASES = 2_000
LATELY = 1_000  # entries of the log whose cases are read by every audit
MOST_LATE = 500
OCCASION, TOPIC = "audit", "reminder.audit"


class Wrong(StrEnum):
    """What an audit finds."""

    MISSING = "missing"  # it should have been said, and nobody put it into the outbox
    UNSENT = "unsent"  # it stands in the outbox, and nobody sends it
    UNHEARD = "unheard"  # nobody whom a rung reaches could be told
    ASIDE = "aside"  # a case the sweep could not deal with
    UNLOOKED = "unlooked"  # it woke, and nobody looked
    ASLEEP = "asleep"  # open, and nobody would ever look again
    UNBEGUN = "unbegun"  # it begins by itself, and did not


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it should be."""

    what: Wrong
    case: int
    person: str = ""
    rung: str = ""
    basis: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What one audit looked at, and what it found."""

    at: datetime
    cases: int
    of: int
    """How many are open."""
    upto: int
    """The last case it came to; the next audit goes on behind it."""
    differences: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        """Whether everything that should have been said was."""
        return not self.differences


class Unsaid(Gongkai):
    """{count} reminders are not as they should be; first: {first}. Look with: gongkai audit"""


def audit(desk: Desk, reach: Reach, *, after: int = 0, most: int = MOST_CASES) -> Audit:
    """Compare what should have been said with what was. ``after``: the case at which the last audit stopped."""
    now = desk.clock.now()
    with desk.store.reading() as connection:
        wakes = Wakes(connection, desk.office.slug)
        lie_open, of = wakes.open_after(after, most=most), wakes.open_count()
        numbers = sorted({*lie_open, *_spoken_of(Log(connection, desk.office.slug))})
        found = [*_of_cases(desk, connection, reach, now, numbers), *_of_rows(desk, connection, now)]
    found += _of_beginnings(desk, office_day(now - BEGUN_AFTER))
    upto = lie_open[-1] if len(lie_open) == most else 0
    return Audit(at=now, cases=len(numbers), of=of, upto=upto, differences=tuple(dict.fromkeys(found)))


@dataclass(slots=True)
class Auditor:
    """One audit after the other, each going on where the last one stopped. A clean one touches the heartbeat."""

    desk: Desk
    reach: Reach
    heartbeat: Callable[[], object]
    told: Callable[[Exception], object]
    upto: int = 0

    def __call__(self) -> Audit:
        """Audit once."""
        found = audit(self.desk, self.reach, after=self.upto)
        self.upto = found.upto
        if found.clean:
            with self.desk.store.writing(self.desk.office.slug) as connection:
                Log(connection, self.desk.office.slug).say_end_again()
            self.heartbeat()
        else:
            first = found.differences[0]
            tell_office(self.desk, OCCASION, TOPIC, found.at)
            self.told(
                Unsaid(
                    count=len(found.differences),
                    first=f"{first.what} №{first.case} {first.person or first.detail}",
                )
            )
        return found


def tell_office(desk: Desk, what: str, topic: str, at: datetime) -> None:
    """The party-and-government office hears of something amiss in the machine: of each thing once a day."""
    office = desk.office
    people = dict.fromkeys(one.id for role in HEARS_LAST for one in office.holders(role))
    with desk.store.writing(office.slug) as connection:
        calendar = calendar_with(desk.calendar, Log(connection, office.slug))
        Outbox(connection, office.slug).put(
            Notice(
                person=person,
                case=0,
                what=what,
                rung=office_day(at).isoformat(),
                basis="",
                topic=topic,
                created_at=at,
                not_before=next_digest(at, calendar, Hours()),
            )
            for person in people
        )


def _spoken_of(log: Log) -> set[int]:
    """The cases of the newest entries, whatever the derived rows say."""
    return log.spoken_of(after=max(0, log.end().position - LATELY))


def _of_cases(
    desk: Desk, connection: Connection, reach: Reach, now: datetime, numbers: Sequence[int]
) -> Iterator[Difference]:
    then = now - GRACE
    cases, unreadable = Index(connection, desk.office.slug, desk.duties).readable(numbers)
    before = outlook_of(desk, connection, reach, then, known_by=then)
    today = outlook_of(desk, connection, reach, now)
    put = Told(connection, desk.office.slug).about(numbers)
    asleep, set_aside = set(Wakes(connection, desk.office.slug).asleep(numbers)), _aside(desk, connection)
    for number, fault in unreadable.items():
        yield Difference(what=Wrong.ASIDE, case=number, detail=type(fault).__name__)
    for number, case in cases.items():
        if number in set_aside:
            continue
        yield from (Difference(what=Wrong.ASLEEP, case=number) for _ in range(number in asleep))
        try:
            wanted = _wanted(case, before, today)
        except Exception as error:  # noqa: BLE001 - an audit reports what it cannot read, and goes on
            yield Difference(what=Wrong.ASIDE, case=number, detail=type(error).__name__)
            continue
        yield from _missing(number, wanted, put.get(number, ()))


def _wanted(case: Case, before: Outlook, today: Outlook) -> list[tuple[Reminder, bool]]:
    """What should have been said then, and should be still; and whether that hangs on who can be reached."""
    told = list(takewhile(lambda one: one.recorded_at <= before.now, case.entries))
    if not told:
        return []
    then = _said(fold(case.number, told), before)
    now = _said(case, today)
    anyway = _said(case, _all_reached(today))
    return [(one, key not in anyway) for key, one in now.items() if key in then]


def _said(case: Case, outlook: Outlook) -> dict[tuple[str, ...], Reminder]:
    return {
        (one.person, one.what, one.rung, one.basis, one.for_person): one for one in outlook.of(case).reminders
    }


def _all_reached(outlook: Outlook) -> Outlook:
    roster = outlook.roster
    if not roster.unreachable:
        return outlook
    return replace(
        outlook, roster=Roster(office=roster.office, absences=roster.absences, day=office_day(outlook.now))
    )


def _missing(case: int, wanted: Iterable[tuple[Reminder, bool]], put: Sequence[Put]) -> Iterator[Difference]:
    """Who can be reached may have changed since: then it is enough that somebody was told of the rung."""
    keys = {row.key for row in put}
    rungs = {(row.what, row.rung, row.basis) for row in put}
    for one, loosely in wanted:
        key = key_of(one.person, case, one.what, one.rung, one.basis, one.for_person)
        if key not in keys and not (loosely and (one.what, one.rung, one.basis) in rungs):
            yield Difference(what=Wrong.MISSING, case=case, person=one.person, rung=one.rung, basis=one.basis)


def _of_rows(desk: Desk, connection: Connection, now: datetime) -> Iterator[Difference]:
    """What lies in the outbox too long, what nobody could be told, and what woke and was not looked at."""
    told, wakes = Told(connection, desk.office.slug), Wakes(connection, desk.office.slug)
    for what, rows in (
        (Wrong.UNSENT, told.late(now - UNSENT_AFTER, most=MOST_LATE)),
        (Wrong.UNHEARD, told.unheard(now - UNSENT_AFTER, most=MOST_LATE)),
    ):
        for row in rows:
            yield Difference(
                what=what, case=row.case, person=row.person, rung=row.rung, basis=row.basis, detail=row.why
            )
    for one in wakes.aside():
        yield Difference(what=Wrong.ASIDE, case=one.case, detail=one.fault)
    aside = _aside(desk, connection)
    for case in wakes.due(now - GRACE, most=MOST_LATE):
        if case not in aside:
            yield Difference(what=Wrong.UNLOOKED, case=case)


def _of_beginnings(desk: Desk, by: date) -> list[Difference]:
    """A case that was never opened is nowhere to be found: what should have begun is worked out anew."""
    try:
        late = unbegun(desk, by)
    except Exception as error:  # noqa: BLE001 - an audit reports what it cannot find out, and goes on
        late = [type(error).__name__]
    return [Difference(what=Wrong.UNBEGUN, case=0, detail=one) for one in late[:MOST_LATE]]


def _aside(desk: Desk, connection: Connection) -> Mapping[int, str]:
    return {one.case: one.fault for one in Wakes(connection, desk.office.slug).aside()}
