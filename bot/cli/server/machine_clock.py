"""``gongkai settle-clock``: a keeper vouches that the machine's clock is right, though it seems to have leapt."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, find_person
from bot.cli.common.output import HomeOption, help_text, print_phrase
from config.clock import clock_time


def settle_clock(
    context: typer.Context,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))],
    home: HomeOption = None,
) -> None:
    """Record that the clock is right as it is; from then on entries are stamped by it."""
    app = open_office(context, home)
    keeper = find_person(app, by)
    with app.recorder.transaction(actor=keeper.id, means="command") as uow:
        uow.office.settle_clock(reason)
    now = app.clock.now()
    print_phrase("settle_clock.done", now=clock_time(now), position=uow.entries[-1].position)
