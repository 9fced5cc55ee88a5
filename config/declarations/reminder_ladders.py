"""Reminder ladders (escalation policies): who is reminded first, and who next, counted from a last day.

A ladder is data, declared with a kind of duty (``ladder=`` in ``config/duties``) and overridden by an office. It is
written into a case as it opens, in one line of text (``format_policy``), so that a later change reaches later cases
only. The hours of reminders are those of ``config/office/quiet_hours.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from config.declarations import keys
from config.errors import Refusal


class RecipientRole(StrEnum):
    """Whom a step of the ladder reaches, as seen from the case."""

    HOLDER = "holder"  # whoever must act
    DEPUTY = "deputy"  # who stands in for them while a delegation runs, or by the office's file
    HEAD = "head"  # the holder's own head: of the village, of the department, else of the office
    CLERK = keys.CLERK
    OFFICE_HEAD = keys.OFFICE_HEAD
    LEADER = keys.LEADER
    GROUP_HEAD = keys.GROUP_HEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """These people are reminded ``at`` working days after the last day (below zero: before it)."""

    at: int
    recipients: tuple[RecipientRole, ...]
    statutory: bool = False
    """True for a day that the law sets: its reminder is numbered and sent at least once, at whatever hour."""


EscalationPolicy = tuple[EscalationStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignee:
    """A case's default assignee: the holders of a role, or the person that a field of its opening names.

    ``place`` is the role within the village or department that ``field`` names; without it, the field names a
    person.
    """

    role: str = ""
    field: str = ""
    place: str = ""


CLERK_ASSIGNEE = Assignee(role=keys.CLERK)


class NotALadder(Refusal):
    """“{found}” is no rung. Write working days, then whom it reaches: -5 holder; 0 holder head; +1! leader."""


_STEP_PATTERN = re.compile(r"([+-]?\d{1,3})(!?)((?: +[a-z_]+)+)")


EscalationPolicies = Mapping[str, EscalationPolicy]
"""A case's ladders: that of its own term under ``OWN_POLICY``, the others by what the case can wait for."""
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
    """The ladder in a line of text, its steps in the order of days. NotALadder names the part that is no step."""
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
    keys.OUTSIDE_POLICY: parse_policy("0 holder; +1 holder deputy; +3 holder deputy head"),
    keys.UNDATED_POLICY: parse_policy("+10 holder; +20 holder deputy; +40 holder deputy head"),
    keys.SIGN_POLICY: parse_policy(
        "0 holder; +1 holder deputy; +2 holder deputy head; +4 head office_head leader"
    ),
    keys.OVERRIDE_POLICY: parse_policy("0 holder; +1 holder; +3 holder office_head"),
    keys.REWRITE_POLICY: parse_policy("0 holder; +2 holder deputy; +4 holder deputy head"),
    keys.RELEASE_POLICY: parse_policy("0 holder; +1 holder deputy; +3 holder deputy head"),
    keys.CONSENT_POLICY: parse_policy("0 holder; +1 holder deputy; +2 holder deputy leader"),
    keys.READ_POLICY: parse_policy("0 holder; +3 holder"),
    keys.MEND_POLICY: parse_policy(
        "0 holder; +2 holder deputy; +4 holder deputy head; +14 holder deputy head"
    ),
}
"""The ladders of what every kind can wait for besides its own date [practice]: a reply from outside that is
overdue or has no date, a stage's signature, the decision to skip a stage unsigned, a rewriting, a release, a
consent that was asked, a text to read, a correction on the website. An office overrides them under the same names.
All but the first two count from the day on which the text came, was found wrong or the consent was asked: day 0."""


def format_case_policies(own: str, overriding: Mapping[str, str]) -> str:
    """The text of the ladders that a case keeps from its opening: its own, and the common ones its office changes."""
    others = (f"{name}: {overriding[name]}" for name in COMMON_POLICIES if name in overriding)
    return " | ".join((own, *others))


@lru_cache(maxsize=256)  # a sweep reads the same few texts a hundred thousand times
def parse_case_policies(text: str) -> EscalationPolicies:
    """The ladders written into a case; the common ones where it overrides none."""
    own, *others = text.split("|")
    named = (part.partition(":") for part in others)
    return {
        **COMMON_POLICIES,
        OWN_POLICY: parse_policy(own),
        **{name.strip(): parse_policy(rungs) for name, _, rungs in named},
    }
