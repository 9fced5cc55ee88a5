"""What a command is given by the program that starts it: the clock it reads, and the office opened on that clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from bot.services.app import OfficeApp, open_app
from config.clock import Clock


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What every command of one call shares; Typer hands it down as the context's ``obj``."""

    clock: Clock


def command_clock(context: typer.Context) -> Clock:
    """The clock a command reads: the machine's, or the one that ``main_field`` was called with."""
    given: CommandContext = context.obj
    return given.clock


def open_office(context: typer.Context, home: Path | None) -> OfficeApp:
    """The office in a folder, or in the one the environment names, on the command's clock."""
    return open_app(home, command_clock(context))
