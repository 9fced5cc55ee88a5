"""``gongkai user``: invites and removes people, lists their sessions and accounts, and hands over their work."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from bot.channels.telegram.join_links import telegram_link
from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, HomeOption, HostOption, PortOption, browser_address, find_person
from bot.cli.common.output import help_text, print_phrase
from bot.commands.join import NobodyToLetIn
from bot.services.accounts.accounts import AccountService
from bot.services.app import user_phrasebook
from bot.services.office.delegation_consent import tell_of_handover
from config.clock import clock_time, office_day
from config.errors import Refusal
from config.office.model import Person
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import SessionStore

MEANS = "command"
app = typer.Typer(help=help_text("user.group"), no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(help=help_text("user.person"))]


@app.command("invite", help=help_text("user.invite"))
def invite(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: PersonArgument,
    home: HomeOption = None,
    hours: Annotated[float, typer.Option("--hours", help=help_text("user.hours"))] = 24,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8686,
) -> None:
    """Print a link with which this person can sign in once."""
    office_app = open_office(context, home)
    found = find_person(office_app, person)
    now, lasts = office_app.clock.now(), timedelta(hours=hours)
    with office_app.store.writing(office_app.office.slug) as connection:
        token = AccountService(app=office_app, connection=connection, means=MEANS).invite(found.id, lasts)
    until = clock_time(now + lasts)
    print_phrase(
        "user.invited", post=found.post, until=until, link=f"{browser_address(host, port)}/join/{token}"
    )
    if link := telegram_link(token):
        print_phrase("user.invited_telegram", link=link)


@app.command("list", help=help_text("user.list"))
def list_users(context: typer.Context, home: HomeOption = None) -> None:
    """List who is signed in and since when, and on which channels people are reached."""
    office_app = open_office(context, home)
    posts = {row.id: row.post for row in office_app.office.people}
    with office_app.store.reading() as connection:
        found = SessionStore(connection, office_app.office.slug).sessions(at=office_app.clock.now())
        accounts = Accounts(connection, office_app.office.slug)
        reached = [(one, accounts.of_person(one)) for one in posts]
    for one in found:
        began, until = office_day(one.began_at), office_day(one.expires_at)
        print_phrase(
            "user.listed", person=one.person, post=posts.get(one.person, "—"), began=began, until=until
        )
    for person, places in reached:
        for place in places:
            state = user_phrasebook().say(f"page.people.state.{place.state}")
            channel = user_phrasebook().say(f"page.people.channel.{place.channel}")
            print_phrase("user.reached", person=person, post=posts[person], channel=channel, state=state)
    print_phrase("user.counted", count=len(found))


@app.command("confirm", help=help_text("user.confirm"))
def confirm(
    context: typer.Context,
    person: PersonArgument,
    code: Annotated[str, typer.Argument(help=help_text("user.code"))],
    home: HomeOption = None,
) -> None:
    """Confirm, at the terminal, an account that waits for a second person, by the code on its screen."""
    office_app = open_office(context, home)
    found = find_person(office_app, person)
    with office_app.store.writing(office_app.office.slug) as connection:
        service = AccountService(app=office_app, connection=connection, means=MEANS)
        refused = _refusal_of_code(service, found, code)
    if refused:
        raise refused  # after the commit: the attempt is recorded
    print_phrase("user.confirmed", post=found.post)


def _refusal_of_code(service: AccountService, person: Person, code: str) -> Refusal | None:
    waiting = service.requests.of_person(person.id)
    if not waiting:
        return NobodyToLetIn(post=person.post)
    try:
        service.confirm(next((one for one in waiting if one.code == code), waiting[-1]), code)
    except Refusal as refused:
        return refused
    return None


@app.command("remove", help=help_text("user.remove"))
def remove(context: typer.Context, person: PersonArgument, home: HomeOption = None) -> None:
    """Sign a person out everywhere and unlink their accounts; their unused links no longer work.

    A person who is no longer in the office's file can still be removed, by the id they had.
    """
    office_app = open_office(context, home)
    named = [one.id for one in office_app.office.people if person in {one.id, one.post}]
    gone = named[0] if len(named) == 1 else person
    with office_app.store.writing(office_app.office.slug) as connection:
        ended = AccountService(app=office_app, connection=connection, means=MEANS).remove(gone)
    print_phrase("user.removed", person=person, count=ended)


@app.command("handover", help=help_text("user.handover"))
def handover(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: PersonArgument,
    to: Annotated[str, typer.Argument(help=help_text("user.to"))],
    by: ByOption = "",
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """Hand over everything that waits for one person to another from today on (移交)."""
    office_app = open_office(context, home)
    old, new = find_person(office_app, person), find_person(office_app, to)
    said_by = find_person(office_app, by) if by else old
    with office_app.recorder.transaction(actor=said_by.id, means="command") as uow:
        uow.office.hand_over(old.id, new.id, reason)
    tell_of_handover(office_app, old.id, new.id, said_by.id)
    print_phrase("user.handed", post=old.post, to=new.post, position=uow.entries[-1].position)
