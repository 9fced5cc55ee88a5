"""Opens the villages' months, closes those that are over, and corrects closings that late entries made wrong.

Every village's month is opened with the roster of its first day, and closed when its last day is over, with what was
received by then: the end of a counting period, and never an approval. Facts of those days that are entered after the
close can make the closing wrong; then the sweep corrects it, but only a closing of its own. It records the legal date
and not the date of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import Connection

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.terms import MonthDay, MonthTerm
from config.declarations.villages.month import VillageRound
from config.office.model import VillageMonthPlan
from scheduler.recording.recorder import CORRECTABLE_MONTHS, Recorder
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.results import ACTOR, CLOSED, CORRECTED, OPENED, SweepAction, SweepTask
from scheduler.terms.deadlines import due_date
from scheduler.villages.months import (
    VillageMonth,
    month_before,
    read_month,
    village_month_reference,
    village_rounds,
)
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.case import Case
from storage.events.events import Amended, Closed, Facts, Opened

LATE_ENTRY_REASON = "facts entered later"  # why the sweep corrects its closing; stored, so no phrase


def months_to_open(recorder: Recorder, today: date) -> Iterator[SweepTask]:
    """The months to open, from the newest in the log up to this one, for each village of their first day."""
    months = recorder.office.months
    if months is None:
        return
    for duty, village_round in village_rounds(recorder.duties):
        with recorder.store.reading() as connection:
            index = CaseProjections(connection, recorder.office.slug, recorder.duties)
            log = Log(connection, recorder.office.slug)
            newest = index.last_opened(duty.kind)
            if newest is None and _is_over(
                recorder, duty, opening_facts(months, duty, village_round, today, ""), log, today
            ):
                continue  # the office begins after the day by which anybody could have reported: with the next month
            wanted = list(_village_months(recorder, newest or today, today))
            known = index.find(
                duty.kind, [village_month_reference(month, village) for month, village in wanted]
            )
            keys = [_opening_key(duty, month, village) for month, village in wanted]
            recorded = log.known_keys(keys)
        for month, village in wanted:
            # A month that was struck out has no row any more, but it was opened once and is not opened again.
            if (
                village_month_reference(month, village) not in known
                and _opening_key(duty, month, village) not in recorded
            ):
                facts = opening_facts(months, duty, village_round, month, village)
                yield SweepTask(
                    reference=village_month_reference(month, village),
                    act=_opening_action(duty, month, village, facts),
                )


def next_opening(recorder: Recorder, connection: Connection, today: date) -> date | None:
    """The day on which the sweep opens the next months: today where it has yet to open those of this month.

    None where no village reports.
    """
    months, following = recorder.office.months, month_before(today, -1)
    if months is None or not village_rounds(recorder.duties):
        return None
    duty, village_round = village_rounds(recorder.duties)[0]
    newest = CaseProjections(connection, recorder.office.slug, recorder.duties).last_opened(duty.kind)
    if newest is None:
        log = Log(connection, recorder.office.slug)
        facts = opening_facts(months, duty, village_round, today, "")
        return following if _is_over(recorder, duty, facts, log, today) else today
    return following if newest >= today.replace(day=1) else today


def _is_over(recorder: Recorder, duty: Duty, facts: Facts, log: Log, today: date) -> bool:
    """Whether the day by which this month's report is due lies behind us."""
    opening = Opened(case=0, happened_on=today.replace(day=1), kind=duty.kind, facts=facts)
    calendar = calendar_from_entries(recorder.calendar, office_events(log))
    due = due_date([opening], duty, calendar).day
    return due is not None and today > due


def _village_months(recorder: Recorder, since: date, today: date) -> Iterator[tuple[date, str]]:
    month = today.replace(day=1)
    first = min(since.replace(day=1), month)
    while month >= first:
        there = [village.id for village in recorder.office.villages if village.exists_on(first)]
        yield from ((first, village) for village in there)
        first = month_before(first, -1)


