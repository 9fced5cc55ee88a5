"""``gongkai activity``: records activities such as trainings, with people reached and evidence, and lists them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, HomeOption, JsonOption, LateOption, find_person
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.services.activities import activities_of_year, activity_key
from config.declarations.keys import CLERK
from config.reporting.registers import ACTIVITIES, ACTIVITIES_BY_KEY

app = typer.Typer(help=help_text("activity.group"), no_args_is_help=True)


@app.command("add", help=help_text("activity.add"))
def add_activity(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=help_text("activity.kind"))],
    title: Annotated[str, typer.Option("--title", help=help_text("activity.title"))],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=help_text("activity.on"))
    ] = None,
    reached: Annotated[int, typer.Option("--reached", min=0, help=help_text("activity.reached"))] = 0,
    evidence: Annotated[str, typer.Option("--evidence", help=help_text("activity.evidence"))] = "",
    by: ByOption = CLERK,
    late: LateOption = "",
    home: HomeOption = None,
) -> None:
    """Record an activity."""
    office_app = open_office(context, home)
    person = find_person(office_app, by)
    day = on.date() if on else office_app.today
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.give_late_reason(late)
        uow.registers.record_activity(activity_key(kind), day, title, reached, evidence)
    label = ACTIVITIES_BY_KEY[activity_key(kind)].label
    print_phrase("activity.added", position=uow.entries[0].position, label=label, title=title, day=day)


@app.command("list", help=help_text("activity.list"))
def list_activities(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(min=2008, max=2999, help=help_text("report.year"))] = None,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List a year's activities by day, with the sums that the report's prose can name."""
    office_app = open_office(context, home)
    found = activities_of_year(office_app, year or office_app.today.year)
    if as_json:
        print_json(
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
        known = ACTIVITIES_BY_KEY[held.matter]
        words = {"label": known.label, "title": held.title, "measure": known.reached, "reached": held.reached}
        print_phrase(
            "activity.line", position=place, day=held.happened_on, evidence=held.evidence or "—", **words
        )
    for one in ACTIVITIES:
        mine = [held for _, held in found if held.matter == one.key]
        if mine:
            people = sum(held.reached for held in mine)
            print_phrase(
                "activity.sum",
                label=one.label,
                times=len(mine),
                people=people,
                names=f"{one.times}, {one.people}",
            )
    if not found:
        print_phrase("activity.none", year=year or office_app.today.year)
