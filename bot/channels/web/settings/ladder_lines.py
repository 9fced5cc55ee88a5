"""The reminder ladders as time lines: how many working days from the last day, and whom each step reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.phrasebook import Phrasebook
from bot.services.app import OfficeApp
from bot.services.office.ladder_text import ladder_name, role_text, step_text
from config.declarations.reminder_ladder import (
    COMMON_POLICIES,
    EscalationPolicy,
    RecipientRole,
    parse_policy,
)
from config.office.roles import ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """One ladder: its steps as texts, and whether the office wrote it itself."""

    kind: str
    label: str
    steps: tuple[str, ...]
    own: bool


def ladder_lines(app: OfficeApp, book: Phrasebook) -> tuple[TimeLine, ...]:
    """The ladder of each kind of duty that has a term, then those of what every kind can wait for."""
    return tuple(_ladder_lines(app, book))


def usual_ladder(app: OfficeApp, kind: str) -> EscalationPolicy:
    """The ladder that holds where the office writes none; empty where there is none of this name."""
    duty = app.duties.get(kind)
    return tuple(duty.ladder) if duty else COMMON_POLICIES.get(kind, ())


def current_ladder(app: OfficeApp, kind: str) -> EscalationPolicy:
    """The ladder that holds today for cases that open today."""
    written = app.office.ladders.get(kind)
    return parse_policy(written) if written else usual_ladder(app, kind)


def _ladder_lines(app: OfficeApp, book: Phrasebook) -> Iterator[TimeLine]:
    for kind in (*app.duties, *COMMON_POLICIES):
        if policy := current_ladder(app, kind):
            steps = tuple(step_text(step, book, lambda role: _reached(role, app, book)) for step in policy)
            own = kind in app.office.ladders
            yield TimeLine(kind=kind, label=ladder_name(kind, book), steps=steps, own=own)


def _reached(role: RecipientRole, app: OfficeApp, book: Phrasebook) -> str:
    """A role of a ladder; with the posts that hold it today where the office names them."""
    if role not in ROLES:
        return role_text(role, book)
    posts = "、".join(person.post for person in app.office.holders(role))
    return book.say("settings.reached_posts", role=role_text(role, book), posts=posts)
