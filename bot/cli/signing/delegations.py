"""``gongkai delegate``, ``recall`` and ``absences``: record absences and the deputies who act in their own name.

A delegation has a first and a last day and is one level deep: a deputy's deputy acts for the deputy alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, HomeOption, JsonOption, find_person
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.services.app import OfficeApp
from bot.services.office.delegation_consent import ask_for_consent
from scheduler.reminders.recipients import proposed_deputy
from storage.eventlog.recorded_office import office_events
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
    """Delegate an absent person's work; without --deputy to the first of the office's file who is there."""
    app = open_office(context, home)
    away, keeper = find_person(app, person), find_person(app, by)
    with app.log() as log:
        usual = proposed_deputy(away, absences_of(office_events(log)), first.date())
    other = find_person(app, deputy or usual)
    with app.recorder.transaction(actor=keeper.id, means="command") as uow:
        uow.office.delegate(away.id, other.id, first.date(), last.date(), reason)
    print_phrase("signing.delegated", post=away.post, deputy=other.post, first=first.date(), last=last.date())
    position = uow.entries[-1].position
    print_phrase("signing.delegation_number", position=position)
    if ask_for_consent(app, position):
        print_phrase("signing.delegation_waits", post=away.post, position=position)


def consent(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help=help_text("signing.delegation"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.unreached"))] = "",
    home: HomeOption = None,
) -> None:
    """Consent to a delegation that somebody else recorded: whoever is away, or a second keeper with the reason."""
    app = open_office(context, home)
    with app.recorder.transaction(actor=find_person(app, by).id, means="command") as uow:
        uow.office.consent(number, reason)
    print_phrase("signing.consented", position=number)


def recall(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help=help_text("signing.delegation"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """End a delegation today."""
    app = open_office(context, home)
    keeper = find_person(app, by)
    with app.recorder.transaction(actor=keeper.id, means="command") as uow:
        uow.office.recall(number, reason)
    print_phrase("signing.recalled", position=number)


def absences(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """List who is away today or later, and who acts for them."""
    app = open_office(context, home)
    with app.log() as log:
        found = [one for one in absences_of(office_events(log)).delegations if one.last >= app.today]
    rows = [_delegation_row(app, one) for one in found]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print_phrase("signing.delegation_line", **row)
    if not rows:
        print_phrase("signing.nobody_away")


def _delegation_row(app: OfficeApp, one: Delegation) -> dict[str, str | int]:
    posts = {person.id: person.post for person in app.office.people}
    return {
        "position": one.position,
        "post": posts.get(one.person, one.person),
        "deputy": posts.get(one.deputy, one.deputy),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }
