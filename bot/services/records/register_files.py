"""Imports an office's existing register from a file: all rows or none, or only to see what would happen."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from bot.services.app import OfficeApp
from config import shipped_data
from config.declarations.keys import CLERK
from config.errors import BadInput
from config.findings import Finding, has_errors
from scheduler.recording.case_import import ImportResult, import_rows


class ImportKind(StrEnum):
    """The registers that can be imported."""

    REQUESTS = "requests"
    REGISTERS = "registers"
    DISPUTES = "disputes"


def import_file(
    app: OfficeApp, kind: ImportKind, file: Path, *, dry_run: bool, late: str = "", by: str = CLERK
) -> tuple[ImportResult, tuple[Finding, ...]]:
    """Read, check and record a register file in one transaction, or raise BadInput with every finding."""
    from storage.register_import.opener import read_sheet  # noqa: PLC0415 - openpyxl costs a third of a second
    from storage.register_import.rows import read_register  # noqa: PLC0415

    rows, findings = read_register(kind.value, read_sheet(file), shipped_data.load_form(), today=app.today)
    if has_errors(findings):
        raise BadInput(findings, file=file)
    with app.recorder.transaction(actor=by, means="import") as uow:
        uow.give_late_reason(late)
        tidings = import_rows(uow, rows)
        if has_errors(tidings.findings):
            raise BadInput(tidings.findings, file=file)
        if dry_run:
            uow.discard()
    return tidings, (*findings, *tidings.findings)
