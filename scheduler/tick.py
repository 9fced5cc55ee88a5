"""One sweep: what begins and ends by itself is opened and closed. Safe to run twice, or after weeks off.

The sweep opens every village's month with the roster of its first day, and closes it when its last day is
over, saying what was in by then: the end of a counting period, and never an approval. Facts of those days that
are entered after the close can make its word wrong; then the sweep mends it, its own word alone. Whatever it
stamps is the day on which it held, not the day the sweep ran.

Each case is a sitting of its own: one that cannot be opened or closed stops no other, and is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from config.clock import office_day
from config.duty import Duty, MonthDay, MonthTerm
from config.office import Months
from config.rounds import Round
from config.schemes import UnknownScheme
from scheduler.beginnings import still_to_begin, to_begin
from scheduler.desk import Desk
from scheduler.months import Month, month_before, read_month, reference_of, rounds
from scheduler.openings import Opening
from scheduler.sitting import Sitting
from storage.events import Amended, Closed, Facts
from storage.index import Index
from storage.log import Log
from storage.notices import calendar_with

ACTOR, MEANS = "system", "sweep"
ENTERED_LATER = "facts entered later"  # why the sweep mends its word; stored, so no phrase
MENDED_MONTHS = 3  # a word older than that is for a person to mend
OPENED, CLOSED, MENDED = "opened", "closed", "mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something the sweep did: ``what``, with which case, as of which day, with which outcome."""

    what: str
    duty: Duty
    reference: str
    day: date
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A case that could not be dealt with, and why; the others were."""

    reference: str
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did."""

    deeds: tuple[Deed, ...]
    stuck: tuple[Stuck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A case to look at. ``act`` looks again inside the sitting, and does what is still to be done."""

    reference: str
    act: Callable[[Sitting], Deed | None]


def sweep(desk: Desk, schemes: Collection[str]) -> Swept:
    """Open what begins, close what is over, mend what the sweep said too early.

    No month opens with a scoring scheme that is none of ``schemes``: it would keep that for ever.
    """
    today = office_day(desk.clock.now())
    deeds: list[Deed] = []
    stuck: list[Stuck] = []
    scheme = desk.office.months.scheme if desk.office.months else ""
    known = not scheme or scheme in schemes
    if not known:
        unknown = UnknownScheme(scheme=scheme, known=", ".join(sorted(schemes)))
        stuck.append(Stuck(reference="[months] scheme", error=unknown))
    # Opened first: a month that began and ended while nobody swept is closed in the same sweep.
    for find in (_to_open, _to_close, _to_begin) if known else (_to_close, _to_begin):
        for task in list(find(desk, today)):
            try:
                with desk.sitting(actor=ACTOR, means=MEANS) as sitting:
                    deed = task.act(sitting)
            except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
                stuck.append(Stuck(reference=task.reference, error=error))
            else:
                deeds += [deed] if deed else []
    return Swept(deeds=tuple(deeds), stuck=tuple(stuck))


def _to_open(desk: Desk, today: date) -> Iterator[_Task]:
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
                yield _Task(reference=reference_of(month, village), act=_opening(duty, month, village, facts))


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


def _to_begin(desk: Desk, today: date) -> Iterator[_Task]:
    """What begins by itself otherwise than in rounds."""
    with desk.store.reading() as connection:
        log = Log(connection, desk.office.slug)
        index = Index(connection, desk.office.slug, desk.duties)
        calendar = calendar_with(desk.calendar, log)
        found = list(to_begin(log, index, desk.office, calendar, today))
    for duty, opening in found:
        yield _Task(reference=opening.reference, act=_beginning(duty, opening))


def _beginning(duty: Duty, opening: Opening) -> Callable[[Sitting], Deed | None]:
    def act(sitting: Sitting) -> Deed | None:
        if not still_to_begin(opening, sitting.log, sitting.index):
            return None
        day = opening.happened_on
        sitting.open(duty.kind, opening.reference, day, opening.facts, key=opening.key)
        return Deed(what=OPENED, duty=duty, reference=opening.reference, day=day)

    return act


def _to_close(desk: Desk, today: date) -> Iterator[_Task]:
    for duty, names in rounds(desk.duties):
        with desk.store.reading() as connection:
            index = Index(connection, desk.office.slug, desk.duties)
            calendar = calendar_with(desk.calendar, Log(connection, desk.office.slug))
            lines = index.lines_of_kind(duty.kind, month_before(today, MENDED_MONTHS))
            cases = index.cases([line.number for line in lines])
        for number, case in cases.items():
            if case.opening is None:
                continue
            month = read_month(case, case.opening, duty, names, calendar)
            if _to_do(month, today):
                yield _Task(reference=case.opening.reference, act=_closing(duty, names, number, today))


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
