"""What the further kinds give to the report: cells of table 2, figures of the prose, boards opened by themselves."""

import pkgutil
from dataclasses import replace
from datetime import date

import pytest

from bot.language.phrasebook import phrasebook
from bot.services.annual_reports import annual_report
from bot.services.app import shipped_duties
from bot.services.catalogue.coverage import year_coverage
from config.declarations.villages.boards import MONTHLY, QUARTERLY
from config.duties import public_affairs
from config.reporting.case_figures import CASE_FIGURES, PREFIX
from scheduler.recording.register_commands import CountedByCases
from scheduler.recording.sealing import figure_label
from scheduler.terms.deadlines import due_date
from scheduler.worklist.recurring_cases import openings
from storage.events.events import Opened, Stepped
from tests.paths import ROOT
from tests.town import case_by_number, record, table_differences

DAY = date(2026, 11, 23)
TWICE = "statistics.counted_twice"


def figures(app):
    annual = annual_report(app, 2026)
    return {**annual.report.figures, **annual.counts.prose_figures}


def moved(app, before):
    return {name: figure - before[name] for name, figure in figures(app).items() if figure != before[name]}


def opened(app, kind, facts, day=DAY, reference="1"):
    return record(app, lambda uow: uow.cases.open(kind, f"{kind} {reference}", day, facts))


def step(app, case, key, **facts):
    record(app, lambda uow: uow.cases.step(case, key, DAY, facts))


def close(app, case, outcome):
    record(app, lambda uow: uow.cases.close(case, outcome, DAY))


DOCUMENT = {"title": "奖补办法", "number": "召政规〔2026〕1号", "owner": "clerk"}


def test_a_document_counts_as_issued_and_in_force_without_anybody_counting(app):
    before = figures(app)
    opened(app, "normative_document", DOCUMENT)
    row = "table2.normative_documents"
    assert moved(app, before) == {f"{row}.issued": 1, f"{row}.in_force": 1}


def test_a_document_of_an_earlier_year_that_is_repealed_counts_as_repealed(app):
    before = figures(app)
    case = opened(app, "normative_document", DOCUMENT, date(2024, 3, 1))
    assert moved(app, before) == {"table2.normative_documents.in_force": 1}
    close(app, case, "repealed")
    assert moved(app, before) == {"table2.normative_documents.repealed": 1}


def test_what_cases_count_is_not_counted_by_hand_from_the_first_case_on(app):
    opened(app, "normative_document", DOCUMENT)
    before = figures(app)
    for matter in ("issued", "repealed"):
        with pytest.raises(CountedByCases):
            record(app, lambda uow, m=matter: uow.registers.count(f"normative_document_{m}", DAY, quantity=1))
    with pytest.raises(CountedByCases):
        record(app, lambda uow: uow.registers.count("normative_documents_in_force", DAY, quantity=1))
    record(app, lambda uow: uow.registers.count("regulation_issued", DAY, quantity=1))
    assert set(moved(app, before)) == {"table2.regulations.issued", "table2.regulations.in_force"}


def test_a_count_by_hand_beside_a_case_is_noticed_by_the_report_s_check(app):
    january = date(2026, 1, 5)
    record(app, lambda uow: uow.registers.count("normative_documents_in_force", january, quantity=7))
    assert not [one for one in annual_report(app, 2026).report.findings if one.rule == TWICE]
    opened(app, "normative_document", DOCUMENT)
    (found,) = [one for one in annual_report(app, 2026).report.findings if one.rule == TWICE]
    assert (found.found, found.words["cases"]) == ("7", "1")
    said = phrasebook("zh").finding(found)
    assert "现行有效行政规范性文件" in said
    assert "7 件是手工数" in said


