"""Writes a long table as CSV or as a workbook, piece by piece: memory stays the same however many rows there are.

The first piece leaves at once, so that nobody waits in front of a silent connection. A workbook is an archive: its
parts but the rows are made by the library that knows their form, and the rows go into the archive as they come.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import IO, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from storage.documents.layout.text import escape_formula, printable

PIECE_ROWS = 500
LONGEST_TEXT = 32_767  # characters: a spreadsheet silently cuts off more
MAX_SHEET_NAME = 31  # characters, by Excel
BAD_SHEET_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LEAST_WIDTH, MOST_WIDTH = 10, 40  # characters
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
ROWS_PART = "xl/worksheets/sheet1.xml"
ROWS_END = b"</sheetData>"
DIMENSION = re.compile(rb"<dimension [^<>]{1,100}/>")
EPOCH, SECONDS_A_DAY = date(1899, 12, 30), 86_400
TabularValue = str | int | date | datetime | None


def csv_pieces(titles: Sequence[str], rows: Iterable[Sequence[TabularValue]]) -> Iterator[bytes]:
    """The table as CSV in UTF-8; the byte order mark tells Excel so. Dates are ISO, a formula stays text."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write("\ufeff")
    writer.writerow(map(_csv_value, titles))
    for place, row in enumerate(rows, 1):
        writer.writerow(map(_csv_value, row))
        if place % PIECE_ROWS == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def xlsx_pieces(name: str, titles: Sequence[str], rows: Iterable[Sequence[TabularValue]]) -> Iterator[bytes]:
    """The table as a workbook of one sheet, its heading kept in sight; dates and numbers stay such."""
    frame, pipe = _frame(name, titles), _Pipe()
    with ZipFile(cast("IO[bytes]", pipe), "w", ZIP_DEFLATED) as archive:
        for part, content in frame.parts.items():
            archive.writestr(_entry(part), content)
        yield pipe.taken()
        with archive.open(_entry(ROWS_PART), "w") as sheet:
            sheet.write(frame.before_rows)
            for place, row in enumerate(rows, 2):
                sheet.write(_row(place, row, frame).encode())
                if place % PIECE_ROWS == 0:
                    yield pipe.taken()
            sheet.write(frame.after_rows)
    yield pipe.taken()


class _Pipe:
    """Takes what an archive writes, until it is sent."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, content: bytes, /) -> int:
        self._waiting += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        content = bytes(self._waiting)
        self._waiting.clear()
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A workbook without its rows: its other parts, what stands around the rows, and the styles of dates."""

    parts: dict[str, bytes]
    before_rows: bytes
    after_rows: bytes
    day_style: int
    moment_style: int


def _frame(name: str, titles: Sequence[str]) -> _Frame:
    from openpyxl import Workbook  # noqa: PLC0415 - an idle program writes no workbook
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    sheet.title = name.translate(BAD_SHEET_SIGNS)[:MAX_SHEET_NAME]
    sheet.freeze_panes = "A2"
    for place, title in enumerate(titles, 1):
        head = sheet.cell(1, place, _text(title))
        head.font = Font(bold=True)
        wide = sum(1 if sign.isascii() else 2 for sign in title) + 4
        sheet.column_dimensions[get_column_letter(place)].width = min(max(wide, LEAST_WIDTH), MOST_WIDTH)
    styles = [_style(sheet, form) for form in (DAY_FORMAT, MOMENT_FORMAT)]
    written = BytesIO()
    book.save(written)
    with ZipFile(written) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    sheet_part = DIMENSION.sub(b"", parts.pop(ROWS_PART))  # it would say that there is the heading alone
    before, _, after = sheet_part.partition(ROWS_END)
    return _Frame(
        parts=parts,
        before_rows=before,
        after_rows=ROWS_END + after,
        day_style=styles[0],
        moment_style=styles[1],
    )


def _style(sheet: object, form: str) -> int:
    """The number under which the workbook knows a format of dates; the cell that asks for it is taken out again."""
    cell = sheet.cell(2, 1)  # type: ignore[attr-defined]
    cell.number_format = form
    number: int = cell.style_id
    sheet.delete_rows(2)  # type: ignore[attr-defined]
    return number


def _entry(part: str) -> ZipInfo:
    entry = ZipInfo(part)  # dated 1980-01-01, the earliest date in an archive
    entry.compress_type = ZIP_DEFLATED
    return entry


def _row(place: int, row: Sequence[TabularValue], frame: _Frame) -> str:
    cells = "".join(_xlsx_cell(value, frame) for value in row)
    return f'<row r="{place}">{cells}</row>'


def _xlsx_cell(value: TabularValue, frame: _Frame) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_text(value))}</t></is></c>'
    if isinstance(value, date):
        style = frame.moment_style if isinstance(value, datetime) else frame.day_style
        return f'<c s="{style}"><v>{_serial(value)}</v></c>'
    return f"<c><v>{value}</v></c>"


def _serial(value: date) -> float:
    """A day or an instant as a spreadsheet counts it: the days since 30 December 1899."""
    if isinstance(value, datetime):
        return (value - datetime.combine(EPOCH, time())).total_seconds() / SECONDS_A_DAY
    return (value - EPOCH).days


def _csv_value(value: TabularValue) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    """A text that no document refuses and no spreadsheet runs."""
    return escape_formula(printable(value)[:LONGEST_TEXT])
