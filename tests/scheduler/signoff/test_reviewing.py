"""What reviewers do about a text besides signing it: take back, reject, hand on, let pass, stand in for each other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.app import OfficeApp
from scheduler.recording.context import ForAnother
from scheduler.recording.office_commands import NoDelegation, NotYourDelegation
from scheduler.recording.signoff_commands import OneActAtATime
from scheduler.signoff.refusals import (
    AllMustSign,
    CaseOver,
    EndedText,
    MayNotOverride,
    NobodyOverrides,
    NothingToSign,
    NothingToWithdraw,
    NotRejected,
    NotTheirs,
    NotYours,
    OtherChain,
    OtherText,
    SaidToPass,
    WentOn,
    WentOut,
    WroteIt,
)
from scheduler.signoff.signing_rights import blocked_stages
from scheduler.worklist.pending import WaitKind
from storage.eventlog.overrides import overrides_of_year
from tests.scheduler.signoff.town import (
    DAY,
    OTHER,
    STAGES,
    TEXT,
    close,
    draft,
    publish,
    sign,
    sign_all,
    state_of_text,
    waiting,
)
from tests.town import log_end, table_differences, transaction, with_office


def delegate(app: OfficeApp, person: str, deputy: str, *, by: str = "", days: int = 4) -> int:
    with transaction(app, by or person) as uow:
        uow.office.delegate(person, deputy, DAY, DAY + timedelta(days=days), "出差")
    return uow.entries[-1].position


def test_a_signature_is_taken_back_only_before_the_next_acts(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with transaction(app, "secrecy_officer") as uow:
        uow.signoff.withdraw(case, "secrecy_officer", "看漏一处")
    assert state_of_text(app, case).stage.name == STAGES[0]
    with pytest.raises(NothingToWithdraw), transaction(app, "secrecy_officer") as uow:
        uow.signoff.withdraw(case, "secrecy_officer", "再撤")
    sign_all(app, case)
    with pytest.raises(WentOn), transaction(app, "office_director") as uow:
        uow.signoff.withdraw(case, "office_director", "后悔")
    publish(app, case)
    with pytest.raises(WentOut), transaction(app, "deputy_mayor") as uow:
        uow.signoff.withdraw(case, "deputy_mayor", "后悔")
    assert table_differences(app) == []


def test_a_rejected_text_has_ended(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    with pytest.raises(NotRejected):
        close(app, case, "rejected")
    with transaction(app, "finance_director") as uow:
        uow.signoff.reject(case, "finance_director", TEXT.digest, "内容已过时")
    with pytest.raises(EndedText):
        sign(app, case, 1)
    with pytest.raises(EndedText):
        draft(app, case, OTHER)
    with pytest.raises(EndedText):
        close(app, case, "withdrawn")
    assert waiting(app, case)[0][0] is WaitKind.ACT
    close(app, case, "rejected")
    assert log_end(app) == 5


def test_a_closed_case_s_text_is_left_alone(app: OfficeApp, case: int) -> None:
    draft(app, case)
    close(app, case, "withdrawn")
    with pytest.raises(CaseOver):
        sign(app, case, 0)
    with pytest.raises(CaseOver):
        draft(app, case, OTHER)


def two_reviewers(app: OfficeApp, rule: str = "any") -> OfficeApp:
    """A second secrecy reviewer, and the rule of their stage."""
    office = app.office
    second = replace(office.person("archivist"), roles=("secrecy_reviewer",), deputies=())
    people = tuple(second if one.id == "archivist" else one for one in office.people)
    chain = office.chain("publication")
    stages = (replace(chain.stages[0], rule=rule), *chain.stages[1:])
    others = tuple(one for one in office.chains if one.kind != "publication")
    chains = (*others, replace(chain, stages=stages))
    return with_office(app, replace(office, people=people, chains=chains))


def test_whoever_a_stage_is_handed_to_acts_alone(app: OfficeApp, case: int) -> None:
    app = two_reviewers(app)
    draft(app, case)
    with pytest.raises(NotTheirs), transaction(app, "archivist") as uow:
        uow.signoff.reassign_stage(case, "archivist", "finance_director", TEXT.digest)
    with transaction(app, "archivist") as uow:
        uow.signoff.reassign_stage(case, "archivist", "secrecy_officer", TEXT.digest, "外出")
    with pytest.raises(NotYours, match="保密审查员"):
        sign(app, case, 0, by="archivist")
    sign(app, case, 0)


def test_where_all_sign_nothing_is_handed_on_and_nobody_is_waited_for_who_left(
    app: OfficeApp, case: int
) -> None:
    both = two_reviewers(app, "all")
    draft(both, case)
    sign(both, case, 0)
    assert state_of_text(both, case).stage.name == STAGES[0]
    with pytest.raises(AllMustSign), transaction(both, "archivist") as uow:
        uow.signoff.reassign_stage(case, "archivist", "secrecy_officer", TEXT.digest)
    people = tuple(one for one in both.office.people if one.id != "archivist")
    alone = with_office(both, replace(both.office, people=people))
    assert state_of_text(alone, case).stage.name == STAGES[1]
    sign(alone, case, 1)
    assert state_of_text(both, case).stage.name == STAGES[2]  # whoever joins later is not waited for either


def test_where_only_one_is_left_who_may_override_nobody_is_asked_to(app: OfficeApp, case: int) -> None:
    office = with_office(app, replace(app.office, override=("office_director", "mayor")))
    draft(office, case, by="office_director")  # who wrote it is one of the two
    sign(office, case, 0)
    sign(office, case, 1)
    assert waiting(office, case)[0][:2] == (WaitKind.VACANT, ("clerk",))
    with pytest.raises(NobodyOverrides), transaction(office, "mayor") as uow:
        uow.signoff.override(case, "mayor", STAGES[2], TEXT.digest, "无人复审")


def test_a_stage_passes_unsigned_only_by_two(app: OfficeApp, case: int) -> None:
    draft(app, case, by="office_director")
    sign(app, case, 0)
    sign(app, case, 1)
    assert [
        one.name
        for one in blocked_stages(state_of_text(app, case), app.office.chain("publication"), app.office)
    ] == [STAGES[2]]
    assert waiting(app, case)[0][1] == ("mayor", "secretary", "executive_deputy_mayor")
    reason = "党政办主任起草，无人复审"
    for who in ("office_director", "secrecy_officer", "deputy_mayor"):
        with pytest.raises(MayNotOverride), transaction(app, who) as uow:
            uow.signoff.override(case, who, STAGES[2], TEXT.digest, reason)
    with transaction(app, "mayor") as uow:
        uow.signoff.override(case, "mayor", STAGES[2], TEXT.digest, reason)
    assert state_of_text(app, case).stage.name == STAGES[2]
    with pytest.raises(SaidToPass), transaction(app, "mayor") as uow:
        uow.signoff.override(case, "mayor", STAGES[2], TEXT.digest, reason)
    with transaction(app, "secretary") as uow:
        uow.signoff.override(case, "secretary", STAGES[2], TEXT.digest, reason)
    sign(app, case, 3)
    publish(app, case)
    with app.log() as log:
        (one,) = overrides_of_year(log, app.duties, 2026)
        assert overrides_of_year(log, app.duties, 2025) == []
    assert (one.case, one.stage, one.people, one.out) == (case, STAGES[2], ("mayor", "secretary"), True)
    assert table_differences(app) == []


def test_a_deputy_signs_only_while_away_and_is_named(app: OfficeApp, case: int) -> None:
    draft(app, case)
    with pytest.raises(NotYours):
        sign(app, case, 0, by="archivist")
    place = delegate(app, "secrecy_officer", "archivist")
    sign(app, case, 0, by="archivist")
    (one,) = state_of_text(app, case).signed
    assert (one.by, one.post, one.deputy_for, one.deputy_for_post) == (
        "archivist",
        "党政办档案员",
        "secrecy_officer",
        "保密审查员",
    )
    with transaction(app, "secrecy_officer") as uow:
        uow.office.recall(place, "提前返回")
    draft(app, case, OTHER)
    with pytest.raises(NotYours):
        sign(app, case, 0, OTHER, by="archivist")
    sign(app, case, 0, OTHER)


def test_a_delegation_is_recorded_by_whoever_is_away_or_the_clerk(app: OfficeApp) -> None:
    with pytest.raises(NotYourDelegation):
        delegate(app, "deputy_mayor", "archivist", by="archivist")
    with pytest.raises(NotYourDelegation):
        delegate(app, "deputy_mayor", "clerk", by="clerk")
    with pytest.raises(NotYourDelegation):
        delegate(app, "deputy_mayor", "executive_deputy_mayor", by="finance_director")
    with pytest.raises(NoDelegation):
        delegate(app, "deputy_mayor", "deputy_mayor")
    with pytest.raises(NoDelegation):
        delegate(app, "deputy_mayor", "mayor", days=-1)
    delegate(app, "deputy_mayor", "executive_deputy_mayor", by="clerk")
    assert log_end(app) == 1


def test_another_chain_asks_for_another_round(app: OfficeApp, case: int) -> None:
    draft(app, case)
    sign(app, case, 0)
    chain = app.office.chain("publication")
    shorter = replace(chain, stages=chain.stages[:3])
    others = tuple(one for one in app.office.chains if one.kind != "publication")
    changed = with_office(app, replace(app.office, chains=(*others, shorter)))
    assert state_of_text(changed, case).chain_changed
    with pytest.raises(OtherChain):
        sign(changed, case, 1)
    draft(changed, case)
    for place in range(3):
        sign(changed, case, place)
    publish(changed, case)


def test_nobody_acts_for_another_or_twice_in_one_breath(app: OfficeApp, case: int) -> None:
    draft(app, case)
    with pytest.raises(ForAnother), transaction(app, "clerk") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
    assert log_end(app) == 2
    with pytest.raises((ForAnother, OneActAtATime)), transaction(app, "secrecy_officer") as uow:
        uow.signoff.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
        uow.signoff.sign(case, "finance_director", STAGES[1], TEXT.digest)
    assert log_end(app) == 2


@pytest.mark.parametrize("who", ["secrecy_officer", "finance_director"])
def test_a_stale_button_signs_nothing(app: OfficeApp, case: int, who: str) -> None:
    draft(app, case)
    draft(app, case, OTHER)
    before = log_end(app)
    with pytest.raises((OtherText, NothingToSign, WroteIt)):
        sign(app, case, 0 if who == "secrecy_officer" else 1, TEXT, by=who)
    assert log_end(app) == before
