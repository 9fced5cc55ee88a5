"""A long table as a file: nothing in it runs, dates stay dates, and it leaves in pieces while its rows are read."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice

import pytest
from openpyxl import load_workbook

from storage.documents.layout.list_files import PIECE_ROWS, TabularValue, csv_pieces, xlsx_pieces

TITLES = ["序号", "编号", "收到日期", "发出时间", "空", "=题"]
MOMENT = datetime.fromisoformat("2026-11-02T09:30")
ROW = [7, "=1+1", date(2026, 11, 2), MOMENT, None, " <甲&乙>\x01 "]


def test_a_workbook_keeps_every_value_and_runs_none() -> None:
    book = load_workbook(BytesIO(b"".join(xlsx_pieces("台账[2026]:/", TITLES, [ROW, ROW]))))
    sheet = book.active
    assert sheet.title == "台账 2026   "
    assert [cell.value for cell in sheet[1]] == [*TITLES[:5], "'=题"]
    read = [cell.value for cell in sheet[3]]
    assert read == [7, "'=1+1", MOMENT.replace(hour=0, minute=0), MOMENT, None, " <甲&乙> "]
    assert (sheet["C2"].number_format, sheet["D2"].number_format) == ("yyyy-mm-dd", "yyyy-mm-dd hh:mm")
    assert (sheet.max_row, sheet.freeze_panes, sheet["A1"].font.b) == (3, "A2", True)
    assert load_workbook(BytesIO(b"".join(xlsx_pieces("空", TITLES, [])))).active.max_row == 1


def test_csv_is_told_as_utf_8_and_runs_nothing() -> None:
    text = b"".join(csv_pieces(TITLES, [ROW])).decode()
    assert text.startswith("\ufeff")
    assert list(csv.reader(StringIO(text.removeprefix("\ufeff")))) == [
        [*TITLES[:5], "'=题"],
        ["7", "'=1+1", "2026-11-02", "2026-11-02 09:30", "", " <甲&乙> "],
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_first_piece_leaves_before_the_last_row_is_read(kind: str) -> None:
    read = 0

    def rows() -> Iterator[list[TabularValue]]:
        nonlocal read
        for read in range(1, 10 * PIECE_ROWS + 1):
            yield [read, "召公开"]

    pieces = csv_pieces(TITLES[:2], rows()) if kind == "csv" else xlsx_pieces("台账", TITLES[:2], rows())
    first = list(islice(pieces, 1 if kind == "csv" else 2))
    assert all(first)
    assert 0 < read <= PIECE_ROWS
