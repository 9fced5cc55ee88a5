"""The fields of a form come from the questions of its act, which the chat asks as well."""

from datetime import date

import pytest

from bot.channels.web.request.forms import question_fields
from bot.dialog.questions import field_question, opening_questions, step_questions
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp
from config.declarations.duty import Field
from config.declarations.keys import CLERK, ORIGIN_FIELD, SECRECY_REVIEWER
from scheduler.recording.unit_of_work import UnitOfWork
from tests.bot.channels.web.visitor import Visitor

TODAY = date(2026, 11, 23)


@pytest.fixture
def labels(app: OfficeApp) -> Labels:
    return Labels(book=office_phrasebook(app.office, "zh"), office=app.office)


def _own_names(fields: list[str]) -> set[str]:
    """What a declaration asks, without what every form of the page carries."""
    return {name for name in fields if name.startswith("fact.") or name in {"day", "reference"}}


def test_a_page_asks_what_the_declaration_asks(app: OfficeApp, clerk: Visitor, labels: Labels) -> None:
    for kind, duty in app.duties.items():
        if duty.village_round:
            continue
        clerk.go(f"/new/{kind}")
        asked = {one.name for one in question_fields(opening_questions(labels, duty), TODAY)}
        assert _own_names(list(clerk.forms()["open"].fields)) == asked, kind


def test_a_case_is_handed_only_to_those_who_do_not_have_it(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go(f"/cases/{request_case}")
    offered = clerk.forms()["step.handed_on"].choices["fact.to"]
    assert set(offered) == {"", *(one.id for one in app.office.people)} - {"clerk"}
    clerk.send("step.handed_on", fact__to="office_director")
    clerk.go(f"/cases/{request_case}")
    again = clerk.forms()["step.handed_on"].choices["fact.to"]
    assert "clerk" in again
    assert "office_director" not in again


def test_a_place_is_chosen_from_those_of_the_office(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/publication")
    places = {one.id for one in (*app.office.departments, *app.office.villages)}
    assert set(clerk.forms()["open"].choices[f"fact.{ORIGIN_FIELD}"]) == {"", *places}


def test_the_only_holder_of_a_role_is_filled_in(app: OfficeApp, labels: Labels) -> None:
    field = Field(key="by", label="审查人", role=SECRECY_REVIEWER)
    holder = app.office.holders(SECRECY_REVIEWER)
    assert len(holder) == 1
    assert question_fields([field_question(labels, field)], TODAY)[0].value == holder[0].id


def test_where_nobody_holds_the_role_anybody_may_be_meant(app: OfficeApp, labels: Labels) -> None:
    field = Field(key="by", label="谁", role="no_such_role")
    made = question_fields([field_question(labels, field, actor="clerk")], TODAY)[0]
    assert [key for key, _ in made.choices] == [one.id for one in app.office.people]
    assert made.value == ""


def test_a_correction_keeps_a_person_who_has_left(labels: Labels) -> None:
    field = Field(key="by", label="经办人", role=CLERK)
    made = question_fields([field_question(labels, field)], TODAY, facts={"by": "former_clerk"})[0]
    assert made.value == "former_clerk"
    assert made.choices[-1] == ("former_clerk", "former_clerk")


def test_an_answer_is_given_by_one_of_those_asked(app: OfficeApp, clerk: Visitor, request_case: int) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        _consult(uow, request_case, "某公司")
        _consult(uow, request_case, "某企业")
    clerk.go(f"/cases/{request_case}")
    answers = [form for key, form in clerk.forms().items() if "某公司" in str(form.choices)]
    assert answers
    assert all({"", "某公司", "某企业"} == set(form.choices["fact.with"]) for form in answers)


def _consult(uow: UnitOfWork, case: int, whom: str) -> None:
    uow.cases.step(case, "consulted", date(2026, 11, 4), {"with": whom, "party": "third_party"})


def test_every_step_asks_its_day_first(app: OfficeApp, labels: Labels) -> None:
    for duty in app.duties.values():
        for step in duty.steps:
            fields = question_fields(step_questions(labels, step), TODAY)
            assert [one.name for one in fields] == ["day", *(f"fact.{one.key}" for one in step.fields)]
            assert fields[0].latest == TODAY.isoformat()
