"""Reads what an address asks of a list, and writes the address of what was asked.

The address holds everything: a list can be sent on, saved under a name, and opened again as it was. What a list does
not know is left out, so that an old address still opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from bot.services.lists.case_filters import OPEN, STATE, asks_for_due
from bot.services.lists.case_source import DUE
from bot.services.lists.listing import ListColumn, Listing, ListQuery, ListReader
from bot.services.lists.text_register import STAGE_PREFIX

WORDS, SORT, COLUMNS, VIEW, ONLY = "q", "sort", "columns", "view", "only"
AFTER, BEFORE, ROW = "after", "before", "row"
REGISTER = "register"
BACKWARDS = "-"
SEPARATOR = "~"
"""Between the keys of columns: a stage may be called by any other sign."""
MAX_WORDS_LENGTH = 100
MAX_CHOSEN = 200
MAX_NUMBER = 2**31


def read_query(listing: Listing, asked: Mapping[str, str], reader: ListReader) -> ListQuery:
    """What an address asks of a list; what it does not say is as the list has it at first."""
    known = {one.key: one for one in listing.columns(reader)}
    register = bool(listing.register) and asked.get(VIEW) == REGISTER
    columns = tuple(key for key in asked.get(COLUMNS, "").split(SEPARATOR) if key in known)
    order = asked.get(SORT, "") or _usual_order(listing, register=register)
    sort, descending = _order(listing, order, known)
    values = {one.key: asked[one.key] for one in listing.filters if asked.get(one.key)}
    query = ListQuery(
        words=asked.get(WORDS, "")[:MAX_WORDS_LENGTH],
        values={**values, **listing.presets},
        sort=sort,
        descending=descending,
        columns=columns,
        register=register,
        only=_chosen(asked.get(ONLY, "")),
        after=_number(asked.get(AFTER, "")),
        before=_number(asked.get(BEFORE, "")),
        row=_number(asked.get(ROW, "")) or 1,
    )
    # Only an open case has a due date to be ordered or asked for by.
    by_due = sort == DUE or asks_for_due(query)
    return replace(query, values={**query.values, STATE: OPEN}) if by_due else query


def shown_columns(listing: Listing, query: ListQuery, reader: ListReader) -> list[ListColumn]:
    """The columns that are shown, in the order of the list; those of the register in its own."""
    known = {one.key: one for one in listing.columns(reader)}
    if query.columns:
        return [column for key, column in known.items() if key in query.columns]
    if query.register:
        return [column for key in listing.register for column in _register_columns(key, known)]
    return [known[key] for key in listing.shown]


def _register_columns(key: str, known: Mapping[str, ListColumn]) -> Sequence[ListColumn]:
    """The columns for one entry of a register's list: the stages stand in it as one."""
    if key == STAGE_PREFIX:
        return [column for name, column in known.items() if name.startswith(STAGE_PREFIX)]
    return [known[key]] if key in known else []


def numbers_rows(listing: Listing, query: ListQuery) -> bool:
    """Whether the rows are numbered (序号), as in a register."""
    return query.register and ROW in listing.register


def query_string(listing: Listing, query: ListQuery) -> str:
    """The address of a query, without the ``?``; what stands as at first is left out."""
    order = f"{BACKWARDS if query.descending else ''}{query.sort}"
    parts = {
        WORDS: query.words,
        **{key: value for key, value in query.values.items() if listing.presets.get(key) != value},
        SORT: order if order != _usual_order(listing, register=query.register) else "",
        COLUMNS: SEPARATOR.join(query.columns),
        VIEW: REGISTER if query.register else "",
        ONLY: ".".join(map(str, query.only)) if query.only is not None else "",
        AFTER: str(query.after or ""),
        BEFORE: str(query.before or ""),
        ROW: str(query.row) if query.row > 1 else "",
    }
    return urlencode({key: value for key, value in parts.items() if value})


def address(listing: Listing, query: ListQuery) -> str:
    """The address of a list as it was asked for."""
    written = query_string(listing, query)
    return f"{listing.path}?{written}" if written else listing.path


def from_start(query: ListQuery) -> ListQuery:
    """The same from its first row."""
    return replace(query, after=0, before=0, row=1)


def sorted_by(column: ListColumn, query: ListQuery) -> ListQuery:
    """The same ordered by a column, or backwards where it is ordered by it."""
    descending = query.sort == column.sort and not query.descending
    return replace(from_start(query), sort=column.sort, descending=descending)


def _usual_order(listing: Listing, *, register: bool) -> str:
    """The order of a list at first; a register begins with its oldest entry."""
    return listing.order.removeprefix(BACKWARDS) if register else listing.order


def _order(listing: Listing, asked: str, known: Mapping[str, ListColumn]) -> tuple[str, bool]:
    sorts = {one.sort for one in known.values() if one.sort} | {listing.order.removeprefix(BACKWARDS)}
    written = asked if asked.removeprefix(BACKWARDS) in sorts else listing.order
    return written.removeprefix(BACKWARDS), written.startswith(BACKWARDS)


def _chosen(written: str) -> tuple[int, ...] | None:
    if not written:
        return None
    return tuple(number for part in written.split(".")[:MAX_CHOSEN] if (number := _number(part)))


def _number(written: str) -> int:
    is_number = written.isascii() and written.isdigit() and len(written) <= len(str(MAX_NUMBER))
    return int(written) if is_number and int(written) < MAX_NUMBER else 0
