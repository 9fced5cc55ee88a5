"""Renders a bundle of notices: one notice as a card, several as a digest with the most pressing first.

Expired tasks are called expired. A statutory notice has its number and, if it may be a repetition, a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.language.cards import CardBuilder
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook, person_phrasebook
from bot.language.village_news import VILLAGE_NEWS, village_news_sentence
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.findings import Finding
from scheduler.delivery.channel import Message
from scheduler.recording.recorder import Recorder
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, pending_actions
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.approvals import approval_history
from storage.events.case import Case
from storage.events.delegations import Absences, fold_absences
from storage.messaging.accounts import Accounts
from storage.messaging.outbox import OutboxEntry

COLLAPSED_TOPICS = {
    "reminder.roster",
    "notice.account_invited",
    "notice.account_joined",
    "notice.account_confirmed",
    "notice.account_removed",
    "notice.account_refused",
    "notice.recovery_printed",
}  # several of them become one line
MAX_DIGEST_ITEMS = 8  # more is a list nobody reads on a telephone: the rest is counted
NUDGED_RUNG = "nudge"
"""Begins the rung of a reminder that a person sent; the minute and the id of who reminds follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """A notice with its case's pending action as it is now; a notice about no case has only its own sentence."""

    queued: OutboxEntry
    case: Case | None = None
    duty: Duty | None = None
    wait: PendingAction | None = None
    findings: Sequence[Finding] = ()
    text: str = ""
    """The beginning of the text that is to be signed."""
    others: int = 0
    """The number of further notices that this one stands for."""
    first_joined: int = 0
    """The log position at which the first of the office's people joined; 0 where nobody did by the log."""


SIGNATURE_VOIDED = "signature_voided"
"""The kind of a notice to whoever signed what a recount returned; its rung is the log position of the return."""
TextLookup = Callable[[Connection, Case, Duty], str]
"""Finds the beginning of the text of a case that is to be signed; empty where it is not shown."""
FindingsLookup = Callable[[Connection, str], Sequence[Finding]]
"""Finds the text checks' findings for the text with a digest."""


def no_findings(_connection: Connection, _digest: str) -> Sequence[Finding]:
    """The lookup that finds nothing."""
    return ()


def no_text(_connection: Connection, _case: Case, _duty: Duty) -> str:
    """The lookup that shows no text."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRenderer:
    """Renders bundles of notices for the outbox sender."""

    recorder: Recorder
    findings: FindingsLookup = no_findings
    text: TextLookup = no_text

    def __call__(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        """The message for one person's bundle."""
        dealer, items = self._load_items(person, rows)
        silent = not any(row.notice.rings or row.notice.statutory for row in rows)
        lines = [
            *_header_lines(dealer, rows),
            *(
                _single_item_lines(dealer, person, items[0])
                if len(items) == 1
                else _digest_lines(dealer, person, items)
            ),
        ]
        return Message(text="\n".join(lines), silent=silent, listed=_listed_cases(items))

    def _load_items(self, person: str, rows: Sequence[OutboxEntry]) -> tuple[CardBuilder, list[NoticeItem]]:
        recorder, office = self.recorder, self.recorder.office
        numbers = sorted({row.notice.case for row in rows} - {0})
        with recorder.store.reading() as connection:
            wide = list(office_events(Log(connection, office.slug)))
            cases = CaseProjections(connection, office.slug, recorder.duties).cases(numbers)
            dealer = card_builder_for(person, recorder, calendar_from_entries(recorder.calendar, wide))
            away = fold_absences(wide)
            first_joined = Accounts(connection, office.slug).first_joined()
            spoken = [
                replace(
                    self._notice_item(row, cases, dealer.calendar, away),
                    others=others,
                    first_joined=first_joined,
                )
                for row, others in _collapsed_rows(rows)
            ]
            spoken.sort(key=lambda one: _urgency(person, one))
            return dealer, [self._with_findings(one, connection) for one in spoken]

    def _with_findings(self, spoken: NoticeItem, connection: Connection) -> NoticeItem:
        """Add the beginning of a text that is to be signed, and what the text checks found in it."""
        if spoken.case is None or spoken.duty is None or spoken.wait is None:
            return spoken
        if spoken.wait.what not in STAGE_WAIT_KINDS:
            return spoken
        digest = approval_history(spoken.case.approvals).manifest
        text = self.text(connection, spoken.case, spoken.duty)
        return replace(spoken, findings=self.findings(connection, digest), text=text)

    def _notice_item(
        self, row: OutboxEntry, cases: Mapping[int, Case], calendar: Calendar, away: Absences
    ) -> NoticeItem:
        case = cases.get(row.notice.case)
        duty = self.recorder.duties.get(case.opening.kind) if case and case.opening else None
        found = pending_actions(case, duty, self.recorder.office, calendar, away) if case and duty else ()
        wait = next((one for one in found if one.what == row.notice.what), None)
        return NoticeItem(queued=row, case=case, duty=duty, wait=wait)


def card_builder_for(person: str, recorder: Recorder, calendar: Calendar) -> CardBuilder:
    """The builder of a person's cards, in their language and as of today."""
    found, office = recorder.office.find_person(person), recorder.office
    book = person_phrasebook(office, found) if found else office_phrasebook(office, "zh")
    labels = Labels(book=book, office=office)
    return CardBuilder(labels=labels, calendar=calendar, today=office_day(recorder.clock.now()))


def _urgency(person: str, item: NoticeItem) -> tuple[date, bool, bool]:
    """Sorts a bundle as the list of tasks is sorted: soonest first; of one day one's own, what nobody else can do."""
    who = item.wait.who if item.wait else ()
    is_others = bool(who) and person not in who and not item.queued.notice.for_person
    return item.queued.notice.until or date.max, is_others, len(who) > 1


