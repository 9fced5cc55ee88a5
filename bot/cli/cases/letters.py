"""``gongkai letter`` writes a letter for a case; ``gongkai letters`` lists the letters and writes their templates.

Known facts are taken from the case and the office; ``--set`` gives the others. An applicant's personal data goes
into the letter and nowhere else: nothing here prints the value of a fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, CaseArgument, HomeOption, JsonOption, find_case
from bot.cli.common.output import help_text, print_json, print_phrase, write_file_atomically
from bot.cli.signing.approval_state import print_approval_state
from bot.cli.signing.submission import submit_letter_text
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.letters.case_letters import (
    ANSWER,
    FeeCounts,
    NoSuchPaper,
    chosen_letter,
    letter_file_name,
    letter_input,
)
from config.errors import Refusal
from scheduler.letters.fact_gathering import read_settings
from storage.documents.letters.catalogue import LetterSource, letter_sources
from storage.events.case import chain_kind
from storage.reading.formats.file_bytes import read_file


class NoSignatures(Refusal):
    """{paper} is not signed stage by stage: only an answer is. Write it without --draft."""


class WriterUnsaid(Refusal):
    """--draft and --by belong together: who wrote the text signs none of it."""


class PaperThere(Refusal):
    """{path} exists and differs; it may have been edited and is not overwritten. Use --out or move it."""


def letter(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    paper: Annotated[str, typer.Argument(help=help_text("letter.paper"))],
    setting: Annotated[list[str] | None, typer.Option("--set", help=help_text("letter.set"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("letter.out"), dir_okay=False)] = None,
    outcome: Annotated[str, typer.Option("--outcome", help=help_text("letter.outcome"))] = "",
    items: Annotated[int | None, typer.Option("--items", min=0, help=help_text("fee.items"))] = None,
    before: Annotated[int | None, typer.Option("--before", min=0, help=help_text("fee.before"))] = None,
    pages: Annotated[int | None, typer.Option("--pages", min=0, help=help_text("fee.pages"))] = None,
    by: ByOption = "",
    home: HomeOption = None,
    *,
    draft: Annotated[bool, typer.Option("--draft", help=help_text("letter.draft"))] = False,
) -> None:
    """Write a letter for a case; with --draft submit it to those who sign."""
    if draft != bool(by):
        raise WriterUnsaid
    app = open_office(context, home)
    matter = letter_input(app, find_case(app, case))
    chosen = chosen_letter(matter, paper, outcome)
    if draft and not (chosen.is_answer and chain_kind(matter.case, matter.duty)):
        raise NoSignatures(paper=chosen.label)
    given, findings = read_settings(chosen.kind, setting or [])
    counts = FeeCounts(items=items, before=before, pages=pages)
    content = matter.write(chosen, given, counts, findings)
    target = out or Path(letter_file_name(matter.case, chosen))
    year = matter.provisional_year(chosen, matter.known_facts(chosen, counts))
    keep = partial(_write_letter, chosen, target, content, year)
    if not draft:
        keep()
        return
    submit_letter_text(
        matter.app,
        matter.case,
        by,
        content,
        name=target.name,
        title=chosen.label,
        decision=chosen.outcome,
        keep=keep,
    )
    print_approval_state(matter.app, find_case(matter.app, str(matter.case.number)))


def letters(
    context: typer.Context,
    paper: Annotated[list[str] | None, typer.Argument(help=help_text("letters.paper"))] = None,
    home: HomeOption = None,
    *,
    write: Annotated[bool, typer.Option("--write", help=help_text("letters.write"))] = False,
    as_json: JsonOption = False,
) -> None:
    """List the letters; with --write write their templates into the office's folder for editing."""
    app = open_office(context, home)
    known = {key: found for duty in app.duties.values() for key, found in letter_sources(duty).items()}
    for key in paper or ():
        if key not in known:
            raise NoSuchPaper(found=key, known="、".join(known))
    chosen = [known[key] for key in paper or known]
    made = set(_write_templates(app, chosen)) if write else set()
    beside = app.office_files
    listed = [
        {
            "paper": each.key,
            "label": each.label,
            "file": str(file),
            "state": "made" if each.key in made else "own" if beside.letter(each.key) else "default",
        }
        for each, file in ((each, app.home.letter_template(each.key)) for each in chosen)
    ]
    if as_json:
        print_json(listed)
        return
    for row in listed:
        print_phrase(
            "letters.line", **{**row, "state": user_phrasebook().say(f"letters.state.{row['state']}")}
        )
    folder = app.home.letter_template(ANSWER).parent
    print_phrase("letters.made" if write else "letters.how", count=len(made), folder=folder)


def _write_letter(paper: LetterSource, path: Path, content: bytes, provisional_year: int | None) -> None:
    """Write the letter's file; PaperThere where another version of it exists, since that may have been edited."""
    if path.exists() and read_file(path) != content:
        raise PaperThere(path=path)
    write_file_atomically(path, content)
    print_phrase("letter.written", paper=paper.label, path=path)
    if paper.unconfirmed:
        print_phrase("case_letters.unconfirmed", why=paper.unconfirmed)
    if provisional_year:
        print_phrase("case_letters.provisional", year=provisional_year)


def _write_templates(app: OfficeApp, chosen: list[LetterSource]) -> Iterator[str]:
    from storage.documents.letters.template_layout import default_template  # noqa: PLC0415 - for the same reason

    for paper in chosen:
        file = app.home.letter_template(paper.key)
        if not file.exists():
            content = app.letter_template(paper.key) or default_template(paper)
            write_file_atomically(file, content, makes_folder=True)
            yield paper.key
