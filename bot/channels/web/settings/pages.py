"""The pages of the settings: what there is, one table of the document, one row of it, its history.

Whoever reads every case may look; the keepers of the registers change. Nothing is saved before its preview.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from bot.channels.web.frame.field_help import SETTINGS
from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.settings.change import (
    SettingsChange,
    problem_text,
    tried_or_recorded,
    undone,
)
from bot.channels.web.settings.ladders import LADDER, ladder_lines, ladder_page, submit_ladder
from bot.channels.web.settings.row_form import RowForm, row_key
from bot.services.letters.letter_templates import letter_labels
from bot.services.office.changes import WrittenOffice, versions_of, written_office
from bot.services.office.difference_text import difference_lines, names_in
from bot.services.office.founding import described_schemes
from config.errors import GongkaiError, Refusal
from config.office.difference import file_differences, office_differences
from config.office.document import edit_document, with_successor, without_row
from config.office.roles import AccessLevel, access_level
from config.office.schema import OFFICE_TABLES

NEW_ROW = "new"
HOURS = "hours"
REMOVE, REPLACE = "remove", "replace"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "people": ("person", "department", "village", "leading_group"),
    "signing": ("chain", "override"),
    "rules": (
        "months",
        "bulletin",
        "date",
        "matter",
        "county_first",
        "messages",
        "village_affairs",
        "report",
        "hours",
        "ladder",
    ),
    "outside": ("site", "column", "contacts", "chat", "phrase"),
    "office": ("office",),
}
"""The tables of the document as the page groups them."""


class SuccessorMissing(Refusal):
    """Who takes over? Choose another post."""


class RowThere(Refusal):
    """“{row}” is there already. Change that one instead."""


def settings_page(page: PageRequest) -> Response:
    """Everything that can be set, in groups, and who may see what."""
    office = page.app.office
    levels = {
        level.name.lower(): [
            one.post for one in office.people if access_level(office.roles_of(one.id)) is level
        ]
        for level in (AccessLevel.RECORD, AccessLevel.READ, AccessLevel.JOINED)
    }
    return page.render("settings.html", groups=GROUPS, levels=levels)


def table_page(page: PageRequest) -> Response:
    """The rows of one table of the document; of a table with one row, its form."""
    table = _table(page)
    if not OFFICE_TABLES[table].many:
        return _render_row(page, table, "")
    rows = [
        (row[row_key(table)], _row_name(page, table, row)) for row in _values(written_office(page.app), table)
    ]
    lines = ladder_lines(page.app, page.labels.book) if table == LADDER else ()
    return page.render("settings_table.html", table=table, rows=rows, ladder_lines=lines)


def row_page(page: PageRequest) -> Response:
    """The form of one row."""
    if _table(page) == LADDER:
        return ladder_page(page, page.request.path_params["row"])
    return _render_row(page, _table(page), page.request.path_params["row"])


def submit_row(page: PageRequest) -> Response:
    """Try a changed, new or removed row and show what it moves; record it where that was confirmed."""
    table, row = _table(page), page.request.path_params.get("row", "")
    if table == LADDER:
        return submit_ladder(page, row)
    try:
        successors = {row: page.form.get("successor", "")} if page.form.get("act") == REPLACE else {}
        written = _changed(page, table, row)
        changed = SettingsChange(written=written, back=page.request.url.path, successors=successors)
        return tried_or_recorded(page, changed)
    except NoSuchPage:
        raise
    except GongkaiError as refused:
        return _render_row(page, table, row, problem_text(page, refused))


def history_page(page: PageRequest) -> Response:
    """Every change of the office, the newest first, each with what it changed and a way back."""
    return _render_history(page)


def submit_history(page: PageRequest) -> Response:
    """Undo one change by another, shown first."""
    try:
        return undone(page)
    except NoSuchPage:
        raise
    except GongkaiError as refused:
        return _render_history(page, problem_text(page, refused))


def _render_history(page: PageRequest, problem: str = "") -> Response:
    versions, letters = versions_of(page.app).versions, letter_labels(page.app)
    told, before, posts = [], None, names_in(version.document for version in versions)
    for version in versions:
        rows = (
            office_differences(before.document, version.document)
            + file_differences(before.files, version.files)
            if before
            else ()
        )
        lines = list(difference_lines(rows, page.labels.book, letters, posts))
        told.append((version, page.labels.post(version.actor), lines, before is not None))
        before = version
    status = 422 if problem else 200
    return page.render("settings_history.html", status, versions=told[::-1], problem=problem)


def _render_row(page: PageRequest, table: str, row: str, problem: str = "") -> Response:
    written = written_office(page.app)
    values = _row_values(written, table, row)
    if table == HOURS:  # what the document does not say holds as it is shipped
        now = page.app.office.hours
        shown = {key: f"{getattr(now, key):%H:%M}" for key in OFFICE_TABLES[HOURS].keys}
        values = {**shown, **values}
    form = WebForm(
        key=f"{SETTINGS}.{table}",
        title=_row_name(page, table, values) or page.say(f"office.table.{table}"),
        button=page.say("settings.look"),
        web_fields=_row_form(page, table).fields(values),
        action=page.request.url.path,
        seen_position=written.position,
    )
    form = form.resubmitted(page.form, problem) if problem else form
    removable = OFFICE_TABLES[table].many and row != NEW_ROW and table not in {"village", "chain"}
    return page.render(
        "settings_row.html",
        422 if problem else 200,
        table=table,
        row=row,
        form=form,
        removable=removable,
        successors=[one for one in page.app.office.people if one.id != row] if table == "person" else [],
    )


def _changed(page: PageRequest, table: str, row: str) -> WrittenOffice:
    """The office as it would be written after what was sent."""
    written = written_office(page.app)
    if page.form.get("act") == REPLACE:
        successor = page.app.office.find_person(page.form.get("successor", ""))
        if successor is None or successor.id == row:
            raise SuccessorMissing
        document = with_successor(written.document, row, successor.id)
    elif page.form.get("act") == REMOVE:
        document = without_row(written.document, table, row)
    else:
        values = _row_form(page, table).read(page.form, page.app.today)
        document = edit_document(written.document, table, _row_id(page, written, table, row), values)
    return replace(written, document=document)


def _row_id(page: PageRequest, written: WrittenOffice, table: str, row: str) -> str:
    """The id of the row; of a new one the next that is free, or the key that a person typed."""
    if row != NEW_ROW:
        return row
    taken = {str(one[row_key(table)]) for one in _values(written, table)}
    typed = page.form.get("row_key", "")
    if typed in taken:
        raise RowThere(row=typed)
    return typed or next(name for at in range(1, 10**6) if (name := f"{table}_{at}") not in taken)


def _row_form(page: PageRequest, table: str) -> RowForm:
    schemes = tuple(described_schemes(page.app.schemes())) if table == "months" else ()
    return RowForm(table, page.app.office, page.labels.book, schemes)


def _row_values(written: WrittenOffice, table: str, row: str) -> Mapping[str, Any]:
    values = _values(written, table)
    if not OFFICE_TABLES[table].many:
        return values[0] if values else {}
    if row == NEW_ROW:
        return {}
    found = next((one for one in values if one.get(row_key(table)) == row), None)
    if found is None:
        raise NoSuchPage
    return found


def _values(written: WrittenOffice, table: str) -> list[Mapping[str, Any]]:
    found = tomllib.loads(written.document).get(table)
    return found if isinstance(found, list) else [found] if found else []


def _row_name(page: PageRequest, table: str, values: Mapping[str, Any]) -> str:
    if table == "chain":
        return page.say(f"office.chain_kind.{values['for']}") if values else ""
    return next((str(values[key]) for key in ("post", "name", "for", "key") if values.get(key)), "")


def _table(page: PageRequest) -> str:
    table = str(page.request.path_params["table"])
    if table not in OFFICE_TABLES:
        raise NoSuchPage
    return table
