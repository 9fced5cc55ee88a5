"""Translates wrong usage of a command into a refusal in the person's language, with the values that are allowed.

The command-line library reports errors in English and in its own terms. Its facts (which option, what was given,
what is allowed) are put into phrases here; what an option is for is in its help.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args

from typer.exceptions import TyperException

from bot.services.app import user_phrasebook


def usage_error_text(error: TyperException) -> str:
    """The message for a usage error, with the help command to run; a page of help is returned as it is."""
    tell = _TEXT_BY_ERROR.get(type(error).__name__)
    if tell is None:
        return error.format_message()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "gongkai"
    return user_phrasebook().say("misuse.line", what=tell(error), command=command)


def _unknown_option_text(error: Any) -> str:
    known = [name for each in error.ctx.command.params for name in each.opts if name.startswith("-")]
    return user_phrasebook().say(
        "misuse.option", option=error.option_name, known="、".join([*known, "--help"])
    )


def _missing_value_text(error: Any) -> str:
    return user_phrasebook().say("misuse.no_value", option=error.option_name)


def _missing_parameter_text(error: Any) -> str:
    return user_phrasebook().say(
        "misuse.missing", name=_parameter_name(error.param), help=error.param.help or ""
    )


def _bad_value_text(error: Any) -> str:
    found, param = error.__cause__.errors()[0], error.param
    choices = _choices_text(param)
    kind = "choice" if choices else "day" if param.type_descriptor.is_datetime else found["type"]
    key = f"misuse.{kind}" if f"misuse.{kind}" in user_phrasebook().phrases else "misuse.other"
    why = user_phrasebook().say(key, known="、".join(choices), **found.get("ctx", {}))
    return user_phrasebook().say("misuse.value", name=_parameter_name(param), given=found["input"], why=why)


def _other_error_text(error: Any) -> str:
    """The message for an unknown command or a superfluous argument."""
    commands = getattr(error.ctx.command, "commands", None)
    if commands:
        given = error.message.partition("'")[2].partition("'")[0]
        return user_phrasebook().say("misuse.command", given=given, known="、".join(commands))
    given = error.message.partition(" (")[2].removesuffix(")")
    return user_phrasebook().say("misuse.extra", given=given)


def _parameter_name(param: Any) -> str:
    return str(next((name for name in param.opts if name.startswith("--")), param.name))


def _choices_text(param: Any) -> list[str]:
    """The allowed values of an option that has only a few."""
    kinds = (param.type_descriptor.annotation, *get_args(param.type_descriptor.annotation))
    return [
        str(each.value)
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, Enum)
        for each in kind
    ]


_TEXT_BY_ERROR = {
    "NoSuchOption": _unknown_option_text,
    "BadOptionUsage": _missing_value_text,
    "MissingParameter": _missing_parameter_text,
    "BadParameter": _bad_value_text,
    "UsageError": _other_error_text,
}
