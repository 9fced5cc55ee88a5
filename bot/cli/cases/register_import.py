"""``gongkai import``: imports an office's existing registers into its log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption, LateOption
from bot.cli.common.output import findings_data, help_text, print_findings, print_json, print_phrase
from bot.services.records.register_files import ImportKind, import_file
from config.errors import BadInput


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
