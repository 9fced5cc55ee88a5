"""``gongkai user``: who may come in to the local page."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from bot.cli.serve import HostOption, PortOption, address
from bot.cli.show import HomeOption, said, tell
from bot.compose import Works, open_works
from config.clock import OFFICE_ZONE
from config.errors import Refusal
from storage.people import People

app = typer.Typer(help=said("user.group"), no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(help=said("user.person"))]


class NoSuchPerson(Refusal):
    """There is no “{person}” in {file}. Known there: {known}."""


@app.command("invite", help=said("user.invite"))
def invite(
    person: PersonArgument,
    home: HomeOption = None,
    hours: Annotated[float, typer.Option("--hours", help=said("user.hours"))] = 24,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8686,
) -> None:
    """Print a link that lets this person in once."""
    works = open_works(home)
    post = _post(works, person)
    now, lasts = works.clock.now(), timedelta(hours=hours)
    with works.store.writing(works.office.slug) as connection:
        token = People(connection, works.office.slug).invite(person, at=now, lasts=lasts)
    until = (now + lasts).astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    tell("user.invited", post=post, until=until, link=f"{address(host, port)}/join/{token}")


@app.command("list", help=said("user.list"))
def list_(home: HomeOption = None) -> None:
    """Who is signed in, and since when."""
    works = open_works(home)
    posts = {row.id: row.post for row in works.office.people}
    with works.store.reading() as connection:
        found = list(People(connection, works.office.slug).sessions(at=works.clock.now()))
    for one in found:
        began, until = (at.astimezone(OFFICE_ZONE).date() for at in (one.began_at, one.expires_at))
        tell("user.listed", person=one.person, post=posts.get(one.person, "—"), began=began, until=until)
    tell("user.counted", count=len(found))


@app.command("remove", help=said("user.remove"))
def remove(person: PersonArgument, home: HomeOption = None) -> None:
    """Sign a person out everywhere; their unused links no longer work."""
    works = open_works(home)
    with works.store.writing(works.office.slug) as connection:
        ended = People(connection, works.office.slug).remove(person)
    tell("user.removed", person=person, count=ended)


def _post(works: Works, person: str) -> str:
    posts = {row.id: row.post for row in works.office.people}
    if person not in posts:
        raise NoSuchPerson(person=person, file=works.home.office_file, known="、".join(posts))
    return posts[person]
