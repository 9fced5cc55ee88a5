"""Says a reminder ladder in words: what it is for, and of each step when it reminds and whom it reaches."""

from __future__ import annotations

from collections.abc import Callable

from bot.language.phrasebook import Phrasebook
from bot.services.app import shipped_duties
from config.declarations.reminder_ladders import (
    COMMON_POLICIES,
    EscalationStep,
    NotALadder,
    RecipientRole,
    parse_policy,
)
from config.office.roles import ROLES

RoleWords = Callable[[RecipientRole], str]
"""Says whom a role of a ladder reaches."""


def ladder_name(kind: str, book: Phrasebook) -> str:
    """What a ladder is for: a kind of duty, or something that every kind can wait for."""
    if kind in COMMON_POLICIES:
        return book.say(f"settings.policy.{kind}")
    duty = shipped_duties().get(kind)
    return duty.label if duty and book.language == "zh" else kind


def step_text(step: EscalationStep, book: Phrasebook, role_words: RoleWords | None = None) -> str:
    """One step: how many working days from the last day, and whom it reaches."""
    words = role_words or (lambda role: role_text(role, book))
    when = "before" if step.at < 0 else "after" if step.at else "on"
    reached = "、".join(words(role) for role in step.recipients)
    statutory = book.say("settings.statutory") if step.statutory else ""
    return book.say(f"settings.step_{when}", days=abs(step.at), reached=reached, statutory=statutory)


def role_text(role: RecipientRole, book: Phrasebook) -> str:
    """A role of a ladder, without the posts that hold it."""
    return book.say(f"office.role.{role}" if role in ROLES else f"settings.reach.{role}")


def rung_text(rung: str, book: Phrasebook) -> str:
    """A step as the document writes it (``-5 holder``), in words; as it is where it cannot be read."""
    try:
        steps = parse_policy(rung)
    except NotALadder:
        return rung
    return "；".join(step_text(step, book) for step in steps)
