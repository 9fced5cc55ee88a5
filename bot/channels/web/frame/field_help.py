"""The help beside a field of a form: what goes in, and the article it rests on; a phrase of ``[field_help]``.

A field is found by the form it stands in and its name, else by its name alone, so that a day which means something
else in one form is explained there. A field without such a phrase has no help, and no mark for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bot.language.phrasebook import phrasebook

HELP_PREFIX = "field_help"
FACT, PRIVATE, FORM, SETTINGS = "fact", "private", "form", "settings"
"""The sections of what is asked in several forms: answers of a case, particulars of an applicant, anything else.

A form of the settings explains its own fields alone: a key of the office's document has one meaning in each table.
"""


def field_help(say: Callable[[str], str], form: str, name: str) -> str:
    """The help of a field in the reader's language; empty where there is none."""
    key = help_key(form, name)
    return say(key) if key else ""


def help_key(form: str, name: str) -> str:
    """The phrase that explains a field of a form; empty where none does."""
    start, dot, rest = name.partition(".")
    section, bare = (start, rest) if dot and start in {FACT, PRIVATE} else (FORM, name)
    group, _, own = form.rpartition(".")
    wanted = [f"{HELP_PREFIX}.{own}.{bare}"]
    if group != SETTINGS:
        wanted.append(f"{HELP_PREFIX}.{section}.{bare}")
    return next((key for key in wanted if key in _help_keys()), "")


@cache
def _help_keys() -> frozenset[str]:
    return frozenset(key for key in phrasebook("zh").phrases if key.startswith(f"{HELP_PREFIX}."))
