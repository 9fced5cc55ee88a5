"""Reads the tables of sayings: what each may record, and what must be said or offered.

A table is TOML that a clerk can write: ``[[group]]`` with ``who`` says it, what was said ``before``, the ``card`` it
replies to, and ``says``. ``records`` names what may be recorded (nothing where it is left out), ``hears`` words of
which one must be in the answer, ``offers`` the beginning of a button of which one must be there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bot.dispatch.utterances.stage import Heard, Stage

UNCLEAR = "没有听懂"
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One saying of a table."""

    who: str
    says: str
    before: tuple[str, ...] = ()
    card: int = 0
    records: str = ""
    """The kind of the only thing that may be recorded; empty for nothing."""
    hears: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    silent: bool = False
    """True where no answer is the right one."""
    forwarded: bool = False
    mood: str = ""


def read_table(name: str) -> Iterator[Saying]:
    """The sayings of a table."""
    for group in tomllib.loads((FOLDER / name).read_text("utf-8"))["group"]:
        said = group.pop("says")
        more = {key: tuple(value) if isinstance(value, list) else value for key, value in group.items()}
        yield from (Saying(says=one, **more) for one in said)


def hear(stage: Stage, saying: Saying) -> Heard:
    """Have a saying heard."""
    more = {"forwarded": True} if saying.forwarded else {}
    return stage.hear(saying.who, saying.says, before=saying.before, card=saying.card, **more)


def judge(saying: Saying, heard: Heard) -> str:
    """``dangerous``, ``wrong`` or ``unhelpful``; empty where all is well."""
    if any(kind != saying.records for kind in heard.recorded):
        return "dangerous"
    if saying.silent:
        return "" if not heard.shown else "wrong"
    if saying.records and not heard.recorded:
        return "wrong"
    if not heard.shown:
        return "unhelpful"
    said = any(words in heard.shown for words in saying.hears) or not saying.hears
    offered = (
        any(label.startswith(one) for label in heard.labels for one in saying.offers) or not saying.offers
    )
    if said and offered:
        return ""
    return "unhelpful" if UNCLEAR in heard.shown else "wrong"
