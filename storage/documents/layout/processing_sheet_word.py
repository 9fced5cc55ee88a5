"""Writes the document processing sheet (公文处理单) as a Word file.

The fingerprint is printed as text and as a QR code, so that the sheet on file and the text on the website can be
compared. A deputy's signature is printed as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

import segno
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from storage.documents.layout.grid import CellRole, GridCell, TableGrid
from storage.documents.layout.official_paper import TABLE_TEXT, add_text, new_paper, paper_bytes, write_title
from storage.documents.layout.processing_sheet import ProcessingSheet, SheetSignature
from storage.documents.layout.text import printable
from storage.documents.layout.word_table import write_table

PhraseLookup = Callable[..., str]
QR_MM = 30
QR_SCALE = 6  # pixels a module: sharp in print
LABEL_MM, VALUE_MM = 36, 120
SIGN_WIDTHS = (26, 40, 34, 32, 24)


def sheet_docx(sheet: ProcessingSheet, say: PhraseLookup) -> bytes:
    """The sheet as a Word file."""
    paper = new_paper(say("sheet.title"), sheet.agency)
    write_title(paper, [sheet.agency, say("sheet.title")])
    write_table(paper, _facts_grid(sheet, say))
    _write_gap(paper)
    write_table(paper, _signatures_grid(sheet, say))
    _write_gap(paper)
    _write_fingerprint(paper, sheet, say)
    return paper_bytes(paper)


def _facts_grid(sheet: ProcessingSheet, say: PhraseLookup) -> TableGrid:
    cells = [
        cell
        for row, (label, value) in enumerate(sheet.rows)
        for cell in (
            GridCell(text=printable(label), row=row, column=0, role=CellRole.ROW),
            GridCell(text=printable(value) or "—", row=row, column=1, role=CellRole.NOTE),
        )
    ]
    return TableGrid(
        key="facts", title=say("sheet.title"), widths=(LABEL_MM, VALUE_MM), heads=0, cells=tuple(cells)
    )


def _signatures_grid(sheet: ProcessingSheet, say: PhraseLookup) -> TableGrid:
    heads = [say(f"sheet.head.{key}") for key in ("stage", "meaning", "who", "at", "means")]
    cells = [GridCell(text=head, row=0, column=column) for column, head in enumerate(heads)]
    for row, one in enumerate(sheet.signatures, 1):
        cells += _sign_cells(one, row)
    return TableGrid(key="signatures", title="", widths=SIGN_WIDTHS, heads=1, cells=tuple(cells))


def _sign_cells(one: SheetSignature, row: int) -> Iterator[GridCell]:
    texts: Sequence[str] = (one.stage, one.meaning, one.who, one.at, one.means)
    for column, text in enumerate(texts):
        yield GridCell(text=printable(text) or "—", row=row, column=column, role=CellRole.NOTE)


def _write_gap(paper: Paper) -> None:
    paper.add_paragraph(style=TABLE_TEXT)


def _write_fingerprint(paper: Paper, sheet: ProcessingSheet, say: PhraseLookup) -> None:
    picture = paper.add_paragraph(style=TABLE_TEXT)
    picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.add_run().add_picture(BytesIO(qr_png(sheet.digest)), width=Mm(QR_MM))
    for text in (say("sheet.digest", digest=sheet.digest), sheet.note):
        line = paper.add_paragraph(style=TABLE_TEXT)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_text(line, printable(text))


def qr_png(text: str) -> bytes:
    """A QR code as a picture; the same bytes for the same text."""
    written = BytesIO()
    segno.make(text, error="m", micro=False).save(written, kind="png", scale=QR_SCALE, border=4)
    return written.getvalue()
