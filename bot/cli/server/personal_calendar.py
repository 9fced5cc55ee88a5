"""``gongkai ics``: one person's dates as a calendar file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, said, tell, write_paper
from bot.cli.context import open_office
from bot.cli.server.users import person_named
from bot.services.personal_calendar import person_ics

__all__ = ["ics", "person_ics"]


def ics(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help=said("ics.person"))],
    out: Annotated[Path | None, typer.Option("--out", help=said("ics.out"))] = None,
    home: HomeOption = None,
) -> None:
    """Write a person's dates as a calendar file."""
    works = open_office(context, home)
    content = person_ics(works, person_named(works, person).id)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    write_paper(out, content)
    tell("ics.written", path=out)
