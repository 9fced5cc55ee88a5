"""Shows the reminder ladders as time lines, and changes one by a form: a line for each step, and whom it reaches.

A step comes so many working days before or after the last day. What is sent is written into the office's document as
the lines that a person with an editor would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.channels.web.request.forms import typed_number
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.settings.change import SettingsChange, problem_text, tried_or_recorded
from bot.language.phrasebook import Phrasebook
from bot.services.app import OfficeApp
from bot.services.office.changes import WrittenOffice, written_office
from bot.services.office.ladder_text import ladder_name, role_text, step_text
from config.declarations.reminder_ladders import (
    COMMON_POLICIES,
    EscalationPolicy,
    EscalationStep,
    RecipientRole,
    format_policy,
    parse_policy,
)
from config.errors import GongkaiError, Refusal
from config.office.document import edit_document, without_row
from config.office.roles import ROLES

LADDER = "ladder"
MOST_STEPS = 8
"""The lines of the form; a longer ladder would remind somebody every other day."""
BEFORE, ON, AFTER = "before", "on", "after"
MOST_DAYS = 250  # working days of a year
USUAL = "usual"


class StepReachesNobody(Refusal):
    """Step {step} reaches nobody. Tick whom it reminds, or empty its line."""


class StepDayUnread(Refusal):
    """Step {step}: “{found}” is no number of working days. Write a whole number from 1 to {most}."""


class LadderEmpty(Refusal):
    """A ladder without a step reminds nobody. Fill in one, or go back to the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderLine:
    """One line of the form; empty where it has no side."""

    side: str = ""
    days: str = ""
    reached: frozenset[str] = frozenset()
    statutory: bool = False


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


def _usual_ladder(app: OfficeApp, kind: str) -> EscalationPolicy:
    """The ladder that holds where the office writes none; empty where there is none of this name."""
    duty = app.duties.get(kind)
    return tuple(duty.ladder) if duty else COMMON_POLICIES.get(kind, ())


def _current_ladder(app: OfficeApp, kind: str) -> EscalationPolicy:
    """The ladder that holds today for cases that open today."""
    written = app.office.ladders.get(kind)
    return parse_policy(written) if written else _usual_ladder(app, kind)


def _ladder_lines(app: OfficeApp, book: Phrasebook) -> Iterator[TimeLine]:
    for kind in (*app.duties, *COMMON_POLICIES):
        if policy := _current_ladder(app, kind):
            steps = tuple(step_text(step, book, lambda role: _reached(role, app, book)) for step in policy)
            own = kind in app.office.ladders
            yield TimeLine(kind=kind, label=ladder_name(kind, book), steps=steps, own=own)


def _reached(role: RecipientRole, app: OfficeApp, book: Phrasebook) -> str:
    """A role of a ladder; with the posts that hold it today where the office names them."""
    if role not in ROLES:
        return role_text(role, book)
    posts = "、".join(person.post for person in app.office.holders(role))
    return book.say("settings.reached_posts", role=role_text(role, book), posts=posts)


def ladder_page(page: PageRequest, kind: str, problem: str = "") -> Response:
    """The form of a ladder, as it holds today or as it was sent. NoSuchPage where there is none of this name."""
    if not _usual_ladder(page.app, kind):
        raise NoSuchPage
    lines = list(_sent_lines(page.form) if problem else _lines_of(_current_ladder(page.app, kind)))
    lines += [LadderLine() for _ in range(MOST_STEPS - len(lines))]
    book = page.labels.book
    return page.render(
        "settings_ladder.html",
        422 if problem else 200,
        label=ladder_name(kind, book),
        lines=lines[:MOST_STEPS],
        roles=[(role.value, role_text(role, book)) for role in RecipientRole],
        sides=(BEFORE, ON, AFTER),
        own=kind in page.app.office.ladders,
        expected=written_office(page.app).position,
        problem=problem,
    )


def submit_ladder(page: PageRequest, kind: str) -> Response:
    """Try a changed ladder, or the usual one again, and show what it moves; record it where that was confirmed."""
    if not _usual_ladder(page.app, kind):
        raise NoSuchPage
    try:
        return tried_or_recorded(
            page, SettingsChange(written=_changed(page, kind), back=f"/settings/{LADDER}/{kind}")
        )
    except GongkaiError as refused:
        return ladder_page(page, kind, problem_text(page, refused))


def _changed(page: PageRequest, kind: str) -> WrittenOffice:
    written = written_office(page.app)
    if page.form.get("act") == USUAL:
        document = without_row(written.document, LADDER, kind)
    else:
        steps = tuple(_read_steps(page.form))
        if not steps:
            raise LadderEmpty
        rungs = [format_policy([step]) for step in sorted(steps, key=lambda step: step.at)]
        document = edit_document(written.document, LADDER, kind, {"rungs": rungs})
    return replace(written, document=document)


def _lines_of(policy: EscalationPolicy) -> Iterator[LadderLine]:
    for step in policy:
        yield LadderLine(
            side=BEFORE if step.at < 0 else AFTER if step.at else ON,
            days=str(abs(step.at)) if step.at else "",
            reached=frozenset(step.recipients),
            statutory=step.statutory,
        )


def _sent_lines(sent: Mapping[str, str]) -> Iterator[LadderLine]:
    for number in range(1, MOST_STEPS + 1):
        yield LadderLine(
            side=sent.get(f"rung-{number}-side", ""),
            days=sent.get(f"rung-{number}-days", ""),
            reached=frozenset(role for role in RecipientRole if sent.get(f"rung-{number}-{role}")),
            statutory=bool(sent.get(f"rung-{number}-statutory")),
        )


def _read_steps(sent: Mapping[str, str]) -> Iterator[EscalationStep]:
    """The steps that were sent; a line without a side is empty. StepDayUnread, StepReachesNobody."""
    for number, line in enumerate(_sent_lines(sent), 1):
        if line.side not in {BEFORE, ON, AFTER}:
            continue
        if not line.reached:
            raise StepReachesNobody(step=number)
        at = 0 if line.side == ON else _days(line.days, number) * (-1 if line.side == BEFORE else 1)
        reached = tuple(role for role in RecipientRole if role in line.reached)
        yield EscalationStep(at=at, recipients=reached, statutory=line.statutory)


def _days(text: str, step: int) -> int:
    days = typed_number(text)
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= MOST_DAYS):
        raise StepDayUnread(step=step, found=text, most=MOST_DAYS)
    return int(days)