def _collapsed_rows(rows: Sequence[OutboxEntry]) -> list[tuple[OutboxEntry, int]]:
    """The rows of a message, each with the number of further rows that it stands for.

    Each case appears once, by its most pressing notice: the rows come in that order. Notices of a collapsed topic
    become one row.
    """
    seen: dict[tuple[int, str], list[OutboxEntry]] = {}
    for row in rows:
        alike = row.notice.topic if row.notice.topic in COLLAPSED_TOPICS else row.notice.key
        seen.setdefault((row.notice.case, "" if row.notice.case else alike), []).append(row)
    return [(first, 0 if first.notice.case else len(others)) for first, *others in seen.values()]


def _header_lines(dealer: CardBuilder, rows: Sequence[OutboxEntry]) -> Iterator[str]:
    say = dealer.labels.book.say
    for row in rows:
        if row.notice.statutory:
            yield say("notice.repeated" if row.repeated else "notice.statutory", number=row.number)
    for topic in dict.fromkeys(row.notice.topic for row in rows if row.notice.topic and row.notice.case):
        yield say(topic)
    for person in dict.fromkeys(filter(None, map(_nudged_by, rows))):
        yield say("notice.nudged_by", post=dealer.labels.post(person))
    for person in dict.fromkeys(row.notice.for_person for row in rows if row.notice.for_person):
        yield say("notice.instead", post=dealer.labels.post(person))


def _nudged_by(row: OutboxEntry) -> str:
    """The id of who reminds somebody of a case; empty for a notice that the program sends by itself."""
    kind, _, rest = row.notice.rung.partition(" ")
    return rest.partition(" ")[2] if kind == NUDGED_RUNG else ""


def _single_item_lines(dealer: CardBuilder, person: str, item: NoticeItem) -> Sequence[str]:
    if item.case and item.duty and item.wait:
        found = dealer.labels.book.finding_lines(item.findings)
        card = dealer.card(item.case, item.wait, item.duty, findings=found, text=item.text)
        whose = _whose_task(dealer, person, item)
        before = [dealer.labels.book.say("notice.whose", posts=whose)] if whose else []
        before += [dealer.labels.book.say("notice.begun_before")] if _began_before_people(item) else []
        return (*before, *card.lines)
    return [_notice_sentence(dealer, item)]


def _whose_task(dealer: CardBuilder, person: str, item: NoticeItem) -> str:
    """The posts whose task a notice is about, where it climbed to somebody else; empty for their own."""
    if item.wait is None or person in item.wait.who or item.queued.notice.for_person:
        return ""
    return "、".join(map(dealer.labels.post, item.wait.who))


def _began_before_people(item: NoticeItem) -> bool:
    """Whether a dated case began before anybody had joined: its term is not moved, and its first card says so."""
    first, entries = item.first_joined, item.case.entries if item.case else ()
    dated = item.wait is not None and item.wait.until is not None
    return bool(dated and first and entries and entries[0].position < first)


def _listed_cases(items: Sequence[NoticeItem]) -> tuple[int, ...]:
    """The cases of the numbered lines of a message of several; none where it is about one task alone."""
    shown = items[:MAX_DIGEST_ITEMS] if len(items) > 1 else ()
    return tuple(item.case.number if item.case else 0 for item in shown)


def _digest_lines(dealer: CardBuilder, person: str, items: Sequence[NoticeItem]) -> Iterator[str]:
    say = dealer.labels.book.say
    expired = sum(
        bool(item.queued.notice.until and item.queued.notice.until < dealer.today) for item in items
    )
    key = "notice.digest" if expired else "notice.digest_calm"
    yield say(key, post=dealer.labels.post(person), count=len(items), expired=expired)
    for place, item in enumerate(items[:MAX_DIGEST_ITEMS], 1):
        yield _digest_line(dealer, person, place, item)
    if len(items) > MAX_DIGEST_ITEMS:
        yield say("notice.more", count=len(items) - MAX_DIGEST_ITEMS)
    if number := next((item.queued.notice.case for item in items if item.queued.notice.case), 0):
        yield say("notice.how", number=number)


def _digest_line(dealer: CardBuilder, person: str, place: int, item: NoticeItem) -> str:
    if item.case is None or item.duty is None or item.wait is None:
        return f"{place}. {_notice_sentence(dealer, item)}"
    asked, whose = dealer.request_line(item.case, item.wait, item.duty), _whose_task(dealer, person, item)
    if whose:
        asked = dealer.labels.book.say("notice.asked_of", asked=asked, posts=whose)
    return dealer.labels.book.say(
        "notice.line",
        place=place,
        asked=asked,
        by_when=dealer.due_text(item.wait),
        number=item.case.number,
    )


def _notice_sentence(dealer: CardBuilder, item: NoticeItem) -> str:
    """A notice about no case, or about one that waits for nothing any more, has a sentence of its own."""
    notice = item.queued.notice
    if notice.what == VILLAGE_NEWS and item.case:
        return village_news_sentence(dealer.labels, item.case, notice)
    if notice.what == SIGNATURE_VOIDED:
        return dealer.labels.book.say("notice.signature_voided", number=notice.case)
    day = dealer.labels.day(notice.until) if notice.until else ""
    who = dealer.labels.post(notice.basis)
    key = f"{notice.topic}_several" if item.others else notice.topic or "notice.nothing"
    return dealer.labels.book.say(key, number=notice.case, day=day, who=who, count=item.others + 1)
