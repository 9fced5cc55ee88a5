"""Writes the findings about a report in Word: as comments in a copy of its own file, or as a paper of their own.

A comment stands at the cell or paragraph that its finding is about; a place that is not found gets it at the begin,
so that no finding is lost. The paper is for files that cannot bear comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as Paper
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from config.reporting.form import ReportForm
from config.shipped_data import load_form
from storage.documents.layout.official_paper import new_paper, paper_bytes, write_body, write_title
from storage.documents.layout.text import printable
from storage.isolation.isolated_reading import isolated
from storage.reading.formats.errors import read_error
from storage.reading.report.label_matching import label_core, normalize_label
from storage.reporting.report import Report

_MAX_COMMENTS = 200  # in one file: more would only hide each other


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedComment:
    """A comment and the place of its finding (``table3.received.total``, ``section.other#2``, ``agency``)."""

    place: str
    text: str


@isolated("name")
def commented_docx(
    content: bytes, name: str, report: Report, comments: Sequence[PlacedComment], author: str
) -> bytes:
    """Return the file with its comments, in the report's own edition of the form.

    Raises Unreadable where the library that writes comments cannot open the file, though it was read.
    """
    try:
        paper = Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise read_error(name, "damaged") from error
    places = _PlaceFinder(paper, report, load_form(report.edition) if report.edition else load_form())
    for comment in comments[:_MAX_COMMENTS]:
        run = places.find(comment.place)
        paper.add_comment([run], text=printable(comment.text), author=author, initials=author[:1])
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def as_comments(sentences: Mapping[str, Sequence[str]]) -> list[PlacedComment]:
    """Return one comment for each place, with all its sentences."""
    return [PlacedComment(place=place, text="\n".join(said)) for place, said in sentences.items()]


def return_sheet_docx(title: str, opening: str, sentences: Sequence[str]) -> bytes:
    """Return the paper: what was read, then each finding as a numbered paragraph."""
    paper = new_paper(title, "")
    write_title(paper, [title])
    write_body(paper, printable(opening))
    for number, sentence in enumerate(sentences, start=1):
        write_body(paper, printable(f"{number}. {sentence}"))
    return paper_bytes(paper)


class _PlaceFinder:
    """Finds the run that a finding is about."""

    def __init__(self, paper: Paper, report: Report, form: ReportForm) -> None:
        self._report, self._form = report, form
        body = paper.element.body
        self._paragraphs = [Paragraph(element, paper._body) for element in body.iter(qn("w:p"))]  # noqa: SLF001
        self._by_text = {
            normalize_label(each.text): each for each in reversed(self._paragraphs) if each.text.strip()
        }
        self._rows = list(_rows(paper))
        self._labels = {f"table3.{row.key}": row.label for row in form.rows3}
        self._labels |= {f"table2.{row.key}": row.label for block in form.table2 for row in block.rows}

    def find(self, place: str) -> Run:
        """Return the run at a place, or the first of the text."""
        found = self._cell(place) or self._paragraph(place) or self._first()
        return found.runs[0] if found.runs else found.add_run("")

    def _first(self) -> Paragraph:
        return next((each for each in self._paragraphs if each.text.strip()), self._paragraphs[0])

    def _paragraph(self, place: str) -> Paragraph | None:
        """Return the paragraph or heading of a section by its text, as it was read."""
        key, _, number = place.removeprefix("section.").partition("#")
        section = self._report.section(key)
        texts: Sequence[str] = section.paragraphs if section else ()
        if key == "preamble":
            texts = self._report.preamble
        if number.isdecimal() and 0 < int(number) <= len(texts):
            return self._by_text.get(normalize_label(texts[int(number) - 1]))
        return self._by_text.get(normalize_label(section.heading)) if section else None

    def _cell(self, place: str) -> Paragraph | None:
        """Return the first paragraph of a figure's cell, by the label of its row and its order behind it."""
        table, _, rest = place.partition(".")
        row, _, column = rest.partition(".")
        label = self._labels.get(f"{table}.{row}")
        if label is None:
            return self._cell4(row, column) if table == "table4" else None
        for cells in self._rows:
            at = next((at for at, cell in enumerate(cells) if label_core(cell[0]) == label_core(label)), None)
            if at is None:
                continue
            offset = self._offset(table, row, column)
            if at + 1 + offset < len(cells):
                return cells[at + 1 + offset][1]
        return None

    def _offset(self, table: str, row: str, column: str) -> int:
        if table == "table3":
            return [each.key for each in self._form.columns3].index(column) if column else 0
        block = next(block for block in self._form.table2 if row in {line.key for line in block.rows})
        keys = [each.key for each in block.columns]
        return keys.index(column) if column in keys else 0

    def _cell4(self, group: str, column: str) -> Paragraph | None:
        """Return a cell of table 4: its figures are the row of as many numbers as there are outcomes and groups."""
        cells = [(key.key, part.key) for key, _parent in self._form.groups4 for part in self._form.columns4]
        if (group, column) not in cells:
            return None
        for row in self._rows:
            if len(row) == len(cells) and all(re.fullmatch(r"\d*", cell[0].strip()) for cell in row):
                return row[cells.index((group, column))][1]
        return None


def _rows(paper: Paper) -> Iterator[list[tuple[str, Paragraph]]]:
    """Yield each table row's drawn cells as their text and first paragraph."""
    for row in paper.element.body.iter(qn("w:tr")):
        cells = []
        for cell in row.findall(qn("w:tc")):
            paragraphs = [Paragraph(each, paper._body) for each in cell.iter(qn("w:p"))]  # noqa: SLF001
            if paragraphs:
                cells.append(("".join(each.text for each in paragraphs), paragraphs[0]))
        yield cells
