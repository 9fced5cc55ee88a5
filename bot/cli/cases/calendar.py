"""``gongkai calendar``: shows the calendar of working days, and enters a year's holiday notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption
from bot.cli.common.output import day_or_none, help_text, print_phrase
from bot.services.app import cached_calendar as shipped
from bot.services.app import user_phrasebook
from bot.services.records.holiday_notices import enter_notice, notice_from_toml
from config.calendar.working_calendar import DayKind
from config.declarations.keys import CLERK
from config.errors import BadInput
from config.settings import machine_settings
from storage.reading.formats.file_bytes import read_file

app = typer.Typer(help=help_text("calendar.group"), no_args_is_help=True)


@app.command("show", help=help_text("calendar.show"))
def show_calendar(
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=1990, max=2999, help=help_text("calendar.year"))],
    home: HomeOption = None,
) -> None:
    """Show what is known of a year."""
    named = home or machine_settings().home
    calendar = open_office(context, named).known_calendar() if named else shipped()
    notice = calendar.notices.get(year)
    if notice is None:
        earlier = calendar.known_from is not None and year < calendar.known_from.year
        key = "calendar.before" if earlier else "calendar.unknown"
        print_phrase(key, year=year, since=calendar.known_from, until=calendar.known_until)
        raise typer.Exit(1)
    print_phrase("calendar.title", year=year, numbers="、".join(notice.numbers))
    for day in sorted(notice.days(), key=lambda day: day.day):
        key = "calendar.off" if day.kind is DayKind.HOLIDAY else "calendar.work"
        weekday = user_phrasebook().say(f"weekday.{day.day.isoweekday()}")
        print_phrase(key, day=day.day, weekday=weekday, name=day.name, basis=day.basis)


@app.command("add", help=help_text("calendar.add"))
def add_notice(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("calendar.file"))],
    home: HomeOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("calendar.dry_run"))] = False,
) -> None:
    """Enter a holiday notice, and list every open case whose due date moves."""
    office_app = open_office(context, home)
    data = notice_from_toml(read_file(file), file.name)
    try:
        entered = enter_notice(office_app, data, by=CLERK, means="command", dry_run=dry_run)
    except BadInput as refused:
        raise BadInput(refused.findings, file=file) from refused
    for move in entered.changes:
        print_phrase(
            "calendar.moves",
            case=move.case,
            reference=move.reference,
            before=day_or_none(
                move.before.day, provisional=move.before.provisional, unconfirmed=move.before.unconfirmed
            ),
            after=day_or_none(
                move.after.day, provisional=move.after.provisional, unconfirmed=move.after.unconfirmed
            ),
        )
    print_phrase("calendar.moved", count=len(entered.changes), cases=entered.open_cases)
    notice = entered.notice
    print_phrase(
        "calendar.dry" if dry_run else "calendar.added",
        year=notice.year,
        days=len(notice.off) + len(notice.work),
    )
