"""``gongkai ics``: writes one person's dates as a calendar file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, find_person
from bot.cli.common.output import help_text, print_phrase, write_file_atomically
from bot.services.personal_calendar import person_ics


def ics(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help=help_text("ics.person"))],
    out: Annotated[Path | None, typer.Option("--out", help=help_text("ics.out"))] = None,
    home: HomeOption = None,
) -> None:
    """Write a person's dates as a calendar file."""
    app = open_office(context, home)
    content = person_ics(app, find_person(app, person).id)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    write_file_atomically(out, content)
    print_phrase("ics.written", path=out)
