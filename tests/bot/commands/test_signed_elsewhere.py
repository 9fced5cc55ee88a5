"""Who wrote a text, or signed another stage of it, is not offered to sign for somebody away, and reads why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.personal_calendar import person_ics
from scheduler.signoff.signing_rights import signing_right
from scheduler.sweep.sweep import sweep
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences
from storage.messaging.outbox import Outbox
from tests.bot.channels.web.visitor import Visitor
from tests.bot.dispatch.test_urgency import with_own_village
from tests.bot.speaker import Speaker
from tests.scheduler.signoff.town import (
    DAY,
    FACTS,
    SIGNERS,
    STAGES,
    TEXT,
    draft,
    open_text,
    sign,
    state_of_text,
)
from tests.town import case_by_number, log_end, record, run_sweep, with_office

SECRECY, FINANCE, DIRECTOR, LEADER = SIGNERS
WHY = "财政所所长已经签过这份文稿；“复审·二校”要由另一个人签（党政办主任）。"


@pytest.fixture
def case(app) -> int:
    """A text at its third stage, whose signer is away; the deputy signed the second one."""
    case = open_text(app)
    draft(app, case)
    record(app, lambda uow: uow.office.delegate(DIRECTOR, FINANCE, DAY, DAY + timedelta(days=30)), DIRECTOR)
    sign(app, case, 0)
    sign(app, case, 1)
    return case


def test_a_deputy_who_signed_another_stage_is_not_offered_to_sign_and_reads_why(app, case):
    deputy, before = Speaker(app, FINANCE), log_end(app)
    assert "没有待办" in deputy.says("待办")
    shown = deputy.says(f"{case}")
    assert WHY in shown.splitlines()
    assert "同意" not in deputy.labels()
    assert deputy.says(f"同意 {case}") == WHY
    assert "没有能“同意”的" in deputy.says("同意")
    assert log_end(app) == before
    deputy.room.assert_nothing_else()


def test_nor_on_the_page_its_list_and_the_calendar(app, case):
    visitor, before = Visitor(app).join(FINANCE), log_end(app)
    assert "请复审·二校" not in visitor.go("/")
    assert WHY in visitor.go(f"/texts/{case}")
    assert "sign" not in visitor.forms()
    assert "approve" not in visitor.go(f"/cases/{case}")
    assert "复审" not in person_ics(app, FINANCE).decode()
    assert log_end(app) == before


def test_the_command_names_no_deputy_who_may_not_sign(app, case, gongkai):
    said = gongkai("standing", case).out
    assert "党政办主任（office_director" in said
    assert "财政所所长" not in said
    record(app, lambda uow: uow.office.recall(3), DIRECTOR)
    app.clock.set_day(app.today + timedelta(days=1))
    record(app, lambda uow: uow.office.delegate(DIRECTOR, "archivist", app.today, app.today), DIRECTOR)
    assert "党政办档案员" in gongkai("standing", case).out


def test_the_reminder_goes_past_that_deputy_to_who_can_find_somebody(app, case):
    run_sweep(app)
    with app.store.reading() as connection:
        waiting = [row.notice for row in Outbox(connection, app.office.slug).about(case)]
    asked = {one.person for one in waiting if one.what == WaitKind.SIGN}
    assert asked == {LEADER}
    assert {one.for_person for one in waiting if one.what == WaitKind.SIGN} == {""}


@pytest.mark.parametrize("person", [*SIGNERS, "clerk", "archivist", "jia_reporter"])
def test_what_is_offered_is_what_may_be_recorded(app, case, person):
    with app.log() as log:
        absences = fold_absences(office_events(log))
    found, today = case_by_number(app, case), app.today
    waits = pending_actions(found, app.duties["publication"], app.office, app.known_calendar(), absences)
    (signing,) = (wait for wait in waits if wait.what is WaitKind.SIGN)
    absent = [one.person for one in absences.acting_for(person, today)]
    right = signing_right(state_of_text(app, case), app.office, absences, app.office.person(person), today)
    assert bool(signing.by_right_of(person, absent)) == bool(right)


@pytest.mark.parametrize(
    ("deputy", "told"),
    [("archivist", ("archivist", DIRECTOR)), (FINANCE, (DIRECTOR, ""))],  # who signed before is not asked to
)
def test_who_is_reminded_by_hand_is_the_deputy_of_somebody_away(app, deputy, told):
    case = open_text(app)
    draft(app, case)
    record(app, lambda uow: uow.office.delegate(DIRECTOR, deputy, DAY, DAY + timedelta(days=30)), DIRECTOR)
    sign(app, case, 0)
    sign(app, case, 1)
    clerk = Speaker(app, "clerk")
    assert f"会提醒{app.office.post_of(told[0])}" in clerk.says(f"催办 {case}")
    assert asked(app, case, WaitKind.SIGN) == {told}
    assert "已经催过" in clerk.says(f"催办 {case}")
    clerk.room.assert_nothing_else()


def without_secrecy_officer(app, override: tuple[str, ...] = ()):
    """The office with nobody for the first stage of a text."""
    people = tuple(
        replace(one, roles=tuple(role for role in one.roles if role != "secrecy_reviewer"))
        for one in app.office.people
    )
    return with_office(app, replace(app.office, people=people, override=override))


def asked(app, case: int, what: WaitKind) -> set[tuple[str, str]]:
    """Who was reminded of it, each with whom they stand in for."""
    with app.store.reading() as connection:
        queued = [row.notice for row in Outbox(connection, app.office.slug).about(case)]
    return {(one.person, one.for_person) for one in queued if one.what == what}


def test_where_nobody_may_sign_whoever_has_the_case_is_told_so_and_how_it_goes_on(app):
    vacant = without_secrecy_officer(app)
    case = open_text(vacant)
    draft(vacant, case)
    clerk, before = Speaker(vacant, "clerk"), log_end(vacant)
    shown = clerk.says(f"{case}").splitlines()
    assert shown[0] == f"“{STAGES[0]}”现在没有人能签，请补上人：信息发布 2026年预算公开"
    assert "也没有两个人可以放行。请在单位设置里给这一环补上人，或者指定两位可以放行的人" in shown
    assert clerk.labels() == ["在办", "为什么", "更多"]
    assert "没有能“同意”的" in clerk.says("同意")
    for words in (f"同意 {case}", f"退回 {case} 缺数字", f"不予通过 {case} 不行"):
        assert clerk.says(words).startswith(f"“{STAGES[0]}”现在没有人能签，也没有两个人可以放行。")
    clerk.says(f"更多 {case}")
    assert "转交" in clerk.labels()  # the case, not the stage
    assert f"“{STAGES[0]}”现在没有人能签" in Visitor(vacant).join("clerk").go(f"/texts/{case}")
    assert log_end(vacant) == before
    clerk.room.assert_nothing_else()


def test_and_their_deputy_where_they_are_away_though_the_deputy_wrote_it(app):
    vacant = without_secrecy_officer(app)
    case = open_text(vacant)
    draft(vacant, case, by="archivist")
    record(
        vacant, lambda uow: uow.office.delegate("clerk", "archivist", DAY, DAY + timedelta(days=30)), "clerk"
    )
    run_sweep(vacant, DAY + timedelta(days=3))
    assert asked(vacant, case, WaitKind.VACANT) == {("archivist", "clerk")}
    assert f"“{STAGES[0]}”现在没有人能签" in Speaker(vacant, "archivist").says("待办")


def test_nobody_is_asked_to_override_in_the_place_of_somebody_away(app):
    office = without_secrecy_officer(app, override=app.office.override)
    case = open_text(office)
    draft(office, case)
    record(
        office, lambda uow: uow.office.delegate("mayor", "archivist", DAY, DAY + timedelta(days=30)), "mayor"
    )
    run_sweep(office)
    others = {("secretary", ""), ("executive_deputy_mayor", "")}
    assert asked(office, case, WaitKind.OVERRIDE) == others
    assert "没有待办" in Speaker(office, "archivist").says("待办")


def test_the_second_deputy_of_the_file_is_told_where_the_first_wrote_the_text(app):
    deputies = ("archivist", "civil_director")
    people = tuple(replace(one, deputies=deputies) if one.id == FINANCE else one for one in app.office.people)
    office = with_office(app, replace(app.office, people=people))
    case = open_text(office)
    draft(office, case, by="archivist")
    sign(office, case, 0)
    sweep(office.recorder, office.schemes(), lambda _connection, _now: frozenset({FINANCE}))
    assert asked(office, case, WaitKind.SIGN) == {("civil_director", FINANCE)}


def test_who_reports_for_a_village_and_leads_it_reads_in_plain_words_why_another_decides(app):
    both = with_own_village(app, "jia_reporter")
    text = replace(TEXT, origin="jia")
    case = open_text(both, facts={**FACTS, "origin": "jia"})
    draft(both, case, text, by="jia_reporter")
    sign(both, case, 0, text)
    reporter, before = Speaker(both, "jia_reporter"), log_end(both)
    shown = reporter.says(f"{case}").splitlines()
    assert any(line.startswith("这一篇是您写的，自己写的不能自己定") for line in shown), shown
    assert not any(STAGES[1] in line for line in shown)
    assert "同意" not in reporter.labels()
    assert reporter.says(f"同意 {case}").startswith("这一篇是您写的")
    assert log_end(both) == before
    reporter.room.assert_nothing_else()
