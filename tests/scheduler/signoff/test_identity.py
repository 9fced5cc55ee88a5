"""Who is who: the tricks by which one person would sign twice, or a wrong one at all, and what each meets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.language.labels import Labels, describe_event
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp
from scheduler.signoff.refusals import (
    LeftOffice,
    NothingToSign,
    NotSignedYet,
    NotYours,
    OtherText,
    SignedAlready,
    WroteIt,
)
from storage.events.events import Signed
from tests.scheduler.signoff.town import (
    DAY,
    OTHER,
    SIGNERS,
    STAGES,
    TEXT,
    draft,
    publish,
    sign,
    state_of_text,
)
from tests.town import log_end, transaction, with_office


def without(app: OfficeApp, *people: str) -> OfficeApp:
    """The office after somebody left; departments they headed are headed by the archivist."""
    left = tuple(one for one in app.office.people if one.id not in people)
    heads = tuple(
        replace(one, head="archivist") if one.head in people else one for one in app.office.departments
    )
    return with_office(app, replace(app.office, people=left, departments=heads))


def everyone_may(app: OfficeApp, stage: int, *people: str) -> OfficeApp:
    """An office whose file lets these people act at a stage besides whoever does already."""
    role = app.office.chain("publication").stages[stage].by
    changed = tuple(
        replace(one, roles=(*one.roles, role)) if one.id in people else one for one in app.office.people
    )
    return with_office(app, replace(app.office, people=changed))


def stand_in(app: OfficeApp, person: str, deputy: str, days: int = 4) -> None:
    with transaction(app, person) as uow:
        uow.office.delegate(person, deputy, DAY, DAY + timedelta(days=days))


def test_two_accounts_of_one_person_are_one_person(app: OfficeApp, case: int) -> None:
    app = everyone_may(app, 2, "secrecy_officer")
    draft(app, case)
    with transaction(app, "secrecy_officer", "telegram") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
    with pytest.raises(NothingToSign), transaction(app, "secrecy_officer", "web") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
    sign(app, case, 1)
    with pytest.raises(SignedAlready), transaction(app, "secrecy_officer", "web") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[2], TEXT.digest)
    assert log_end(app) == 4


def test_a_writer_at_another_account_is_a_writer_still(app: OfficeApp, case: int) -> None:
    app = everyone_may(app, 0, "clerk")
    with transaction(app, "clerk", "web") as uow:
        uow.signoff.draft(case, "clerk", TEXT)
    with pytest.raises(WroteIt), transaction(app, "clerk", "telegram") as uow:
        uow.signoff.sign(case, "clerk", STAGES[0], TEXT.digest)


def test_a_deputy_who_signed_an_earlier_stage_signs_no_later_one(app: OfficeApp, case: int) -> None:
    draft(app, case)
    stand_in(app, "office_director", "finance_director")
    sign(app, case, 0)
    sign(app, case, 1)
    with pytest.raises(SignedAlready):
        sign(app, case, 2, by="finance_director")
    sign(app, case, 2)


def test_one_deputy_of_two_signs_for_one_of_them(app: OfficeApp, case: int) -> None:
    draft(app, case)
    stand_in(app, "secrecy_officer", "archivist")
    stand_in(app, "deputy_mayor", "archivist")
    sign(app, case, 0, by="archivist")
    sign(app, case, 1)
    sign(app, case, 2)
    with pytest.raises(SignedAlready):
        sign(app, case, 3, by="archivist")
    sign(app, case, 3)


def test_whoever_is_back_does_not_add_their_own_word_to_their_deputy_s(app: OfficeApp, case: int) -> None:
    app = everyone_may(app, 2, "secrecy_officer")
    draft(app, case)
    stand_in(app, "secrecy_officer", "archivist")
    sign(app, case, 0, by="archivist")
    sign(app, case, 1)
    with pytest.raises(SignedAlready):
        sign(app, case, 2, by="secrecy_officer")


def test_a_writer_s_deputy_does_not_sign_for_the_writer(app: OfficeApp, case: int) -> None:
    draft(app, case, by="secrecy_officer")
    stand_in(app, "secrecy_officer", "archivist")
    with pytest.raises(NotYours):
        sign(app, case, 0, by="archivist")


def test_a_deputy_who_wrote_signs_for_nobody(app: OfficeApp, case: int) -> None:
    draft(app, case, by="archivist")
    stand_in(app, "secrecy_officer", "archivist")
    with pytest.raises(WroteIt):
        sign(app, case, 0, by="archivist")


def test_a_deputy_s_deputy_acts_for_nobody_else(app: OfficeApp, case: int) -> None:
    draft(app, case)
    stand_in(app, "secrecy_officer", "archivist")
    stand_in(app, "archivist", "publicity_member")
    with pytest.raises(NotYours):
        sign(app, case, 0, by="publicity_member")


def test_a_delegation_that_is_over_lets_nobody_sign(app: OfficeApp, case: int) -> None:
    draft(app, case)
    stand_in(app, "secrecy_officer", "archivist", days=1)
    app.clock.set_day(DAY + timedelta(days=2))  # type: ignore[attr-defined]
    with pytest.raises(NotYours):
        sign(app, case, 0, by="archivist")


def test_the_author_who_edits_after_the_first_review_starts_it_again(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    sign(app, case, 1)
    draft(app, case, OTHER)
    for place in (1, 2):
        with pytest.raises(NothingToSign):
            sign(app, case, place, OTHER)
    with pytest.raises(OtherText):
        sign(app, case, 0, TEXT)
    with pytest.raises(NotSignedYet):
        publish(app, case)
    assert state_of_text(app, case).signed == ()


def test_a_reviewer_who_edits_is_a_writer_from_then_on(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    draft(app, case, OTHER, by="finance_director")
    sign(app, case, 0, OTHER)
    with pytest.raises(WroteIt):
        sign(app, case, 1, OTHER)


def test_a_person_who_left_while_the_button_was_on_the_screen_signs_nothing(
    app: OfficeApp, case: int
) -> None:
    draft(app, case)
    sign(app, case, 0)
    later = without(app, "finance_director")
    with pytest.raises(LeftOffice):
        sign(later, case, 1)
    sign(later, case, 1, by="archivist")
    assert log_end(app) == 4


def test_a_signature_outlives_its_signer_s_leaving(app: OfficeApp, case: int) -> None:
    draft(app, case)
    for place in range(2):
        sign(app, case, place)
    later = without(app, "secrecy_officer")
    assert state_of_text(later, case).stage.name == STAGES[2]
    sign(later, case, 2)


def test_a_stage_handed_to_somebody_who_left_is_everybody_s_again(app: OfficeApp, case: int) -> None:
    app = everyone_may(app, 0, "archivist")
    draft(app, case)
    with transaction(app, "secrecy_officer") as uow:
        uow.signoff.reassign_stage(case, "secrecy_officer", "archivist", TEXT.digest)
    with pytest.raises(NotYours):
        sign(app, case, 0)
    sign(without(app, "archivist"), case, 0)


def test_a_post_changes_and_the_signature_keeps_the_one_of_its_second(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    people = tuple(replace(one, post="副主任") if one.id == SIGNERS[0] else one for one in app.office.people)
    renamed = with_office(app, replace(app.office, people=people))
    assert [one.post for one in state_of_text(renamed, case).signed] == ["保密审查员"]


def test_whom_a_deputy_stood_in_for_is_said_once(app):
    signed = Signed(
        case=1,
        happened_on=DAY,
        by="publicity_member",
        post="宣传委员",
        stage="复审·二校",
        manifest="",
        deputy_for="office_director",
        deputy_for_post="党政办主任",
    )
    facts = describe_event(signed, None, Labels(book=phrasebook("zh"), office=app.office)).facts
    assert [value for _, value in facts if value == "党政办主任"] == ["党政办主任"]
