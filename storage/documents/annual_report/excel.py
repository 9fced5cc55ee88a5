"""Writes the annual report as a workbook: the prose on one sheet, each table on its own, as on the form.

Counts are numbers that can be added up. A spreadsheet keeps 15 digits of a number and drops the rest
silently, so a longer amount is written as text: it must not change by being opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from config.errors import Refusal
from config.reporting.form import ReportForm
from storage.documents.layout.deterministic_zip import repack
from storage.documents.layout.grid import (
    TABLE_SECTIONS,
    CellRole,
    GridCell,
    TableGrid,
    is_row_label,
    table_grids,
)
from storage.reporting.report import Figure, Report, Section, format_figure

PROSE_SHEET = "正文"
SHEETS = {"table2": "二、主动公开", "table3": "三、依申请公开", "table4": "四、复议诉讼"}
FROZEN = {"table3": "D5", "table4": "A5", "year": "A3", "months": "A3"}  # below the title and the headings
LANDSCAPE = frozenset({"table4", "year", "months"})  # a dozen columns and more
TITLE_ROWS = 1
MM_PER_CHARACTER = (
    1.5  # millimetres of the form to one digit of a column's width: the sheet is printed smaller
)
LINE_POINTS = 15  # points: one line of text in a cell
TALLEST_ROW = 409  # points: no spreadsheet draws a taller row
LONGEST_TEXT = 32767  # characters: a spreadsheet silently cuts off more
EXACT_DIGITS = 15
PROSE_WIDTH = 72  # digits: the width of an A4 page inside its margins
THIN = Side(style="thin")
RULED = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT_ALIGNED = Alignment(horizontal="left", vertical="center", wrap_text=True)
TOP_ALIGNED = Alignment(horizontal="left", vertical="top", wrap_text=True)


def xlsx_bytes(report: Report, form: ReportForm) -> bytes:
    """The report as a workbook; the same bytes for the same report."""
    book = Workbook()
    book.properties.title, book.properties.creator = report.title, report.agency
    _write_prose(book.active, report)
    headings = {
        TABLE_SECTIONS[part.key]: part.heading for part in report.sections if part.key in TABLE_SECTIONS
    }
    for key, grid in table_grids(report, form).items():
        write_sheet(book.create_sheet(SHEETS[key]), grid, headings[key])
    written = BytesIO()
    book.save(written)
    return repack(written.getvalue())


def _write_prose(sheet: Any, report: Report) -> None:
    sheet.title = PROSE_SHEET
    sheet.column_dimensions["A"].width = PROSE_WIDTH
    _write_line(sheet, 1, report.title, Font(name="宋体", size=16, bold=True), CENTRED)
    row = 2
    for section in (Section(key="", heading="", paragraphs=report.preamble), *report.sections):
        if section.heading:
            _write_line(sheet, row, section.heading, Font(name="黑体", size=12), TOP_ALIGNED)
            row += 1
        for paragraph in section.paragraphs:
            _write_line(sheet, row, paragraph, Font(name="宋体", size=12), TOP_ALIGNED)
            row += 1
    _set_page(sheet, landscape=False)


def _write_line(sheet: Any, row: int, text: str, font: Font, alignment: Alignment) -> None:
    if len(text) > LONGEST_TEXT:
        raise Refusal(
            what=f"写成表格：正文第{row}行有{len(text)}字，一格放不下", next_step="请把这一段分成几段。"
        )
    cell = sheet.cell(row, 1)
    set_text(cell, text)
    cell.font, cell.alignment = font, alignment
    sheet.row_dimensions[row].height = _row_height(text, PROSE_WIDTH, float(font.size) * 1.35)


def set_text(cell: Any, text: str) -> None:
    """Write a text that stays text: one that begins with = is no formula."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _row_height(text: str, width: float, line: float) -> float:
    """The height of a row for its text, in points: a Chinese character is as wide as two digits."""
    signs = width / 2 * LINE_POINTS / line
    lines = sum(max(1, ceil(len(part) / signs)) for part in text.split("\n"))
    return min(TALLEST_ROW, round(lines * line + 4, 1))


def write_sheet(sheet: Any, grid: TableGrid, heading: str) -> None:
    """Write a grid on a sheet of its own, below its heading."""
    widths = _widths(grid)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    set_text(sheet.cell(1, 1), heading)
    sheet.cell(1, 1).font = Font(name="黑体", size=12)
    for cell in grid.cells:
        _write_cell(sheet, cell)
    labels: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        if cell.rows == 1 and cell.role is not CellRole.FIGURE:
            labels.setdefault(cell.row, []).append(cell)
    for row in range(grid.height):
        height = _label_row_height(labels.get(row, ()), widths)
        sheet.row_dimensions[row + 1 + TITLE_ROWS].height = height
    sheet.freeze_panes = FROZEN.get(grid.key)
    if grid.heads:
        sheet.print_title_rows = f"1:{TITLE_ROWS + grid.heads}"
    _set_page(sheet, landscape=grid.key in LANDSCAPE)


def _widths(grid: TableGrid) -> list[float]:
    """The columns' widths in digits, wide enough for the longest figure, which otherwise shows as ###."""
    widths = [width / MM_PER_CHARACTER for width in grid.widths]
    for cell in grid.cells:
        if cell.role is CellRole.FIGURE and cell.columns == 1:
            widths[cell.column] = max(widths[cell.column], len(cell.text) + 2)
    return [round(width, 1) for width in widths]


def _label_row_height(own: Sequence[GridCell], widths: list[float]) -> float:
    """The height that a row's own labels need, in points; labels over several rows have enough."""
    spans = [(cell.text, sum(widths[cell.column : cell.column + cell.columns]) - 1) for cell in own]
    return max([LINE_POINTS + 4.0, *(_row_height(text, width, LINE_POINTS) for text, width in spans)])


def _write_cell(sheet: Any, cell: GridCell) -> None:
    top, left = cell.row + 1 + TITLE_ROWS, cell.column + 1
    bottom, right = top + cell.rows - 1, left + cell.columns - 1
    for line in sheet.iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right):
        for drawn in line:  # every cell under a merged one needs the rule, or its edge has gaps
            drawn.border = RULED
    target = sheet.cell(top, left)
    target.font = Font(name="宋体", size=11)
    target.alignment = LEFT_ALIGNED if is_row_label(cell) else CENTRED
    if cell.role is CellRole.FIGURE:
        _set_figure(target, cell.figure)
    else:
        set_text(target, cell.text)
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)


def _set_figure(target: Any, figure: Figure) -> None:
    """Write a number with all its decimals; one that a spreadsheet would round is written as text."""
    text = format_figure(figure)
    if isinstance(figure, str) or not _is_exact(text):
        set_text(target, text)
        return
    decimals = len(text.partition(".")[2])
    target.value = Decimal(text) if decimals else int(text)
    target.number_format = "0." + "0" * decimals if decimals else "0"


def _is_exact(text: str) -> bool:
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    return len(digits) <= EXACT_DIGITS and Decimal(f"{float(text):.16g}") == Decimal(text)


def _set_page(sheet: Any, *, landscape: bool) -> None:
    """Set the page: A4, the sheet fitted to its width, as many pages as needed."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "&P"
