"""The bulletin and the assessment as papers: the same bytes for the same figures, every figure in them, no shame."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from storage.documents.bulletin.assessment_excel import assessment_xlsx
from storage.documents.bulletin.tables import bulletin_grids
from storage.documents.bulletin.word import assessment_docx, bulletin_docx
from storage.documents.layout.official_paper import (
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    TOP,
)
from storage.documents.layout.word_table import CELL_MARGIN, CHARACTER_TWIPS, WIDEST_DIGIT
from storage.reporting.bulletin_values import Assessment, AssessmentRow, VillageMonthState, VillageTotals
from tests.storage.documents.bulletin.made import AWKWARD, EN, LONG, LONG_TITLE, ZH, long_one, made

MONTHS = tuple(date(2026, month, 1) for month in range(1, 13))


def paper(content):
    return Document(io.BytesIO(content))


def lines(content):
    return [paragraph.text for paragraph in paper(content).paragraphs]


def tables(content):
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in paper(content).tables]


def year_row(village, name, points, rank):
    months = {month: Decimal(each) for month, each in zip(MONTHS, points, strict=False) if each is not None}
    states = {VillageMonthState.ON_TIME: len(months)}
    total = sum(months.values(), Decimal(0))
    sums = VillageTotals(
        months=len(months), states=states, items=2 * len(months), adopted=len(months), points=total
    )
    return AssessmentRow(village=village, name=name, points=months, sums=sums, rank=rank)


def a_year():
    """Two villages, one of them gone in September: 12 x 18, and 8 x 6 with a half."""
    rows = (
        year_row("jia", "甲村", [18] * 12, 1),
        year_row("ji", LONG, ["6.5", 6, 6, 6, 6, 6, 6, 6], 2),
    )
    by_month = {
        month: VillageTotals(
            months=1 + (month in rows[1].points),
            points=sum((row.points.get(month, 0) for row in rows), Decimal(0)),
        )
        for month in MONTHS
    }
    sums = VillageTotals(
        months=20, states={VillageMonthState.ON_TIME: 20}, items=40, adopted=20, points=Decimal("264.5")
    )
    return Assessment(
        agency="召都巴镇人民政府",
        short_name="召都巴镇",
        year=2026,
        dated=date(2027, 1, 15),
        closed=True,
        ranked=True,
        scored=True,
        schemes=("钟楼区行政审批局信息考核",),
        months=MONTHS,
        rows=rows,
        by_month=by_month,
        sums=sums,
    )


def test_the_bulletin_is_an_official_paper():
    section = paper(bulletin_docx(made(12), ZH)).sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx(
        (PAGE_WIDTH, PAGE_HEIGHT), abs=0.1
    )
    assert (section.top_margin.mm, section.left_margin.mm) == pytest.approx((TOP, LEFT), abs=0.1)
    text = (
        PAGE_WIDTH - section.left_margin.mm - section.right_margin.mm,
        PAGE_HEIGHT - section.top_margin.mm - section.bottom_margin.mm,
    )
    assert text == pytest.approx((TEXT_WIDTH, TEXT_HEIGHT), abs=0.1)


def test_it_says_in_order_what_a_bulletin_says():
    told = lines(bulletin_docx(made(12), ZH))
    assert told[0] == "召都巴镇人民政府\n2026年11月村级信息报送情况通报"
    assert told[1] == "各村民委员会："
    heads = [line for line in told if line[:2] in {"一、", "二、", "三、", "四、"}]
    assert heads == ["一、总体情况", "二、各村情况", "三、采用信息", "四、迟报、零报送和未报送"]
    assert "（二）与上月相比。报送增加5条，采用增加2条，未报送的村持平。" in told
    assert "截止日2026年11月25日、宽限到2026年11月27日，未报送的：壬村。" in told
    assert "1．乙村：《秋收农机调度》（县级采用、市级采用，2026年10月报送）。" in told
    assert told[-2:] == ["召都巴镇人民政府", "2026年11月28日"]
    assert not any(word in "".join(told) for word in ("批评", "落后", "倒数", "未读", "已读"))


@pytest.mark.parametrize("villages", [3, 12, 60])
def test_every_village_has_its_row_and_the_sums_are_below(villages):
    bulletin = made(villages)
    (table,) = tables(bulletin_docx(bulletin, ZH))
    assert table[0] == [
        "名次",
        "村",
        "报送情况",
        "报送（条）",
        "采用（条）",
        "本月得分",
        "前月补计",
        "上月得分",
        "今年累计",
    ]
    assert [row[1] for row in table[1:-1]] == [row.name for row in bulletin.rows]
    assert [int(row[3]) for row in table[1:-1]] == [row.items for row in bulletin.rows]
    assert table[-1][1] == "合计"
    assert [int(table[-1][place]) for place in (3, 4, 5)] == [
        sum(int(row[place]) for row in table[1:-1]) for place in (3, 4, 5)
    ]


def test_without_a_ranking_there_is_no_rank_in_it():
    content = bulletin_docx(made(12, ranked=False), ZH)
    (table,) = tables(content)
    assert table[0][0] == "村"
    assert "各村按名册顺序排列，不分名次" in "".join(lines(content))


def test_where_nothing_is_scored_items_are_counted():
    bulletin = made(3, ranked=False)
    rows = tuple(replace(row, points=None, before=None, year_points=None) for row in bulletin.rows)
    (grid,) = bulletin_grids(replace(bulletin, rows=rows, scored=False), ZH)
    assert [cell.text for cell in grid.cells if cell.row == 0] == [
        "村", "报送情况", "报送（条）", "采用（条）", "今年报送", "今年采用",
    ]  # fmt: skip


def test_the_table_of_levels_shows_the_lower_and_the_upper_ones_apart():
    bulletin = long_one()
    _, levels = bulletin_grids(bulletin, ZH)
    heads = [cell.text for cell in levels.cells if cell.row == 0]
    assert heads == ["名次", "村", "本级采用（条）", "得分", "上级采用（条）", "得分", "其他得分", "总分"]
    for place, row in enumerate(bulletin.rows, start=1):
        found = {cell.column: cell.figure for cell in levels.cells if cell.row == place}
        assert found[3] + found[5] + found[6] == found[7] == row.points


def test_long_and_awkward_names_are_whole_in_the_paper():
    content = bulletin_docx(long_one(), ZH)
    text = "".join(lines(content)) + str(tables(content))
    for said in (LONG, LONG_TITLE, AWKWARD):
        assert said in text
    assert "旧村本月已不在名册，以前月份补计+12分。" in text


@pytest.mark.parametrize("write", [bulletin_docx], ids=["bulletin"])
def test_the_same_bulletin_is_the_same_bytes(write):
    assert write(made(12), ZH) == write(made(12), ZH)


def test_the_same_assessment_is_the_same_bytes():
    assert assessment_docx(a_year(), ZH) == assessment_docx(a_year(), ZH)
    assert assessment_xlsx(a_year(), ZH) == assessment_xlsx(a_year(), ZH)


def test_the_assessment_s_tables_say_who_was_there_when():
    year, months = tables(assessment_docx(a_year(), ZH))
    assert year[0][:5] == ["名次", "村", "总分", "月均得分", "应报（月）"]
    assert year[1][:5] == ["1", "甲村", "216", "18", "12"]
    assert year[2][:5] == ["2", LONG, "48.5", "6.06", "8"]
    assert year[3][2] == "264.5"
    assert months[2][2:] == ["6.5", *["6"] * 7, *["—"] * 4, "48.5"]
    assert months[3][2:] == ["24.5", *["24"] * 7, *["18"] * 4, "264.5"]


def test_the_name_of_a_month_stands_on_one_line():
    """Two of the widest digits, a sign and the margins, in the columns of a whole year."""
    table = paper(assessment_docx(a_year(), ZH)).tables[1]
    needed = 2 * CELL_MARGIN + CHARACTER_TWIPS * (2 * WIDEST_DIGIT + 1)
    widths = [int(column.width.twips) for column in table.columns]
    assert min(widths[2:14]) > needed
    spaced = [
        paragraph.style.element.pPr.find(qn("w:autoSpaceDN")) for paragraph in table.cell(0, 13).paragraphs
    ]
    assert [each.get(qn("w:val")) for each in spaced] == ["0"]  # no room of its own between digits and signs


def test_nobody_signs_a_page_that_says_nothing_else():
    year, months = paper(assessment_docx(a_year(), ZH)).tables
    kept = [
        [cell.paragraphs[0].paragraph_format.keep_with_next for cell in each.rows[-1].cells]
        for each in (year, months)
    ]
    assert not any(kept[0])
    assert all(kept[1])


def test_the_workbook_s_figures_can_be_added_up():
    book = load_workbook(io.BytesIO(assessment_xlsx(a_year(), ZH)))
    sheet = book["各月得分"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=5)]
    for row in rows:
        assert sum(value for value in row[2:-1] if isinstance(value, int | float)) == row[-1]
    assert sheet.freeze_panes == "A3"


def test_papers_carry_no_machine_s_time():
    for content in (bulletin_docx(made(3), ZH), assessment_docx(a_year(), ZH), assessment_xlsx(a_year(), ZH)):
        with ZipFile(io.BytesIO(content)) as archive:
            assert b"dcterms:created" not in archive.read("docProps/core.xml")


def test_the_english_twin_says_as_much():
    zh, en = lines(bulletin_docx(made(12), ZH)), lines(bulletin_docx(made(12), EN))
    assert len(zh) == len(en)
    assert not any("{" in line or "[" in line for line in en)
