"""Particulars stand in the erasable table and nowhere else; the desk writes both in one transaction."""

import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.content.applicant import Applicant
from storage.content.applicant_store import (
    ApplicantStore,
    NoCaseToKeepFor,
    NothingGiven,
    NothingKept,
    TellingReason,
)
from storage.events.events import Erased
from tests.storage.content.people import APPLICANT, VALUES, erase, keep, kept, log_text, open_request, same


@pytest.fixture
def works(both_works):
    return both_works


def rows(works, table="particular"):
    with works.store.reading() as connection:
        return connection.execute(text(f"select * from {table}")).mappings().all()  # noqa: S608 - a test's own


def test_they_are_kept_by_case(works):
    first, second = open_request(works), open_request(works, reference="2")
    keep(works, first)
    assert kept(works, first) == APPLICANT
    assert kept(works, second) is None


def test_keeping_leaves_no_trace_in_the_log(works):
    case = open_request(works)
    before = log_text(works)
    keep(works, case)
    keep(works, case, replace(APPLICANT, contact="13900005678"))
    assert log_text(works) == before


def test_mending_takes_the_place_of_what_stood(works):
    case = open_request(works)
    keep(works, case)
    keep(works, case, replace(APPLICANT, contact="13900005678"))
    assert [row["contact"] for row in rows(works)] == ["13900005678"]


def test_opening_and_keeping_are_one_transaction(works):
    with pytest.raises(KeyError), works.recorder.transaction(actor="clerk", means="test") as sitting:
        case = sitting.open("request", "1", sitting.today, {"applicant_kind": "natural_person"})
        sitting.save_applicant(case, APPLICANT)
        raise KeyError
    assert rows(works) == []
    assert log_text(works) == "[]"


def test_a_case_opened_in_the_sitting_can_be_kept_for(works):
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        case = sitting.open("request", "1", sitting.today, {"applicant_kind": "natural_person"})
        sitting.save_applicant(case, APPLICANT)
    assert kept(works, case) == APPLICANT


def test_a_discarded_sitting_keeps_nothing(works):
    case = open_request(works)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.save_applicant(case, APPLICANT)
        sitting.discard()
    assert kept(works, case) is None


@pytest.mark.parametrize("case", [0, -1, 2])
def test_no_case_no_particulars(works, case):
    open_request(works)
    with pytest.raises(NoCaseToKeepFor):
        keep(works, case)


def test_nothing_cannot_be_kept(works):
    case = open_request(works)
    with pytest.raises(NothingGiven):
        keep(works, case, Applicant(identity_kind=""))


def test_erasing_leaves_its_fact_and_a_whole_log(works):
    case = open_request(works)
    keep(works, case)
    erase(works, case, "保存期满")
    with works.log() as log:
        facts = [entry.record for entry in log.read(cases=[case])]
        assert list(log.verify()) == []
    assert facts[-1] == Erased(case=case, happened_on=works.today, reason="保存期满")
    assert kept(works, case) is None


def test_erasing_follows_a_closed_case(works):
    case = open_request(works)
    keep(works, case)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.close(case, "other_result", sitting.today)
    works.clock.move(timedelta(days=400))
    erase(works, case)
    assert kept(works, case) is None
    with works.log() as log:
        assert list(log.verify()) == []


def test_an_erased_case_can_be_closed_for_an_earlier_day(works):
    case = open_request(works)
    keep(works, case)
    erase(works, case)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.close(case, "other_result", sitting.today - timedelta(days=3))


def test_a_void_case_can_be_erased(works):
    case = open_request(works)
    keep(works, case)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.amend(1, "误录")
    erase(works, case)
    assert kept(works, case) is None


def test_erasing_touches_no_figure(works):
    case = open_request(works)
    keep(works, case)
    before = works.report(2026)[0].figures
    erase(works, case)
    assert works.report(2026)[0].figures == before


def test_erasing_spares_all_others(works):
    cases = [open_request(works, reference=str(number)) for number in range(5)]
    for case in cases:
        keep(works, case, replace(APPLICANT, address=f"{case}号"))
    erase(works, cases[2])
    assert [row["case"] for row in rows(works)] == [*cases[:2], *cases[3:]]
    assert kept(works, cases[4]) == replace(APPLICANT, address=f"{cases[4]}号")


def test_erasing_spares_another_office(works):
    case = open_request(works)
    keep(works, case)
    with works.store.writing(works.office.slug) as connection:
        ApplicantStore(connection, "elsewhere").save(case, APPLICANT)
    erase(works, case)
    assert [row["office"] for row in rows(works)] == ["elsewhere"]
    assert [row["office"] for row in rows(works, "particular_key")] == ["elsewhere"]


def test_what_is_not_kept_cannot_be_erased(works):
    case = open_request(works)
    before = log_text(works)
    with pytest.raises(NothingKept):
        erase(works, case)
    assert log_text(works) == before


