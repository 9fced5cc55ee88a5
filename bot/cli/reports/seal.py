"""``gongkai seal``: a year's report went out, and stays as it is; and what is shown of it afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common.output import HomeOption, said, tell, tell_findings, write_paper
from bot.cli.context import open_office
from bot.cli.server.users import person_named
from bot.services.app import Works, words
from bot.services.report_check import ReportFaulty, findings_of
from config import shipped_data
from config.errors import Refusal
from config.findings import Finding, Severity, has_errors
from scheduler.recording.sealing import MOST_NAMED, named_words
from storage.reporting.report import Report, plain
from storage.reporting.sealed_years import Correction

LateOption = Annotated[str, typer.Option("--late", help=said("seal.late"))]
YearArgument = Annotated[int, typer.Argument(min=2008, max=2999, help=said("report.year"))]


class PaperDiffers(Refusal):
    """{file} says otherwise than what is counted here: {figures}. Enter what is missing, or begin a later year."""


class PaperOfAnotherYear(Refusal):
    """{file} is the report of {found}, not of {year}."""


def seal(
    context: typer.Context,
    year: YearArgument,
    by: Annotated[str, typer.Option("--by", help=said("signing.by"))] = "clerk",
    published: Annotated[Path | None, typer.Option("--published", help=said("seal.published"))] = None,
    home: HomeOption = None,
) -> None:
    """Seal a year: its figures stay as they were published, here or, by the paper itself, before this log."""
    works = open_office(context, home)
    person = person_named(works, by)
    report, tally = works.report(year)
    if published is None:
        require_clean(works, report)
    else:
        report = _as_printed(report, published)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.seal(report, tally.named, elsewhere=published is not None)
    tell("seal.done", year=year, position=sitting.entries[0].position)


def _as_printed(report: Report, paper: Path) -> Report:
    """The report in the words of the paper that went out. PaperDiffers where a figure of it is another one."""
    from storage.reading.report.reader import read_report  # noqa: PLC0415 - readers of four formats, for such a year alone

    found = read_report(paper, shipped_data.form())
    if found.year and found.year != report.year:
        raise PaperOfAnotherYear(file=paper.name, found=found.year, year=report.year)
    moved = [name for name, figure in report.figures.items() if found.figures.get(name) != figure]
    if moved:
        raise PaperDiffers(file=paper.name, figures=_compared(report, found, moved))
    return replace(report, title=found.title, preamble=found.preamble, sections=found.sections)


def _compared(report: Report, found: Report, moved: list[str]) -> str:
    """The first few figures that differ, as printed and as counted."""
    told = [
        words().say(
            "seal.differs",
            figure=figure_words(name),
            published=plain(found.figures.get(name)) or "—",
            now=plain(report.figures[name]),
        )
        for name in moved[:MOST_NAMED]
    ]
    more = f" +{len(moved) - MOST_NAMED}" if len(moved) > MOST_NAMED else ""
    return "；".join(told) + more


def require_clean(works: Works, report: Report) -> tuple[Finding, ...]:
    """ReportFaulty, after each fault was told, where the check finds an error; else its other findings."""
    found = findings_of(works, report)
    if has_errors(found):
        tell_findings(found, to_error=True)
        errors = sum(one.severity is Severity.ERROR for one in found)
        raise ReportFaulty(year=report.year, count=errors)
    return found


def corrections_of(works: Works, year: int) -> list[Correction]:
    """What came late about a sealed year; nothing for one that is open."""
    known = works.seals()
    return known.corrections(year, shipped_data.form()) if year in known.sealed else []


def figure_words(name: str) -> str:
    """What a figure is called."""
    form = shipped_data.form()
    return form.label(name) if name in form.cells else named_words(name)


def with_corrections(content: bytes, corrections: list[Correction]) -> bytes:
    """A report as json, with what came late beside it."""
    data: dict[str, Any] = json.loads(content)
    data["corrections"] = [
        {
            "figure": each.figure,
            "published": plain(each.published),
            "now": plain(each.now),
            "entries": list(each.entries),
            "reasons": list(each.reasons),
        }
        for each in corrections
    ]
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def write_annex(target: Path, report: Report, corrections: list[Correction]) -> None:
    """The list of corrections as a paper beside the report's own; each is told as well."""
    from storage.documents.annual_report.corrections_annex import annex_bytes  # noqa: PLC0415 - Word's library, as everywhere

    annex = target.with_name(f"{target.stem}-更正.docx")
    write_paper(annex, annex_bytes(report, corrections, figure_words))
    for each in corrections:
        tell(
            "seal.correction",
            figure=figure_words(each.figure),
            published=plain(each.published),
            now=plain(each.now),
            entries="、".join(f"№{place}" for place in each.entries),
            reason="；".join(each.reasons),
        )
    tell("seal.annex", path=annex)