def test_an_older_document_is_counted_from_its_case_and_its_review_waits_for_its_owner(app):
    before = figures(app)
    facts = {**DOCUMENT, "earlier": "yes", "review": "2026-11-27", "until": "2027-05-20"}
    case = opened(app, "normative_document", facts, date(2022, 5, 20))
    assert moved(app, before) == {"table2.normative_documents.in_force": 1}
    dated = due_date(case_by_number(app, case).records, app.duties["normative_document"], app.calendar)
    assert dated.day == date(2026, 11, 27)
    step(app, case, "reviewed", finding="继续执行")
    dated = due_date(case_by_number(app, case).records, app.duties["normative_document"], app.calendar)
    assert dated.day == date(2027, 5, 20)


def test_a_message_counts_by_its_answer_and_by_its_rating_that_comes_later(app):
    before = figures(app)
    case = opened(app, "message", {"matter": "村口路灯不亮", "came_by": "website"})
    assert moved(app, before) == {"messages_received": 1, "messages_open": 1}
    step(app, case, "answered", answer="已更换灯泡")
    close(app, case, "answered_public")
    answered = {"messages_received": 1, "messages_closed": 1, "messages_published": 1}
    assert moved(app, before) == answered
    step(app, case, "rated", rating="satisfied")
    assert moved(app, before) == {**answered, "messages_rated_satisfied": 1}
    assert table_differences(app) == []


@pytest.mark.parametrize("result", ["praised", "talked", "criticised", "rectify"])
def test_what_assessment_led_to_counts_by_its_result(app, result):
    before = figures(app)
    opened(app, "assessment_result", {"about": "财政所", "result": result, "reason": "栏目空白"})
    assert moved(app, before) == {f"assessed_{result}": 1}


def test_every_figure_that_a_kind_counts_into_the_prose_is_known_by_its_label():
    cells = [
        cell
        for duty in shipped_duties().values()
        for cell in [*(count.cell for count in duty.counts), *(outcome.cell for outcome in duty.outcomes)]
        if cell.startswith(PREFIX)
    ]
    starts = {cell.removeprefix(PREFIX).partition("{")[0] for cell in cells}
    assert all(any(name.startswith(start) for name in CASE_FIGURES) for start in starts)
    assert figure_label("messages_received") == "收到的留言和群众难题（件）"


def boards(app, finances, today):
    office = replace(app.office, village_affairs=finances)
    duty = app.duties["village_affairs"]
    return [one.reference for one in openings(duty, office, app.calendar, today, began=date(2026, 1, 1))]


def test_boards_are_asked_for_only_where_the_office_says_so(app):
    villages = [village.id for village in app.office.villages]
    today = date(2026, 12, 12)  # the last working day of December 2026 is the 31st; twenty days ahead
    assert boards(app, "", today) == []
    assert sorted(boards(app, QUARTERLY, today)) == sorted(f"2026/{village}-q4" for village in villages)
    monthly = boards(app, MONTHLY, today)
    assert f"2026/{villages[0]}-f12" in monthly
    assert f"2026/{villages[0]}-f11" in monthly  # due on 30 November, and not yet filed


def test_an_account_of_new_media_grows_old_in_two_weeks(app):
    facts = {
        "name": "某镇发布",
        "url": "https://www.zhaoduba.example/media",
        "rule": "media",
        "owner": "clerk",
    }
    story = [
        Opened(case=1, happened_on=date(2026, 3, 2), kind="column", facts=facts),
        Stepped(case=1, happened_on=date(2026, 3, 2), step="updated", facts={"title": "推文"}),
    ]
    assert due_date(story, app.duties["column"], app.calendar).day == date(2026, 3, 16)


def test_a_notice_takes_its_days_from_its_matter(app):
    facts = {
        "name": "土地征收",
        "subject": "21_5",
        "owner": "clerk",
        "posted": 10,
        "posted_basis": "土地管理法实施条例第二十六条",
    }
    record(app, lambda uow: uow.cases.open("matter", "土地征收", DAY, facts))
    case = opened(app, "posted_notice", {"title": "预公告", "place": "村口", "matter": "土地征收"})
    assert case_by_number(app, case).facts["stay_days"] == 10
    # Ten working days after Monday 23 November 2026 end on 7 December: it may come down on the 8th.
    dated = due_date(case_by_number(app, case).records, app.duties["posted_notice"], app.calendar)
    assert dated.day == date(2026, 12, 8)


