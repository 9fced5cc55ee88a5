"""Particulars stand in the erasable table and nowhere else; the desk writes both in one transaction."""

import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.services.annual_reports import annual_report
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
def app(both_apps):
    return both_apps


def rows(app, table="particular"):
    with app.store.reading() as connection:
        return connection.execute(text(f"select * from {table}")).mappings().all()  # noqa: S608 - a test's own


def test_they_are_kept_by_case(app):
    first, second = open_request(app), open_request(app, reference="2")
    keep(app, first)
    assert kept(app, first) == APPLICANT
    assert kept(app, second) is None


def test_keeping_leaves_no_trace_in_the_log(app):
    case = open_request(app)
    before = log_text(app)
    keep(app, case)
    keep(app, case, replace(APPLICANT, contact="13900005678"))
    assert log_text(app) == before


def test_mending_takes_the_place_of_what_stood(app):
    case = open_request(app)
    keep(app, case)
    keep(app, case, replace(APPLICANT, contact="13900005678"))
    assert [row["contact"] for row in rows(app)] == ["13900005678"]


def test_opening_and_keeping_are_one_transaction(app):
    with pytest.raises(KeyError), app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open("request", "1", uow.context.today, {"applicant_kind": "natural_person"})
        uow.cases.save_applicant(case, APPLICANT)
        raise KeyError
    assert rows(app) == []
    assert log_text(app) == "[]"


def test_a_case_opened_in_the_sitting_can_be_kept_for(app):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open("request", "1", uow.context.today, {"applicant_kind": "natural_person"})
        uow.cases.save_applicant(case, APPLICANT)
    assert kept(app, case) == APPLICANT


def test_a_discarded_sitting_keeps_nothing(app):
    case = open_request(app)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.save_applicant(case, APPLICANT)
        uow.discard()
    assert kept(app, case) is None


@pytest.mark.parametrize("case", [0, -1, 2])
def test_no_case_no_particulars(app, case):
    open_request(app)
    with pytest.raises(NoCaseToKeepFor):
        keep(app, case)


def test_nothing_cannot_be_kept(app):
    case = open_request(app)
    with pytest.raises(NothingGiven):
        keep(app, case, Applicant(identity_kind=""))


def test_erasing_leaves_its_fact_and_a_whole_log(app):
    case = open_request(app)
    keep(app, case)
    erase(app, case, "保存期满")
    with app.log() as log:
        facts = [entry.record for entry in log.read(cases=[case])]
        assert list(log.verify()) == []
    assert facts[-1] == Erased(case=case, happened_on=app.today, reason="保存期满")
    assert kept(app, case) is None


def test_erasing_follows_a_closed_case(app):
    case = open_request(app)
    keep(app, case)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.close(case, "other_result", uow.context.today)
    app.clock.move(timedelta(days=400))
    erase(app, case)
    assert kept(app, case) is None
    with app.log() as log:
        assert list(log.verify()) == []


def test_an_erased_case_can_be_closed_for_an_earlier_day(app):
    case = open_request(app)
    keep(app, case)
    erase(app, case)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.close(case, "other_result", uow.context.today - timedelta(days=3))


def test_a_void_case_can_be_erased(app):
    case = open_request(app)
    keep(app, case)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.corrections.amend(1, "误录")
    erase(app, case)
    assert kept(app, case) is None


def test_erasing_touches_no_figure(app):
    case = open_request(app)
    keep(app, case)
    before = annual_report(app, 2026).report.figures
    erase(app, case)
    assert annual_report(app, 2026).report.figures == before


def test_erasing_spares_all_others(app):
    cases = [open_request(app, reference=str(number)) for number in range(5)]
    for case in cases:
        keep(app, case, replace(APPLICANT, address=f"{case}号"))
    erase(app, cases[2])
    assert [row["case"] for row in rows(app)] == [*cases[:2], *cases[3:]]
    assert kept(app, cases[4]) == replace(APPLICANT, address=f"{cases[4]}号")


def test_erasing_spares_another_office(app):
    case = open_request(app)
    keep(app, case)
    with app.store.writing(app.office.slug) as connection:
        ApplicantStore(connection, "elsewhere").save(case, APPLICANT)
    erase(app, case)
    assert [row["office"] for row in rows(app)] == ["elsewhere"]
    assert [row["office"] for row in rows(app, "particular_key")] == ["elsewhere"]


def test_what_is_not_kept_cannot_be_erased(app):
    case = open_request(app)
    before = log_text(app)
    with pytest.raises(NothingKept):
        erase(app, case)
    assert log_text(app) == before


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
def test_a_reason_must_not_tell(app, reason):
    case = open_request(app)
    keep(app, case)
    with pytest.raises(TellingReason):
        erase(app, case, reason)
    assert kept(app, case) == APPLICANT


def test_cases_of_one_applicant_find_each_other(app):
    cases = [open_request(app, reference=str(number)) for number in range(4)]
    keep(app, cases[0])
    keep(app, cases[1], replace(APPLICANT, name="另一种写法", identity_number=" 0000001900 01010008 "))
    keep(app, cases[2], replace(APPLICANT, identity_number="000000190001010016"))
    keep(app, cases[3], replace(APPLICANT, identity_number="000000190001010008"))
    assert same(app, cases[0]) == [cases[1], cases[3]]
    assert same(app, cases[2]) == []
    erase(app, cases[1])
    assert same(app, cases[0]) == [cases[3]]


def test_without_a_paper_name_and_contact_tell(app):
    cases = [open_request(app, reference=str(number)) for number in range(4)]
    plain = Applicant(name="甲乙", contact="138 0000 1234")
    keep(app, cases[0], plain)
    keep(app, cases[1], Applicant(name="甲乙", contact="13800001234"))
    keep(app, cases[2], Applicant(name="甲乙", contact="13900005678"))
    keep(app, cases[3], Applicant(name="丙丁", contact="13800001234"))
    assert same(app, cases[0]) == [cases[1]]
    assert same(app, cases[2]) == []


def test_a_name_alone_joins_nobody(app):
    cases = [open_request(app, reference=str(number)) for number in range(2)]
    for case in cases:
        keep(app, case, Applicant(name="甲乙"))
    assert same(app, cases[0]) == []


def test_the_link_is_keyed_and_its_key_goes_last(app):
    first, second = open_request(app), open_request(app, reference="2")
    keep(app, first)
    keep(app, second)
    links = {row["applicant"] for row in rows(app)}
    keys = [row["secret"] for row in rows(app, "particular_key")]
    assert len(links) == len(keys) == 1
    assert len(keys[0]) == 64
    erase(app, first)
    assert [row["secret"] for row in rows(app, "particular_key")] == keys
    erase(app, second)
    assert rows(app, "particular_key") == []
    keep(app, first)
    assert {row["applicant"] for row in rows(app)} != links


def test_another_office_has_another_key(app):
    case = open_request(app)
    keep(app, case)
    with app.store.writing(app.office.slug) as connection:
        ApplicantStore(connection, "elsewhere").save(case, APPLICANT)
        assert ApplicantStore(connection, "elsewhere").same_applicant(case) == []
    assert len({row["applicant"] for row in rows(app)}) == 2


def test_lists_show_masked_names_only(app):
    cases = [open_request(app, reference=str(number)) for number in range(3)]
    keep(app, cases[0], Applicant(name="欧阳某某"))
    keep(app, cases[2])
    with app.store.reading() as connection:
        listed = ApplicantStore(connection, app.office.slug).masked_names([*cases, 99])
    assert listed == {cases[0]: "欧阳**", cases[2]: "甲**"}


def test_a_fault_carries_no_particulars(app):
    case = open_request(app)
    with app.store.writing(app.office.slug) as connection:
        connection.execute(text("alter table particular rename to aside"))
    with pytest.raises(DBAPIError) as fault:
        keep(app, case)
    with pytest.raises(DBAPIError) as insertion, app.store.writing(app.office.slug) as connection:
        connection.execute(text("alter table aside rename to particular"))
        connection.execute(text("alter table particular drop column address"))
        ApplicantStore(connection, app.office.slug).save(case, APPLICANT)
    for told in (str(fault.value), str(insertion.value)):
        assert "particular" in told
        assert not [value for value in VALUES if value in told]


def test_a_refused_row_is_quoted_nowhere_in_the_trace(app):
    """PostgreSQL adds the values of a row it refuses to its sentence."""
    first, second = open_request(app), open_request(app, reference="2")
    keep(app, first)
    with app.store.writing(app.office.slug) as connection:
        connection.execute(text("create unique index one_name on particular (name)"))
    with pytest.raises(IntegrityError) as fault:
        keep(app, second)
    told = "".join(traceback.format_exception(fault.value))
    assert "particular" in told
    assert not [value for value in VALUES if value in told]


def test_particulars_tell_nothing_of_themselves():
    for told in (repr(APPLICANT), str(APPLICANT), f"{APPLICANT}", repr([APPLICANT])):
        assert not [value for value in VALUES if value in told]


def test_rebuilding_leaves_them_alone(app):
    case = open_request(app)
    keep(app, case)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.context.index.rebuild()
        assert uow.context.index.differences() == []
    assert kept(app, case) == APPLICANT
