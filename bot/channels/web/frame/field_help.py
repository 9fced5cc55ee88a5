"""The help beside a field of a form: what goes in, and the article it rests on; a phrase of ``[field_help]``.

A field is found by the form it stands in, then by the kind of duty it is asked for, else by its name alone, so that
a day which means something else in one form is explained there. Every field that people fill in has such a phrase;
where it names no article and the field's step rests on one, that is added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from bot.language.phrasebook import phrasebook

HELP_PREFIX = "field_help"
FORM, SETTINGS = "form", "settings"
"""The section of what is asked in several forms; and the forms of the settings.

A form of the settings explains its own fields alone: a key of the office's document has one meaning in each table.
"""
SECTIONS = {
    "fact": ("fact",),
    "private": ("private",),
    "said": ("said", "fact"),
    "count": ("count",),
    "roles": ("role",),
}
"""By the beginning of a field's name, the sections that explain it: answers of a case, particulars of an applicant,
what a letter says, what a fee is counted by, the roles of a person."""
ALIKE = {"keep": "keep", "date": "proposed"}
"""Fields of which a form has several of one meaning, by the beginning of their names: files kept, dates proposed."""
FOLLOW_UP, LINES = "then", "lines"
_ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条|〔\d{4}〕|\bart\. \d|法》|办法|Regulations")


def field_help(
    say: Callable[..., str], form: str, name: str, topics: Iterable[str] = (), article: str = ""
) -> str:
    """The help of a field in the reader's language, with the article of its step; empty where there is none."""
    key = help_key(form, name, topics)
    text = say(key) if key else ""
    if text and article and not _ARTICLE.search(text):
        return say("page.help_article", text=text, article=article)
    return text


def help_key(form: str, name: str, topics: Iterable[str] = ()) -> str:
    """The phrase that explains a field of a form; empty where none does.

    ``topics`` are further names under which it may stand, such as the kind of duty it is asked for.
    """
    group, _, own = form.rpartition(".")
    name = name.partition(":")[0]  # several of one meaning, such as the head of each department
    start, dot, rest = name.partition(".")
    sections: tuple[str, ...] = (FORM,)
    bare = name
    if start == FOLLOW_UP and dot:
        own, _, bare = rest.partition(".")
        sections, bare = (("fact",), bare) if bare else ((FORM,), FOLLOW_UP)
    elif start in ALIKE and dot:
        bare = ALIKE[start]
    elif start == LINES and dot:
        bare = rest
    elif dot and rest.isdecimal():  # one of several places for the same answer
        bare = start
    elif dot and start in SECTIONS:
        sections, bare = SECTIONS[start], rest
    further = sections if group != SETTINGS or start == "roles" else ()
    wanted = (f"{HELP_PREFIX}.{section}.{bare}" for section in (own, *topics, *further))
    return next((key for key in wanted if key in _help_keys()), "")


@cache
def _help_keys() -> frozenset[str]:
    return frozenset(key for key in phrasebook("zh").phrases if key.startswith(f"{HELP_PREFIX}."))
