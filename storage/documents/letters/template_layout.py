"""Writes the default letters as Word files, which an office may edit in Word or WPS and keep as its own.

They look like every official paper (``layout/official_paper.py``). Each placeholder is plain text in one run, so
that it can be read and edited.
"""

from __future__ import annotations

from functools import cache

from docx.document import Document as PaperFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from storage.documents.layout.grid import CellRole, GridCell, TableGrid
from storage.documents.layout.official_paper import (
    LINE_PITCH,
    add_text,
    new_paper,
    paper_bytes,
    write_body,
    write_title,
)
from storage.documents.layout.word_table import write_table
from storage.documents.letters.catalogue import TODAY, LetterSource, template_names

PLAIN = "Normal"  # flush left: whom the letter is for, and its number
CHARACTER_POINTS = 15.8  # points a character takes in a line of 28
DATE_MIDDLE = 7.75  # characters from the right edge: the day ends four in (GB/T 9704), and is 7 to 8 long
LINE_CHARACTERS = 28  # characters
SEAL_ROOM = 1.5  # lines: a seal of 42 mm, centred on both, then begins within a line of the text (GB/T 9704)
HANDWRITING_LINES = 3  # lines left for writing by hand
ROW_WIDTHS = (34, 122)  # mm: label and content
ROW_POINTS, ROW_LINE_POINTS = 12, 20  # points: a table that is read and signed on paper


@cache
def default_template(paper: LetterSource) -> bytes:
    """The default letter with its placeholders as a Word file; cached, since it takes half the time of a letter."""
    written = new_paper(paper.title, "")
    _write_head(written, paper)
    for text in paper.body:
        write_body(written, text)
    if paper.rows:
        _write_rows(written, paper)
    else:
        _write_signature(written, paper)
    if paper.slip:
        _write_slip(written, paper)
    return paper_bytes(written)


def _write_head(written: PaperFile, paper: LetterSource) -> None:
    title = write_title(written, [_placeholder(paper, "office"), paper.title])
    title.paragraph_format.space_after = Pt(LINE_PITCH / 20 / 2)
    number = _write_line(written, _placeholder(paper, "number"))
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number.paragraph_format.space_after = Pt(LINE_PITCH / 20 / 2)
    if paper.to:
        _write_line(written, f"{paper.to}：")


def _write_rows(written: PaperFile, paper: LetterSource) -> None:
    """Write the table of a paper that circulates inside the office: it is signed in its rows."""
    cells = [
        GridCell(text=text, row=number, column=column, role=role)
        for number, row in enumerate(paper.rows)
        for column, (text, role) in enumerate(zip(row, (CellRole.ROW, CellRole.NOTE), strict=True))
    ]
    write_table(
        written, TableGrid(key="rows", title=paper.title, widths=ROW_WIDTHS, heads=0, cells=tuple(cells))
    )
    signed = [content.startswith("\n") for _label, content in paper.rows]
    for row, kept in zip(
        written.tables[-1].rows, map(all, zip(signed, [*signed[1:], False], strict=True)), strict=True
    ):
        for paragraph in (line for cell in row.cells for line in cell.paragraphs):
            _set_row_text(paragraph, kept=kept)


def _set_row_text(paragraph: Paragraph, *, kept: bool) -> None:
    """Set a row's text; ``kept`` with the next row where both are signed: else a long sheet leaves its page empty."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.keep_with_next = kept
    paragraph.paragraph_format.line_spacing = Pt(ROW_LINE_POINTS)
    for run in paragraph.runs:
        run.font.size = Pt(ROW_POINTS)


def _write_signature(written: PaperFile, paper: LetterSource) -> None:
    """Write the office's name centred above the day, where the seal goes.

    It never stands alone on a page, nor with the line that says whom to ask: the paragraph before is kept with them.
    """
    for paragraph in written.paragraphs[-2:]:
        paragraph.paragraph_format.keep_with_next = True
    for number, key in enumerate(("office", TODAY)):
        line = _write_line(written, _placeholder(paper, key))
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.left_indent = Pt((LINE_CHARACTERS - 2 * DATE_MIDDLE) * CHARACTER_POINTS)
        line.paragraph_format.space_before = Pt(0 if number else SEAL_ROOM * LINE_PITCH / 20)
        line.paragraph_format.keep_with_next = not number


def _write_slip(written: PaperFile, paper: LetterSource) -> None:
    """Write the reply slip for the person who is asked, on a page of its own."""
    write_title(written, [paper.slip_title]).paragraph_format.page_break_before = True
    _write_line(written, f"{paper.slip_to}：")
    for text in paper.slip:
        room = HANDWRITING_LINES if text.startswith("（") and text.endswith("：") else 0
        write_body(written, text).paragraph_format.space_after = Pt(room * LINE_PITCH / 20)
    for number, text in enumerate(paper.slip_sign):
        line = _write_line(written, text)
        line.paragraph_format.left_indent = Pt((LINE_CHARACTERS - 2 * DATE_MIDDLE) * CHARACTER_POINTS)
        line.paragraph_format.space_before = Pt(0 if number else 2 * LINE_PITCH / 20)


def _write_line(written: PaperFile, text: str) -> Paragraph:
    paragraph = written.add_paragraph(style=PLAIN)
    add_text(paragraph, text)
    return paragraph


def _placeholder(paper: LetterSource, key: str) -> str:
    return "{{ " + template_names(paper.kind)[key] + " }}"
