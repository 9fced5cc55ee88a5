"""The sample town as tests open it, and the steps that their stories share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.services.app import OfficeApp, open_app, shipped_duties
from config.clock import ManualClock, manual_clock
from config.declarations.duty import Duties
from config.office.model import Office
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.results import SweepResult
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import FixedOffice
from storage.events.case import Case
from storage.events.events import LogEntry

Result = TypeVar("Result")


def open_town(
    home: Path, day: date, *, clock: ManualClock | None = None, duties: Duties | None = None
) -> OfficeApp:
    """Open the office in ``home`` on a day; on the test's ``clock`` where commands or the page are called too."""
    clock = clock or manual_clock(day)
    clock.set_day(day)
    return open_app(home, clock=clock, duties=duties)


def with_office(app: OfficeApp, office: Office) -> OfficeApp:
    """Return the office as another one, on every day: for rosters that no story changes meanwhile."""
    return replace(app, offices=FixedOffice(office))


def duties_of(*kinds: str) -> Duties:
    """Return the shipped duties of these kinds alone: others begin by themselves and are reminded of too."""
    return {kind: duty for kind, duty in shipped_duties().items() if kind in kinds}


@contextmanager
def transaction(app: OfficeApp, by: str = "clerk", means: str = "test") -> Iterator[UnitOfWork]:
    """One transaction in which a person records something."""
    with app.recorder.transaction(actor=by, means=means) as uow:
        yield uow


def record(app: OfficeApp, act: Callable[[UnitOfWork], Result], by: str = "clerk") -> Result:
    """Let a person record something in one transaction, and return what ``act`` returned."""
    with transaction(app, by) as uow:
        return act(uow)


def recorded(
    app: OfficeApp, act: Callable[[UnitOfWork], object], late_reason: str = ""
) -> Sequence[LogEntry]:
    """Let the clerk record something in one transaction, and return the entries it added to the log."""
    with transaction(app) as uow:
        uow.give_late_reason(late_reason)
        act(uow)
    return uow.entries


def attempt(app: OfficeApp, act: Callable[[UnitOfWork], Result], by: str = "clerk") -> Result:
    """Let a person try something in a transaction that is rolled back, and return what ``act`` returned."""
    with transaction(app, by) as uow:
        found = act(uow)
        uow.discard()
    return found


def log_end(app: OfficeApp) -> int:
    """Return the position of the last entry in the log; 0 for an empty one."""
    with app.log() as log:
        return log.end().position


def case_numbers(app: OfficeApp, kind: str, references: Sequence[str]) -> dict[str, int]:
    """Return the numbers of cases by their references, without those that do not exist."""
    with app.log() as log:
        return dict(CaseProjections(log.connection, log.office, app.duties).find(kind, references))


def case_number(app: OfficeApp, kind: str, reference: str) -> int:
    """Return the number of a case that must exist."""
    return case_numbers(app, kind, [reference])[reference]


def case_by_number(app: OfficeApp, number: int) -> Case:
    """Return a case that must exist."""
    with app.log() as log:
        return CaseProjections(log.connection, log.office, app.duties).cases([number])[number]


def case_of(app: OfficeApp, kind: str, reference: str) -> Case:
    """Return the case with this reference; an empty one where it does not exist."""
    number = case_numbers(app, kind, [reference]).get(reference)
    return case_by_number(app, number) if number else Case(number=0)


def table_differences(app: OfficeApp) -> list[str]:
    """Return how the derived tables differ from what a rebuild would make: never at all."""
    with app.store.reading() as connection:
        return CaseProjections(connection, app.office.slug, app.duties).differences()


def run_sweep(app: OfficeApp, day: date | None = None) -> SweepResult:
    """Sweep, on a day where one is given, and return everything it did and could not do."""
    if day:
        assert isinstance(app.clock, ManualClock)
        app.clock.set_day(day)
    return sweep(app.recorder, app.schemes())


def sweep_to_rest(app: OfficeApp, day: date) -> SweepResult:
    """Sweep twice on a day: nothing fails, and the second finds nothing left. Return what the first did."""
    first, second = run_sweep(app, day), run_sweep(app)
    assert (first.failures, second.failures, second.actions) == ((), (), ())
    return first
