"""The words of a bundle of notices: one thing is a card, several are a digest with the most pressing first.

What has expired is called expired. A statutory notice bears its number and says when it may be a repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.language.cards import Dealer
from bot.language.finding_lines import proofread_lines
from bot.language.labels import Labels
from bot.language.phrasebook import book_of
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.findings import Finding
from scheduler.delivery.channel import Message
from scheduler.recording.recorder import Desk
from scheduler.worklist.pending import AT_A_STAGE, Wait, waits
from storage.eventlog.known_calendar import calendar_from
from storage.eventlog.log import Log
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.events.approvals import text_of
from storage.events.case import Case
from storage.events.delegations import Absences, absences
from storage.messaging.outbox import Queued

SEVERAL = {"reminder.roster"}  # said in one line of however many
MOST_IN_DIGEST = 8  # more is a list nobody reads on a telephone: the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A notice with what its case waits for now; about no case, only its own sentence is there."""

    row: Queued
    case: Case | None = None
    duty: Duty | None = None
    wait: Wait | None = None
    findings: Sequence[Finding] = ()
    others: int = 0
    """How many more say the same of others: one line speaks of them all."""


Findings = Callable[[Connection, str], Sequence[Finding]]
"""What the text checks say of the text under a fingerprint."""


def no_findings(_connection: Connection, _digest: str) -> Sequence[Finding]:
    """Where nobody checks."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Puts bundles into words, for the courier."""

    desk: Desk
    findings: Findings = no_findings

    def __call__(self, person: str, rows: Sequence[Queued]) -> Message:
        """The message for one person's bundle."""
        dealer, items = self._read(person, rows)
        silent = not any(row.notice.rings or row.notice.statutory for row in rows)
        lines = [
            *_marks(dealer, rows),
            *(_one(dealer, items[0]) if len(items) == 1 else _digest(dealer, person, items)),
        ]
        return Message(text="\n".join(lines), silent=silent)

    def _read(self, person: str, rows: Sequence[Queued]) -> tuple[Dealer, list[Spoken]]:
        desk, office = self.desk, self.desk.office
        numbers = sorted({row.notice.case for row in rows} - {0})
        with desk.store.reading() as connection:
            wide = list(officewide(Log(connection, office.slug)))
            cases = Index(connection, office.slug, desk.duties).cases(numbers)
            dealer = dealer_for(person, desk, calendar_from(desk.calendar, wide))
            away = absences(wide)
            spoken = [
                replace(self._spoken(row, cases, dealer.calendar, away), others=others)
                for row, others in _one_a_case(rows)
            ]
            return dealer, [self._with_findings(one, connection) for one in spoken]

    def _with_findings(self, spoken: Spoken, connection: Connection) -> Spoken:
        """What is to be signed comes with what the text checks found."""
        if spoken.case is None or spoken.wait is None or spoken.wait.what not in AT_A_STAGE:
            return spoken
        digest = text_of(spoken.case.approvals).manifest
        return replace(spoken, findings=self.findings(connection, digest))

    def _spoken(self, row: Queued, cases: Mapping[int, Case], calendar: Calendar, away: Absences) -> Spoken:
        case = cases.get(row.notice.case)
        duty = self.desk.duties.get(case.opening.kind) if case and case.opening else None
        found = waits(case, duty, self.desk.office, calendar, away) if case and duty else ()
        wait = next((one for one in found if one.what == row.notice.what), None)
        return Spoken(row=row, case=case, duty=duty, wait=wait)


def dealer_for(person: str, desk: Desk, calendar: Calendar) -> Dealer:
    """Whoever makes cards for a person, in their language, today."""
    language = next((one.language for one in desk.office.people if one.id == person), "zh")
    labels = Labels(book=book_of(desk.office, language), office=desk.office)
    return Dealer(labels=labels, calendar=calendar, today=office_day(desk.clock.now()))


def _one_a_case(rows: Sequence[Queued]) -> list[tuple[Queued, int]]:
    """A case is spoken of once in a message, by its most pressing notice: they come in that order.

    What is said of many alike (whom no channel reaches) is said once, with how many more there are.
    """
    seen: dict[tuple[int, str], list[Queued]] = {}
    for row in rows:
        alike = row.notice.topic if row.notice.topic in SEVERAL else row.notice.key
        seen.setdefault((row.notice.case, "" if row.notice.case else alike), []).append(row)
    return [(first, 0 if first.notice.case else len(others)) for first, *others in seen.values()]


def _marks(dealer: Dealer, rows: Sequence[Queued]) -> Iterator[str]:
    say = dealer.labels.book.say
    for row in rows:
        if row.notice.statutory:
            yield say("notice.repeated" if row.repeated else "notice.statutory", number=row.number)
    for topic in dict.fromkeys(row.notice.topic for row in rows if row.notice.topic and row.notice.case):
        yield say(topic)
    for person in dict.fromkeys(row.notice.for_person for row in rows if row.notice.for_person):
        yield say("notice.instead", post=dealer.labels.post(person))


def _one(dealer: Dealer, item: Spoken) -> Sequence[str]:
    if item.case and item.duty and item.wait:
        found = proofread_lines(item.findings, dealer.labels.book)
        return dealer.card(item.case, item.wait, item.duty, findings=found).lines
    return [_sentence(dealer, item)]


def _digest(dealer: Dealer, person: str, items: Sequence[Spoken]) -> Iterator[str]:
    say = dealer.labels.book.say
    expired = sum(bool(item.row.notice.until and item.row.notice.until < dealer.today) for item in items)
    key = "notice.digest" if expired else "notice.digest_calm"
    yield say(key, post=dealer.labels.post(person), count=len(items), expired=expired)
    for place, item in enumerate(items[:MOST_IN_DIGEST], 1):
        yield _line(dealer, place, item)
    if len(items) > MOST_IN_DIGEST:
        yield say("notice.more", count=len(items) - MOST_IN_DIGEST)
    if number := next((item.row.notice.case for item in items if item.row.notice.case), 0):
        yield say("notice.how", number=number)


def _line(dealer: Dealer, place: int, item: Spoken) -> str:
    if item.case is None or item.duty is None or item.wait is None:
        return f"{place}. {_sentence(dealer, item)}"
    return dealer.labels.book.say(
        "notice.line",
        place=place,
        asked=dealer.asked(item.case, item.wait, item.duty),
        by_when=dealer.by_when(item.wait),
        number=item.case.number,
    )


def _sentence(dealer: Dealer, item: Spoken) -> str:
    """A notice about no case, or about one that waits for nothing any more, has a sentence of its own."""
    notice = item.row.notice
    day = dealer.labels.day(notice.until) if notice.until else ""
    who = dealer.labels.post(notice.basis)
    key = f"{notice.topic}_several" if item.others else notice.topic or "notice.nothing"
    return dealer.labels.book.say(key, number=notice.case, day=day, who=who, count=item.others + 1)
