"""``gongkai activity``: what was held beside the cases, with whom it reached and where the proof lies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json
from bot.cli.context import open_office
from bot.cli.reports.seal import LateOption
from bot.cli.server.users import person_named
from bot.services.activities import held_in, key_of
from config.reporting.activities import ACTIVITIES, BY_KEY

app = typer.Typer(help=said("activity.group"), no_args_is_help=True)


@app.command("add", help=said("activity.add"))
def add(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=said("activity.kind"))],
    title: Annotated[str, typer.Option("--title", help=said("activity.title"))],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=said("activity.on"))
    ] = None,
    reached: Annotated[int, typer.Option("--reached", min=0, help=said("activity.reached"))] = 0,
    evidence: Annotated[str, typer.Option("--evidence", help=said("activity.evidence"))] = "",
    by: Annotated[str, typer.Option("--by", help=said("signing.by"))] = "clerk",
    late: LateOption = "",
    home: HomeOption = None,
) -> None:
    """Record an activity."""
    works = open_office(context, home)
    person = person_named(works, by)
    day = on.date() if on else works.today
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.late(late)
        sitting.hold(key_of(kind), day, title, reached, evidence)
    label = BY_KEY[key_of(kind)].label
    tell("activity.added", position=sitting.entries[0].position, label=label, title=title, day=day)


@app.command("list", help=said("activity.list"))
def list_(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(min=2008, max=2999, help=said("report.year"))] = None,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What was held in a year, by its day, and what the report's prose may say of it."""
    works = open_office(context, home)
    found = held_in(works, year or works.today.year)
    if as_json:
        tell_json(
            [
                {
                    "position": place,
                    "kind": held.matter,
                    "day": held.happened_on,
                    "title": held.title,
                    "reached": held.reached,
                    "evidence": held.evidence,
                }
                for place, held in found
            ]
        )
        return
    for place, held in found:
        known = BY_KEY[held.matter]
        words = {"label": known.label, "title": held.title, "measure": known.reached, "reached": held.reached}
        tell("activity.line", position=place, day=held.happened_on, evidence=held.evidence or "—", **words)
    for one in ACTIVITIES:
        mine = [held for _, held in found if held.matter == one.key]
        if mine:
            people = sum(held.reached for held in mine)
            tell(
                "activity.sum",
                label=one.label,
                times=len(mine),
                people=people,
                names=f"{one.times}, {one.people}",
            )
    if not found:
        tell("activity.none", year=year or works.today.year)
