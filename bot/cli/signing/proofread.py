"""``gongkai proofread``: checks a text before it goes to its reviewers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption
from bot.cli.common.output import SEVERITY_MARKS, findings_data, help_text, print_json, print_phrase
from bot.services.app import user_phrasebook
from config.findings import Finding, Severity
from config.settings import machine_settings
from storage.proofread.review import has_blocking_findings
from storage.proofread.review import proofread_text as read_through


def proofread(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("proofread.file"))],
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a text: exit 0 clean or advice only, 1 where a finding blocks it, 2 unreadable."""
    # The readers of four formats cost a third of a second, which only a check should pay.
    from storage.reading.texts.manuscript import read_manuscript_with_traces  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415

    named = home or machine_settings().home
    app = open_office(context, home) if named else None  # else only the general rules hold
    rules = app.wordlist() if app else load_wordlist()
    text = read_manuscript_with_traces(file)
    findings = read_through(text, app.office if app else None, rules)
    if as_json:
        print_json(
            {"file": str(file), "held": has_blocking_findings(findings), "findings": findings_data(findings)}
        )
    else:
        _print_findings(file, findings)
    raise typer.Exit(1 if has_blocking_findings(findings) else 0)


def _print_findings(file: Path, findings: tuple[Finding, ...]) -> None:
    if not findings:
        print_phrase("proofread.clean", file=file)
        return
    for finding, line in zip(findings, user_phrasebook().finding_lines(findings), strict=True):
        print(f"{SEVERITY_MARKS[finding.severity]} {line}")  # noqa: T201 - a command prints
    counts = {rank: sum(finding.severity is rank for finding in findings) for rank in Severity}
    print_phrase(
        "proofread.summary",
        file=file,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )
    if has_blocking_findings(findings):
        print_phrase("proofread.held")
