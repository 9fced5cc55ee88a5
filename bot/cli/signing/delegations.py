"""``gongkai delegate``, ``recall``, ``absences``: who is away, and who acts for them, in their own name.

A delegation has a first and a last day and is one step deep: a deputy's deputy acts for the deputy alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json
from bot.cli.context import open_office
from bot.cli.server.users import person_named
from bot.cli.signing.signing import ByOption
from bot.services.app import Works
from storage.eventlog.office_events import officewide
from storage.events.delegations import Delegation
from storage.events.delegations import absences as absences_of

DAYS = ["%Y-%m-%d"]


def delegate(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: Annotated[str, typer.Argument(help=said("signing.away"))],
    by: ByOption,
    first: Annotated[datetime, typer.Option("--from", formats=DAYS, help=said("signing.first"))],
    last: Annotated[datetime, typer.Option("--to", formats=DAYS, help=said("signing.last"))],
    deputy: Annotated[str, typer.Option("--deputy", help=said("signing.deputy"))] = "",
    reason: Annotated[str, typer.Option("--reason", help=said("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """Let somebody act for a person who is away; without --deputy it is the one of the office's file."""
    works = open_office(context, home)
    away, keeper = person_named(works, person), person_named(works, by)
    other = person_named(works, deputy or away.deputy)
    with works.desk.sitting(actor=keeper.id, means="command") as sitting:
        sitting.delegate(away.id, other.id, first.date(), last.date(), reason)
    tell("signing.delegated", post=away.post, deputy=other.post, first=first.date(), last=last.date())
    tell("signing.delegation_number", position=sitting.entries[-1].position)


def recall(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help=said("signing.delegation"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=said("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """End a delegation today."""
    works = open_office(context, home)
    keeper = person_named(works, by)
    with works.desk.sitting(actor=keeper.id, means="command") as sitting:
        sitting.recall(number, reason)
    tell("signing.recalled", position=number)


def absences(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Who is away today or will be, and who acts for them."""
    works = open_office(context, home)
    with works.log() as log:
        found = [one for one in absences_of(officewide(log)).delegations if one.last >= works.today]
    rows = [_row(works, one) for one in found]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        tell("signing.delegation_line", **row)
    if not rows:
        tell("signing.nobody_away")


def _row(works: Works, one: Delegation) -> dict[str, str | int]:
    posts = {person.id: person.post for person in works.office.people}
    return {
        "position": one.position,
        "post": posts.get(one.person, one.person),
        "deputy": posts.get(one.deputy, one.deputy),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }
