"""Who is told about a term, and when: rungs before and after its last day, and whom each reaches.

A ladder is data, declared with a kind of duty and overridden by an office. It is written into a case as it
opens, in one line of text (``spell``), so that a later change reaches later cases only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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
