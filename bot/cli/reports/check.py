"""``gongkai check`` checks any agency's report, or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.cli.common.options import JsonOption
from bot.cli.common.output import (
    findings_data,
    help_text,
    print_error,
    print_findings,
    print_json,
    print_phrase,
    write_file_atomically,
)
from bot.services.app import user_phrasebook
from config import shipped_data
from config.findings import Severity
from storage.reading.formats.errors import read_error

if TYPE_CHECKING:
    from bot.services.report_files import CheckedReport


def check(
    files: Annotated[list[Path], typer.Argument(help=help_text("check.file"))],
    previous: Annotated[Path | None, typer.Option("--previous", help=help_text("check.previous"))] = None,
    part: Annotated[int, typer.Option("--part", min=0, help=help_text("check.part"))] = 0,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("check.out"))] = None,
    comments: Annotated[Path | None, typer.Option("--comments", help=help_text("check.comments"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check any agency's report: exit 0 clean or warnings only, 1 errors, 2 unreadable; the highest of many."""
    # The word lists and readers cost a third of a second, which only a check should pay.
    from bot.services.report_files import check_files, report_files  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415

    form, wording = shipped_data.load_form(), load_wordlist()
    single = len(files) == 1 and not files[0].is_dir() and files[0].suffix.lower() != ".zip"
    with report_files(files) as paths:
        if not paths:
            raise read_error("、".join(map(str, files)), "no_reports", known="、".join(_known_endings()))
        with _progress(len(paths), shown=not single and not as_json) as done:
            checked = check_files(paths, form, wording, previous=previous, part=part, done=done)
        if single and checked[0].refusal:
            raise checked[0].refusal
        if as_json:
            print_json(_data(checked[0]) if single else {"reports": [_data(each) for each in checked]})
        elif single:
            _print_one(checked[0])
        else:
            _print_table(checked)
        _write_papers(checked, out, comments)
    raise typer.Exit(max(each.exit_code for each in checked))


def _known_endings() -> list[str]:
    from storage.reading.report.reader import KIND_BY_SUFFIX  # noqa: PLC0415 - likewise

    return list(KIND_BY_SUFFIX)


@contextmanager
def _progress(count: int, *, shown: bool) -> Any:
    """A progress bar on standard error, two steps for each file; none where nobody watches."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not shown or not console.is_terminal) as bar:
        task = bar.add_task("", total=2 * count)
        yield lambda: bar.advance(task)


def _print_one(checked: CheckedReport) -> None:
    """Print what was read, then the findings and their number."""
    if checked.check is None:
        return
    unknown = user_phrasebook().say("check.unknown")
    print_phrase("check.read", **checked.check.coverage.words(unknown, unknown))
    print_findings(checked.findings)
    if not checked.findings:
        print_phrase("check.clean", file=checked.path)
        return
    print_phrase(
        "check.summary",
        file=checked.path,
        errors=checked.count(Severity.ERROR),
        warnings=checked.count(Severity.WARNING),
        notes=checked.count(Severity.NOTE),
    )


def _print_table(checked: Sequence[CheckedReport]) -> None:
    """Print one row for each file: unit, year, what was read, errors, warnings, first finding."""
    book = user_phrasebook()
    columns = ("unit", "year", "read", "errors", "warnings", "first")
    table = Table(*(book.say(f"check.column.{column}") for column in columns))
    for each in checked:
        if each.check is None or each.report is None:
            refused = book.error(each.refusal) if each.refusal else ""
            table.add_row(each.path.name, "", "", "", "", refused)
            continue
        read = each.check.coverage
        first = book.finding(each.findings[0]) if each.findings else ""
        table.add_row(
            each.report.agency or each.path.name,
            str(each.report.year or ""),
            f"{read.cells}/{read.all_cells} {read.sections}/{read.all_sections}",
            str(each.count(Severity.ERROR)),
            str(each.count(Severity.WARNING)),
            first,
        )
    Console().print(table)


def _data(checked: CheckedReport) -> dict[str, Any]:
    """What a program may read about one file."""
    if checked.check is None:
        refusal = user_phrasebook().error(checked.refusal) if checked.refusal else ""
        return {"file": str(checked.path), "unreadable": refusal}
    read = checked.check.coverage
    return {
        "file": str(checked.path),
        "agency": read.agency,
        "year": read.year,
        "edition": read.edition,
        "cells": {"read": read.cells, "of": read.all_cells},
        "sections": {"read": read.sections, "of": read.all_sections},
        "previous": str(checked.previous) if checked.previous else None,
        "comparisons": [
            {
                "place": one.place,
                "near": one.near,
                "stated": str(one.stated),
                "expected": str(one.expected),
                "cells": list(one.cells),
                "agrees": one.agrees,
            }
            for one in checked.check.comparisons
        ],
        "findings": findings_data(checked.findings),
    }


def _write_papers(checked: Sequence[CheckedReport], out: Path | None, comments: Path | None) -> None:
    """Write the workbook of all findings, and a paper for each file, where they are asked for."""
    # The libraries of Word and Excel take twelve megabytes, which no other command should hold.
    from bot.services.report_review import findings_workbook, review_paper  # noqa: PLC0415

    book = user_phrasebook()
    if out:
        write_file_atomically(out, findings_workbook(checked, book))
        print_phrase("check.written", path=out)
    for number, each in enumerate(checked if comments else (), start=1):
        if each.refusal:
            print_error(each.refusal)
            continue
        name, content = review_paper(each, book)
        path = comments / f"{number:03d}-{name}" if comments else Path(name)
        write_file_atomically(path, content, makes_folder=True)
        print_phrase("check.written", path=path)
