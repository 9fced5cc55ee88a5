"""What a date hangs on is read as one sentence: on the case's page, in its history and in gongkai explain."""

from datetime import date

import pytest

from bot.language.event_history import event_rows
from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from tests.bot.channels.web.visitor import Visitor

RULES = {
    "甲村 2026-12": ("报送期限", "当月 25 日，遇休息日顺延到下一个工作日"),
    "2026年": ("公布期限", "2027年1月31日，遇休息日提前到上一个工作日"),
    "更新公开指南和目录": ("办理日期", "2027年3月最后一个工作日"),
    "政务公开日活动方案": ("办理日期", "2027年5月15日（遇休息日顺延到下一个工作日）之前 20 个工作日"),
    "5·15政务公开日活动": ("办理日期", "2027年5月15日，遇休息日顺延到下一个工作日"),
    "政府信息公开业务培训": ("办理日期", "2027年9月第 10 个工作日"),
}


@pytest.fixture
def opened(app):
    """What the sweep opens by itself over a year, by what it is called."""
    labels, found = Labels(book=phrasebook("zh"), office=app.office), {}
    for day in (date(2026, 12, 18), date(2027, 3, 4), date(2027, 4, 20), date(2027, 8, 31)):
        app.clock.set_day(day)
        sweep(app.recorder, app.schemes(), app.unreachable_people)
        with app.log() as log:
            index = CaseProjections(log.connection, log.office, app.duties)
            cases = index.cases(index.open_cases()).values()
        found |= {labels.case_title(case.opening, case.number): case for case in cases}
    return found


def first_told(app, case, language):
    labels = Labels(book=phrasebook(language), office=app.office)
    return next(event_rows(case.entries, app.duties[case.opening.kind], labels)).versions[0].event


def test_the_rule_of_a_date_is_one_sentence(app, opened):
    for name, rule in RULES.items():
        told = first_told(app, opened[name], "zh")
        assert rule in told.facts, name
        assert told.title.endswith(f" {name}")
        for word in ("怎么定", "几日，或", "所依据的", "相隔天数", "按什么天数"):
            assert word not in str(told.facts)


def test_what_stands_beside_the_rule_stays(app, opened):
    facts = dict(first_told(app, opened["政务公开日活动方案"], "zh").facts)
    assert list(facts) == ["事项", "年度", "负责人", "办理日期", "归档材料", "审签链"]
    assert facts["审签链"] == "月度通报"
    month = dict(first_told(app, opened["甲村 2026-12"], "zh").facts)
    assert list(month) == ["村", "月份", "报送期限", "宽限工作日数", "最低条数", "计分办法"]


def test_its_page_says_it_too(app, opened):
    visitor = Visitor(app).join("clerk")
    shown = visitor.go(f"/cases/{opened['更新公开指南和目录'].number}")
    assert "2027年3月最后一个工作日" in shown
    assert ("立件日期" in shown, "受理日期" in shown) == (True, False)


def test_it_is_said_in_english_too(app, opened):
    facts = dict(first_told(app, opened["政务公开日活动方案"], "en").facts)
    assert facts["date"] == "20 days (working) before 2027-5-15 (on a day off: next)"
