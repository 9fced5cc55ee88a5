"""``gongkai catalogue``: takes a catalogue over, imports the office's own, and shows how far it is covered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption, YearArgument
from bot.cli.common.output import help_text, print_phrase, write_file_atomically
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp
from bot.services.catalogue.coverage import (
    closed_cases,
    coverage_words,
    year_coverage,
    year_texts,
    year_withheld,
)
from bot.services.catalogue.office_catalogue import (
    catalogue_template,
    post_ids,
    read_catalogue,
    shipped_matters,
    with_matters,
)
from bot.services.office.changes import change_office, written_office
from config.declarations.keys import CLERK
from config.office.model import Office
from config.reporting.guide import GUIDE_PARTS, missing_parts
from config.reporting.matters import Matter
from scheduler.worklist.office_change import OfficeEdit
from storage.documents.catalogue.office_lists import disposal_list, review_list, transfer_list
from storage.documents.catalogue.picture import coverage_png
from storage.reading.formats.file_bytes import read_file
from storage.reading.texts.manuscript import read_manuscript
from storage.reporting.coverage import MatterCoverage, SubjectCoverage

app = typer.Typer(help=help_text("catalogue.group"), no_args_is_help=True)
OwnerOption = Annotated[str, typer.Option("--owner", help=help_text("catalogue.owner"))]
DOCUMENT_LANGUAGE = "zh"  # the picture is the office's, whatever language the person reads


@app.command("adopt", help=help_text("catalogue.adopt"))
def adopt(context: typer.Context, owner: OwnerOption = CLERK, home: HomeOption = None) -> None:
    """Take the shipped catalogue over into the office's document, from today on."""
    office_app = open_office(context, home)
    _record(office_app, shipped_matters(office_app.today), owner)


@app.command("import", help=help_text("catalogue.import"))
def import_own(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("catalogue.file"))],
    owner: OwnerOption = CLERK,
    home: HomeOption = None,
) -> None:
    """Take the office's own catalogue over from a workbook."""
    office_app = open_office(context, home)
    matters = read_catalogue(read_file(file), file.name, post_ids(office_app.office))
    _record(office_app, matters, owner)


@app.command("template", help=help_text("catalogue.template"))
def template(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help=help_text("catalogue.out"))],
    home: HomeOption = None,
) -> None:
    """Write a workbook of the office's catalogue, or of the shipped one, to be changed and imported."""
    office_app = open_office(context, home)
    matters = office_app.office.matters or shipped_matters(office_app.today)
    write_file_atomically(out, catalogue_template(matters, post_ids(office_app.office)))
    print_phrase("catalogue.written", path=out, count=len(matters))


@app.command("coverage", help=help_text("catalogue.coverage"))
def coverage(
    context: typer.Context,
    year: YearArgument,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("catalogue.picture"))] = None,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what was published on each subject in a year, and on which matters nothing ever was."""
    office_app = open_office(context, home)
    found = year_coverage(office_app, year)
    if out:
        say = phrasebook(DOCUMENT_LANGUAGE).say
        write_file_atomically(out, coverage_png(found, office_app.office.name, year, say))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    _print_coverage(found)
    words = coverage_words(found)
    print_phrase("catalogue.sentence", year=year, **words)
    if words["silent"]:
        print_phrase("catalogue.silent", names=words["silent"])


@app.command("transfer", help=help_text("catalogue.transfer"))
def transfer(
    context: typer.Context,
    year: YearArgument,
    out: Annotated[Path, typer.Argument(help=help_text("catalogue.out"))],
    home: HomeOption = None,
) -> None:
    """Write the list with which a year's published texts are handed to the archive and the library."""
    office_app = open_office(context, home)
    texts = year_texts(office_app, year)
    write_file_atomically(out, transfer_list(texts, office_app.office.name, year))
    print_phrase("catalogue.transferred", path=out, count=len(texts))


@app.command("withheld", help=help_text("catalogue.withheld"))
def withheld(
    context: typer.Context,
    year: YearArgument,
    out: Annotated[Path, typer.Argument(help=help_text("catalogue.out"))],
    home: HomeOption = None,
) -> None:
    """Write the list by which what was withheld is reviewed in a year (条例 art. 18)."""
    office_app = open_office(context, home)
    found = year_withheld(office_app, year)
    write_file_atomically(out, review_list(found, office_app.office.name, year))
    left = sum(not one.is_reviewed_in(year) for one in found)
    print_phrase("catalogue.withheld", path=out, count=len(found), left=left)


@app.command("disposal", help=help_text("catalogue.disposal"))
def disposal(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help=help_text("catalogue.out"))],
    home: HomeOption = None,
) -> None:
    """Write the list of closed cases with how long they are kept; nothing is disposed of."""
    office_app = open_office(context, home)
    write_file_atomically(out, disposal_list(closed_cases(office_app), office_app.duties, office_app.today))
    print_phrase("catalogue.disposal", path=out)


@app.command("guide", help=help_text("catalogue.guide"))
def guide(file: Annotated[Path, typer.Argument(help=help_text("catalogue.guide_file"))]) -> None:
    """Compare a guide to disclosure with what article 12 asks of it; exit 1 where a part is missing."""
    read = read_manuscript(file)
    missing = list(missing_parts(f"{read.title}\n{read.body}"))
    for part in GUIDE_PARTS:
        print_phrase("catalogue.guide.missing" if part in missing else "catalogue.guide.found", part=part)
    if missing:
        raise typer.Exit(1)


def _print_coverage(found: Sequence[SubjectCoverage]) -> None:
    for subject in found:
        print_phrase(
            "catalogue.bar", label=subject.label, published=subject.published, matters=len(subject.matters)
        )
        for matter in subject.matters:
            print_phrase(
                _matter_key(matter), name=matter.name, count=matter.published, day=matter.last or "—"
            )


def _matter_key(matter: MatterCoverage) -> str:
    if matter.published:
        return "catalogue.matter.fed"
    return "catalogue.matter.declared" if matter.declared else "catalogue.matter.silent"


def _record(office_app: OfficeApp, matters: Sequence[Matter], owner: str) -> None:
    written = written_office(office_app)
    edit = OfficeEdit(
        document=with_matters(written.document, matters, _owner(office_app.office, owner)),
        files=written.files,
        holds_from=office_app.today,
        reason="",
        expected=written.position,
    )
    change_office(office_app, edit, actor=CLERK, means="command")
    print_phrase("catalogue.adopted", count=len(matters))
    for matter in matters:
        if matter.unconfirmed:
            print_phrase("catalogue.unconfirmed", name=matter.name, why=matter.unconfirmed)


def _owner(office: Office, owner: str) -> str:
    """The id of a person: of the one named, or of the first who holds that role."""
    people = {person.id for person in office.people}
    return owner if owner in people else next((person.id for person in office.holders(owner)), owner)
