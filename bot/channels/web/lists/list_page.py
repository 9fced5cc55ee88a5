"""Shows a list: its search, filters, columns and saved views, and the rows of one page.

Everything that was asked for stands in the address, so that a list can be sent on and the browser's back works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.responses import Response

from bot.channels.web.lists.access import list_reader, listing_of
from bot.channels.web.lists.list_view import ColumnView, FilterView, ListView, RowResult
from bot.channels.web.request.forms import new_idempotency_key
from bot.channels.web.request.request import PageRequest, clean_line
from bot.channels.web.workbench.bars import band_label
from bot.language.date_parser import read_typed_day
from bot.services.lists import asked as addresses
from bot.services.lists.case_filters import AGE, FROM, KIND, TO, YEAR, asks_for_due, counted_of
from bot.services.lists.listing import (
    ListColumn,
    Listing,
    ListPage,
    ListQuery,
    ListReader,
    ListWindow,
)
from config.errors import Refusal
from config.office.roles import AccessLevel
from storage.lists.saved_views import SavedViews

PAGE_ROWS = 50
MAX_COUNTED = 10_000
"""More rows are not counted: the number would cost more than the page."""
SENT_BY_FORM = "go"
"""Says that the filter's form was sent: its address is then written shorter."""
COLUMN_FIELD = "column"
MAX_NUMBER_DIGITS = 10
CASE_LISTS = frozenset({"agenda", "cases", "requests"})
"""The lists whose rows are found by the number of the case as well."""
NAVIGATION_PAGES = {"deliveries": "/delivery", "people": "/people"}
"""The pages of the navigation under which lists lie that do not stand in it themselves."""


def agenda_page(page: PageRequest) -> Response:
    """The open cases, by due date."""
    return render_list(page, "agenda")


def cases_page(page: PageRequest) -> Response:
    """Every case, the newest first, or those that a number of the first page counts."""
    return render_list(page, "cases")


def requests_page(page: PageRequest) -> Response:
    """The requests, and their register."""
    return render_list(page, "requests")


def items_page(page: PageRequest) -> Response:
    """What villages sent: to a village its own."""
    return render_list(page, "items")


def texts_page(page: PageRequest) -> Response:
    """The texts that the user may see."""
    return render_list(page, "texts")


def deliveries_page(page: PageRequest) -> Response:
    """The notices, and what became of each."""
    return render_list(page, "deliveries")


def people_list_page(page: PageRequest) -> Response:
    """The office's people; to whoever does not read all cases, themselves."""
    return render_list(page, "people")


def render_list(
    page: PageRequest,
    key: str,
    results: Mapping[int, RowResult] | None = None,
    problem: str = "",
    summary: str = "",
) -> Response:
    """The page of a list, perhaps with what an act on several rows came to. NoSuchPage."""
    listing = listing_of(page, key)
    with list_reader(page) as reader:
        query = read_asked(page, listing, reader)
        if page.query_value(SENT_BY_FORM):
            return page.redirect(addresses.address(listing, addresses.from_start(query)))
        view = _list_view(page, listing, query, reader)
    return page.render(
        "list.html",
        422 if problem else 200,
        under=NAVIGATION_PAGES.get(key, listing.path),
        view=replace(view, results=results or {}),
        problem=problem,
        summary=summary,
        once=new_idempotency_key(),
    )


def list_title(page: PageRequest, listing: Listing, query: ListQuery) -> str:
    """What a list is called; as a register by its official name."""
    if query.register:
        return page.say(f"page.lists.register.{listing.key}")
    return page.say(f"page.lists.title.{listing.key}")


def read_asked(page: PageRequest, listing: Listing, reader: ListReader) -> ListQuery:
    """What the address asks of a list; days are read as people type them."""
    asked = {key: clean_line(value) for key, value in page.request.query_params.items()}
    for key in (FROM, TO):
        if asked.get(key):
            asked[key] = _typed_day(page, asked[key])
    chosen = [clean_line(key) for key in page.request.query_params.getlist(COLUMN_FIELD)]
    if chosen and asked.get(SENT_BY_FORM):
        asked[addresses.COLUMNS] = addresses.SEPARATOR.join(chosen)
    query = addresses.read_query(listing, asked, reader)
    as_usual = addresses.shown_columns(listing, replace(query, columns=()), reader)
    if set(query.columns) == {column.key for column in as_usual}:
        return replace(query, columns=())
    return query


def _typed_day(page: PageRequest, text: str) -> str:
    try:
        return read_typed_day(text, page.app.today).isoformat()
    except Refusal:
        return ""


