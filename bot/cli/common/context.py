"""Gives a command its clock, and the office opened on that clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from bot.services.app import OfficeApp, open_app
from config.clock import Clock


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The values that every command of one call shares; Typer passes them on as the context's ``obj``."""

    clock: Clock


def command_clock(context: typer.Context) -> Clock:
    """The clock that a command reads: the machine's, or the one that ``main`` was called with."""
    given: CommandContext = context.obj
    return given.clock


def open_office(context: typer.Context, home: Path | None) -> OfficeApp:
    """Open the office in a folder, or in the one the environment names, on the command's clock."""
    return open_app(home, command_clock(context))
