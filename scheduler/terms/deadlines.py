"""Computes when a case is due, as a pure replay of what was recorded about it, and what another calendar moves.

Facts entered late, corrections, withdrawals and new notices on days off need no special treatment: the case is
replayed. Where the law is silent, it is read like this [practice]:

- Consultation (33). The days left at the end of the day of asking are counted on from the day after it ends;
  several at once count once. Where none is left, the answer is due on the day the consultation ends, or on
  the next working day where that is a day off.
- Restart (30, 42). The whole term runs from the day of the correction or of full payment. An extension
  belongs to the term it was granted in and is not carried into the new one, to which the law gives its own
  days; but all extensions of one request are at most 20 days together (checked by the validator).
- A set date (35) is a day the applicant was told. It stands, whatever is paused, extended or restarted,
  until a counted date is later. So does the date a decision on review orders. It is certain where no notice
  still missing can make the counted date later (``MOST_DAYS_OFF``).
- A term that has run out is not revived. A step that stops, extends or sets it after its last day stays recorded
  and is shown as late, but does not move the date.
- A closed case keeps the date that held; closed while it waits, it has none.
- Sending (国办公开办函〔2016〕235号). Whether an answer was in time is judged by the day it was sent. A case whose
  answer was sent before its close has no date running; one that is closed waits, with its date, until it is sent.
- A term for a step (an answer to a dispute) is fulfilled by that step, in time or late; the close is then the
  decision of another authority, and never late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby

from config.calendar.holiday_notices import MOST_DAYS_OFF
from config.calendar.working_calendar import Calendar
from config.clock import ONE_DAY
from config.declarations.duty import Duties, Duty
from config.declarations.keys import UNCONFIRMED
from config.declarations.terms import Restart
from scheduler.terms.explanation import (
    CALENDAR_DAYS,
    COUNTED,
    DayRange,
    ExplanationLine,
    ExternalWait,
    LateStep,
    explain_days,
)
from scheduler.terms.term_replay import CARRIED_OVER, TermState
from storage.events.case import Case
from storage.events.events import Closed, Opened, Record, Stepped

RUNNING, CLOSED, SENT = "running", "closed", "answer_sent"
CLOSING_RANK = 1000  # more than any duty has steps: on one day they come before the close


@dataclass(frozen=True, kw_only=True)
class DueDate:
    """The due date of a case with its explanation; while the case waits, the latest date that is possible.

    ``day`` is None while the case waits for somebody outside, and for a kind without a term. ``latest`` assumes that
    everybody who was asked uses all of their time; it is None where that time has no limit.
    """

    state: str
    day: date | None
    provisional: bool = False
    latest: date | None = None
    latest_provisional: bool = False
    external_waits: tuple[ExternalWait, ...] = ()
    late_steps: tuple[LateStep, ...] = ()
    day_ranges: tuple[DayRange, ...] = ()
    unsent: bool = False
    """Whether the case is closed with an answer that is still to be sent."""
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def unconfirmed(self) -> bool:
        """Whether the day, or what is waited for, rests on a basis that was not read in its source."""
        waits = (waiting.article for waiting in self.external_waits)
        return any(UNCONFIRMED in article for article in (*waits, *(one.article for one in self.day_ranges)))

    @cached_property
    def lines(self) -> tuple[ExplanationLine, ...]:
        """The explanation line by line, computed on first use; its counted days add up to the running term."""
        return tuple(explain_days(self.day_ranges, self.calendar))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateChange:
    """One case whose due date moves, or stops being provisional."""

    case: int
    reference: str
    before: DueDate
    after: DueDate


def due_date(story: Sequence[Record], duty: Duty, calendar: Calendar) -> DueDate:
    """Return the due date that follows from the facts in force, in whatever order they were entered."""
    replay = TermState(duty=duty, calendar=calendar)
    for record in chronological(story, duty):
        replay.apply(record)
    if replay.external_waits and replay.closed_on is None and not replay.sent_on:
        return _waiting_due_date(replay)
    return _settled_due_date(replay)


def due_date_changes(
    cases: Iterable[Case], duties: Duties, before: Calendar, after: Calendar
) -> Iterator[DueDateChange]:
    """Yield the cases to which the two calendars give different due dates."""
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        if opening is None or duty is None or duty.term is None:
            continue
        story = case.records
        old, new = due_date(story, duty, before), due_date(story, duty, after)
        if _comparable(old) != _comparable(new):
            yield DueDateChange(case=case.number, reference=opening.reference, before=old, after=new)


def chronological(story: Sequence[Record], duty: Duty) -> list[Record]:
    """Sort the facts by day; within a day: the opening, the steps as declared, the close, the steps after it."""
    if len(story) == 1:
        return list(story)
    ranks = {step.key: place + CLOSING_RANK * step.after_close for place, step in enumerate(duty.steps, 1)}

    def day_and_rank(record: Record) -> tuple[date, int]:
        return record.happened_on, _rank(record, ranks)

    days = groupby(sorted(story, key=day_and_rank), key=day_and_rank)
    return [record for _, alike in days for record in _sorted_by_content(list(alike))]


def _rank(record: Record, ranks: Mapping[str, int]) -> int:
    if isinstance(record, Stepped):
        return ranks.get(record.step, CLOSING_RANK)
    return CLOSING_RANK if isinstance(record, Closed) else 0


def _sorted_by_content(alike: list[Record]) -> list[Record]:
    """Break a tie by content, never by the order of entry; few facts tie, so only those are encoded."""
    return sorted(alike, key=_content_key) if len(alike) > 1 else alike


def _content_key(record: Record) -> str:
    return str(sorted(record.facts.items())) if isinstance(record, Opened | Stepped | Closed) else ""


def _settled_due_date(replay: TermState) -> DueDate:
    """Return the date of a case that waits for nobody, or that is closed."""
    sent = bool(replay.sent_on and not replay.closed_on)
    day = None if replay.since is None or replay.external_waits or sent else replay.day()
    if day:
        replay.apply_days(day)
    elif sent and replay.sent_on:
        replay.apply_days(replay.sent_on)
    elif replay.external_waits:
        replay.close_open_range(replay.closed_on)
    return DueDate(
        state=CLOSED if replay.closed_on else SENT if sent else RUNNING,
        day=day,
        provisional=day is not None and _is_provisional(replay) and not _is_beyond_notices(replay, day),
        late_steps=tuple(replay.late_steps),
        day_ranges=tuple(replay.day_ranges),
        unsent=replay.is_unsent,
        calendar=replay.calendar,
    )


def _is_beyond_notices(replay: TermState, day: date) -> bool:
    """Whether a person set the day, so late that the counted days stay before it whatever a missing notice says."""
    if day != replay.earliest_due:
        return False
    left = replay.base_days + replay.extension_days + MOST_DAYS_OFF
    return replay.term_end(replay.counted_from, left) <= day


def _is_provisional(replay: TermState) -> bool:
    """Whether a notice is still missing for any day that the date depends on; of calendar days, only the last."""
    if replay.annual_day:
        return replay.annual_day.provisional
    return any(
        replay.calendar.unknown_years(last if day_range.why == CALENDAR_DAYS else day_range.first, last)
        for day_range in replay.day_ranges
        if (last := day_range.last) and day_range.why in {COUNTED, CALENDAR_DAYS, CARRIED_OVER}
    )


def _waiting_due_date(replay: TermState) -> DueDate:
    """Return a due date without a day: only the latest possible one, where every wait has a limit."""
    replay.close_open_range(None)
    waits = tuple(waiting for waiting, _effect in replay.external_waits)
    latest = _latest_due_day(replay, waits)
    since = replay.since or replay.counted_from
    return DueDate(
        state=waits[0].state,
        day=None,
        latest=latest,
        latest_provisional=bool(latest and replay.calendar.unknown_years(since + ONE_DAY, latest)),
        external_waits=waits,
        late_steps=tuple(replay.late_steps),
        day_ranges=tuple(replay.day_ranges),
        calendar=replay.calendar,
    )


def _latest_due_day(replay: TermState, waits: Sequence[ExternalWait]) -> date | None:
    limits = [waiting.limit for waiting in waits if waiting.limit]
    if len(limits) < len(waits) or replay.term is None:
        return None
    answers = [replay.duty.step(waiting.until) for waiting in waits]
    again = any(answer and isinstance(answer.effect, Restart) for answer in answers)
    left = replay.term.days if again else replay.base_days + replay.extension_days
    latest = replay.term_end(max(replay.counted_from, *limits), left)
    return max(latest, replay.earliest_due) if replay.earliest_due else latest


def _comparable(found: DueDate) -> tuple[object, ...]:
    return found.day, found.provisional, found.latest
