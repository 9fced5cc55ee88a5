"""Handing on, extension asked and refused, merging doubles, delivering: each leaves its record (art. 45)."""

from datetime import date

import pytest

from bot.services.app import OfficeApp
from scheduler.recording.recorder import ReferenceTaken
from scheduler.recording.unit_of_work import NothingToMerge
from scheduler.validation.violations import InFuture, WrongRole
from scheduler.worklist.agenda import agenda
from storage.eventlog.projections import CaseProjections


def open_request(works: OfficeApp, reference: str = "A1") -> int:
    with works.recorder.transaction(actor="clerk", means="test") as desk:
        return desk.open("request", reference, date(2026, 11, 2), {"applicant_kind": "natural_person"})


def take(works: OfficeApp, case: int, step: str, facts: dict[str, str | int]) -> None:
    with works.recorder.transaction(actor="clerk", means="test") as desk:
        desk.step(case, step, date(2026, 11, 10), facts)


def tasks(works: OfficeApp) -> list[tuple[int, str, date | None]]:
    with works.log() as log:
        index = CaseProjections(log.connection, log.office, works.duties)
        cases = index.cases(index.open_cases())
    found = agenda(cases.values(), works.duties, works.known_calendar(), works.today)
    return [(task.case.number, task.assignee, task.due.day) for task in found]


def test_a_case_handed_on_is_with_the_other_and_keeps_its_date(works: OfficeApp) -> None:
    case = open_request(works)
    before = tasks(works)
    take(works, case, "handed_on", {"to": "civil_director", "reason": "民政事项"})
    assert before == [(case, "", date(2026, 11, 30))]
    assert tasks(works) == [(case, "civil_director", date(2026, 11, 30))]


def test_it_is_handed_on_only_to_somebody_of_the_office(works: OfficeApp) -> None:
    case = open_request(works)
    with pytest.raises(WrongRole):
        take(works, case, "handed_on", {"to": "stranger"})


def test_an_extension_asked_and_refused_moves_no_date(works: OfficeApp) -> None:
    case = open_request(works)
    take(works, case, "extension_asked", {"days": 10, "reason": "需查档案"})
    take(works, case, "extension_refused", {"refused_by": "office_director", "reason": "可以按期答复"})
    assert tasks(works) == [(case, "", date(2026, 11, 30))]


def test_only_the_head_of_the_disclosure_office_refuses_an_extension(works: OfficeApp) -> None:
    case = open_request(works)
    with pytest.raises(WrongRole):
        take(works, case, "extension_refused", {"refused_by": "clerk", "reason": "试"})


def test_two_registrations_of_one_request_become_one(works: OfficeApp) -> None:
    one, double = open_request(works), open_request(works, "A2")
    with works.recorder.transaction(actor="clerk", means="test") as desk:
        desk.merge(double, one, "同一份申请，网上和信函各收到一次")
    made, _ = works.report(2026)
    assert made.figures["table3.received.total"] == 1
    assert [number for number, _, _ in tasks(works)] == [one]
    with works.log() as log:
        assert list(log.verify()) == []


@pytest.mark.parametrize(("double", "into"), [(1, 1), (1, 9), (9, 1)])
def test_a_case_is_not_merged_into_itself_or_into_nothing(works: OfficeApp, double: int, into: int) -> None:
    open_request(works)
    with pytest.raises(NothingToMerge), works.recorder.transaction(actor="clerk", means="test") as desk:
        desk.merge(double, into, "试")


def test_delivery_is_recorded_before_or_after_the_close(works: OfficeApp) -> None:
    case = open_request(works)
    with works.recorder.transaction(actor="clerk", means="test") as desk:
        desk.close(case, "granted", date(2026, 11, 9))
    take(works, case, "delivered", {"how": "挂号信"})
    assert tasks(works) == []


def test_one_reference_is_one_case(works: OfficeApp) -> None:
    open_request(works)
    with pytest.raises(ReferenceTaken):
        open_request(works)
    with pytest.raises(ReferenceTaken), works.recorder.transaction(actor="clerk", means="test") as desk:
        for _ in "12":
            desk.open("request", "A2", date(2026, 11, 2), {"applicant_kind": "natural_person"})
    with works.log() as log:
        assert log.end().position == 1


def test_nothing_is_counted_before_it_happens(works: OfficeApp) -> None:
    with pytest.raises(InFuture), works.recorder.transaction(actor="clerk", means="test") as desk:
        desk.count("licence", date(2026, 11, 24), quantity=1)
    with works.log() as log:
        assert log.end().position == 0
