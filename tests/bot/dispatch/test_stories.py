"""A village reporter, a clerk, reviewers: each says what they mean, by word or by button, and it is recorded once."""

from datetime import date, timedelta

import pytest

from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from storage.messaging.outbox import Outbox
from tests.bot.speaker import FULL, TEXT_ONLY, Speaker, word
from tests.town import log_end

ABILITIES = pytest.mark.parametrize("capabilities", [FULL, TEXT_ONLY], ids=["full", "text only"])


def opened(app, reference="召公开〔2026〕1号", day=date(2026, 11, 16)):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open("request", reference, day, {"applicant_kind": "natural_person"})


@ABILITIES
def test_a_reporter_sees_the_month_and_declares_nothing(app, capabilities):
    app.clock.set_day(date(2026, 12, 1))
    sweep(app.recorder, app.schemes())
    reporter = Speaker(app, "jia_reporter", capabilities)
    card = reporter.says("待办")
    assert card.splitlines()[0] == "请办理：村级信息报送 甲村 2026-12"
    assert "还剩" in card.splitlines()[1]
    before = log_end(app)
    assert reporter.presses("零报送").startswith(f"已记录 №{before + 1}")
    assert log_end(app) == before + 1
    assert Speaker(app, "yi_reporter", capabilities).says("待办").startswith("请办理：村级信息报送 乙村")
    assert log_end(app) == before + 1


def test_a_village_sees_how_much_is_in_and_none_of_the_rules_that_count_it(app):
    app.clock.set_day(date(2026, 12, 1))
    sweep(app.recorder, app.schemes())
    reporter = Speaker(app, "jia_reporter")
    card = reporter.says("待办").splitlines()
    assert card[2] == "本月已报 0 条（最少 2 条）"
    assert card[3].startswith("编号")
    reporter.presses("报送")
    assert "本月还差 2 条" in reporter.says("人居环境整治情况")
    assert "本月还差 1 条" in reporter.presses("报送")
    other = Speaker(app, "yi_reporter")
    other.says("待办")
    assert "本月已零报送" in other.presses("零报送")


@ABILITIES
def test_a_clerk_answers_a_request_with_one_confirmation(app, capabilities):
    case = opened(app)
    clerk = Speaker(app, "clerk", capabilities)
    clerk.says(f"办结 {case}")
    before = log_end(app)
    assert "确认" in clerk.says("予以公开")
    assert log_end(app) == before
    assert clerk.presses("确认").startswith(f"已记录 №{before + 1}") or clerk.says("确认").startswith(
        "已记录"
    )
    assert log_end(app) == before + 1


def test_a_step_asks_for_what_it_needs_one_question_at_a_time(app):
    case = opened(app)
    clerk = Speaker(app, "clerk")
    assert "需补正的内容" in clerk.says(f"补正告知 {case}")
    assert "补正期限" in clerk.says("时间范围")
    assert clerk.says("明天") != ""
    clerk.says_and_confirms("2026-12-04")


def test_a_date_of_the_year_says_what_is_filed_not_how_its_day_is_reckoned(app):
    app.clock.set_day(date(2026, 6, 15))
    sweep(app.recorder, app.schemes())
    with app.log() as log:
        numbers = CaseProjections(log.connection, log.office, app.duties).find(
            "yearly", ["2026/half_year_review"]
        )
    card = Speaker(app, "office_director").says(str(numbers["2026/half_year_review"]))
    assert card.splitlines()[0] == "请办理：年度安排 政务公开半年总结"
    assert "归档材料" in card
    assert "日期怎么定" not in card


def test_where_a_text_comes_from_is_chosen_by_name(app):
    clerk = Speaker(app, "clerk")
    clerk.says("登记信息发布 召政发〔2026〕9号")
    asked = clerk.says("汛期值班安排")
    assert "1. 党政办公室" in asked
    assert "甲村" in asked or "下一页" in asked
    clerk.says("党政办公室")
    clerk.says("主动公开")
    said = clerk.says_and_confirms("2026-11-20").splitlines()
    assert said[0].startswith("已记录")
    assert said[2].startswith("现在：")
    assert "截止 2026-12-18（周五）" in said[2]  # the twenty working days of art. 26


def test_somebody_else_s_case_is_refused_with_who_may(app):
    case = opened(app)
    before = log_end(app)
    assert "党政办文书" in Speaker(app, "deputy_mayor").says(f"延期 {case} 10")
    assert Speaker(app, "jia_reporter").says(f"延期 {case} 10") == word("village.error.NotThere", case=case)
    assert log_end(app) == before


def test_what_was_just_recorded_can_be_undone_for_a_minute(app):
    clerk = Speaker(app, "clerk")
    before = log_end(app)
    assert clerk.says("许可 3").startswith("已记录")
    app.clock.move(timedelta(seconds=59))
    assert clerk.says("撤销").startswith("已记录")
    assert log_end(app) == before + 2
    assert clerk.says("许可 3").startswith("已记录")
    app.clock.move(timedelta(seconds=61))
    assert "没有可以撤销" in clerk.says("撤销")
    assert log_end(app) == before + 3


def test_a_stranger_and_idle_talk_change_nothing(app):
    before = log_end(app)
    clerk = Speaker(app, "clerk")
    assert "没有听懂" in clerk.says("今天天气不错")
    assert clerk.says("同意的话我再看", private=False) == ""
    assert "没有能“同意”的" in clerk.says("同意的话我再看")
    assert log_end(app) == before


def test_why_explains_the_date(app):
    case = opened(app)
    said = Speaker(app, "clerk").says(f"为什么 {case}")
    assert "2026-12-14" in said
    assert "条例第三十三条" in said
    assert "前面还有" not in said


def test_why_says_what_it_leaves_out(app):
    case = opened(app, day=date(2026, 9, 24))  # two holidays and a make-up day lie in its term
    said = Speaker(app, "clerk").says(f"为什么 {case}").splitlines()
    assert said[1] == "  ……前面还有 2 段，网页上的案件页列全。"
    assert len(said) == 11


def queued(app):
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
        return sorted((row.notice.person, row.notice.rung.split()[0]) for row in rows)


def test_the_holder_is_nudged_once_in_four_hours(app):
    case = opened(app)
    leader = Speaker(app, "deputy_mayor")
    assert "党政办文书" in leader.says(f"催办 {case}")
    assert queued(app) == [("clerk", "nudge")]
    app.clock.move(timedelta(hours=3, minutes=59))
    assert "已经催过" in leader.says(f"催办 {case}")
    app.clock.move(timedelta(minutes=1))
    assert "会提醒" in leader.says(f"催办 {case}")
    assert queued(app) == [("clerk", "nudge")] * 2
    assert "没有等您" in Speaker(app, "clerk").says(f"催办 {case}")
