"""Handing on, extension asked and refused, merging doubles, delivering: each leaves its record (art. 45)."""

from datetime import date

import pytest

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from scheduler.recording.case_commands import NothingToMerge
from scheduler.recording.entry_guard import ReferenceTaken
from scheduler.validation.violations import InFuture, WrongRole
from scheduler.worklist.agenda import agenda
from storage.eventlog.projections import CaseProjections


def open_request(app: OfficeApp, reference: str = "A1") -> int:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open("request", reference, date(2026, 11, 2), {"applicant_kind": "natural_person"})


def take(app: OfficeApp, case: int, step: str, facts: dict[str, str | int]) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.step(case, step, date(2026, 11, 10), facts)


def tasks(app: OfficeApp) -> list[tuple[int, str, date | None]]:
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        cases = index.cases(index.open_cases())
    found = agenda(cases.values(), app.duties, app.known_calendar(), app.today)
    return [(task.case.number, task.assignee, task.due.day) for task in found]


def test_a_case_handed_on_is_with_the_other_and_keeps_its_date(app: OfficeApp) -> None:
    case = open_request(app)
    before = tasks(app)
    take(app, case, "handed_on", {"to": "civil_director", "reason": "民政事项"})
    assert before == [(case, "", date(2026, 11, 30))]
    assert tasks(app) == [(case, "civil_director", date(2026, 11, 30))]


def test_it_is_handed_on_only_to_somebody_of_the_office(app: OfficeApp) -> None:
    case = open_request(app)
    with pytest.raises(WrongRole):
        take(app, case, "handed_on", {"to": "stranger"})


def test_an_extension_asked_and_refused_moves_no_date(app: OfficeApp) -> None:
    case = open_request(app)
    take(app, case, "extension_asked", {"days": 10, "reason": "需查档案"})
    take(
        app,
        case,
        "extension_refused",
        {"refused_by": "office_director", "reason": "可以按期答复", "consent_evidence": "签批单 4 号"},
    )
    assert tasks(app) == [(case, "", date(2026, 11, 30))]


def test_only_the_head_of_the_disclosure_office_refuses_an_extension(app: OfficeApp) -> None:
    case = open_request(app)
    with pytest.raises(WrongRole):
        take(app, case, "extension_refused", {"refused_by": "clerk", "reason": "试"})


def test_two_registrations_of_one_request_become_one(app: OfficeApp) -> None:
    one, double = open_request(app), open_request(app, "A2")
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.corrections.merge(double, one, "同一份申请，网上和信函各收到一次")
    made = annual_report(app, 2026).report
    assert made.figures["table3.received.total"] == 1
    assert [number for number, _, _ in tasks(app)] == [one]
    with app.log() as log:
        assert list(log.verify()) == []


@pytest.mark.parametrize(("double", "into"), [(1, 1), (1, 9), (9, 1)])
def test_a_case_is_not_merged_into_itself_or_into_nothing(app: OfficeApp, double: int, into: int) -> None:
    open_request(app)
    with pytest.raises(NothingToMerge), app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.corrections.merge(double, into, "试")


def test_delivery_is_recorded_before_or_after_the_close(app: OfficeApp) -> None:
    case = open_request(app)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.close(case, "granted", date(2026, 11, 9))
    take(app, case, "delivered", {"how": "post"})
    assert tasks(app) == []


def test_one_reference_is_one_case(app: OfficeApp) -> None:
    open_request(app)
    with pytest.raises(ReferenceTaken):
        open_request(app)
    with pytest.raises(ReferenceTaken), app.recorder.transaction(actor="clerk", means="test") as uow:
        for _ in "12":
            uow.cases.open("request", "A2", date(2026, 11, 2), {"applicant_kind": "natural_person"})
    with app.log() as log:
        assert log.end().position == 1


def test_nothing_is_counted_before_it_happens(app: OfficeApp) -> None:
    with pytest.raises(InFuture), app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.registers.count("licence", date(2026, 11, 24), quantity=1)
    with app.log() as log:
        assert log.end().position == 0
