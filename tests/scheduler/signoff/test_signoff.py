"""An answer is signed by the right people, in order, on one text; or it does not go out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.services.app import OfficeApp
from config.office.model import Chain, Stage
from scheduler.signoff.approval_state import approval_state
from scheduler.signoff.refusals import (
    NoSuchStage,
    NothingToSign,
    NotSignedYet,
    NotYours,
    OtherDecision,
    OtherText,
    SameText,
    SignedAlready,
    WroteIt,
)
from storage.content.applicant import Applicant
from storage.content.applicant_store import TellingReason
from storage.events.events import Closed, Drafted, Signed
from storage.events.manifest import Manifest
from tests.town import log_end, transaction

STAGES = ("保密审查", "审核", "签发")
SIGNERS = ("secrecy_officer", "office_director", "deputy_mayor")
FIRST, SECOND = Manifest(title="答复书", text="一稿"), Manifest(title="答复书", text="二稿")
ONE, TWO = FIRST.digest, SECOND.digest
GRANTED = Manifest(title="答复书", text="一稿", decision="granted")


@pytest.fixture
def case(app: OfficeApp) -> int:
    with transaction(app) as uow:
        return uow.cases.open("request", "A1", date(2026, 11, 2), {"applicant_kind": "natural_person"})


def draft(app: OfficeApp, case: int, text: Manifest = FIRST, by: str = "clerk") -> None:
    with transaction(app, by) as uow:
        uow.signoff.draft(case, by, text)


def sign(app: OfficeApp, case: int, place: int, manifest: str = ONE, by: str = "") -> None:
    who = by or SIGNERS[place]
    with transaction(app, who) as uow:
        uow.signoff.sign(case, who, STAGES[place], manifest)


def close(app: OfficeApp, case: int, outcome: str = "granted") -> None:
    with transaction(app) as uow:
        uow.cases.close(case, outcome, date(2026, 11, 20))


def test_three_different_people_sign_one_text_and_it_goes_out(app: OfficeApp, case: int) -> None:
    draft(app, case)
    for place in range(3):
        sign(app, case, place)
    close(app, case)
    assert log_end(app) == 6
    with app.log() as log:
        assert list(log.verify()) == []


def test_an_answer_without_a_text_is_closed_as_before(app: OfficeApp, case: int) -> None:
    close(app, case)
    assert log_end(app) == 2


def test_a_text_that_is_being_signed_does_not_go_out(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with pytest.raises(NotSignedYet, match="审核"):
        close(app, case)
    assert log_end(app) == 3


def test_a_withdrawn_request_is_closed_whatever_was_drafted(app: OfficeApp, case: int) -> None:
    draft(app, case)
    close(app, case, "other_result")
    assert log_end(app) == 3


def test_a_changed_text_voids_every_signature(app: OfficeApp, case: int) -> None:
    draft(app, case)
    for place in range(3):
        sign(app, case, place)
    draft(app, case, SECOND)
    with pytest.raises(NotSignedYet, match="保密审查"):
        close(app, case)
    with pytest.raises(OtherText):
        sign(app, case, 0, ONE)
    assert log_end(app) == 6


@pytest.mark.parametrize(
    ("place", "by", "refusal"),
    [
        (1, "office_director", NothingToSign),  # before its turn
        (0, "deputy_mayor", NotYours),
        (0, "clerk", WroteIt),
        (0, "jia_reporter", NotYours),
    ],
)
def test_nobody_signs_what_is_not_theirs(
    app: OfficeApp, case: int, place: int, by: str, refusal: type[Exception]
) -> None:
    draft(app, case)
    with pytest.raises(refusal):
        sign(app, case, place, by=by)
    assert log_end(app) == 2


def test_a_writer_of_any_version_signs_none(app: OfficeApp, case: int) -> None:
    draft(app, case, FIRST, by="secrecy_officer")
    draft(app, case, SECOND, by="clerk")
    with pytest.raises(WroteIt):
        sign(app, case, 0, TWO)


def test_a_double_tap_is_one_signature(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with pytest.raises(NothingToSign):
        sign(app, case, 0)
    assert log_end(app) == 3


def test_a_return_runs_the_later_stages_again(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    sign(app, case, 1)
    with transaction(app, "deputy_mayor") as uow:
        uow.signoff.send_back(case, "deputy_mayor", ONE, "依据不清", to="审核")
    with pytest.raises(NothingToSign):
        sign(app, case, 2)
    sign(app, case, 1)
    sign(app, case, 2)
    close(app, case)


def test_a_return_to_the_writer_waits_for_a_new_text(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with transaction(app, "office_director") as uow:
        uow.signoff.send_back(case, "office_director", ONE, "请重写")
    with pytest.raises(NothingToSign):
        sign(app, case, 0)
    draft(app, case, SECOND)
    for place in range(3):
        sign(app, case, place, TWO)
    close(app, case)


def test_it_is_returned_only_to_a_stage_that_has_signed(app: OfficeApp, case: int) -> None:
    draft(app, case)
    with pytest.raises(NoSuchStage), transaction(app, "secrecy_officer") as uow:
        uow.signoff.send_back(case, "secrecy_officer", ONE, "试", to="签发")


def test_nobody_signs_two_stages(app: OfficeApp, case: int) -> None:
    office = app.office
    everyone = {who.id for who in office.people}
    draft(app, case)
    sign(app, case, 0)
    for who in sorted(everyone - {"office_director"}):
        with pytest.raises((NotYours, WroteIt, SignedAlready)):
            sign(app, case, 1, by=who)
    assert log_end(app) == 3


def test_silence_signs_nothing(app: OfficeApp, case: int) -> None:
    draft(app, case)
    app.clock.move(timedelta(days=400))  # type: ignore[attr-defined]
    with pytest.raises(NotSignedYet):
        close(app, case)


def test_the_signed_text_is_closed_with_what_it_announces(app: OfficeApp, case: int) -> None:
    with transaction(app) as uow:
        uow.signoff.draft(case, "clerk", GRANTED)
    for place in range(3):
        sign(app, case, place, GRANTED.digest)
    with pytest.raises(OtherDecision, match="予以公开"):
        close(app, case, "not_held")
    close(app, case, "granted")
    assert log_end(app) == 6


def test_the_same_text_again_voids_nothing(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with pytest.raises(SameText):
        draft(app, case)
    sign(app, case, 1)
    assert log_end(app) == 4


def test_a_title_and_a_reason_name_no_applicant(app: OfficeApp, case: int) -> None:
    with transaction(app) as uow:
        uow.cases.save_applicant(case, Applicant(name="测试申请人甲"))
    with pytest.raises(TellingReason), transaction(app) as uow:
        uow.signoff.draft(case, "clerk", replace(FIRST, title="致测试申请人甲的答复书"))
    draft(app, case)
    with pytest.raises(TellingReason), transaction(app, "secrecy_officer") as uow:
        uow.signoff.send_back(case, "secrecy_officer", ONE, "测试申请人甲的名字写错")
    assert log_end(app) == 2


def test_where_all_must_sign_one_is_not_enough_and_nobody_is_never_all(app: OfficeApp, case: int) -> None:
    posts = replace(
        app.office.person("clerk"), id="second", post="第二保密审查员", roles=("secrecy_reviewer",)
    )
    office = replace(app.office, people=(*app.office.people, posts))
    chain = Chain(kind="request_reply", stages=(Stage(name="保密审查", by="secrecy_reviewer", rule="all"),))
    text = Drafted(case=case, happened_on=date(2026, 11, 3), by="clerk", manifest=ONE, route=("保密审查",))
    signatures = [
        Signed(case=case, happened_on=date(2026, 11, 4), by=by, post="", stage="保密审查", manifest=ONE)
        for by in ("secrecy_officer", "second")
    ]
    assert [approval_state(chain, office, [text, *signatures[:count]]).complete for count in (0, 1, 2)] == [
        False,
        False,
        True,
    ]
    nobody = Chain(kind="request_reply", stages=(Stage(name="保密审查", by="nobody", rule="all"),))
    assert not approval_state(nobody, office, [text]).complete


def test_a_corrected_close_does_not_walk_around_the_signatures(app: OfficeApp, case: int) -> None:
    draft(app, case)
    close(app, case, "other_result")
    with pytest.raises(NotSignedYet), transaction(app) as uow:
        uow.corrections.amend(
            3, "结果填错", Closed(case=case, happened_on=date(2026, 11, 20), outcome="granted")
        )
    with transaction(app) as uow:
        uow.corrections.amend(
            3, "日期填错", Closed(case=case, happened_on=date(2026, 11, 19), outcome="other_result")
        )
    assert log_end(app) == 4


def test_a_signed_answer_is_not_corrected_into_another(app: OfficeApp, case: int) -> None:
    with transaction(app) as uow:
        uow.signoff.draft(case, "clerk", GRANTED)
    for place in range(3):
        sign(app, case, place, GRANTED.digest)
    close(app, case)
    with pytest.raises(OtherDecision), transaction(app) as uow:
        uow.corrections.amend(
            6, "结果填错", Closed(case=case, happened_on=date(2026, 11, 20), outcome="not_held")
        )
    assert log_end(app) == 6


def test_a_correction_s_reason_names_no_applicant(app: OfficeApp, case: int) -> None:
    with transaction(app) as uow:
        uow.cases.save_applicant(case, Applicant(name="测试申请人甲"))
    with pytest.raises(TellingReason), transaction(app) as uow:
        uow.corrections.amend(1, "测试申请人甲来电更正")
    assert log_end(app) == 1
