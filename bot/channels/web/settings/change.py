"""A change of the settings on its way: tried and shown with what it moves, then recorded or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.language.date_parser import read_typed_day
from bot.services.letters.letter_templates import letter_labels
from bot.services.office.changes import (
    WrittenOffice,
    case_name,
    cases_of_emptied_roles,
    change_office,
    undo_edit,
    versions_of,
    written_office,
)
from bot.services.office.difference_text import difference_lines, impact_lines, key_label, names_in
from bot.services.office.setup_draft import without_line
from config.errors import BadInput, GongkaiError
from config.findings import Finding
from scheduler.worklist.office_change import OfficeChange, OfficeEdit

CARRIED_BY_PREVIEW = ("token", "confirm", "from", "reason")
"""Fields of the preview itself; every other field is what was sent, and is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """A change as a person sent it, and where they go afterwards."""

    written: WrittenOffice
    back: str
    """The page that shows the form again."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Who takes over what waits for whom."""


def tried_or_recorded(page: PageRequest, change: SettingsChange) -> Response:
    """Show what a change moves, or record it where its preview was confirmed. Raises what the office refuses."""
    edit = _edit(page, change)
    confirmed = bool(page.form.get("confirm"))
    done = change_office(
        page.app, edit, actor=page.me.id, means=WEB_CHANNEL, dry_run=not confirmed, accepted=True
    )
    if confirmed:
        return page.redirect("/settings/history")
    return preview(page, done, edit, change.back)


def preview(page: PageRequest, change: OfficeChange, edit: OfficeEdit, back: str) -> Response:
    """The page that says what a change moves, with a button that records it."""
    book = page.labels.book
    posts = names_in((written_office(page.app).document, edit.document))
    return page.render(
        "settings_preview.html",
        differences=list(difference_lines(change.differences, book, letter_labels(page.app), posts)),
        impacts=list(impact_lines(change.impact, book)),
        asks=change.asks,
        replaced=change.replaced,
        sent={key: value for key, value in page.form.items() if key not in CARRIED_BY_PREVIEW},
        expected=edit.expected,
        start=edit.holds_from,
        reason=edit.reason,
        back=back,
    )


def undone(page: PageRequest) -> Response:
    """Bring back what held before a version, shown first like every change. NoSuchPage where there is none."""
    position = page.form.get("undo", "")
    try:
        edit = undo_edit(versions_of(page.app), int(position), page.app.today, page.form.get("reason", ""))
    except (KeyError, ValueError) as error:
        raise NoSuchPage from error
    back = WrittenOffice(document=edit.document, files=edit.files, position=edit.expected or 0)
    return tried_or_recorded(page, SettingsChange(written=back, back="/settings/history"))


def problem_text(page: PageRequest, refused: GongkaiError) -> str:
    """A refusal in words; of a document that does not hold together, what is wrong in the words of the page.

    Of a role that nobody would hold any more also the open cases that wait for it.
    """
    book = page.labels.book
    if not isinstance(refused, BadInput):
        return book.error(refused)
    told = [_finding_text(page, one) for one in refused.findings]
    for cases in cases_of_emptied_roles(page.app, refused, page.me.id).values():
        named = page.say("page.comma").join(map(case_name, cases))
        told.append(page.say("settings.waiting", cases=named))
    return " ".join(dict.fromkeys(told))


def _finding_text(page: PageRequest, one: Finding) -> str:
    """A finding in the words of the page, which knows no lines and no ids; where it has none, without the line."""
    book, key = page.labels.book, f"settings.finding.{one.rule.removeprefix('office.')}"
    key = key if key in book.phrases else f"finding.{one.rule}"
    table = one.words.get("table", "").strip("[]")
    words = {
        **one.words,
        "found": one.found,
        "expected": one.expected,
        "column": one.column,
        "post": one.words.get("post") or page.app.office.post_of(one.found),
        "place": page.labels.place(one.found),
        "table": book.phrases.get(f"office.table.{table}", table),
        "item": key_label(table, one.words.get("item", ""), book),
    }
    return without_line(book.say(key, **words))


def _edit(page: PageRequest, change: SettingsChange) -> OfficeEdit:
    written = change.written
    seen = page.form.get("expected", "")
    return OfficeEdit(
        document=written.document,
        files=written.files,
        contents=written.contents,
        holds_from=_start(page),
        reason=page.form.get("reason", ""),
        successors=change.successors,
        expected=int(seen) if seen.isdecimal() else written.position,
    )


def _start(page: PageRequest) -> date:
    said = page.form.get("from", "")
    return read_typed_day(said, page.app.today) if said else page.app.today
