"""Disputes in an office: linked to their request, counted in table 4, imported, explained."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from bot.services.records.register_files import ImportKind, import_file
from config.calendar.working_calendar import HolidayNotice
from config.declarations.duty import Field
from config.duties.dispute import DUTY, ROUTES
from config.shipped_data import load_form
from scheduler.terms.deadlines import due_date_changes
from scheduler.validation.case_links import follow_up, unresolved_links
from scheduler.validation.violations import NoSuchLink
from scheduler.worklist.agenda import agenda_item
from tests.command_line import CommandLine
from tests.config.duties.dispute.stories import happened, opened
from tests.town import case_by_number, record, transaction

REQUESTED, FILED, DECIDED = date(2026, 3, 2), date(2026, 4, 7), date(2026, 6, 5)
OUTCOMES = [outcome.key for outcome in DUTY.outcomes]


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    return both_apps


def request(app: OfficeApp, reference="召公开〔2026〕1号"):
    return record(
        app, lambda uow: uow.cases.open("request", reference, REQUESTED, {"applicant_kind": "business"})
    )


def dispute(app: OfficeApp, reference="复议1", route="reconsideration", **facts):
    return record(app, lambda uow: uow.cases.open("dispute", reference, FILED, {"route": route, **facts}))


def task(app: OfficeApp, number):
    found = case_by_number(app, number)
    return agenda_item(found, found.opening, DUTY, app.known_calendar(), app.today)


def test_a_dispute_names_its_request(app: OfficeApp) -> None:
    request(app)
    number = dispute(app, request="召公开〔2026〕1号")
    assert case_by_number(app, number).facts["request"] == "召公开〔2026〕1号"


def test_a_request_opened_in_the_same_transaction_can_be_named(app: OfficeApp) -> None:
    with transaction(app) as uow:
        uow.cases.open("dispute", "诉讼1", FILED, {"route": "litigation_direct", "request": "甲1"})
        uow.cases.open("request", "甲1", REQUESTED, {"applicant_kind": "business"})


def test_an_unknown_request_is_refused_and_nothing_is_kept(app: OfficeApp) -> None:
    request(app)
    with app.log() as log:
        before = log.end()
    with pytest.raises(NoSuchLink) as refused:
        dispute(app, request="召公开〔2026〕2号")
    sentence = phrasebook("zh").error(refused.value)
    assert "召公开〔2026〕2号" in sentence
    assert "请先登记那一件，或者改正编号" in sentence
    assert not [book for book in map(phrasebook, LANGUAGES) if "{" in book.error(refused.value)]
    with app.log() as log:
        assert log.end() == before


def test_a_dispute_is_no_request(app: OfficeApp) -> None:
    dispute(app, "复议1")
    with pytest.raises(NoSuchLink):
        dispute(app, "复议2", request="复议1")


def test_a_struck_out_request_cannot_be_named(app: OfficeApp) -> None:
    request(app)
    record(app, lambda uow: uow.corrections.amend(1, "不是信息公开申请"))
    with pytest.raises(NoSuchLink):
        dispute(app, request="召公开〔2026〕1号")


def test_a_link_that_broke_later_stops_no_other_step(app: OfficeApp) -> None:
    """What was wrong before this transaction is not held against it."""
    request(app)
    number = dispute(app, request="召公开〔2026〕1号")
    record(app, lambda uow: uow.corrections.amend(1, "不是信息公开申请"))
    record(app, lambda uow: uow.cases.step(number, "reply_filed", date(2026, 4, 14)))
    assert [step.step for step in case_by_number(app, number).steps] == ["reply_filed"]


def table4(app: OfficeApp, year=2026):
    made = annual_report(app, year).report
    return {cell: figure for cell, figure in made.figures.items() if cell.startswith("table4") and figure}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_concluded_dispute_counts_in_its_cell_alone(app: OfficeApp, route: str, outcome: str) -> None:
    number = dispute(app, route=route)
    record(app, lambda uow: uow.cases.step(number, "reply_filed", date(2026, 4, 14)))
    record(app, lambda uow: uow.cases.close(number, outcome, DECIDED))
    assert table4(app) == {f"table4.{route}.{outcome}": 1, f"table4.{route}.total": 1}
    assert table4(app, 2025) == {}


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_an_open_dispute_is_pending_answered_or_not(app: OfficeApp, route: str) -> None:
    dispute(app, "一", route)
    number = dispute(app, "二", route)
    record(app, lambda uow: uow.cases.step(number, "reply_filed", date(2026, 4, 14)))
    assert table4(app) == {f"table4.{route}.pending": 2, f"table4.{route}.total": 2}


def test_every_cell_of_table_4_is_some_disputes_cell() -> None:
    declared = {f"table4.{route}.{outcome}" for route in ROUTES for outcome in [*OUTCOMES, "pending"]}
    cells = {cell for cell in load_form().cells if cell.startswith("table4")}
    assert cells - declared == {f"table4.{route}.total" for route in ROUTES}


REGISTER = "编号,途径,受理日期,审结日期,结果\n复议7,行政复议,2026-04-07,,\n复议8,行政复议,2025-04-07,2025-06-05,结果维持\n"


def imported(app: OfficeApp, folder: Path):
    file = folder / "disputes.csv"
    file.write_text(REGISTER, "utf-8")
    return import_file(app, ImportKind("disputes"), file, dry_run=False)[0]


def test_an_imported_dispute_needs_no_more_than_its_columns(app: OfficeApp, tmp_path: Path) -> None:
    assert imported(app, tmp_path).opened == 2
    standing, ended = (task(app, number) for number in (1, 2))
    assert (standing.due.day, standing.due.late_steps, standing.overdue) == (date(2026, 4, 14), (), True)
    assert (ended.due.state, ended.due.late_steps) == ("closed", ())


def test_the_day_of_the_copy_can_be_added_to_an_import(app: OfficeApp, tmp_path: Path) -> None:
    imported(app, tmp_path)
    opening = case_by_number(app, 1).opening
    right = type(opening)(
        case=1, happened_on=opening.happened_on, kind=opening.kind, reference=opening.reference,
        facts={**opening.facts, "copy_received_on": "2026-04-13"},
    )  # fmt: skip
    record(app, lambda uow: uow.corrections.amend(1, "补记收到副本日期", right))
    assert task(app, 1).due.day == date(2026, 4, 20)
    assert imported(app, tmp_path).unchanged == 2


def explained(gongkai: CommandLine, *words: str) -> str:
    said = gongkai("explain", *words)
    assert (said.code, said.err) == (0, "")
    return said.out


def test_a_dispute_is_explained(app: OfficeApp, gongkai: CommandLine) -> None:
    number = dispute(
        app, "诉讼1", "litigation_direct", copy_received_on="2026-04-16", authority="某区人民法院"
    )
    told = explained(gongkai, "诉讼1")
    assert "答辩期限：2026-05-06（周三）" in told  # the last day, 1 May, is off up to the 5th
    assert "2026-04-08—2026-04-16  计 0 天  尚未收到副本，期限未起算" in told
    assert "2026-04-17—2026-05-01  计 15 天  自然日，逐日计算  行政诉讼法第六十七条" in told
    assert "2026-05-02—2026-05-06  计 0 天  期限的最后一天是休息日" in told
    record(app, lambda uow: uow.cases.step(number, "reply_filed", date(2026, 4, 28)))
    told = explained(gongkai, "诉讼1")
    assert "没有期限在走：已提交答复，等待复议决定或者判决" in told
    assert "2026-04-17—2026-04-28  计 12 天" in told
    assert "2026-04-29—……" in told
    record(app, lambda uow: uow.cases.close(number, "upheld", DECIDED))
    assert "没有期限在走：已办结" in explained(gongkai, "诉讼1")


def test_a_dispute_is_explained_to_programs(app: OfficeApp, gongkai: CommandLine) -> None:
    dispute(app, copy_received_on="2026-04-13", procedure="summary")
    told = explained(gongkai, "复议1", "--json")
    assert '"due": "2026-04-20"' in told
    assert "行政复议法第五十四条" in told


def test_a_notice_that_moves_a_last_day_moves_the_dispute(app: OfficeApp) -> None:
    number = record(
        app, lambda uow: uow.cases.open("dispute", "诉讼1", FILED, {"route": "litigation_direct"})
    )
    before = app.known_calendar()
    after = before.with_notice(
        HolidayNotice(year=2026, numbers=("测试",), off={date(2026, 4, 22): "新假"}, work={})
    )
    (move,) = due_date_changes([case_by_number(app, number)], app.duties, before, after)
    assert (move.before.day, move.after.day) == (date(2026, 4, 22), date(2026, 4, 23))


def test_a_correction_calls_for_the_request_to_be_taken_up_again() -> None:
    story = [opened(FILED, "reconsideration", request="甲1"), happened(DECIDED, "corrected")]
    called = follow_up(story, DUTY)
    assert called is not None
    assert (called.kind, called.reference, called.step, called.since) == (
        "request",
        "甲1",
        "reopened",
        DECIDED,
    )
    assert not called.is_taken_in([happened(FILED, "reopened")])  # of an earlier decision
    assert called.is_taken_in([happened(DECIDED, "reopened")])


@pytest.mark.parametrize(
    "story",
    [
        [opened(FILED, "reconsideration", request="甲1"), happened(DECIDED, "upheld")],
        [opened(FILED, "reconsideration"), happened(DECIDED, "corrected")],
        [opened(FILED, "reconsideration", request="甲1")],
        [],
    ],
    ids=["upheld", "no request named", "open", "void"],
)
def test_nothing_else_calls_for_anything(story) -> None:
    assert follow_up(story, DUTY) is None


def test_a_follow_up_is_taken_at_the_desk(app: OfficeApp) -> None:
    asked = request(app)
    record(app, lambda uow: uow.cases.close(asked, "not_held", date(2026, 3, 20)))
    number = dispute(app, request="召公开〔2026〕1号")
    record(app, lambda uow: uow.cases.close(number, "corrected", DECIDED))
    story = [record for _, record in case_by_number(app, number).timeline]
    called = follow_up(story, DUTY)
    assert called is not None
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        linked = uow.context.index.find(called.kind, [called.reference])[called.reference]
        uow.cases.step(linked, called.step, DECIDED, {"decision": "某府复决〔2026〕7号"})
    assert called.is_taken_in(case_by_number(app, asked).steps)
    assert linked == asked


def test_links_and_follow_ups_are_declared_whole(app: OfficeApp) -> None:
    """Of every kind: a link names a kind, a follow-up a linking field and a step of that kind."""
    for duty in app.duties.values():
        linking = {asked.key: app.duties[asked.linked_kind] for asked in duty.fields if asked.linked_kind}
        steps = [outcome.follow_up for outcome in duty.outcomes if outcome.follow_up]
        assert all(linking[follow.field].step(follow.step) for follow in steps)


def test_a_step_can_name_a_case_too() -> None:
    hearing = replace(
        DUTY.step("hearing"), fields=(Field(key="joined", label="并案", linked_kind="dispute"),)
    )
    duty = replace(DUTY, steps=(hearing,))
    story = [opened(FILED, "reconsideration"), happened(DECIDED, "hearing", {"joined": "复议2"})]
    (found,) = unresolved_links(story, duty, {"dispute": duty}, lambda _kind, _references: {})
    assert (found.fault, found.day) == (NoSuchLink, DECIDED)
    assert not list(
        unresolved_links(story, duty, {"dispute": duty}, lambda kind, names: {names[0]: len(kind)})
    )
