"""What two people let pass unsigned in a year, beside its report: counted, listed, never left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.cli.common.output import print_phrase, write_file_atomically
from bot.services.app import OfficeApp
from storage.eventlog.overrides import Override, overrides_of_year
from storage.reporting.report import Report


def overrides_of_report_year(app: OfficeApp, year: int) -> list[Override]:
    """Those of a year."""
    with app.log() as log:
        return overrides_of_year(log, app.duties, year)


def json_with_overrides(content: bytes, overrides: Sequence[Override]) -> bytes:
    """A report as json, with them beside it."""
    data: dict[str, Any] = json.loads(content)
    data["overrides"] = [{**one._asdict(), "happened_on": one.happened_on.isoformat()} for one in overrides]
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def write_override_annex(target: Path, report: Report, overrides: Sequence[Override]) -> None:
    """The list as a paper beside the report's own."""
    from storage.documents.annual_report.override_annex import override_annex_bytes  # noqa: PLC0415 - Word's library

    annex = target.with_name(f"{target.stem}-放行.docx")
    write_file_atomically(annex, override_annex_bytes(report, overrides))
    print_phrase("report.overrides", count=len(overrides), path=annex)
