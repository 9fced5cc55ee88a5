"""``gongkai office``: shows the office of any day, changes it by a file, writes it out, and compares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption
from bot.cli.common.output import help_text, print_json, print_phrase, write_file_atomically
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.letters.letter_templates import letter_labels
from bot.services.office.changes import (
    ChangesOverwritten,
    WrittenOffice,
    case_name,
    cases_of_emptied_roles,
    change_office,
    exported_document,
    for_file,
    overwritten_changes,
    read_written_office,
    versions_of,
    written_office,
)
from bot.services.office.difference_text import difference_lines, impact_lines, names_in
from config.declarations.keys import CLERK
from config.errors import BadInput
from config.office.difference import file_differences, office_differences
from config.office.folder import OFFICE_FILE, TEMPLATE_SUFFIX, OfficeFiles
from config.office.loader import load_office
from config.office.model import Office
from scheduler.worklist.office_change import OfficeChange, OfficeEdit
from storage.events.office_history import OfficeVersion
from storage.reading.formats.errors import read_error
from storage.reading.formats.file_bytes import read_file

app = typer.Typer(help=help_text("office.group"), no_args_is_help=True)

DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=help_text("office.on"))
]
FileArgument = Annotated[Path, typer.Argument(help=help_text("office.file"))]


@app.command("show", help=help_text("office.show"))
def show_office(
    context: typer.Context, home: HomeOption = None, on: DayOption = None, *, as_json: JsonOption = False
) -> None:
    """Show who is who on a day, and the versions of the office."""
    office_app = open_office(context, home)
    day, versions = _day(office_app, on), versions_of(office_app)
    holding = versions.on(day)
    office = holding.office if holding else office_app.office
    if as_json:
        print_json(_as_data(office, day, versions.versions))
        return
    print_phrase("office.shown", name=office.name, day=day, position=holding.position if holding else "—")
    for person in office.people:
        roles = "、".join(sorted(_labels(office, person.id)))
        print_phrase("office.person", id=person.id, post=person.post, roles=roles or "—")
    for village in office.villages:
        if village.exists_on(day):
            posts = (office.post_of(village.reporter), office.post_of(village.leader))
            print_phrase("office.village", name=village.name, reporter=posts[0], leader=posts[1])
    for chain in office.chains:
        stages = " → ".join(stage.name for stage in chain.stages)
        print_phrase("office.chain", kind=_chain_label(chain.kind), stages=stages)
    for version in versions.versions:
        print_phrase("office.version", **_version_words(version, office))
    if not holding:
        print_phrase("office.unrecorded", file=office_app.home.office_file)


@app.command("apply", help=help_text("office.apply"))
def apply_office(
    context: typer.Context,
    file: FileArgument,
    home: HomeOption = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help=help_text("office.from"))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=help_text("office.reason"))] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("office.dry_run"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=help_text("office.yes"))] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=help_text("office.overwrite"))] = False,
) -> None:
    """Record the office as a file describes it, from a day on; say first what moves."""
    office_app = open_office(context, home)
    written = _read(file, written_office(office_app))
    edit = OfficeEdit(
        document=written.document,
        files=written.files,
        contents=written.contents,
        holds_from=_day(office_app, start),
        reason=reason,
        expected=written.position,
    )
    try:
        tried = change_office(office_app, edit, actor=CLERK, means=written.means, dry_run=True)
        _print_change(office_app, tried, edit)
        if not overwrite:
            _require_nothing_undone(office_app, written, edit.holds_from, file)
        if not dry_run:
            change_office(office_app, edit, actor=CLERK, means=written.means, accepted=yes)
    except BadInput as refused:
        for cases in cases_of_emptied_roles(office_app, refused, CLERK).values():
            print_phrase("settings.waiting", cases="、".join(case_name(one) for one in cases))
        raise for_file(refused, file) from refused
    print_phrase("office.dry" if dry_run else "office.applied", day=edit.holds_from)


@app.command("export", help=help_text("office.export"))
def export_office(
    context: typer.Context,
    out: Annotated[Path | None, typer.Argument(help=help_text("office.out"))] = None,
    home: HomeOption = None,
    on: DayOption = None,
) -> None:
    """Write the office of a day: a folder with everything, one file, or standard output."""
    office_app = open_office(context, home)
    day = _day(office_app, on)
    written = written_office(office_app, day)
    document = exported_document(written, day)
    if out is None:
        print(document, end="")  # noqa: T201 - a command prints
        return
    if out.suffix == ".toml":
        write_file_atomically(out, document.encode())
    else:
        write_file_atomically(out / OFFICE_FILE, document.encode(), makes_folder=True)
        beside = OfficeFiles(written.files, written.contents)
        for path, said in written.files.items():
            is_template = path.endswith(TEMPLATE_SUFFIX)
            content = office_app.template_content(beside, said) if is_template else said.encode()
            write_file_atomically(out / path, content or b"", makes_folder=True)
    print_phrase("office.exported", path=out)


@app.command("diff", help=help_text("office.diff"))
def diff_office(
    context: typer.Context, file: FileArgument, home: HomeOption = None, on: DayOption = None
) -> None:
    """Compare a file with the office of a day: exit 0 equal, 1 different."""
    office_app = open_office(context, home)
    current = written_office(office_app, _day(office_app, on))
    written = _read(file, current)
    load_office(written.document, str(file))
    rows = office_differences(current.document, written.document)
    found = rows + file_differences(current.files, written.files)
    posts = names_in((current.document, written.document))
    for line in difference_lines(found, user_phrasebook(), letter_labels(office_app), posts):
        print(line)  # noqa: T201 - a command prints
    if not found:
        print_phrase("office.equal")
    raise typer.Exit(1 if found else 0)


def _read(path: Path, current: WrittenOffice) -> WrittenOffice:
    """The office in a file or a folder. Unreadable where it is missing or no text."""
    file = path / OFFICE_FILE if path.is_dir() else path
    try:
        return read_written_office(path, read_file(file), current)
    except UnicodeDecodeError as error:
        raise read_error(file.name, "encoding") from error


def _require_nothing_undone(office_app: OfficeApp, written: WrittenOffice, day: date, file: Path) -> None:
    """ChangesOverwritten where a file that names no version would undo what was changed on the page since."""
    found = overwritten_changes(versions_of(office_app), written, day)
    if found:
        posts = names_in((written.document,))
        lines = difference_lines(found.lost, user_phrasebook(), letter_labels(office_app), posts)
        lost = "；".join(line.strip(" -+~") for line in lines)
        raise ChangesOverwritten(file=file.name, position=found.since.position, lost=lost)


def _day(office_app: OfficeApp, given: datetime | None) -> date:
    return given.date() if given else office_app.today


def _print_change(office_app: OfficeApp, change: OfficeChange, edit: OfficeEdit) -> None:
    book = user_phrasebook()
    for line in (
        *difference_lines(change.differences, book, letter_labels(office_app), names_in((edit.document,))),
        *impact_lines(change.impact, book),
    ):
        print(line)  # noqa: T201 - a command prints
    for version in change.replaced:
        print_phrase("office.replaces", **_version_words(version, office_app.office))
    if edit.holds_from != office_app.today:
        print_phrase("office.holds", day=edit.holds_from)


def _version_words(version: OfficeVersion, office: Office) -> dict[str, Any]:
    return {
        "position": version.position,
        "day": version.holds_from,
        "by": office.post_of(version.actor) or "—",
        "reason": version.reason or "—",
    }


def _labels(office: Office, person: str) -> Iterable[str]:
    return (user_phrasebook().say(f"office.role.{role}") for role in office.roles_of(person))


def _chain_label(kind: str) -> str:
    return user_phrasebook().say(f"office.chain_kind.{kind}")


def _as_data(office: Office, day: date, versions: Iterable[OfficeVersion]) -> dict[str, Any]:
    return {
        "office": office.slug,
        "name": office.name,
        "on": day,
        "people": [
            {
                "id": one.id,
                "post": one.post,
                "deputies": one.deputies,
                "roles": sorted(office.roles_of(one.id)),
            }
            for one in office.people
        ],
        "villages": [
            {"id": one.id, "name": one.name, "reporter": one.reporter, "leader": one.leader}
            for one in office.villages
            if one.exists_on(day)
        ],
        "versions": [
            {"position": one.position, "from": one.holds_from, "by": one.actor, "reason": one.reason}
            for one in versions
        ],
    }
