"""``gongkai month``: records a village's reports and their adoption, return or refusal.

The day is the day on which it happened; a late entry is judged by that day.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.output import HomeOption, help_text, print_phrase
from bot.cli.reports.village_months import MonthArgument, VillageArgument, app, find_village, village_month
from bot.services.village_months import parse_month
from config.declarations.duty import Step
from config.declarations.keys import CLERK
from config.errors import Refusal
from scheduler.validation.date_calculator import read_day
from storage.events.events import Facts

__all__ = ["app"]  # with every command of this module registered

TitleOption = Annotated[str, typer.Option("--title", help=help_text("month.title"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=help_text("month.reason"))]
OnOption = Annotated[str | None, typer.Option("--on", help=help_text("month.on"))]
PointsOption = Annotated[int | None, typer.Option("--points", min=1, help=help_text("month.points"))]
ItemsOption = Annotated[int | None, typer.Option("--items", min=1, max=9999, help=help_text("month.items"))]


class ItemsOrZero(Refusal):
    """Say what was reported with --title (and --items), or that there is nothing with --zero: one of them."""


@app.command("report", help=help_text("month.report"))
def report(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    items: ItemsOption = None,
    title: Annotated[str | None, typer.Option("--title", help=help_text("month.title"))] = None,
    on: OnOption = None,
    home: HomeOption = None,
    zero: Annotated[bool, typer.Option("--zero", help=help_text("month.zero"))] = False,
) -> None:
    """Record that a village reported, or declared that it has nothing."""
    if zero == bool(title) or (zero and items):
        raise ItemsOrZero
    facts: dict[str, str | int] = {"title": title} if title else {}
    _record(
        context,
        home,
        village,
        month,
        part="nothing" if zero else "submitted",
        on=on,
        facts=facts,
        items=items,
    )


@app.command("return", help=help_text("month.return"))
def return_(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    reason: ReasonOption,
    items: ItemsOption = None,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that items were sent back."""
    _record(context, home, village, month, part="returned", on=on, facts={"reason": reason}, items=items)


@app.command("adopt", help=help_text("month.adopt"))
def adopt(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    title: TitleOption,
    level: Annotated[str, typer.Option("--level", help=help_text("month.level"))],
    grade: Annotated[str | None, typer.Option("--grade", help=help_text("month.grade"))] = None,
    points: PointsOption = None,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that an item was adopted."""
    given = {"title": title, "level": level, "grade": grade, "points": points}
    facts = {key: value for key, value in given.items() if value is not None}
    _record(context, home, village, month, part="adopted", on=on, facts=facts)


@app.command("reject", help=help_text("month.reject"))
def reject(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    title: TitleOption,
    reason: ReasonOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that an item was refused."""
    _record(context, home, village, month, part="rejected", on=on, facts={"title": title, "reason": reason})


@app.command("commission", help=help_text("month.commission"))
def commission(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    title: TitleOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that a commissioned item was delivered."""
    _record(context, home, village, month, part="commissioned", on=on, facts={"title": title})


@app.command("mistake", help=help_text("month.mistake"))
def mistake(
    context: typer.Context,
    village: VillageArgument,
    month: MonthArgument,
    *,
    reason: ReasonOption,
    on: OnOption = None,
    home: HomeOption = None,
) -> None:
    """Record that a serious error was found."""
    _record(context, home, village, month, part="mistaken", on=on, facts={"reason": reason})


def _record(
    context: typer.Context,
    home: Path | None,
    village: str,
    month: str,
    *,
    part: str,
    on: str | None,
    facts: Facts,
    items: int | None = None,
) -> None:
    """Record a step of the village round on a village's month."""
    office_app = open_office(context, home)
    first, place = parse_month(month), find_village(office_app, village)
    kept = village_month(office_app, first, place)
    day = read_day(on) if on else office_app.today
    step = getattr(kept.round, part)
    written = {**_choice_keys(kept.duty.step(step), facts), **({kept.round.items: items} if items else {})}
    with office_app.recorder.transaction(actor=CLERK, means="command") as uow:
        uow.cases.step(kept.month.case.number, step, day, written)
    label = next(each.label for each in kept.duty.steps if each.key == step)
    position = uow.entries[-1].position
    print_phrase("month.noted", position=position, village=place.name, month=month, step=label, day=day)


def _choice_keys(step: Step | None, facts: Facts) -> Facts:
    """The values given by their labels, replaced by their keys."""
    keys = (
        {field.key: {label: key for key, label in field.choices.items()} for field in step.fields}
        if step
        else {}
    )
    return {name: keys.get(name, {}).get(str(value), value) for name, value in facts.items()}