@pytest.mark.parametrize(
    "reason",
    [
        *VALUES,
        "应 13800001234 的要求",
        "申请人 甲乙 丙丁申请人 要求",
        "电话138-0000-1234",
        "１３８００００１２３４",
    ],
)
def test_a_reason_must_not_tell(works, reason):
    case = open_request(works)
    keep(works, case)
    with pytest.raises(TellingReason):
        erase(works, case, reason)
    assert kept(works, case) == APPLICANT


def test_cases_of_one_applicant_find_each_other(works):
    cases = [open_request(works, reference=str(number)) for number in range(4)]
    keep(works, cases[0])
    keep(works, cases[1], replace(APPLICANT, name="另一种写法", identity_number=" 0000001900 01010008 "))
    keep(works, cases[2], replace(APPLICANT, identity_number="000000190001010016"))
    keep(works, cases[3], replace(APPLICANT, identity_number="000000190001010008"))
    assert same(works, cases[0]) == [cases[1], cases[3]]
    assert same(works, cases[2]) == []
    erase(works, cases[1])
    assert same(works, cases[0]) == [cases[3]]


def test_without_a_paper_name_and_contact_tell(works):
    cases = [open_request(works, reference=str(number)) for number in range(4)]
    plain = Applicant(name="甲乙", contact="138 0000 1234")
    keep(works, cases[0], plain)
    keep(works, cases[1], Applicant(name="甲乙", contact="13800001234"))
    keep(works, cases[2], Applicant(name="甲乙", contact="13900005678"))
    keep(works, cases[3], Applicant(name="丙丁", contact="13800001234"))
    assert same(works, cases[0]) == [cases[1]]
    assert same(works, cases[2]) == []


def test_a_name_alone_joins_nobody(works):
    cases = [open_request(works, reference=str(number)) for number in range(2)]
    for case in cases:
        keep(works, case, Applicant(name="甲乙"))
    assert same(works, cases[0]) == []


def test_the_link_is_keyed_and_its_key_goes_last(works):
    first, second = open_request(works), open_request(works, reference="2")
    keep(works, first)
    keep(works, second)
    links = {row["applicant"] for row in rows(works)}
    keys = [row["secret"] for row in rows(works, "particular_key")]
    assert len(links) == len(keys) == 1
    assert len(keys[0]) == 64
    erase(works, first)
    assert [row["secret"] for row in rows(works, "particular_key")] == keys
    erase(works, second)
    assert rows(works, "particular_key") == []
    keep(works, first)
    assert {row["applicant"] for row in rows(works)} != links


def test_another_office_has_another_key(works):
    case = open_request(works)
    keep(works, case)
    with works.store.writing(works.office.slug) as connection:
        ApplicantStore(connection, "elsewhere").save(case, APPLICANT)
        assert ApplicantStore(connection, "elsewhere").same_applicant(case) == []
    assert len({row["applicant"] for row in rows(works)}) == 2


def test_lists_show_masked_names_only(works):
    cases = [open_request(works, reference=str(number)) for number in range(3)]
    keep(works, cases[0], Applicant(name="欧阳某某"))
    keep(works, cases[2])
    with works.store.reading() as connection:
        listed = ApplicantStore(connection, works.office.slug).masked_names([*cases, 99])
    assert listed == {cases[0]: "欧阳**", cases[2]: "甲**"}


def test_a_fault_carries_no_particulars(works):
    case = open_request(works)
    with works.store.writing(works.office.slug) as connection:
        connection.execute(text("alter table particular rename to aside"))
    with pytest.raises(DBAPIError) as fault:
        keep(works, case)
    with pytest.raises(DBAPIError) as insertion, works.store.writing(works.office.slug) as connection:
        connection.execute(text("alter table aside rename to particular"))
        connection.execute(text("alter table particular drop column address"))
        ApplicantStore(connection, works.office.slug).save(case, APPLICANT)
    for told in (str(fault.value), str(insertion.value)):
        assert "particular" in told
        assert not [value for value in VALUES if value in told]


def test_a_refused_row_is_quoted_nowhere_in_the_trace(works):
    """PostgreSQL adds the values of a row it refuses to its sentence."""
    first, second = open_request(works), open_request(works, reference="2")
    keep(works, first)
    with works.store.writing(works.office.slug) as connection:
        connection.execute(text("create unique index one_name on particular (name)"))
    with pytest.raises(IntegrityError) as fault:
        keep(works, second)
    told = "".join(traceback.format_exception(fault.value))
    assert "particular" in told
    assert not [value for value in VALUES if value in told]


def test_particulars_tell_nothing_of_themselves():
    for told in (repr(APPLICANT), str(APPLICANT), f"{APPLICANT}", repr([APPLICANT])):
        assert not [value for value in VALUES if value in told]


def test_rebuilding_leaves_them_alone(works):
    case = open_request(works)
    keep(works, case)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.index.rebuild()
        assert sitting.index.differences() == []
    assert kept(works, case) == APPLICANT
