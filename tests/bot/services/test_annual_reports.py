"""Command, page and chat give the same annual report, also after something came late to a sealed year."""

import json
import re
from collections.abc import Mapping
from datetime import date

import pytest

from bot.commands.queries.cases import YEAR_SUMMARY_CELLS
from bot.language.phrasebook import phrasebook
from bot.services.annual_reports import CORRECTIONS_SUFFIX, annual_report
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Speaker
from tests.scheduler.recording.stories import FACTS, RECEIVED, YEAR, played, sealed
from tests.scheduler.worklist.town import opened_on
from tests.town import case_number, log_end, recorded

NEXT_YEAR = YEAR + 1
RECEIVED_TOTAL = "table3.received.total"
LATE_RECEIPT = date(YEAR, 7, 1)


@pytest.fixture
def town(app):
    """The year before is sealed; the sample's second request is still open."""
    played(app)
    sealed(app)
    return app


def receive_late(town):
    recorded(town, lambda uow: uow.cases.open("request", "3", LATE_RECEIPT, FACTS), late_reason="迟交")


def from_command(gongkai, year) -> Mapping[str, int]:
    tables = json.loads(gongkai("report", year).out)
    return {cell: _cell(tables, cell) for cell in YEAR_SUMMARY_CELLS}


def _cell(tables, cell) -> int:
    table, row, column = cell.split(".")
    return tables[table][row][column]


def page_at(town, address) -> str:
    visitor = Visitor(town).join("clerk")
    visitor.go(address)
    return visitor.shown.text


def from_page(town, year) -> Mapping[str, int]:
    page = page_at(town, f"/years/{year}")
    return {cell: _figure_on_page(page, year, cell) for cell in YEAR_SUMMARY_CELLS}


def _figure_on_page(page, year, cell) -> int:
    """The figure of a cell; only one that is not nought is a link."""
    linked = re.search(rf'href="/years/{year}/cells/{re.escape(cell)}">(\d+)</a>', page)
    return int(linked.group(1)) if linked else 0


def from_chat(town) -> Mapping[str, int]:
    told = Speaker(town, "clerk").says("今年")
    return {cell: _figure_in_chat(told, cell) for cell in YEAR_SUMMARY_CELLS}


def _figure_in_chat(told, cell) -> int:
    before, _, after = phrasebook("zh").say(f"talk.year.{cell.split('.')[1]}", count="#").partition("#")
    return int(re.search(rf"{re.escape(before)}(\d+){re.escape(after)}", told).group(1))


def from_each(town, gongkai) -> list[Mapping[str, int]]:
    return [from_command(gongkai, NEXT_YEAR), from_page(town, NEXT_YEAR), from_chat(town)]


def test_what_came_late_to_a_sealed_year_counts_alike_in_command_page_and_chat(town, gongkai):
    before = from_each(town, gongkai)
    receive_late(town)
    after = from_each(town, gongkai)
    assert [each[RECEIVED_TOTAL] for each in before] == [0, 0, 0]
    assert [each[RECEIVED_TOTAL] for each in after] == [1, 1, 1]
    assert after[0] == after[1] == after[2]
    assert set(after[0]) == set(YEAR_SUMMARY_CELLS)


def test_an_ordinary_day_of_the_open_year_counts_alike_too(town, gongkai):
    receive_late(town)
    recorded(
        town,
        lambda uow: uow.cases.close(
            case_number(town, "request", "2"), "granted", uow.context.today, {"source": "register"}
        ),
    )
    command, page, chat = from_each(town, gongkai)
    assert command == page == chat
    assert chat == {RECEIVED_TOTAL: 1, "table3.results_total.total": 1, "table3.carried_out.total": 1}


def test_the_page_names_the_sources_of_a_sealed_figure_as_the_command_does(town, gongkai):
    told = gongkai("report", YEAR, "--cell", RECEIVED).out
    page = page_at(town, f"/years/{YEAR}/cells/{RECEIVED}")
    cases, entries = annual_report(town, YEAR).sources(RECEIVED)
    assert (len(cases), entries) == (2, [])
    for case in cases:
        assert f'href="/cases/{case}"' in page
    assert "2 件" in told


def test_what_came_late_belongs_to_the_report_and_not_to_a_command(town, gongkai, tmp_path):
    receive_late(town)
    annual = annual_report(town, YEAR)
    assert {each.figure for each in annual.corrections} >= {RECEIVED, RECEIVED_TOTAL}
    [annex] = annual.annexes()
    assert annex.suffix == CORRECTIONS_SUFFIX
    assert gongkai("report", YEAR, "--out", tmp_path / "r.docx").code == 0
    assert (tmp_path / f"r-{CORRECTIONS_SUFFIX}.docx").read_bytes() == annex.content
    assert json.loads(annual.content("json")) == json.loads(gongkai("report", YEAR).out)


def test_a_report_as_of_a_day_or_as_known_on_one_has_no_corrections(town):
    receive_late(town)
    assert annual_report(town, YEAR, as_of=date(YEAR, 12, 31)).corrections == ()
    known = annual_report(town, YEAR, known_on=town.today)
    assert (known.corrections, known.is_published) == ((), True)


def test_the_chat_reads_inside_its_own_transaction(town):
    """What the transaction has recorded counts, and what nobody kept does not."""
    position = log_end(town)
    with town.store.writing(town.office.slug) as connection:
        with town.recorder.transaction(actor="clerk", means="test", within=connection) as uow:
            uow.cases.open("request", "4", uow.context.today, FACTS)
        inside = annual_report(town, NEXT_YEAR, within=connection).report
        outside = annual_report(town, NEXT_YEAR).report
    assert (inside.figures[RECEIVED], outside.figures[RECEIVED]) == (1, 0)
    assert log_end(town) == position + 1


def _comparison(town, year, **options):
    own = {"prose/other.txt": "新收{{ received }}件{{ since('received', '件') }}"}
    report = annual_report(town, year, templates=own, **options).report
    return next(one.paragraphs for one in report.sections if one.key == "other")


def test_the_prose_compares_a_whole_year_with_the_sealed_one_before(town):
    before = annual_report(town, YEAR).report.figures[RECEIVED_TOTAL]
    assert before
    assert _comparison(town, NEXT_YEAR) == (f"新收0件（比上年减少{before}件）",)
    assert _comparison(town, NEXT_YEAR, as_of=date(NEXT_YEAR, 6, 30)) == ("新收0件",)  # half a year is none
    assert _comparison(town, NEXT_YEAR + 1) == ("新收0件",)  # the year before is not sealed


def test_before_the_first_signature_it_is_shown_what_is_left_of_last_year_s_words(town):
    opened_on(town, date(NEXT_YEAR + 1, 1, 5))
    case = case_number(town, "annual_report", f"{NEXT_YEAR}/report")
    clerk = Visitor(town).join("clerk")
    clerk.go(f"/texts/{case}/draft")
    assert clerk.send("check", prepared="1") == []
    assert "与上年报告一字不差" in clerk.text  # the town's own prose says the same every year
    assert "lay" in clerk.shown.text  # a warning: whoever submits decides
