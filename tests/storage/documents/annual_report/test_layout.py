"""The layout of the three tables, once for all documents."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.documents.layout.grid import CellRole, TableGrid, table_grids
from tests.storage.documents.annual_report.papers import FORM, sample_report

GRIDS = table_grids(sample_report(), FORM)
CAPTION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def spans_of(grid: TableGrid) -> set[tuple[str, int, int, int, int]]:
    labels = (cell for cell in grid.cells if cell.role is not CellRole.FIGURE)
    return {(cell.text, cell.row, cell.column, cell.rows, cell.columns) for cell in labels}


@pytest.mark.parametrize("grid", GRIDS.values(), ids=list(GRIDS))
def test_every_place_is_covered_once(grid):
    covered = Counter(
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    )
    places = {(row, column) for row in range(grid.height) for column in range(len(grid.widths))}
    assert covered == Counter(places)


def test_every_cell_of_the_form_has_a_place():
    shown = [cell.key for grid in GRIDS.values() for cell in grid.cells if cell.role is CellRole.FIGURE]
    assert len(shown) == 200
    assert sorted(shown) == sorted(FORM.cells)


def test_table_two_is_the_official_one():
    assert {
        ("第二十条第（一）项", 0, 0, 1, 4),
        ("信息内容", 1, 0, 1, 1),
        ("本年制发件数", 1, 1, 1, 1),
        ("本年废止件数", 1, 2, 1, 1),
        ("现行有效件数", 1, 3, 1, 1),
        ("规章", 2, 0, 1, 1),
        ("行政规范性文件", 3, 0, 1, 1),
        ("第二十条第（五）项", 4, 0, 1, 4),
        ("本年处理决定数量", 5, 1, 1, 3),
        ("行政许可", 6, 0, 1, 1),
        ("第二十条第（六）项", 7, 0, 1, 4),
        ("第二十条第（八）项", 11, 0, 1, 4),
        ("本年收费金额（单位：万元）", 12, 1, 1, 3),
        ("行政事业性收费", 13, 0, 1, 1),
    } <= spans_of(GRIDS["table2"])


def test_table_three_is_the_official_one():
    assert {
        (CAPTION, 0, 0, 3, 3),
        ("申请人情况", 0, 3, 1, 7),
        ("自然人", 1, 3, 2, 1),
        ("法人或其他组织", 1, 4, 1, 5),
        ("总计", 1, 9, 2, 1),
        ("商业企业", 2, 4, 1, 1),
        ("其他", 2, 8, 1, 1),
        ("一、本年新收政府信息公开申请数量", 3, 0, 1, 3),
        ("二、上年结转政府信息公开申请数量", 4, 0, 1, 3),
        ("三、本年度办理结果", 5, 0, 22, 1),
        ("（一）予以公开", 5, 1, 1, 2),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 6, 1, 1, 2),
        ("（三）不予公开", 7, 1, 8, 1),
        ("1.属于国家秘密", 7, 2, 1, 1),
        ("（四）无法提供", 15, 1, 3, 1),
        ("（五）不予处理", 18, 1, 5, 1),
        ("（六）其他处理", 23, 1, 3, 1),
        ("3.其他", 25, 2, 1, 1),
        ("（七）总计", 26, 1, 1, 2),
        ("四、结转下年度继续办理", 27, 0, 1, 3),
    } <= spans_of(GRIDS["table3"])


def test_table_four_is_the_official_one():
    direct = {(label, 1, place, 2, 1) for place, label in enumerate(OUTCOMES)}
    nested = {(label, 2, place, 1, 1) for place, label in enumerate(OUTCOMES * 2, start=5)}
    assert spans_of(GRIDS["table4"]) == direct | nested | {
        ("行政复议", 0, 0, 1, 5),
        ("行政诉讼", 0, 5, 1, 10),
        ("未经复议直接起诉", 1, 5, 1, 5),
        ("复议后起诉", 1, 10, 1, 5),
    }


def test_a_figure_knows_its_headings():
    grid = GRIDS["table3"]
    figure = next(cell for cell in grid.cells if cell.key == "table3.state_secret.business")
    heard = [heading.text for heading in grid.headings(figure)]
    assert sorted(heard) == sorted(
        ["申请人情况", "法人或其他组织", "商业企业", "三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"]
    )


def test_blocks_of_table_two_keep_their_headings():
    grid = GRIDS["table2"]
    figure = next(cell for cell in grid.cells if cell.key == "table2.penalties.decisions")
    assert [heading.text for heading in grid.headings(figure)] == [
        "第二十条第（六）项",
        "本年处理决定数量",
        "行政处罚",
    ]
