"""The reminder ladders as time lines: how many working days from the last day, and whom each step reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.phrasebook import Phrasebook
from bot.services.app import OfficeApp
from config.declarations.reminder_ladder import (
    EscalationPolicy,
    EscalationStep,
    RecipientRole,
    parse_policy,
)
from config.office.roles import ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """One kind's ladder: its steps as texts, and whether the office wrote it itself."""

    kind: str
    label: str
    steps: tuple[str, ...]
    own: bool


def time_lines(app: OfficeApp, book: Phrasebook) -> tuple[TimeLine, ...]:
    """The ladder of each kind of duty that has a term."""
    return tuple(_time_lines(app, book))


def _time_lines(app: OfficeApp, book: Phrasebook) -> Iterator[TimeLine]:
    for kind, duty in app.duties.items():
        written = app.office.ladders.get(kind)
        policy: EscalationPolicy = parse_policy(written) if written else tuple(duty.ladder)
        if policy:
            steps = tuple(_step_text(step, app, book) for step in policy)
            yield TimeLine(kind=kind, label=duty.label, steps=steps, own=bool(written))


def _step_text(step: EscalationStep, app: OfficeApp, book: Phrasebook) -> str:
    when = "before" if step.at < 0 else "after" if step.at else "on"
    reached = "、".join(_reached(role, app, book) for role in step.recipients)
    statutory = book.say("settings.statutory") if step.statutory else ""
    return book.say(f"settings.step_{when}", days=abs(step.at), reached=reached, statutory=statutory)


def _reached(role: RecipientRole, app: OfficeApp, book: Phrasebook) -> str:
    """A role of a ladder; with the posts that hold it today where the office names them."""
    if role not in ROLES:
        return book.say(f"settings.reach.{role}")
    posts = "、".join(person.post for person in app.office.holders(role))
    return book.say("settings.reached_posts", role=book.say(f"office.role.{role}"), posts=posts)
