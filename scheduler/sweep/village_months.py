"""The villages' months: which begin, which are over, and whose word is to be mended.

Every village's month is opened with the roster of its first day, and closed when its last day is over, saying
what was in by then: the end of a counting period, and never an approval. Facts of those days that are entered
after the close can make its word wrong; then the sweep mends it, its own word alone. Whatever it stamps is the day
on which it held, not the day the sweep ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, MonthDay, MonthTerm
from config.declarations.village_round import Round
from config.office.loader import Months
from scheduler.recording.recorder import Desk
from scheduler.recording.unit_of_work import Sitting
from scheduler.recording.wake_scheduling import MENDED_MONTHS
from scheduler.sweep.results import ACTOR, CLOSED, MENDED, OPENED, Deed, Task
from scheduler.villages.months import Month, month_before, read_month, reference_of, rounds
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.events import Amended, Closed, Facts

ENTERED_LATER = "facts entered later"  # why the sweep mends its word; stored, so no phrase


def months_to_open(desk: Desk, today: date) -> Iterator[Task]:
    """The months from the newest one there is up to this one, for each village of their first day."""
    months = desk.office.months
    if months is None:
        return
    for duty, names in rounds(desk.duties):
        with desk.store.reading() as connection:
            index = Index(connection, desk.office.slug, desk.duties)
            newest = index.last_opened(duty.kind)
            wanted = list(_roster(desk, newest or today, today))
            known = index.find(duty.kind, [reference_of(month, village) for month, village in wanted])
            keys = [_key(duty, month, village) for month, village in wanted]
            said = Log(connection, desk.office.slug).known_keys(keys)
        for month, village in wanted:
            # A month that was struck out has no row any more, but it was said once and is not said again.
            if reference_of(month, village) not in known and _key(duty, month, village) not in said:
                facts = opening_facts(months, duty, names, month, village)
                yield Task(reference=reference_of(month, village), act=_opening(duty, month, village, facts))


def _roster(desk: Desk, since: date, today: date) -> Iterator[tuple[date, str]]:
    month = today.replace(day=1)
    first = min(since.replace(day=1), month)
    while month >= first:
        there = [village.id for village in desk.office.villages if village.there(first)]
        yield from ((first, village) for village in there)
        first = month_before(first, -1)


def _key(duty: Duty, month: date, village: str) -> str:
    return f"sweep {duty.kind} {reference_of(month, village)}"


def opening_facts(months: Months, duty: Duty, names: Round, month: date, village: str) -> Facts:
    """What a month asks, as the office's file says today; from here on the case says it."""
    written: dict[str, str | int] = {
        names.village: village,
        names.month: f"{month:%Y-%m}",
        names.grace: months.grace,
        names.minimum: months.minimum,
        names.scheme: months.scheme,
    }
    if isinstance(duty.term, MonthTerm):
        number = 0 if months.due == MonthDay.LAST_WORKDAY else months.due_number
        written |= {duty.term.rule: months.due, duty.term.number: number}
    return {name: value for name, value in written.items() if value}


def _opening(duty: Duty, month: date, village: str, facts: Facts) -> Callable[[Sitting], Deed | None]:
    reference, key = reference_of(month, village), _key(duty, month, village)

    def act(sitting: Sitting) -> Deed | None:
        if sitting.index.find(duty.kind, [reference]) or sitting.log.known_keys([key]):
            return None  # another sweep was quicker
        sitting.open(duty.kind, reference, month, facts, key=key)
        return Deed(what=OPENED, duty=duty, reference=reference, day=month)

    return act


def month_to_close(case: Case, duty: Duty, names: Round, calendar: Calendar, today: date) -> Task | None:
    """What is to be done about a month that woke; None where there is nothing."""
    if case.opening is None or (
        case.opening.happened_on < month_before(today, MENDED_MONTHS) and case.closing
    ):
        return None
    if not _to_do(read_month(case, case.opening, duty, names, calendar), today):
        return None
    act = _closing(duty, names, case.number, today)
    return Task(reference=case.opening.reference, act=act, case=case.number)


def _to_do(month: Month, today: date) -> str:
    """What is still to be done about a month: closed, mended, or nothing."""
    said = month.closing
    if said is None:
        return CLOSED if today > month.last else ""
    right = (month.outcome, month.last)
    return MENDED if (said.outcome, said.happened_on) != right and _is_ours(month, said) else ""


def _is_ours(month: Month, said: Closed) -> bool:
    """Whether the sweep closed it, and nobody else put that right since: a person's word is theirs."""
    place = _place(month, said)
    words = [
        entry
        for entry in month.case.entries
        if entry.position == place or (isinstance(entry.record, Amended) and entry.record.position == place)
    ]
    return all(entry.actor == ACTOR for entry in words)


def _place(month: Month, said: Closed) -> int:
    return next(position for position, record in month.case.story if record is said)


def _closing(duty: Duty, names: Round, number: int, today: date) -> Callable[[Sitting], Deed | None]:
    """Decided under the write lock, so that of two sweeps one closes and the other finds it closed."""

    def act(sitting: Sitting) -> Deed | None:
        case = sitting.case(number)
        if case.opening is None:
            return None
        month = read_month(case, case.opening, duty, names, sitting.calendar)
        what, said = _to_do(month, today), month.closing
        if what == CLOSED:
            sitting.close(number, month.outcome, month.last)
        elif what == MENDED and said:
            right = Closed(case=number, happened_on=month.last, outcome=month.outcome)
            sitting.amend(_place(month, said), ENTERED_LATER, right)
        reference = case.opening.reference
        done = Deed(what=what, duty=duty, reference=reference, day=month.last, outcome=month.outcome)
        return done if what else None

    return act