WEB = "https://www.zhaoduba.example/1.html"
COURSES = {
    "matter": (
        {"name": "预算", "subject": "20_7", "owner": "clerk"},
        [("fed", {"title": "预算"})],
        "dropped",
    ),
    "message": (
        {"matter": "路灯不亮", "came_by": "website"},
        [("answered", {"answer": "已修"}), ("rated", {"rating": "fair"})],
        "answered_public",
    ),
    "posted_notice": (
        {"title": "低保名单", "place": "村口", "stay_days": 1},
        [("photographed", {"file": "柜1"}), ("objected", {"about": "收入"})],
        "called_off",
    ),
    "village_affairs": (
        {"village": "jia", "name": "征地补偿", "covers": "major"},
        [("filed", {"photo": "柜1", "sheet": "柜1"}), ("checked", {"finding": "agrees"})],
        "whole",
    ),
    "county_review": (
        {"title": "公开指南"},
        [("sent_up", {"to": "县"}), ("county_approved", {"file": "柜1"}), ("published", {"address": WEB})],
        "approved_and_out",
    ),
    "normative_document": (DOCUMENT, [("interpreted", {"address": WEB}), ("completed", {})], "repealed"),
    "complaint": (
        {"matter": "预算没有公开", "about": "proactive", "came_by": "direct"},
        [
            ("looked_into", {"finding": "属实"}),
            ("put_right", {"measure": "已公开", "file": "柜1"}),
            ("replied", {"to": "县"}),
        ],
        "founded",
    ),
    "assessment_result": (
        {"about": "财政所", "result": "rectify", "reason": "栏目空白"},
        [("rectified", {"measure": "补齐", "file": "柜1"}), ("rechecked", {"finding": "已补齐"})],
        "made_good",
    ),
}


def test_the_further_kinds_run_their_course_on_both_engines(both_apps):
    before = figures(both_apps)
    for kind, (facts, steps, outcome) in COURSES.items():
        case = opened(both_apps, kind, facts)
        for key, said in steps:
            step(both_apps, case, key, **said)
        close(both_apps, case, outcome)
    counted = moved(both_apps, before)
    assert {name: counted.get(name) for name in EXPECTED} == EXPECTED
    assert [one.published for one in year_coverage(both_apps, 2026)] == [1]
    assert table_differences(both_apps) == []


EXPECTED = {
    "messages_published": 1,
    "messages_rated_fair": 1,
    "notices_posted": 1,
    "boards_whole": 1,
    "reviews_done": 1,
    "complaints_founded": 1,
    "rectified": 1,
    "table2.normative_documents.issued": 1,
    "table2.normative_documents.repealed": 1,
}


OF_THE_OFFICE = {  # a table of the office's document, or a register, has the same name as the kind
    "village_affairs": {
        "bot/channels/web/settings/pages.py",
        "config/office/loader.py",
        "config/office/schema.py",
    },
    "normative_document": {"config/reporting/registers.py"},
}
COMMON_WORDS = {"matter", "message"}
"""Kinds whose keys are words of other things as well."""


def test_nothing_outside_the_declarations_knows_these_kinds():
    kinds = {module.name for module in pkgutil.iter_modules(public_affairs.__path__)} - COMMON_WORDS
    told = {kind: set() for kind in kinds}
    for room in ("bot", "config", "scheduler", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(("bot/demo/", "config/duties/public_affairs/")):
                text = path.read_text("utf-8")
                for kind in kinds:
                    told[kind] |= {place} if f'"{kind}"' in text else set()
    assert {kind: places for kind, places in told.items() if places} == OF_THE_OFFICE
