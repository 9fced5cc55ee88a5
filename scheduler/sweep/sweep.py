"""One sweep: what begins and ends by itself is opened and closed, and what is due is said. Safe to run twice.

Months and recurring cases are opened by what stands in the office's file; everything else is found by its wake-up
(``storage/messaging/wake_queue.py``), so that a sweep costs what is due and not what exists. Whatever it stamps is the day on
which it held, not the day it ran, however long nobody swept.

Each case is a sitting of its own: one that cannot be dealt with stops no other, is set aside for an hour, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date

from config.clock import office_day
from config.declarations.duty import Duty
from config.reporting.scoring_schemes import UnknownScheme
from scheduler.recording.recorder import Desk
from scheduler.recording.unit_of_work import Sitting
from scheduler.sweep.closings import to_end
from scheduler.sweep.openings import still_to_begin, to_begin
from scheduler.sweep.reminder_queue import ASIDE, DATABASE, Reach, everyone, remind
from scheduler.sweep.results import ACTOR, MEANS, OPENED, Deed, Stuck, Swept, Task
from scheduler.sweep.roster_check import call_roll
from scheduler.sweep.village_months import months_to_open
from scheduler.worklist.recurring_cases import Opening
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.messaging.wake_queue import Wakes

__all__ = ["Deed", "Stuck", "Swept", "look", "sweep", "unbegun"]


def sweep(desk: Desk, schemes: Collection[str], reach: Reach = everyone) -> Swept:
    """Open what begins, close what is over, mend what the sweep said too early, plan what is to be said.

    No month opens with a scoring scheme that is none of ``schemes``: it would keep that for ever.
    """
    today = office_day(desk.clock.now())
    stuck: list[Stuck] = []
    deeds: list[Deed] = []
    scheme = desk.office.months.scheme if desk.office.months else ""
    if not scheme or scheme in schemes:
        deeds += _done(desk, _found(lambda: months_to_open(desk, today), "months", stuck), stuck)
    else:
        unknown = UnknownScheme(scheme=scheme, known=", ".join(sorted(schemes)))
        stuck.append(Stuck(reference="[months] scheme", error=unknown))
    # Opened first: a month that began and ended while nobody swept is closed in the same sweep.
    deeds += _done(desk, _found(lambda: to_end(desk), "endings", stuck), stuck)
    deeds += _done(desk, _found(lambda: _to_begin(desk, today), "beginnings", stuck), stuck)
    looked = look(desk, reach)
    planned = looked.planned + _called(desk, reach, stuck)
    return Swept(deeds=(*deeds, *looked.deeds), stuck=(*stuck, *looked.stuck), planned=planned)


def look(desk: Desk, reach: Reach = everyone) -> Swept:
    """Look at what has woken, and at nothing else."""
    stuck: list[Stuck] = []
    deeds = _done(desk, _found(lambda: to_end(desk), "endings", stuck), stuck)
    planned = remind(desk, reach, stuck)
    return Swept(deeds=tuple(deeds), stuck=tuple(stuck), planned=planned)


def unbegun(desk: Desk, today: date) -> list[str]:
    """What should have begun by a day and has not, by its reference; the sweep begins it."""
    return [task.reference for task in (*months_to_open(desk, today), *_to_begin(desk, today))]


def _called(desk: Desk, reach: Reach, stuck: list[Stuck]) -> int:
    try:
        return call_roll(desk, reach)
    except Exception as error:  # noqa: BLE001 - whatever the roster says, the reminders are planned
        stuck.append(Stuck(reference="roster", error=error))
        return 0


def _found(find: Callable[[], Iterable[Task]], name: str, stuck: list[Stuck]) -> list[Task]:
    """What is to be done; where nobody can find that out it is told, and what people wait for is planned anyway."""
    try:
        return list(find())
    except Exception as error:  # noqa: BLE001 - whatever cannot begin or end, the reminders are planned
        stuck.append(Stuck(reference=name, error=error))
        return []


def _done(desk: Desk, tasks: Iterable[Task], stuck: list[Stuck]) -> list[Deed]:
    deeds: list[Deed] = []
    for task in tasks:
        try:
            with desk.sitting(actor=ACTOR, means=MEANS) as sitting:
                deed = task.act(sitting)
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            stuck.append(Stuck(reference=task.reference, error=error))
            if not isinstance(error, DATABASE):  # the next beat tries again
                _set_aside(desk, task, error)
        else:
            deeds += [deed] if deed else []
    return deeds


def _set_aside(desk: Desk, task: Task, error: Exception) -> None:
    if task.case:
        with desk.store.writing(desk.office.slug) as connection:
            until = desk.clock.now() + ASIDE
            Wakes(connection, desk.office.slug).set_aside(task.case, until, type(error).__name__)


def _to_begin(desk: Desk, today: date) -> Iterator[Task]:
    """What begins by itself otherwise than in rounds."""
    with desk.store.reading() as connection:
        log = Log(connection, desk.office.slug)
        index = Index(connection, desk.office.slug, desk.duties)
        calendar = calendar_with(desk.calendar, log)
        found = list(to_begin(log, index, desk.office, calendar, today))
    for duty, opening in found:
        yield Task(reference=opening.reference, act=_beginning(duty, opening))


def _beginning(duty: Duty, opening: Opening) -> Callable[[Sitting], Deed | None]:
    def act(sitting: Sitting) -> Deed | None:
        if not still_to_begin(opening, sitting.log, sitting.index):
            return None
        day = opening.happened_on
        sitting.open(duty.kind, opening.reference, day, opening.facts, key=opening.key)
        return Deed(what=OPENED, duty=duty, reference=opening.reference, day=day)

    return act