def _list_view(page: PageRequest, listing: Listing, query: ListQuery, reader: ListReader) -> ListView:
    columns = addresses.shown_columns(listing, query, reader)
    window = ListWindow(PAGE_ROWS, query.after, query.before, with_acts=True)
    rows = listing.source.page(listing, query, reader, window, columns)
    count = _row_count(listing, query, reader, rows)
    office, filters = page.app.office.slug, _filter_views(page, listing, query, reader)
    views = SavedViews(reader.connection, office, page.me.id).of(listing.key)
    here = addresses.query_string(listing, addresses.from_start(query))
    shown = {column.key for column in columns}
    every = listing.columns(reader)
    return ListView(
        listing=listing,
        query=query,
        title=list_title(page, listing, replace(query, register=False)),
        register_title=list_title(page, listing, replace(query, register=True)) if listing.register else "",
        filters=filters,
        hidden={
            one.key: query.values[one.key]
            for one in listing.filters
            if one.hidden and one.key in query.values
        },
        asked=asked_words(page, query, reader, filters),
        columns=[_column_view(listing, column, query, reader) for column in columns],
        all_columns=[(column.key, column.title(reader.labels), column.key in shown) for column in every],
        numbered=addresses.numbers_rows(listing, query),
        rows=rows,
        exact=_exact_number(page, listing, query, reader),
        count=None if count is None else min(count, MAX_COUNTED),
        more=count is not None and count > MAX_COUNTED,
        acts=[act for act in listing.acts if any(act in row.acts for row in rows.rows)],
        views=[(view, view.query == here) for view in views],
        links=_links(listing, query, rows),
    )


def _row_count(listing: Listing, query: ListQuery, reader: ListReader, rows: ListPage) -> int | None:
    """How many rows a list has. Those of one page are not looked for again: a search goes through every case."""
    is_whole = not (rows.before or rows.after or query.before or query.after)
    if is_whole and reader.scope.everything:
        return len(rows.rows)
    return listing.source.count(listing, query, reader, MAX_COUNTED + 1)


def _exact_number(page: PageRequest, listing: Listing, query: ListQuery, reader: ListReader) -> int:
    """The case whose number was searched for: in a long list its row may stand far down."""
    words = query.words
    is_number = words.isascii() and words.isdigit() and len(words) < MAX_NUMBER_DIGITS
    if not is_number or listing.key not in CASE_LISTS or page.rights < AccessLevel.READ:
        return 0
    by_number = replace(addresses.from_start(query), words="", only=(int(words),))
    found = listing.source.page(listing, by_number, reader, ListWindow(1), ())
    return int(words) if found.rows else 0


def _filter_views(
    page: PageRequest, listing: Listing, query: ListQuery, reader: ListReader
) -> list[FilterView]:
    return [
        FilterView(
            key=one.key,
            label=page.say(f"page.lists.filter.{one.key}"),
            value=query.values.get(one.key, ""),
            choices=one.choices(reader) if one.choices else (),
        )
        for one in listing.filters
        if not one.hidden
    ]


def asked_words(
    page: PageRequest, query: ListQuery, reader: ListReader, filters: Sequence[FilterView]
) -> list[str]:
    """What is asked for, in words: whoever was sent the address sees at once that this is not all."""
    if counted := counted_of(query, reader):
        return [page.say(f"page.workbench.year.{counted.key}", year=query.values[YEAR])]
    words = [label for one in filters for value, label in one.choices if value == one.value and one.value]
    words += [f"{one.label} {one.value}" for one in filters if one.value and not one.choices]
    duty = page.app.duties.get(query.values.get(KIND, ""))
    if query.values.get(AGE) and asks_for_due(query) and duty:
        words.append(band_label(page, duty, int(query.values[AGE])))
    if query.only is not None:
        words.append(page.say("page.lists.chosen", count=len(query.only)))
    return words


def _column_view(listing: Listing, column: ListColumn, query: ListQuery, reader: ListReader) -> ColumnView:
    here = bool(column.sort) and query.sort == column.sort
    direction = ("descending" if query.descending else "ascending") if here else ""
    path = addresses.address(listing, addresses.sorted_by(column, query)) if column.sort else ""
    return ColumnView(column=column, label=column.title(reader.labels), path=path, direction=direction)


def _links(listing: Listing, query: ListQuery, rows: ListPage) -> Mapping[str, str]:
    start = addresses.from_start(query)
    found = {
        "here": addresses.address(listing, query),
        "start": addresses.address(listing, start),
        "all": listing.path,
        "list": addresses.address(listing, replace(start, register=False, columns=())),
        "register": addresses.address(listing, replace(start, register=True, columns=())),
    }
    written = addresses.query_string(listing, start)
    for kind in ("xlsx", "csv"):
        found[kind] = f"/lists/{listing.key}.{kind}" + (f"?{written}" if written else "")
    if rows.before:
        before = replace(query, after=0, before=rows.before, row=max(1, query.row - PAGE_ROWS))
        found["before"] = addresses.address(listing, before)
    if rows.after:
        after = replace(query, before=0, after=rows.after, row=query.row + len(rows.rows))
        found["after"] = addresses.address(listing, after)
    return found
