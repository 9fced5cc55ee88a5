"""Who is told about a term, and when: rungs before and after its last day, and whom each reaches.

A ladder is data, declared with a kind of duty and overridden by an office. It is written into a case as it
opens, in one line of text (``format_policy``), so that a later change reaches later cases only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from config.errors import Refusal


class RecipientRole(StrEnum):
    """Whom a rung reaches, seen from the case."""

    HOLDER = "holder"  # whoever must act
    DEPUTY = "deputy"  # who stands in for them while a delegation runs, or by the office's file
    HEAD = "head"  # the holder's own head: of the village, of the department, else of the office
    CLERK = "clerk"
    OFFICE_HEAD = "office_head"
    LEADER = "leader"
    GROUP_HEAD = "group_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """So many working days from the last day (below zero: before it), these people are told."""

    at: int
    recipients: tuple[RecipientRole, ...]
    statutory: bool = False
    """Whether the law stands behind the day: then it is told at least once, numbered, whatever the hour."""


EscalationPolicy = tuple[EscalationStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignee:
    """Whom a case waits for by itself: whoever holds a role, or whom a field of its opening names.

    ``place`` is the role within the village or department that ``field`` names; without it, the field names a
    person.
    """

    role: str = ""
    field: str = ""
    place: str = ""


CLERK_ASSIGNEE = Assignee(role="clerk")


class NotALadder(Refusal):
    """“{found}” is no rung. Write working days, then whom it reaches: -5 holder; 0 holder head; +1! leader."""


_STEP_PATTERN = re.compile(r"([+-]?\d{1,3})(!?)((?: +[a-z_]+)+)")


EscalationPolicies = Mapping[str, EscalationPolicy]
"""A case's ladders: its own under ``OWN_POLICY``, and those of whatever else it can wait for, by its name."""
OWN_POLICY = ""


def format_policy(ladder: Sequence[EscalationStep]) -> str:
    """A ladder in one line: ``-5 holder; +1! leader group_head``."""
    return "; ".join(
        f"{rung.at:+d}{'!' * rung.statutory} {' '.join(rung.recipients)}"
        if rung.at
        else _format_due_day_step(rung)
        for rung in ladder
    )


def _format_due_day_step(rung: EscalationStep) -> str:
    return f"0{'!' * rung.statutory} {' '.join(rung.recipients)}"


def parse_policy(text: str) -> EscalationPolicy:
    """The ladder in a line of text, its rungs in the order of their days. NotALadder names what is none."""
    return tuple(
        sorted((_parse_step(part) for part in text.split(";") if part.strip()), key=lambda rung: rung.at)
    )


def _parse_step(text: str) -> EscalationStep:
    found = _STEP_PATTERN.fullmatch(text.strip())
    if found is None or not set(found[3].split()) <= set(RecipientRole):
        raise NotALadder(found=text.strip())
    reach = tuple(dict.fromkeys(RecipientRole(word) for word in found[3].split()))
    return EscalationStep(at=int(found[1]), recipients=reach, statutory=bool(found[2]))


COMMON_POLICIES: EscalationPolicies = {
    "outside": parse_policy("0 holder; +1 holder deputy; +3 holder deputy head"),
    "undated": parse_policy("+10 holder; +20 holder deputy; +40 holder deputy head"),
    "sign": parse_policy("0 holder; +1 holder deputy; +2 holder deputy head; +4 head office_head leader"),
    "override": parse_policy("0 holder; +1 holder; +3 holder office_head"),
    "rewrite": parse_policy("0 holder; +2 holder deputy; +4 holder deputy head"),
    "release": parse_policy("0 holder; +1 holder deputy; +3 holder deputy head"),
    "mend": parse_policy("0 holder; +2 holder deputy; +4 holder deputy head; +14 holder deputy head"),
}
"""What every kind can wait for besides its own date [practice]: someone outside whose time is over, or who has
none; a stage of a chain, its passing unsigned, a rewriting, a release, a mending. An office overrides them under
the same names. The last five count from the day the text came, or was found wrong on the website, and day 0 is
that day."""


def format_case_policies(own: str, overriding: Mapping[str, str]) -> str:
    """What is written into a case as it opens: its own ladder, and the common ones its office wants otherwise."""
    others = (f"{name}: {overriding[name]}" for name in COMMON_POLICIES if name in overriding)
    return " | ".join((own, *others))


@lru_cache(maxsize=256)  # a sweep reads the same few texts a hundred thousand times
def parse_case_policies(text: str) -> EscalationPolicies:
    """The ladders written into a case, and the common ones where it says nothing else."""
    own, *others = text.split("|")
    named = (part.partition(":") for part in others)
    return {
        **COMMON_POLICIES,
        OWN_POLICY: parse_policy(own),
        **{name.strip(): parse_policy(rungs) for name, _, rungs in named},
    }
