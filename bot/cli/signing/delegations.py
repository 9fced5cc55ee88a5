"""``gongkai delegate``, ``recall``, ``absences``: who is away, and who acts for them, in their own name.

A delegation has a first and a last day and is one step deep: a deputy's deputy acts for the deputy alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, JsonOption, help_text, print_json, print_phrase
from bot.cli.context import open_office
from bot.cli.server.users import find_person
from bot.cli.signing.signing import ByOption
from bot.services.app import OfficeApp
from storage.eventlog.office_events import office_events
from storage.events.delegations import Delegation
from storage.events.delegations import fold_absences as absences_of

DAY_FORMATS = ["%Y-%m-%d"]


def delegate(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: Annotated[str, typer.Argument(help=help_text("signing.away"))],
    by: ByOption,
    first: Annotated[datetime, typer.Option("--from", formats=DAY_FORMATS, help=help_text("signing.first"))],
    last: Annotated[datetime, typer.Option("--to", formats=DAY_FORMATS, help=help_text("signing.last"))],
    deputy: Annotated[str, typer.Option("--deputy", help=help_text("signing.deputy"))] = "",
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """Let somebody act for a person who is away; without --deputy it is the one of the office's file."""
    works = open_office(context, home)
    away, keeper = find_person(works, person), find_person(works, by)
    other = find_person(works, deputy or away.deputy)
    with works.recorder.transaction(actor=keeper.id, means="command") as sitting:
        sitting.delegate(away.id, other.id, first.date(), last.date(), reason)
    print_phrase("signing.delegated", post=away.post, deputy=other.post, first=first.date(), last=last.date())
    print_phrase("signing.delegation_number", position=sitting.entries[-1].position)


def recall(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help=help_text("signing.delegation"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """End a delegation today."""
    works = open_office(context, home)
    keeper = find_person(works, by)
    with works.recorder.transaction(actor=keeper.id, means="command") as sitting:
        sitting.recall(number, reason)
    print_phrase("signing.recalled", position=number)


def absences(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Who is away today or will be, and who acts for them."""
    works = open_office(context, home)
    with works.log() as log:
        found = [one for one in absences_of(office_events(log)).delegations if one.last >= works.today]
    rows = [_delegation_row(works, one) for one in found]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print_phrase("signing.delegation_line", **row)
    if not rows:
        print_phrase("signing.nobody_away")


def _delegation_row(works: OfficeApp, one: Delegation) -> dict[str, str | int]:
    posts = {person.id: person.post for person in works.office.people}
    return {
        "position": one.position,
        "post": posts.get(one.person, one.person),
        "deputy": posts.get(one.deputy, one.deputy),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }
