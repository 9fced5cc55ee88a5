"""Nothing that is recorded for ever holds a person's number or names an applicant, whichever command records it."""

from datetime import date
from decimal import Decimal

import pytest

from bot.language.phrasebook import phrasebook
from scheduler.recording.context import ApplicantNamed, LandlineFound, PersonalNumberFound
from storage.proofread.personal_data.id_numbers import check_character
from tests.storage.content.people import APPLICANT, keep, open_request, traces
from tests.town import log_end, record

DAY = date(2026, 11, 23)
IDENTITY = "11010119900307427" + check_character("11010119900307427")  # generated
MOBILE = "13800001234"
FACTS = {"applicant_kind": "natural_person"}
ACTS = {
    "编号": lambda uow, words: uow.cases.open("request", words, DAY, FACTS),
    "备注": lambda uow, words: uow.cases.open("request", "9", DAY, {**FACTS, "note": words}),
    "征求的第三方": lambda uow, words: uow.cases.step(1, "consulted", DAY, {"third_party": words}),
    "标题": lambda uow, words: uow.registers.record_activity("training", DAY, words, 3),
    "佐证": lambda uow, words: uow.registers.record_activity("training", DAY, "培训", 3, words),
    "理由": lambda uow, words: uow.office.delegate("clerk", "archivist", DAY, DAY, words),
    "更正": lambda uow, words: uow.corrections.amend(1, words),
}
"""By what a refusal calls the place: how the words get there."""


@pytest.mark.parametrize(
    "number", [IDENTITY, f"电话{MOBILE}", " ".join(IDENTITY), IDENTITY.translate({48: "０"})]
)
@pytest.mark.parametrize("place", ACTS)
def test_a_person_s_number_is_not_recorded_and_the_place_is_named(app, place, number):
    open_request(app)
    before = log_end(app)
    with pytest.raises(PersonalNumberFound) as refused:
        record(app, lambda uow: ACTS[place](uow, f"张某，{number}"))
    assert log_end(app) == before
    said = phrasebook("zh").error(refused.value)
    assert "不能抹去" in said
    assert number not in said
    assert "**" in said


@pytest.mark.parametrize(
    "value", [APPLICANT.name, APPLICANT.contact, APPLICANT.address, APPLICANT.identity_number]
)
def test_an_applicant_is_not_named_in_their_case(app, value):
    case = open_request(app)
    keep(app, case)
    before = log_end(app)
    with pytest.raises((ApplicantNamed, PersonalNumberFound)) as refused:
        record(app, lambda uow: uow.cases.step(case, "consulted", DAY, {"third_party": f"某公司（{value}）"}))
    assert log_end(app) == before
    assert value not in str(refused.value)


def test_a_form_that_names_the_applicant_beside_their_particulars_records_neither(app):
    def opened(uow):
        case = uow.cases.open("request", "5", DAY, {**FACTS, "note": f"{APPLICANT.name}要的"})
        uow.cases.save_applicant(case, APPLICANT)

    with pytest.raises(ApplicantNamed):
        record(app, opened)
    assert log_end(app) == 0


def test_a_dispute_does_not_name_the_applicant_of_its_request(app):
    keep(app, open_request(app))
    facts = {"route": "reconsideration", "request": "1", "number": f"{APPLICANT.name}诉"}
    with pytest.raises(ApplicantNamed):
        record(app, lambda uow: uow.cases.open("dispute", f"{APPLICANT.name}案", DAY, {**facts}))


@pytest.mark.parametrize(
    "words", ["张某电话：0535-6123456", "家庭电话（0535）6123456", "申请人联系电话6123456"]
)
def test_a_landline_that_is_called_a_person_s_is_recorded_nowhere(app, words):
    with pytest.raises(PersonalNumberFound):
        record(app, lambda uow: ACTS["佐证"](uow, words))
    assert log_end(app) == 0


def consulted(case, words):
    return lambda uow: uow.cases.step(case, "consulted", DAY, {"with": words, "party": "third_party"})


def test_where_a_case_has_an_applicant_a_landline_is_an_office_s_or_not_recorded(app):
    case = open_request(app)
    keep(app, case)
    before = log_end(app)
    with pytest.raises(LandlineFound) as refused:
        record(app, consulted(case, "第三方，已回电0535-6123456"))
    said = phrasebook("zh").error(refused.value)
    assert "写明单位" in said
    assert "6123456" not in said
    assert log_end(app) == before
    record(app, consulted(case, "县自然资源局，电话0535-6123456"))
    assert log_end(app) == before + 1


def test_where_nobody_has_applied_a_landline_is_an_office_s(app):
    record(app, consulted(open_request(app), "第三方，已回电0535-6123456"))


def test_the_office_s_own_telephones_amounts_and_codes_are_recorded(app):
    def told(uow):
        uow.registers.record_activity("training", DAY, "培训，咨询电话0535-0000000", 13)
        uow.registers.count("information_fee", DAY, amount_yuan=Decimal("13800001234.00"))
        uow.cases.open("request", "召公开〔2026〕138000号", DAY, FACTS)

    record(app, told)
    assert log_end(app) == 3


def test_the_note_of_an_imported_row_can_be_erased(app, gongkai, tmp_path):
    register = tmp_path / "register.csv"
    row = "1,2026-11-02,自然人,,,,,,张某本人来的，电话13800001234\n"
    register.write_text(
        f"编号,收到日期,申请人类型,办结日期,办理结果,收到方式,答复期限,延期天数,备注\n{row}", "utf-8"
    )
    assert gongkai("import", "requests", str(register)).code == 0
    assert "13800001234" in gongkai("private", "show", "1", "--reveal").out
    assert "13800001234" not in repr([entry.record for entry in _entries(app)])
    assert gongkai("private", "erase", "1", "--reason", "保存期满").code == 0
    assert traces(app.home.path, "13800001234") == set()
    assert gongkai("import", "requests", str(register)).code == 0  # the same file again brings nothing back
    assert traces(app.home.path, "13800001234") == set()


def _entries(app):
    with app.log() as log:
        return list(log.read())


def test_a_row_whose_reference_is_somebody_s_number_is_named_by_its_line(app, gongkai, tmp_path):
    register = tmp_path / "register.csv"
    register.write_text(
        f"编号,收到日期,申请人类型,办结日期,办理结果\n1,2026-11-02,自然人,,\n{IDENTITY},2026-11-03,自然人,,\n",
        "utf-8",
    )
    refused = gongkai("import", "requests", str(register))
    assert refused.code == 1
    assert "第 3 行" in refused.out + refused.err
    assert IDENTITY not in refused.out + refused.err
    assert log_end(app) == 0
