"""``gongkai bulletin`` and ``gongkai assessment``: write the month and the year as text, paper or picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption
from bot.cli.common.output import format_from_suffix, help_text, print_phrase, write_file_atomically
from bot.language.bulletin_text import bulletin_pages
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.bulletins import bulletin_case, bulletin_kinds, draw_assessment, draw_bulletin
from bot.services.villages.months import parse_month
from config.declarations.duty import Duty, Step
from config.declarations.keys import CLERK
from config.declarations.terms import Recount
from config.errors import Refusal
from storage.reporting.bulletin_json import assessment_data, bulletin_data
from storage.reporting.bulletin_values import Assessment, Bulletin

DOCUMENT_LANGUAGE = "zh"  # papers and pictures are the office's, whatever language the person reads
Publication = TypeVar("Publication", Bulletin, Assessment)


class NeedsFile(Refusal):
    """{format} is a file: say where with --out, such as --out bulletin.{format}."""


class AlreadySent(Refusal):
    """The bulletin of {month} went out on {day}. What came since stands in the next one by itself."""


class BulletinFormat(StrEnum):
    """The formats of a bulletin."""

    TEXT = "text"
    JSON = "json"
    DOCX = "docx"
    PNG = "png"


class AssessmentFormat(StrEnum):
    """The formats of an assessment."""

    JSON = "json"
    XLSX = "xlsx"
    DOCX = "docx"


STDOUT_FORMATS = (BulletinFormat.TEXT, BulletinFormat.JSON)
OutOption = Annotated[Path | None, typer.Option("--out", help=help_text("bulletin.out"))]


def bulletin(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    month: Annotated[str, typer.Argument(help=help_text("bulletin.month"))],
    home: HomeOption = None,
    format_: Annotated[
        BulletinFormat | None, typer.Option("--format", help=help_text("bulletin.format"))
    ] = None,
    out: OutOption = None,
    sent: Annotated[
        datetime | None, typer.Option("--sent", formats=["%Y-%m-%d"], help=help_text("bulletin.sent"))
    ] = None,
    recount: Annotated[bool, typer.Option("--recount", help=help_text("bulletin.recount"))] = False,  # noqa: FBT002
) -> None:
    """Write a month's bulletin; or recount its case, or record it as sent."""
    app, first = open_office(context, home), parse_month(month)
    if recount:
        _record(app, first, _is_recount, app.today, "recounted")
    if sent:
        _record(app, first, _is_release, sent.date(), "sent")
    if (recount or sent) and out is None and format_ is None:
        return
    chosen = format_ or format_from_suffix(BulletinFormat, out, BulletinFormat.TEXT)
    _write_or_print(_write_bulletin(chosen, out), draw_bulletin(app, first), out)


def assessment(
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=2008, max=2999, help=help_text("bulletin.year"))],
    home: HomeOption = None,
    format_: Annotated[
        AssessmentFormat | None, typer.Option("--format", help=help_text("bulletin.assessment_format"))
    ] = None,
    out: OutOption = None,
) -> None:
    """Write a year's assessment."""
    chosen = format_ or format_from_suffix(AssessmentFormat, out, AssessmentFormat.JSON)
    _write_or_print(_write_assessment(chosen, out), draw_assessment(open_office(context, home), year), out)


def _write_or_print(write: Callable[[Publication], bytes], told: Publication, out: Path | None) -> None:
    content = write(told)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    write_file_atomically(out, content)
    print_phrase("bulletin.act.written", path=out)


def _write_bulletin(chosen: BulletinFormat, out: Path | None) -> Callable[[Bulletin], bytes]:
    if chosen not in STDOUT_FORMATS and out is None:
        raise NeedsFile(format=chosen)
    # The writers of papers and pictures cost a third of a second, which only a paper should pay.
    match chosen:
        case BulletinFormat.TEXT:
            return lambda made: ("\n\n".join(bulletin_pages(made, user_phrasebook())) + "\n").encode()
        case BulletinFormat.JSON:
            return lambda made: _as_json(bulletin_data(made))
        case BulletinFormat.DOCX:
            from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415

            return lambda made: bulletin_docx(made, phrasebook(DOCUMENT_LANGUAGE).say)
        case BulletinFormat.PNG:
            from storage.documents.bulletin.picture import bulletin_png  # noqa: PLC0415

            return lambda made: bulletin_png(made, phrasebook(DOCUMENT_LANGUAGE).say)


def _write_assessment(chosen: AssessmentFormat, out: Path | None) -> Callable[[Assessment], bytes]:
    if chosen is AssessmentFormat.JSON:
        return lambda made: _as_json(assessment_data(made))
    if out is None:
        raise NeedsFile(format=chosen)
    if chosen is AssessmentFormat.XLSX:
        from storage.documents.bulletin.assessment_excel import assessment_xlsx  # noqa: PLC0415

        return lambda made: assessment_xlsx(made, phrasebook(DOCUMENT_LANGUAGE).say)
    from storage.documents.bulletin.word import assessment_docx  # noqa: PLC0415

    return lambda made: assessment_docx(made, phrasebook(DOCUMENT_LANGUAGE).say)


def _as_json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _record(app: OfficeApp, month: date, which: Callable[[Step], bool], day: date, key: str) -> None:
    """Record a step of the month's bulletin."""
    case, duty = bulletin_case(app, month), bulletin_kinds(app).bulletin_duty
    out = {step.key for step in duty.steps if step.requires_approval}
    went = case.closing or next((step for step in case.steps if step.step in out), None)
    if went:
        raise AlreadySent(month=f"{month:%Y-%m}", day=went.happened_on)
    step = next(step for step in duty.steps if which(step))
    with app.recorder.transaction(actor=CLERK, means="command") as uow:
        uow.cases.step(case.number, step.key, day)
        if step.requires_approval:
            uow.cases.close(case.number, _outcome_after(duty, step), day)
    print_phrase(f"bulletin.act.{key}", position=uow.entries[0].position, month=f"{month:%Y-%m}", day=day)


def _is_recount(step: Step) -> bool:
    return isinstance(step.effect, Recount)


def _is_release(step: Step) -> bool:
    return step.requires_approval


def _outcome_after(duty: Duty, step: Step) -> str:
    """The outcome of a case that this step ends."""
    return next(
        outcome.key for outcome in duty.outcomes if any(step.key in need.steps for need in outcome.needs)
    )
