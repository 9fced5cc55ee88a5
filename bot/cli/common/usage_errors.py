"""A command that was typed wrongly, told as any other refusal: in the person's language, with what may stand there.

The library that reads the command line complains in English and in its own terms. What it knows beside that (which
option, what was written, what it may be) is said here in ours; what an option is for stands in its help already.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args

from typer.exceptions import TyperException

from bot.services.app import words


def misuse_told(error: TyperException) -> str:
    """The sentence, and the command's own help to turn to; a page of help is given as it is."""
    tell = _TOLD.get(type(error).__name__)
    if tell is None:
        return error.format_message()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "gongkai"
    return words().say("misuse.line", what=tell(error), command=command)


def _no_option(error: Any) -> str:
    known = [name for each in error.ctx.command.params for name in each.opts if name.startswith("-")]
    return words().say("misuse.option", option=error.option_name, known="、".join([*known, "--help"]))


def _no_value(error: Any) -> str:
    return words().say("misuse.no_value", option=error.option_name)


def _missing(error: Any) -> str:
    return words().say("misuse.missing", name=_name(error.param), help=error.param.help or "")


def _bad_value(error: Any) -> str:
    found, param = error.__cause__.errors()[0], error.param
    choices = _choices(param)
    kind = "choice" if choices else "day" if param.type_descriptor.is_datetime else found["type"]
    key = f"misuse.{kind}" if f"misuse.{kind}" in words().phrases else "misuse.other"
    why = words().say(key, known="、".join(choices), **found.get("ctx", {}))
    return words().say("misuse.value", name=_name(param), given=found["input"], why=why)


def _other(error: Any) -> str:
    """A word too many, or a command that is none."""
    commands = getattr(error.ctx.command, "commands", None)
    if commands:
        given = error.message.partition("'")[2].partition("'")[0]
        return words().say("misuse.command", given=given, known="、".join(commands))
    given = error.message.partition(" (")[2].removesuffix(")")
    return words().say("misuse.extra", given=given)


def _name(param: Any) -> str:
    return str(next((name for name in param.opts if name.startswith("--")), param.name))


def _choices(param: Any) -> list[str]:
    """What an option may be, where it is one of a few."""
    kinds = (param.type_descriptor.annotation, *get_args(param.type_descriptor.annotation))
    return [
        str(each.value)
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, Enum)
        for each in kind
    ]


_TOLD = {
    "NoSuchOption": _no_option,
    "BadOptionUsage": _no_value,
    "MissingParameter": _missing,
    "BadParameter": _bad_value,
    "UsageError": _other,
}
