"""A text before its reviewers, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import MARKS, HomeOption, JsonOption, findings_data, said, tell, tell_json
from bot.language.finding_lines import proofread_lines
from bot.services.app import named_home, words
from config.findings import Finding, Severity
from config.office.folder import Home
from config.settings import Settings
from storage.proofread.review import holds_back
from storage.proofread.review import proofread as read_through


def proofread(
    file: Annotated[Path, typer.Argument(help=said("proofread.file"))],
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a text: exit 0 clean or advice only, 1 where a gate stands, 2 unreadable."""
    # The readers of four formats cost a third of a second, which only a reading should pay.
    from storage.reading.texts.manuscript import read_manuscript  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import wording  # noqa: PLC0415

    office = _home(home)
    rules = wording(office.expressions if office else None)
    findings = read_through(read_manuscript(file), office.office() if office else None, rules)
    if as_json:
        tell_json({"file": str(file), "held": holds_back(findings), "findings": findings_data(findings)})
    else:
        _tell(file, findings)
    raise typer.Exit(1 if holds_back(findings) else 0)


def _home(path: Path | None) -> Home | None:
    """The office whose rules hold; without one only what is wrong everywhere is found."""
    return named_home(path) if path or Settings().home else None


def _tell(file: Path, findings: tuple[Finding, ...]) -> None:
    if not findings:
        tell("proofread.clean", file=file)
        return
    for finding, line in zip(findings, proofread_lines(findings, words()), strict=True):
        print(f"{MARKS[finding.severity]} {line}")  # noqa: T201 - this is the command line's mouth
    counts = {rank: sum(finding.severity is rank for finding in findings) for rank in Severity}
    tell(
        "proofread.summary",
        file=file,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )
    if holds_back(findings):
        tell("proofread.held")
