"""Reads a whole list, batch by batch, for a file: exactly the columns, the filter and the order that are shown.

Each batch is a short transaction of its own: a file of a hundred thousand rows takes seconds, and one long reader
would keep every writer waiting. A row that changes meanwhile stands in the file as it was when its batch came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from bot.services.lists.asked import from_start, numbers_rows, shown_columns
from bot.services.lists.listing import CellValue, Listing, ListQuery, ListReader, ListWindow
from config.clock import OFFICE_ZONE

BATCH_ROWS = 500

OpenReader = Callable[[], AbstractContextManager[ListReader]]
"""Opens a connection with the reader on it."""


def column_titles(listing: Listing, query: ListQuery, reader: ListReader) -> list[str]:
    """The headings of the columns."""
    rows = [reader.say("page.lists.column.row")] if numbers_rows(listing, query) else []
    return [*rows, *(column.title(reader.labels) for column in shown_columns(listing, query, reader))]


def all_rows(listing: Listing, query: ListQuery, opened: OpenReader) -> Iterator[Sequence[CellValue]]:
    """The rows of a list from the first to the last, each with the cells of the columns that are shown."""
    asked, after, place = from_start(query), 0, 0
    numbered = numbers_rows(listing, query)
    while True:
        with opened() as reader:
            columns = shown_columns(listing, asked, reader)
            found = listing.source.page(listing, asked, reader, ListWindow(BATCH_ROWS, after), columns)
        for row in found.rows:
            place += 1
            cells = [_cell(row.cells[column.key]) for column in columns]
            yield [place, *cells] if numbered else cells
        if not found.after:
            return
        after = found.after


def _cell(value: CellValue) -> CellValue:
    """An instant as date and time of the office, without a zone: a spreadsheet knows none."""
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_ZONE).replace(tzinfo=None)
    return value
