"""The sample town on a clock that tests and commands share: what a year asks, and who does it."""

from bot.services.app import open_app
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case

REPORT_SIGNERS = (("office_director", "审核"), ("deputy_mayor", "复核"), ("mayor", "签发"))


def town_of(home, clock, day):
    clock.set_day(day)
    return open_app(home, clock=clock)


def swept(town, day):
    """A sweep, and a second one that finds nothing left: what the first did, of the kinds of the year."""
    town.clock.set_day(day)
    first, second = sweep(town.recorder, town.schemes()), sweep(town.recorder, town.schemes())
    assert (first.failures, second.failures, second.actions) == ((), (), ())
    kinds = {"yearly", "annual_report"}
    return [(deed.reference, deed.day) for deed in first.actions if deed.duty and deed.duty.kind in kinds]


def case_of(town, kind, reference):
    with town.log() as log:
        index = CaseProjections(log.connection, log.office, town.duties)
        number = index.find(kind, [reference]).get(reference, 0)
        return next(iter(index.cases([number]).values()), Case(number=0))


def acted(town, act, by="clerk"):
    with town.recorder.transaction(actor=by, means="test") as uow:
        act(uow)


def end(town):
    with town.log() as log:
        return log.end().position
