"""``gongkai month``: enters what a village reported on paper, and records what becomes of its items.

The day is the day on which it happened; a late entry is judged by that day.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption
from bot.cli.common.output import help_text, print_phrase
from bot.cli.reports.village_months import MonthArgument, VillageArgument, app, find_village, village_month
from bot.services.app import OfficeApp
from bot.services.villages.item_records import receive_item, report_item
from bot.services.villages.items import ItemDraft, prepare_file
from bot.services.villages.months import VillageMonthView, parse_month
from config.declarations.duty import Step
from config.declarations.keys import CLERK, TITLE_FIELD, VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import (
    ADOPTED,
    COMMISSIONED,
    MISTAKEN,
    PAPER,
    RECEIVED,
    REJECTED,
    RETURNED,
)
from config.errors import Refusal
from scheduler.validation.date_calculator import read_day
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.events import Facts

__all__ = ["app"]  # with every command of this module registered

TitleOption = Annotated[str | None, typer.Option("--title", help=help_text("month.title"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=help_text("month.reason"))]
OnOption = Annotated[str | None, typer.Option("--on", help=help_text("month.on"))]
PointsOption = Annotated[int | None, typer.Option("--points", min=1, help=help_text("month.points"))]
ItemArgument = Annotated[int, typer.Argument(min=1, help=help_text("month.item"))]
FilesOption = Annotated[
    list[Path] | None,
    typer.Option("--file", exists=True, dir_okay=False, help=help_text("month.file")),
]


class ItemOrZero(Refusal):
    """Say what was reported with --title, or that there is nothing with --zero: one of them."""


class NotAnItem(Refusal):
    """Case {case} is no item of a village. gongkai month show lists the months; the page lists their items."""


@app.command("report", help=help_text("month.report"))
def report(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    title: TitleOption = None,
    text: Annotated[str, typer.Option("--text", help=help_text("month.text"))] = "",
    files: FilesOption = None,
    on: OnOption = None,
    home: HomeOption = None,
    zero: Annotated[bool, typer.Option("--zero", help=help_text("month.zero"))] = False,
) -> None:
    """Enter one item that a village handed in on paper, or that it declared to have nothing."""
    if zero == bool(title):
        raise ItemOrZero
    office_app = open_office(context, home)
    first, place = parse_month(month), find_village(office_app, village)
    day = read_day(on) if on else office_app.today
    kept = village_month(office_app, first, place)
    said = {"village": place.name, "month": month, "day": day}
    if title is None:
        print_phrase("month.noted", **_declare_nothing(office_app, kept, day), **said)
        return
    draft = ItemDraft(
        village=place.id,
        month=first,
        title=title,
        body=text,
        files=tuple(prepare_file(file.name, file.read_bytes()) for file in files or ()),
        said_on=day,
        by=CLERK,
        means=PAPER,
    )
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        number = report_item(office_app, uow, draft)
    print_phrase("month.entered", position=number, title=title, **said)


def _declare_nothing(office_app: OfficeApp, kept: VillageMonthView, day: date) -> dict[str, object]:
    """Record that a village has nothing to report. Returns the entry's position and what the step is called."""
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        uow.cases.step(kept.month.case.number, kept.round.nothing, day)
    step = kept.duty.step(kept.round.nothing)
    return {"position": uow.entries[-1].position, "step": step.label if step else ""}


@app.command("receive", help=help_text("month.receive"))
def receive(
    context: typer.Context,
    items: Annotated[list[int], typer.Argument(help=help_text("month.items"))],
    home: HomeOption = None,
) -> None:
    """Receive items: each then counts for its month as it is."""
    office_app = open_office(context, home)
    cases = [_item(office_app, number) for number in items]
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        for case in cases:
            receive_item(uow, case.number)
    outcome = office_app.duties[VILLAGE_ITEM_KIND].outcome(RECEIVED)
    label = outcome.label if outcome else RECEIVED
    for case in cases:
        title = case.facts[TITLE_FIELD]
        print_phrase("month.item_noted", item=case.number, title=title, step=label, day=office_app.today)


@app.command("return", help=help_text("month.return"))
def return_(
    context: typer.Context,
    item: ItemArgument,
    *,
    reason: ReasonOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that an item was sent back."""
    _record_item(context, home, item, step=RETURNED, on=on, facts={"reason": reason})


@app.command("adopt", help=help_text("month.adopt"))
def adopt(
    context: typer.Context,
    item: ItemArgument,
    *,
    level: Annotated[str, typer.Option("--level", help=help_text("month.level"))],
    grade: Annotated[str | None, typer.Option("--grade", help=help_text("month.grade"))] = None,
    points: PointsOption = None,
    address: Annotated[str | None, typer.Option("--at", help=help_text("month.address"))] = None,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that an item was adopted by a level."""
    given = {"level": level, "grade": grade, "points": points, "address": address}
    facts = {key: value for key, value in given.items() if value is not None}
    _record_item(context, home, item, step=ADOPTED, on=on, facts=facts)


@app.command("reject", help=help_text("month.reject"))
def reject(
    context: typer.Context,
    item: ItemArgument,
    *,
    reason: ReasonOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that an item was refused."""
    _record_item(context, home, item, step=REJECTED, on=on, facts={"reason": reason})


@app.command("commission", help=help_text("month.commission"))
def commission(
    context: typer.Context, item: ItemArgument, *, on: OnOption = None, home: HomeOption = None
) -> None:
    """Record that an item was delivered because it had been asked for."""
    _record_item(context, home, item, step=COMMISSIONED, on=on, facts={})


@app.command("mistake", help=help_text("month.mistake"))
def mistake(
    context: typer.Context,
    item: ItemArgument,
    *,
    reason: ReasonOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that a serious error was found in an item."""
    _record_item(context, home, item, step=MISTAKEN, on=on, facts={"reason": reason})


def _record_item(
    context: typer.Context, home: Path | None, number: int, *, step: str, on: str | None, facts: Facts
) -> None:
    office_app = open_office(context, home)
    item = _item(office_app, number)
    day = read_day(on) if on else office_app.today
    declared = office_app.duties[VILLAGE_ITEM_KIND].step(step)
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        if step != RETURNED:
            receive_item(uow, number, day)
        uow.cases.step(number, step, day, _choice_keys(declared, facts))
    label = declared.label if declared else step
    print_phrase("month.item_noted", item=number, title=item.facts[TITLE_FIELD], step=label, day=day)


def _item(office_app: OfficeApp, number: int) -> Case:
    with office_app.log() as log:
        found = CaseProjections(log.connection, log.office, office_app.duties).cases([number]).get(number)
    if found is None or found.opening is None or found.opening.kind != VILLAGE_ITEM_KIND:
        raise NotAnItem(case=number)
    return found


def _choice_keys(step: Step | None, facts: Facts) -> Facts:
    """The values given by their labels, replaced by their keys."""
    keys = (
        {field.key: {label: key for key, label in field.choices.items()} for field in step.fields}
        if step
        else {}
    )
    return {name: keys.get(name, {}).get(str(value), value) for name, value in facts.items()}