def _opening_key(duty: Duty, month: date, village: str) -> str:
    return f"sweep {duty.kind} {village_month_reference(month, village)}"


def opening_facts(
    months: VillageMonthPlan, duty: Duty, village_round: VillageRound, month: date, village: str
) -> Facts:
    """What a month requires, by the office's file of today; from now on the case itself says it."""
    written: dict[str, str | int] = {
        village_round.village: village,
        village_round.month: f"{month:%Y-%m}",
        village_round.grace: months.grace,
        village_round.minimum: months.minimum,
        village_round.scheme: months.scheme,
    }
    if isinstance(duty.term, MonthTerm):
        number = 0 if months.due == MonthDay.LAST_WORKDAY else months.due_number
        written |= {duty.term.rule: months.due, duty.term.number: number}
    return {name: value for name, value in written.items() if value}


def _opening_action(
    duty: Duty, month: date, village: str, facts: Facts
) -> Callable[[UnitOfWork], SweepAction | None]:
    reference, key = village_month_reference(month, village), _opening_key(duty, month, village)

    def act(uow: UnitOfWork) -> SweepAction | None:
        if uow.context.index.find(duty.kind, [reference]) or uow.context.log.known_keys([key]):
            return None  # another sweep was faster
        uow.cases.open(duty.kind, reference, month, facts, key=key)
        return SweepAction(what=OPENED, duty=duty, reference=reference, day=month)

    return act


def month_task(
    case: Case, duty: Duty, village_round: VillageRound, calendar: Calendar, today: date
) -> SweepTask | None:
    """The task for a month that woke; None where there is nothing to do."""
    if case.opening is None or (
        case.opening.happened_on < month_before(today, CORRECTABLE_MONTHS) and case.closing
    ):
        return None
    if not _required_change(read_month(case, case.opening, duty, village_round, calendar), today):
        return None
    act = _closing_action(duty, village_round, case.number, today)
    return SweepTask(reference=case.opening.reference, act=act, case=case.number)


def _required_change(month: VillageMonth, today: date) -> str:
    """CLOSED or CORRECTED where a month is still to be closed or its closing to be corrected; else empty."""
    closing = month.closing
    if closing is None:
        return CLOSED if today > month.last else ""
    is_right = (closing.outcome, closing.happened_on) == (month.outcome, month.last)
    return "" if is_right or not _is_system_closing(month, closing) else CORRECTED


def _is_system_closing(month: VillageMonth, closing: Closed) -> bool:
    """Whether the sweep closed it, and no person has corrected that since: theirs the sweep leaves alone."""
    place = _closing_position(month, closing)
    about_it = [
        entry
        for entry in month.case.entries
        if entry.position == place or (isinstance(entry.record, Amended) and entry.record.position == place)
    ]
    return all(entry.actor == ACTOR for entry in about_it)


def _closing_position(month: VillageMonth, closing: Closed) -> int:
    return next(position for position, record in month.case.timeline if record is closing)


def _closing_action(
    duty: Duty, village_round: VillageRound, number: int, today: date
) -> Callable[[UnitOfWork], SweepAction | None]:
    """Decided under the write lock, so that of two sweeps one closes and the other finds it closed."""

    def act(uow: UnitOfWork) -> SweepAction | None:
        case = uow.context.case(number)
        if case.opening is None:
            return None
        month = read_month(case, case.opening, duty, village_round, uow.context.calendar)
        what, closing = _required_change(month, today), month.closing
        if what == CLOSED:
            uow.cases.close(number, month.outcome, month.last)
        elif what == CORRECTED and closing:
            correct = Closed(case=number, happened_on=month.last, outcome=month.outcome)
            uow.corrections.amend(_closing_position(month, closing), LATE_ENTRY_REASON, correct)
        reference = case.opening.reference
        done = SweepAction(what=what, duty=duty, reference=reference, day=month.last, outcome=month.outcome)
        return done if what else None

    return act
