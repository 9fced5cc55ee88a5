"""The workbook read back: numbers as numbers, merges as on the form, text as text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from config.errors import Refusal
from config.reporting.form import FEE_CELL
from storage.documents.annual_report.writer import write_report
from storage.documents.layout.grid import CellRole, table_grids
from tests.storage.documents.annual_report.papers import (
    AWKWARD,
    FEE,
    FORM,
    sample_report,
    with_figure,
    written,
)

GRIDS = list(table_grids(sample_report(), FORM).values())


@pytest.fixture(scope="module")
def book():
    return load_workbook(BytesIO(written("xlsx")))


def fee_cell(figure):
    book = load_workbook(BytesIO(write_report(with_figure(FEE_CELL, figure), FORM, "xlsx")))
    return book.worksheets[1]["B15"]


@pytest.mark.parametrize("number", range(3))
def test_every_cell_has_its_place_and_value(book, number):
    sheet = book.worksheets[number + 1]
    for cell in GRIDS[number].cells:
        found = sheet.cell(cell.row + 2, cell.column + 1)
        if cell.role is CellRole.FIGURE:
            assert (found.data_type, Decimal(str(found.value))) == ("n", Decimal(cell.figure))
        else:
            assert (found.data_type, found.value) == ("s", cell.text)


@pytest.mark.parametrize("number", range(3))
def test_merges_are_those_of_the_form(book, number):
    merged = {area.bounds for area in book.worksheets[number + 1].merged_cells.ranges}
    spans = [cell for cell in GRIDS[number].cells if cell.rows + cell.columns > 2]
    assert merged == {
        (cell.column + 1, cell.row + 2, cell.column + cell.columns, cell.row + cell.rows + 1)
        for cell in spans
    }


def test_the_amount_is_a_number_with_its_decimals():
    assert fee_cell(FEE).value == 7730.28
    assert fee_cell(FEE).number_format == "0.00"
    assert fee_cell(Decimal("4068.2080")).number_format == "0.000"
    assert (fee_cell(0).value, fee_cell(0).number_format) == (0, "0")


def test_an_amount_too_long_for_a_spreadsheet_stays_exact():
    assert fee_cell(Decimal("12345678901234.567")).value == "12345678901234.567"


def test_sheets_print_on_a4(book):
    assert len(book.worksheets) == 4
    for sheet in book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
            9,
            1,
            0,
        )
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book.worksheets[2].freeze_panes == "D5"
    assert book.worksheets[2].print_title_rows == "$1:$4"


def test_columns_hold_the_longest_figure():
    report = with_figure("table4.reconsideration.total", 123456789)
    book = load_workbook(BytesIO(write_report(report, FORM, "xlsx")))
    assert book.worksheets[3].column_dimensions["E"].width >= 11


def test_prose_stands_on_the_first_sheet(book):
    report = sample_report()
    lines = [cell.value for cell in book["正文"]["A"]]
    assert lines[:2] == ["东山镇人民政府2025年政府信息公开工作年度报告", report.preamble[0]]
    assert lines[2:] == [text for part in report.sections for text in (part.heading, *part.paragraphs)]
    assert lines.count(AWKWARD) == 6


def test_no_text_becomes_a_formula():
    sum_line = "=1+1"
    report = replace(sample_report(), preamble=(sum_line,))
    cell = load_workbook(BytesIO(write_report(report, FORM, "xlsx")))["正文"]["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", sum_line, True)


def test_a_paragraph_no_cell_can_hold_is_refused():
    report = replace(sample_report(), preamble=("长" * 32_768,))
    with pytest.raises(Refusal, match="32768字"):
        write_report(report, FORM, "xlsx")
