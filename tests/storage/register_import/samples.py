"""Small files for the tests, written the way offices write them."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from config.shipped_data import load_form
from storage.register_import.columns import LAYOUTS, CellKind, ImportedCount
from storage.register_import.opener import read_sheet
from storage.register_import.rows import read_register

HERE = Path(__file__).parent
TODAY = date(2025, 1, 15)


def header(kind, *, chinese=True):
    return [column.chinese if chinese else column.key for column in LAYOUTS[kind]]


def write_csv(path, table, *, encoding="utf-8", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_book(path, table, *, title="台账"):
    book = Workbook()
    book.active.title = title
    for row in table:
        book.active.append(["" if cell is None else cell for cell in row])
    book.save(path)
    return path


def change_part(path, name, change):
    """The workbook with one of its parts written otherwise."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


def read(kind, path, *, today=TODAY):
    return read_register(kind, read_sheet(path), load_form(), today=today)


def rules(findings):
    return [finding.rule.removeprefix("register.") for finding in findings]


def without_lines(rows):
    """What the rows state, by the columns of their file; of counts, by their own parts."""
    return [stated(row) for row in rows]


def stated(row):
    if isinstance(row, ImportedCount):
        return {name: getattr(row, name) for name in row.__slots__ if name != "line"}
    return {column.key: value_of(row, column) for column in LAYOUTS[row.register]}


def value_of(row, column):
    nothing = "" if column.reads is CellKind.LINE else None
    return row.facts.get(column.fact, nothing) if column.fact else getattr(row, column.fills)
