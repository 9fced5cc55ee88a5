"""What comes first for somebody with two posts: what is due soonest; of one day what nobody else can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.services.app import OfficeApp
from scheduler.worklist.pending import WaitKind
from tests.bot.delivery.test_escalations import say
from tests.bot.dispatch.test_stories import opened
from tests.bot.speaker import Speaker
from tests.scheduler.signoff.town import TEXT, draft, open_text, waiting
from tests.town import case_number, log_end, record, run_sweep, with_office

LAID_ON = date(2026, 12, 10)  # two working days before the last day of a request received on 2026-11-16


def with_roles(app: OfficeApp, person: str, *roles: str) -> OfficeApp:
    """The office in which a person has other roles as well."""
    people = tuple(
        replace(one, roles=(*one.roles, *roles)) if one.id == person else one for one in app.office.people
    )
    return with_office(app, replace(app.office, people=people))


def with_own_village(app: OfficeApp, person: str) -> OfficeApp:
    """The office in which a person is reporter and leader of 甲村."""
    villages = tuple(
        replace(one, reporter=person, leader=person) if one.id == "jia" else one
        for one in app.office.villages
    )
    return with_office(app, replace(app.office, villages=villages))


def listed_cases(said: str) -> list[str]:
    """The tasks of a list in their order, each by what it asks."""
    return [line.split("——")[0].split(". ")[1] for line in said.splitlines() if "——" in line]


def test_of_one_day_what_nobody_else_can_do_comes_before_what_others_can(app):
    both = with_roles(app, "secrecy_officer", "clerk")
    opened(both)
    app.clock.set_day(LAID_ON)
    draft(both, open_text(both))
    officer = Speaker(both, "secrecy_officer")
    signed, shared = "请保密审查：信息发布 2026年预算公开", "请办理：依申请公开 召公开〔2026〕1号"
    assert listed_cases(officer.says("待办"))[:2] == [signed, shared]
    assert officer.says("你好").splitlines()[1:3] == [signed, shared]
    officer.room.assert_nothing_else()


def test_a_clerk_who_stands_in_for_a_reviewer_sees_the_reviewer_s_stage_first(app):
    two_clerks = with_roles(app, "finance_director", "clerk")
    opened(two_clerks)
    app.clock.set_day(LAID_ON)
    draft(two_clerks, open_text(two_clerks), by="office_director")
    record(
        two_clerks,
        lambda uow: uow.office.delegate("secrecy_officer", "clerk", LAID_ON, LAID_ON),
        "secrecy_officer",
    )
    clerk = Speaker(two_clerks, "clerk")
    assert listed_cases(clerk.says("待办"))[0] == "请保密审查：信息发布 2026年预算公开"
    clerk.room.assert_nothing_else()


def test_a_message_of_several_tasks_begins_with_one_s_own(app):
    both = with_own_village(app, "yi_leader")
    run_sweep(both, date(2026, 12, 1))
    others, own = (case_number(both, "village_report", f"2026-12/{village}") for village in ("yi", "jia"))
    basis = "2026-12-25"
    said = say(both, "yi_leader", *((case, "act", basis) for case in (others, own)))
    first, second = (line for line in said.splitlines() if line[:1].isdigit())
    assert "甲村" in first
    assert "信息员的）" in second
    assert "乙村" in second


def test_who_of_the_office_reports_for_a_village_reports_and_does_not_remind_themselves(app):
    both = with_own_village(app, "clerk")
    run_sweep(both, date(2026, 12, 1))
    clerk, before = Speaker(both, "clerk"), log_end(both)
    assert clerk.says("本月情况").splitlines()[0].startswith("甲村")
    assert clerk.labels() == ["报送", "零报送", "退回的"]
    clerk.says("报送情况")
    assert clerk.labels()[:3] == ["报送", "零报送", "退回的"]
    assert "催办甲村" not in clerk.labels()
    assert "催办乙村" in clerk.labels()
    assert clerk.says("本月情况 乙村").splitlines()[0].startswith("乙村")
    assert clerk.labels() == ["催办乙村"]
    assert log_end(both) == before
    clerk.room.assert_nothing_else()


def test_a_text_that_was_only_shown_to_somebody_does_not_stand_before_their_own_task(app):
    text = open_text(app)
    draft(app, text, by="office_director")
    record(
        app,
        lambda uow: uow.signoff.circulate(text, "office_director", "clerk", TEXT.digest),
        "office_director",
    )
    clerk = Speaker(app, "clerk")
    assert clerk.says(f"{text}").splitlines()[0] == "请办理：信息发布 2026年预算公开"
    assert [what for what, _who, _until in waiting(app, text)] == [WaitKind.SIGN, WaitKind.ACT, WaitKind.READ]
    clerk.room.assert_nothing_else()


def test_a_number_after_a_message_of_several_tasks_means_its_line_or_the_case_and_is_asked(app):
    first, second = open_text(app, "P1"), open_text(app, "P2")
    officer = Speaker(app, "secrecy_officer")
    for case in (second, first):  # the second case is due a day earlier
        draft(app, case)
        app.clock.set_day(app.today + timedelta(days=1))
    run_sweep(app)
    app.clock.move(timedelta(hours=2))
    officer.room.deliver()
    (said,) = officer.room.took(officer.address)
    assert [line[-4:] for line in said.splitlines() if line[:1] in "12"] == ["件 2）", "件 1）"]
    before = log_end(app)
    for words in ("同意 2", "2"):
        assert officer.says(words).startswith("“2”是刚才清单上的第 2 件（案件 1），还是案件 2？")
        assert officer.labels() == ["看案件 1", "看案件 2"]
    assert officer.says("第2件").splitlines()[-1] == "案件 1"
    assert log_end(app) == before
    officer.room.assert_nothing_else()
