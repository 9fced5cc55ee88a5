"""Writes the year's assessment as a workbook whose figures can be added up, laid out as on the paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from storage.documents.annual_report.excel import LINE_POINTS, TOP_ALIGNED, set_text, write_sheet
from storage.documents.bulletin.tables import assessment_grids, points_grid
from storage.documents.bulletin.word import assessment_title, assessment_words
from storage.documents.layout.deterministic_zip import repack
from storage.reporting.bulletin_values import Assessment, PhraseLookup

NOTE_LINES = 2  # the longest note over the width of either table


def assessment_xlsx(assessment: Assessment, say: PhraseLookup) -> bytes:
    """The assessment as a workbook; the same bytes for the same figures."""
    book = Workbook()
    title = assessment_title(assessment, say)
    book.properties.title, book.properties.creator = title, assessment.agency
    grids = assessment_grids(assessment, say)
    grids += [points_grid(assessment, say)] if assessment.lines else []
    for place, grid in enumerate(grids):
        sheet = book.create_sheet() if place else book.active
        sheet.title = say(f"assessment.sheet_{grid.key}")
        write_sheet(sheet, grid, title)
        for row, sentence in enumerate(assessment_words(assessment, say), start=grid.height + 3):
            _write_note(sheet, row, sentence, columns=len(grid.widths))
    written = BytesIO()
    book.save(written)
    return repack(written.getvalue())


def _write_note(sheet: Any, row: int, sentence: str, *, columns: int) -> None:
    """Write a note below the table over its whole width, so that no column grows with it."""
    cell = sheet.cell(row, 1)
    set_text(cell, sentence)
    cell.font, cell.alignment = Font(name="宋体", size=11), TOP_ALIGNED
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = NOTE_LINES * (LINE_POINTS + 1)
