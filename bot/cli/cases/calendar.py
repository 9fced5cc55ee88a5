"""The calendar of working days: shown, and completed when a year's notice is published."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common.output import HomeOption, day_words, said, tell
from bot.cli.context import open_office
from bot.cli.signing.signing import read_file
from bot.services.app import Works, words
from bot.services.app import calendar as shipped
from config.calendar.working_calendar import Calendar, DayKind
from config.errors import BadInput, Unreadable
from config.settings import Settings
from config.toml_lines import broken_line
from scheduler.recording.unit_of_work import Sitting
from scheduler.terms.calendar_impact import moves
from storage.reading.formats.errors import refuse

app = typer.Typer(help=said("calendar.group"), no_args_is_help=True)


@app.command("show", help=said("calendar.show"))
def show(
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=1990, max=2999, help=said("calendar.year"))],
    home: HomeOption = None,
) -> None:
    """What is known of a year."""
    named = home or Settings().home
    calendar = open_office(context, named).known_calendar() if named else shipped()
    notice = calendar.notices.get(year)
    if notice is None:
        tell("calendar.unknown", year=year, until=calendar.known_until)
        raise typer.Exit(1)
    tell("calendar.title", year=year, numbers="、".join(notice.numbers))
    for day in sorted(notice.days(), key=lambda day: day.day):
        key = "calendar.off" if day.kind is DayKind.HOLIDAY else "calendar.work"
        weekday = words().say(f"weekday.{day.day.isoweekday()}")
        tell(key, day=day.day, weekday=weekday, name=day.name, basis=day.basis)


@app.command("add", help=said("calendar.add"))
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=said("calendar.file"))],
    home: HomeOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=said("calendar.dry_run"))] = False,
) -> None:
    """Enter a notice; every open case whose date moves is listed."""
    works = open_office(context, home)
    data = _read(file)
    try:
        with works.desk.sitting(actor="clerk", means="command") as sitting:
            notice = sitting.enter_notice(data)
            _tell_moves(works, sitting, sitting.calendar.with_notice(notice))
            if dry_run:
                sitting.discard()
    except BadInput as refused:
        raise BadInput(refused.findings, file=file) from refused
    tell(
        "calendar.dry" if dry_run else "calendar.added",
        year=notice.year,
        days=len(notice.off) + len(notice.work),
    )


def _tell_moves(works: Works, sitting: Sitting, after: Calendar) -> None:
    cases = sitting.cases(sitting.index.open_cases())
    found = list(moves(cases.values(), works.duties, sitting.calendar, after))
    for move in found:
        tell(
            "calendar.moves",
            case=move.case,
            reference=move.reference,
            before=day_words(move.before.day, provisional=move.before.provisional),
            after=day_words(move.after.day, provisional=move.after.provisional),
        )
    tell("calendar.moved", count=len(found), cases=len(cases))


def _read(file: Path) -> dict[str, Any]:
    try:
        text = read_file(file).decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise refuse(file.name, "encoding") from error
    except tomllib.TOMLDecodeError as error:
        line, found = broken_line(text, error)
        why, how = (words().say(f"calendar.{key}", line=line, found=found) for key in ("broken", "how"))
        raise Unreadable(file=file.name, why=why, next_step=how) from error
