"""``gongkai bulletin`` and ``gongkai assessment``: the month and the year told, as text, paper and picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.cli.common.output import HomeOption, by_ending, said, tell, write_paper
from bot.cli.context import open_office
from bot.language.bulletin_text import pages
from bot.language.phrasebook import phrasebook
from bot.services.app import Works, words
from bot.services.bulletins import bulletin_case, draw_assessment, draw_bulletin, telling_of
from bot.services.village_months import read_month_name
from config.declarations.duty import Duty, Recount, Step
from config.errors import Refusal
from storage.reporting.bulletin import Assessment, Bulletin
from storage.reporting.bulletin_json import assessment_data, bulletin_data

PAPERS = "zh"  # papers and pictures are the office's, whatever language the person reads
Told = TypeVar("Told", Bulletin, Assessment)


class NeedsFile(Refusal):
    """{format} is a file: say where with --out, such as --out bulletin.{format}."""


class AlreadySent(Refusal):
    """The bulletin of {month} went out on {day}. What came since stands in the next one by itself."""


class BulletinFormat(StrEnum):
    """How a month can be told."""

    TEXT = "text"
    JSON = "json"
    DOCX = "docx"
    PNG = "png"


class AssessmentFormat(StrEnum):
    """How a year can be told."""

    JSON = "json"
    XLSX = "xlsx"
    DOCX = "docx"


TO_STDOUT = (BulletinFormat.TEXT, BulletinFormat.JSON)
OutOption = Annotated[Path | None, typer.Option("--out", help=said("bulletin.out"))]


def bulletin(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    month: Annotated[str, typer.Argument(help=said("bulletin.month"))],
    home: HomeOption = None,
    format_: Annotated[BulletinFormat | None, typer.Option("--format", help=said("bulletin.format"))] = None,
    out: OutOption = None,
    sent: Annotated[
        datetime | None, typer.Option("--sent", formats=["%Y-%m-%d"], help=said("bulletin.sent"))
    ] = None,
    recount: Annotated[bool, typer.Option("--recount", help=said("bulletin.recount"))] = False,  # noqa: FBT002
) -> None:
    """A month told; or its case counted anew, or recorded as sent."""
    works, first = open_office(context, home), read_month_name(month)
    if recount:
        _record(works, first, _recounts, works.today, "recounted")
    if sent:
        _record(works, first, _sends, sent.date(), "sent")
    if (recount or sent) and out is None and format_ is None:
        return
    chosen = format_ or by_ending(BulletinFormat, out, BulletinFormat.TEXT)
    _give(_write_bulletin(chosen, out), draw_bulletin(works, first), out)


def assessment(
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=2008, max=2999, help=said("bulletin.year"))],
    home: HomeOption = None,
    format_: Annotated[
        AssessmentFormat | None, typer.Option("--format", help=said("bulletin.assessment_format"))
    ] = None,
    out: OutOption = None,
) -> None:
    """A year told."""
    chosen = format_ or by_ending(AssessmentFormat, out, AssessmentFormat.JSON)
    _give(_write_assessment(chosen, out), draw_assessment(open_office(context, home), year), out)


def _give(write: Callable[[Told], bytes], told: Told, out: Path | None) -> None:
    content = write(told)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    write_paper(out, content)
    tell("bulletin.act.written", path=out)


def _write_bulletin(chosen: BulletinFormat, out: Path | None) -> Callable[[Bulletin], bytes]:
    if chosen not in TO_STDOUT and out is None:
        raise NeedsFile(format=chosen)
    # The writers of papers and pictures cost a third of a second, which only a paper should pay.
    match chosen:
        case BulletinFormat.TEXT:
            return lambda made: ("\n\n".join(pages(made, words())) + "\n").encode()
        case BulletinFormat.JSON:
            return lambda made: _as_json(bulletin_data(made))
        case BulletinFormat.DOCX:
            from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415

            return lambda made: bulletin_docx(made, phrasebook(PAPERS).say)
        case BulletinFormat.PNG:
            from storage.documents.bulletin.picture import bulletin_png  # noqa: PLC0415

            return lambda made: bulletin_png(made, phrasebook(PAPERS).say)


def _write_assessment(chosen: AssessmentFormat, out: Path | None) -> Callable[[Assessment], bytes]:
    if chosen is AssessmentFormat.JSON:
        return lambda made: _as_json(assessment_data(made))
    if out is None:
        raise NeedsFile(format=chosen)
    if chosen is AssessmentFormat.XLSX:
        from storage.documents.bulletin.assessment_excel import assessment_xlsx  # noqa: PLC0415

        return lambda made: assessment_xlsx(made, phrasebook(PAPERS).say)
    from storage.documents.bulletin.word import assessment_docx  # noqa: PLC0415

    return lambda made: assessment_docx(made, phrasebook(PAPERS).say)


def _as_json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _record(works: Works, month: date, which: Callable[[Step], bool], day: date, key: str) -> None:
    """Record the step of the month's bulletin that does this."""
    case, duty = bulletin_case(works, month), telling_of(works).told_by
    out = {step.key for step in duty.steps if step.released}
    went = case.closing or next((step for step in case.steps if step.step in out), None)
    if went:
        raise AlreadySent(month=f"{month:%Y-%m}", day=went.happened_on)
    step = next(step for step in duty.steps if which(step))
    with works.desk.sitting(actor="clerk", means="command") as sitting:
        sitting.step(case.number, step.key, day)
        if step.released:
            sitting.close(case.number, _outcome_after(duty, step), day)
    tell(f"bulletin.act.{key}", position=sitting.entries[0].position, month=f"{month:%Y-%m}", day=day)


def _recounts(step: Step) -> bool:
    return isinstance(step.effect, Recount)


def _sends(step: Step) -> bool:
    return step.released


def _outcome_after(duty: Duty, step: Step) -> str:
    """What a case comes to that ends with this step."""
    return next(
        outcome.key for outcome in duty.outcomes if any(step.key in need.steps for need in outcome.needs)
    )
