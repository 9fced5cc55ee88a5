"""``gongkai user``: who may come in and is spoken to, and who takes over from whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from bot.channels.telegram.join_links import telegram_link
from bot.cli.common.output import HomeOption, said, tell
from bot.cli.context import open_office
from bot.cli.server.run import HostOption, PortOption, address
from bot.services.app import Works, words
from config.clock import OFFICE_ZONE
from config.errors import Refusal
from config.office.loader import Person
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import People

app = typer.Typer(help=said("user.group"), no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(help=said("user.person"))]


class NoSuchPerson(Refusal):
    """There is no “{person}” in {file}. Known there: {known}."""


@app.command("invite", help=said("user.invite"))
def invite(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: PersonArgument,
    home: HomeOption = None,
    hours: Annotated[float, typer.Option("--hours", help=said("user.hours"))] = 24,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8686,
) -> None:
    """Print a link that lets this person in once."""
    works = open_office(context, home)
    found = person_named(works, person)
    now, lasts = works.clock.now(), timedelta(hours=hours)
    with works.store.writing(works.office.slug) as connection:
        token = People(connection, works.office.slug).invite(found.id, at=now, lasts=lasts)
    until = (now + lasts).astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    tell("user.invited", post=found.post, until=until, link=f"{address(host, port)}/join/{token}")
    if link := telegram_link(token):
        tell("user.invited_telegram", link=link)


@app.command("list", help=said("user.list"))
def list_(context: typer.Context, home: HomeOption = None) -> None:
    """Who is signed in and since when, and where else people are reached."""
    works = open_office(context, home)
    posts = {row.id: row.post for row in works.office.people}
    with works.store.reading() as connection:
        found = list(People(connection, works.office.slug).sessions(at=works.clock.now()))
        accounts = Accounts(connection, works.office.slug)
        reached = [(one, accounts.of(one)) for one in posts]
    for one in found:
        began, until = (at.astimezone(OFFICE_ZONE).date() for at in (one.began_at, one.expires_at))
        tell("user.listed", person=one.person, post=posts.get(one.person, "—"), began=began, until=until)
    for person, places in reached:
        for place in places:
            state = words().say(f"page.people.state.{place.state}")
            channel = words().say(f"page.people.channel.{place.channel}")
            tell("user.reached", person=person, post=posts[person], channel=channel, state=state)
    tell("user.counted", count=len(found))


@app.command("remove", help=said("user.remove"))
def remove(context: typer.Context, person: PersonArgument, home: HomeOption = None) -> None:
    """Sign a person out everywhere, and speak to them nowhere; their unused links no longer work.

    Who is no longer in the office's file can still be removed, by the id they had.
    """
    works = open_office(context, home)
    named = [one.id for one in works.office.people if person in {one.id, one.post}]
    gone = named[0] if len(named) == 1 else person
    with works.store.writing(works.office.slug) as connection:
        ended = People(connection, works.office.slug).remove(gone)
        Accounts(connection, works.office.slug).remove(gone)
    tell("user.removed", person=person, count=ended)


@app.command("handover", help=said("user.handover"))
def handover(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    person: PersonArgument,
    to: Annotated[str, typer.Argument(help=said("user.to"))],
    by: Annotated[str, typer.Option("--by", help=said("signing.by"))] = "",
    reason: Annotated[str, typer.Option("--reason", help=said("signing.reason"))] = "",
    home: HomeOption = None,
) -> None:
    """Everything that waits for one person waits for another from today on (移交)."""
    works = open_office(context, home)
    old, new = person_named(works, person), person_named(works, to)
    said_by = person_named(works, by) if by else old
    with works.desk.sitting(actor=said_by.id, means="command") as sitting:
        sitting.hand_over(old.id, new.id, reason)
    tell("user.handed", post=old.post, to=new.post, position=sitting.entries[-1].position)


def person_named(works: Works, name: str) -> Person:
    """The person with this id or in this post. NoSuchPerson names them all."""
    found = [person for person in works.office.people if name in {person.id, person.post}]
    if len(found) != 1:
        known = "、".join(f"{person.id} {person.post}" for person in works.office.people)
        raise NoSuchPerson(person=name, file=works.home.office_file, known=known)
    return found[0]
