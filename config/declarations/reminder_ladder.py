"""Who is told about a term, and when: rungs before and after its last day, and whom each reaches.

A ladder is data, declared with a kind of duty and overridden by an office. It is written into a case as it
opens, in one line of text (``spell``), so that a later change reaches later cases only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from config.errors import Refusal


class Reach(StrEnum):
    """Whom a rung reaches, seen from the case."""

    HOLDER = "holder"  # whoever must act
    DEPUTY = "deputy"  # who stands in for them while a delegation runs, or by the office's file
    HEAD = "head"  # the holder's own head: of the village, of the department, else of the office
    CLERK = "clerk"
    OFFICE_HEAD = "office_head"
    LEADER = "leader"
    GROUP_HEAD = "group_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """So many working days from the last day (below zero: before it), these people are told."""

    at: int
    reach: tuple[Reach, ...]
    statutory: bool = False
    """Whether the law stands behind the day: then it is told at least once, numbered, whatever the hour."""


Ladder = tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a case waits for by itself: whoever holds a role, or whom a field of its opening names.

    ``place`` is the role within the village or department that ``field`` names; without it, the field names a
    person.
    """

    role: str = ""
    field: str = ""
    place: str = ""


BY_CLERK = Holder(role="clerk")


class NotALadder(Refusal):
    """“{found}” is no rung. Write working days, then whom it reaches: -5 holder; 0 holder head; +1! leader."""


_RUNG = re.compile(r"([+-]?\d{1,3})(!?)((?: +[a-z_]+)+)")


Ladders = Mapping[str, Ladder]
"""A case's ladders: its own under ``OWN``, and those of whatever else it can wait for, by its name."""
OWN = ""


def spell(ladder: Sequence[Rung]) -> str:
    """A ladder in one line: ``-5 holder; +1! leader group_head``."""
    return "; ".join(
        f"{rung.at:+d}{'!' * rung.statutory} {' '.join(rung.reach)}" if rung.at else _today(rung)
        for rung in ladder
    )


def _today(rung: Rung) -> str:
    return f"0{'!' * rung.statutory} {' '.join(rung.reach)}"


def read_ladder(text: str) -> Ladder:
    """The ladder in a line of text, its rungs in the order of their days. NotALadder names what is none."""
    return tuple(sorted((_rung(part) for part in text.split(";") if part.strip()), key=lambda rung: rung.at))


def _rung(text: str) -> Rung:
    found = _RUNG.fullmatch(text.strip())
    if found is None or not set(found[3].split()) <= set(Reach):
        raise NotALadder(found=text.strip())
    reach = tuple(dict.fromkeys(Reach(word) for word in found[3].split()))
    return Rung(at=int(found[1]), reach=reach, statutory=bool(found[2]))


COMMON: Ladders = {
    "outside": read_ladder("0 holder; +1 holder deputy; +3 holder deputy head"),
    "undated": read_ladder("+10 holder; +20 holder deputy; +40 holder deputy head"),
    "sign": read_ladder("0 holder; +1 holder deputy; +2 holder deputy head; +4 head office_head leader"),
    "override": read_ladder("0 holder; +1 holder; +3 holder office_head"),
    "rewrite": read_ladder("0 holder; +2 holder deputy; +4 holder deputy head"),
    "release": read_ladder("0 holder; +1 holder deputy; +3 holder deputy head"),
    "mend": read_ladder("0 holder; +2 holder deputy; +4 holder deputy head; +14 holder deputy head"),
}
"""What every kind can wait for besides its own date [practice]: someone outside whose time is over, or who has
none; a stage of a chain, its passing unsigned, a rewriting, a release, a mending. An office overrides them under
the same names. The last five count from the day the text came, or was found wrong on the website, and day 0 is
that day."""


def spelled(own: str, overriding: Mapping[str, str]) -> str:
    """What is written into a case as it opens: its own ladder, and the common ones its office wants otherwise."""
    others = (f"{name}: {overriding[name]}" for name in COMMON if name in overriding)
    return " | ".join((own, *others))


@lru_cache(maxsize=256)  # a sweep reads the same few texts a hundred thousand times
def read_ladders(text: str) -> Ladders:
    """The ladders written into a case, and the common ones where it says nothing else."""
    own, *others = text.split("|")
    named = (part.partition(":") for part in others)
    return {**COMMON, OWN: read_ladder(own), **{name.strip(): read_ladder(rungs) for name, _, rungs in named}}
