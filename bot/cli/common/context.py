"""Gives a command its clock and the office opened on it, and takes ``--home DIR`` before the command as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.services.app import OfficeApp, open_app
from config.clock import Clock

HOME = "--home"
END_OF_OPTIONS = "--"


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


def home_behind_command(words: Sequence[str]) -> list[str]:
    """Return a command line with a leading ``--home`` moved behind its command; one that stands there wins.

    People write where, and then what.
    """
    home, rest = _leading_home(list(words))
    options = rest[: rest.index(END_OF_OPTIONS)] if END_OF_OPTIONS in rest else rest
    if not home or not rest or any(word == HOME or word.startswith(f"{HOME}=") for word in options):
        return rest
    return [*options, *home, *rest[len(options) :]]


def _leading_home(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the leading option, if there is one, and the other words."""
    if words and words[0].startswith(f"{HOME}="):
        return words[:1], words[1:]
    if len(words) > 1 and words[0] == HOME:
        return words[:2], words[2:]
    return [], words
