"""Sends a list as a file: exactly the rows, the columns and the order that its page shows, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from bot.channels.web.lists.access import list_reader, listing_of
from bot.channels.web.lists.list_page import list_title, read_asked
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.services.error_log import log_fault
from bot.services.lists.export import all_rows, column_titles
from bot.services.lists.listing import CellValue

FileWriter = Callable[[str, Sequence[str], Iterable[Sequence[CellValue]]], Iterator[bytes]]


def _csv_file(_name: str, titles: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> Iterator[bytes]:
    from storage.documents.layout.list_files import csv_pieces  # noqa: PLC0415 - with it comes a library of 12 MB

    return csv_pieces(titles, rows)


def _xlsx_file(name: str, titles: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> Iterator[bytes]:
    from storage.documents.layout.list_files import xlsx_pieces  # noqa: PLC0415 - as above

    return xlsx_pieces(name, titles, rows)


_WRITERS: Mapping[str, tuple[str, FileWriter]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx_file),
    "csv": ("text/csv; charset=utf-8", _csv_file),
}


def list_file(page: PageRequest) -> Response:
    """The whole list as a file. NoSuchPage where the user may not open it, or for another kind of file."""
    listing = listing_of(page, page.request.path_params["listing"])
    kind, write = _WRITERS.get(page.request.path_params["suffix"], ("", None))
    if write is None:
        raise NoSuchPage
    with list_reader(page) as reader:
        query = read_asked(page, listing, reader)
        titles = column_titles(listing, query, reader)
    title = list_title(page, listing, query)
    rows = all_rows(listing, query, partial(list_reader, page))
    name = f"{page.app.office.short_name}{title}-{page.app.today.isoformat()}.{page.request.path_params['suffix']}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    pieces = _logged(page, write(title, titles, rows))
    return StreamingResponse(pieces, media_type=kind, headers=headers)


def _logged(page: PageRequest, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces; a fault on the way is logged and breaks the file off, so that no half is taken for the whole."""
    try:
        yield from pieces
    except Exception:
        log_fault(page.app.home.path, page=list_file.__name__)
        raise
