"""``gongkai import``: imports an office's existing registers into its log."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import LateOption
from bot.cli.common.output import (
    HomeOption,
    JsonOption,
    findings_data,
    help_text,
    print_findings,
    print_json,
    print_phrase,
)
from bot.services.app import OfficeApp
from config import shipped_data
from config.declarations.keys import CLERK
from config.errors import BadInput
from config.findings import Finding, has_errors
from scheduler.recording.register_import import ImportResult, import_rows


class ImportKind(StrEnum):
    """The registers that can be imported."""

    REQUESTS = "requests"
    REGISTERS = "registers"
    DISPUTES = "disputes"


def import_(
    context: typer.Context,
    kind: Annotated[ImportKind, typer.Argument(help=help_text("import.kind"))],
    file: Annotated[Path, typer.Argument(help=help_text("import.file"))],
    home: HomeOption = None,
    *,
    late: LateOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("import.dry_run"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Import a register into the log: all rows or none."""
    app = open_office(context, home)
    try:
        tidings, findings = import_file(app, kind, file, dry_run=dry_run, late=late)
    except BadInput as refused:
        if as_json:
            print_json({"file": str(file), "written": False, "findings": findings_data(refused.findings)})
            raise typer.Exit(refused.exit_code) from refused
        raise
    if as_json:
        numbers = {key: value for key, value in asdict(tidings).items() if key != "findings"}
        print_json(
            {"file": str(file), "written": not dry_run, **numbers, "findings": findings_data(findings)}
        )
        return
    print_findings(findings)
    print_phrase("import.dry" if dry_run else "import.done", file=file, **asdict(tidings))


def import_file(
    app: OfficeApp, kind: ImportKind, file: Path, *, dry_run: bool, late: str = ""
) -> tuple[ImportResult, tuple[Finding, ...]]:
    """Read, check and record a register file in one transaction, or raise BadInput with every finding."""
    from storage.register_import.opener import read_sheet  # noqa: PLC0415 - openpyxl costs a third of a second
    from storage.register_import.rows import read_register  # noqa: PLC0415

    rows, findings = read_register(kind.value, read_sheet(file), shipped_data.load_form(), today=app.today)
    if has_errors(findings):
        raise BadInput(findings, file=file)
    with app.recorder.transaction(actor=CLERK, means="import") as uow:
        uow.give_late_reason(late)
        tidings = import_rows(uow, rows)
        if has_errors(tidings.findings):
            raise BadInput(tidings.findings, file=file)
        if dry_run:
            uow.discard()
    return tidings, (*findings, *tidings.findings)
