"""What reviewers do about a text besides signing it: take back, reject, hand on, let pass, stand in for each other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.app import OfficeApp
from scheduler.recording.signoff_commands import ForAnother, NoDelegation, NotYourDelegation, OneActAtATime
from scheduler.signoff.approval_state import blocked_stages
from scheduler.signoff.refusals import (
    AllMustSign,
    CaseOver,
    EndedText,
    MayNotOverride,
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
from scheduler.worklist.pending import WaitKind
from storage.eventlog.overrides import overrides_of_year
from tests.scheduler.signoff.town import (
    DAY,
    OTHER,
    STAGES,
    TEXT,
    close,
    draft,
    length,
    publish,
    sign,
    sign_all,
    sitting,
    standing,
    tables,
    waiting,
)


def delegate(works: OfficeApp, person: str, deputy: str, *, by: str = "", days: int = 4) -> int:
    with sitting(works, by or person) as desk:
        desk.delegate(person, deputy, DAY, DAY + timedelta(days=days), "出差")
    return desk.entries[-1].position


def test_a_signature_is_taken_back_only_before_the_next_acts(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign(works, case, 0)
    with sitting(works, "secrecy_officer") as desk:
        desk.withdraw(case, "secrecy_officer", "看漏一处")
    assert standing(works, case).stage.name == STAGES[0]
    with pytest.raises(NothingToWithdraw), sitting(works, "secrecy_officer") as desk:
        desk.withdraw(case, "secrecy_officer", "再撤")
    sign_all(works, case)
    with pytest.raises(WentOn), sitting(works, "office_director") as desk:
        desk.withdraw(case, "office_director", "后悔")
    publish(works, case)
    with pytest.raises(WentOut), sitting(works, "deputy_mayor") as desk:
        desk.withdraw(case, "deputy_mayor", "后悔")
    assert tables(works) == []


def test_a_rejected_text_has_ended(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign(works, case, 0)
    with pytest.raises(NotRejected):
        close(works, case, "rejected")
    with sitting(works, "finance_director") as desk:
        desk.reject(case, "finance_director", TEXT.digest, "内容已过时")
    with pytest.raises(EndedText):
        sign(works, case, 1)
    with pytest.raises(EndedText):
        draft(works, case, OTHER)
    with pytest.raises(EndedText):
        close(works, case, "withdrawn")
    assert waiting(works, case)[0][0] is WaitKind.ACT
    close(works, case, "rejected")
    assert length(works) == 5


def test_a_closed_case_s_text_is_left_alone(works: OfficeApp, case: int) -> None:
    draft(works, case)
    close(works, case, "withdrawn")
    with pytest.raises(CaseOver):
        sign(works, case, 0)
    with pytest.raises(CaseOver):
        draft(works, case, OTHER)


def two_reviewers(works: OfficeApp, rule: str = "any") -> OfficeApp:
    """A second secrecy reviewer, and the rule of their stage."""
    office = works.office
    second = replace(office.person("archivist"), roles=("secrecy_reviewer",), deputy="")
    people = tuple(second if one.id == "archivist" else one for one in office.people)
    chain = office.chain("publication")
    stages = (replace(chain.stages[0], rule=rule), *chain.stages[1:])
    others = tuple(one for one in office.chains if one.kind != "publication")
    chains = (*others, replace(chain, stages=stages))
    return replace(works, office=replace(office, people=people, chains=chains))


def test_whoever_a_stage_is_handed_to_acts_alone(works: OfficeApp, case: int) -> None:
    works = two_reviewers(works)
    draft(works, case)
    with pytest.raises(NotTheirs), sitting(works, "archivist") as desk:
        desk.reassign_stage(case, "archivist", "finance_director", TEXT.digest)
    with sitting(works, "archivist") as desk:
        desk.reassign_stage(case, "archivist", "secrecy_officer", TEXT.digest, "外出")
    with pytest.raises(NotYours, match="保密审查员"):
        sign(works, case, 0, by="archivist")
    sign(works, case, 0)


def test_where_all_sign_nothing_is_handed_on_and_nobody_is_waited_for_who_left(
    works: OfficeApp, case: int
) -> None:
    both = two_reviewers(works, "all")
    draft(both, case)
    sign(both, case, 0)
    assert standing(both, case).stage.name == STAGES[0]
    with pytest.raises(AllMustSign), sitting(both, "archivist") as desk:
        desk.reassign_stage(case, "archivist", "secrecy_officer", TEXT.digest)
    people = tuple(one for one in both.office.people if one.id != "archivist")
    alone = replace(both, office=replace(both.office, people=people))
    assert standing(alone, case).stage.name == STAGES[1]
    sign(alone, case, 1)
    assert standing(both, case).stage.name == STAGES[2]  # whoever joins later is not waited for either


def test_a_stage_passes_unsigned_only_by_two(works: OfficeApp, case: int) -> None:
    draft(works, case, by="office_director")
    sign(works, case, 0)
    sign(works, case, 1)
    assert [
        one.name
        for one in blocked_stages(standing(works, case), works.office.chain("publication"), works.office)
    ] == [STAGES[2]]
    assert waiting(works, case)[0][1] == ("mayor", "secretary", "executive_deputy_mayor")
    reason = "党政办主任起草，无人复审"
    for who in ("office_director", "secrecy_officer", "deputy_mayor"):
        with pytest.raises(MayNotOverride), sitting(works, who) as desk:
            desk.override(case, who, STAGES[2], TEXT.digest, reason)
    with sitting(works, "mayor") as desk:
        desk.override(case, "mayor", STAGES[2], TEXT.digest, reason)
    assert standing(works, case).stage.name == STAGES[2]
    with pytest.raises(SaidToPass), sitting(works, "mayor") as desk:
        desk.override(case, "mayor", STAGES[2], TEXT.digest, reason)
    with sitting(works, "secretary") as desk:
        desk.override(case, "secretary", STAGES[2], TEXT.digest, reason)
    sign(works, case, 3)
    publish(works, case)
    with works.log() as log:
        (one,) = overrides_of_year(log, works.duties, 2026)
        assert overrides_of_year(log, works.duties, 2025) == []
    assert (one.case, one.stage, one.people, one.out) == (case, STAGES[2], ("mayor", "secretary"), True)
    assert tables(works) == []


def test_a_deputy_signs_only_while_away_and_is_named(works: OfficeApp, case: int) -> None:
    draft(works, case)
    with pytest.raises(NotYours):
        sign(works, case, 0, by="archivist")
    place = delegate(works, "secrecy_officer", "archivist")
    sign(works, case, 0, by="archivist")
    (one,) = standing(works, case).signed
    assert (one.by, one.post, one.deputy_for, one.deputy_for_post) == (
        "archivist",
        "党政办档案员",
        "secrecy_officer",
        "保密审查员",
    )
    with sitting(works, "secrecy_officer") as desk:
        desk.recall(place, "提前返回")
    draft(works, case, OTHER)
    with pytest.raises(NotYours):
        sign(works, case, 0, OTHER, by="archivist")
    sign(works, case, 0, OTHER)


def test_a_delegation_is_recorded_by_whoever_is_away_or_the_clerk(works: OfficeApp) -> None:
    with pytest.raises(NotYourDelegation):
        delegate(works, "deputy_mayor", "archivist", by="archivist")
    with pytest.raises(NotYourDelegation):
        delegate(works, "deputy_mayor", "clerk", by="clerk")
    with pytest.raises(NotYourDelegation):
        delegate(works, "deputy_mayor", "executive_deputy_mayor", by="finance_director")
    with pytest.raises(NoDelegation):
        delegate(works, "deputy_mayor", "deputy_mayor")
    with pytest.raises(NoDelegation):
        delegate(works, "deputy_mayor", "mayor", days=-1)
    delegate(works, "deputy_mayor", "executive_deputy_mayor", by="clerk")
    assert length(works) == 1


def test_another_chain_asks_for_another_round(works: OfficeApp, case: int) -> None:
    draft(works, case)
    sign(works, case, 0)
    chain = works.office.chain("publication")
    shorter = replace(chain, stages=chain.stages[:3])
    others = tuple(one for one in works.office.chains if one.kind != "publication")
    changed = replace(works, office=replace(works.office, chains=(*others, shorter)))
    assert standing(changed, case).chain_changed
    with pytest.raises(OtherChain):
        sign(changed, case, 1)
    draft(changed, case)
    for place in range(3):
        sign(changed, case, place)
    publish(changed, case)


def test_nobody_acts_for_another_or_twice_in_one_breath(works: OfficeApp, case: int) -> None:
    draft(works, case)
    with pytest.raises(ForAnother), sitting(works, "clerk") as desk:
        desk.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
    assert length(works) == 2
    with pytest.raises((ForAnother, OneActAtATime)), sitting(works, "secrecy_officer") as desk:
        desk.sign(case, "secrecy_officer", STAGES[0], TEXT.digest)
        desk.sign(case, "finance_director", STAGES[1], TEXT.digest)
    assert length(works) == 2


@pytest.mark.parametrize("who", ["secrecy_officer", "finance_director"])
def test_a_stale_button_signs_nothing(works: OfficeApp, case: int, who: str) -> None:
    draft(works, case)
    draft(works, case, OTHER)
    before = length(works)
    with pytest.raises((OtherText, NothingToSign, WroteIt)):
        sign(works, case, 0 if who == "secrecy_officer" else 1, TEXT, by=who)
    assert length(works) == before
