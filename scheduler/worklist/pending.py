"""What a case waits for: who, what, since when, until when, by which article. Read off its facts, never stored.

Reminders, to-do lists, cards, the calendar feed and the auditor all ask here and nowhere else. One case can wait
for several things at once: its answer runs while its text lies before a stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from itertools import takewhile

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Defect, Duty, Reassign
from config.office.loader import Office, Stage
from scheduler.signoff.approval_state import (
    ApprovalState,
    approval_state_of_case,
    override_candidates,
    signers,
)
from scheduler.terms.deadlines import CLOSED, DueDate, due_date
from scheduler.terms.term_replay import add_term
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind
from storage.events.codec import canonical_record
from storage.events.delegations import Absences
from storage.events.events import Facts, Opened, Overridden, Stepped

PRACTICE = "三审三校"  # no article: how offices do it
FINGERPRINT_DIGITS = 12  # digits of a fingerprint: one case never says two things alike


class WaitKind(StrEnum):
    """What is waited for."""

    ACT = "act"  # what the kind is for: an answer, a report, the thing that is due
    OUTSIDE = "outside"  # someone outside was asked; once their time is over, the holder decides
    SIGN = "sign"  # a stage of the chain
    OVERRIDE = "override"  # a stage two let pass: nobody can sign there, or one has said so
    REWRITE = "rewrite"  # a text that was returned to its writer
    RELEASE = "release"  # every stage has signed; now it goes out
    MEND = "mend"  # what went out does not stand as it should


STAGE_WAIT_KINDS = frozenset({WaitKind.SIGN, WaitKind.OVERRIDE})
"""A word on the text is waited for, which rings, and by which nobody holds the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAction:
    """One thing a case waits for."""

    case: int
    what: WaitKind
    who: tuple[str, ...]
    """The people who must act, by id; any of them does. Their deputies are found by ``Absences``."""
    since: date
    until: date | None
    """The last day; None where no day is set."""
    provisional: bool = False
    article: str = ""
    stage: str = ""
    basis: str = ""
    """Changes whenever what is waited for does: an extension, a new text, another stage. Keys of reminders
    hold it, so that an old date falls silent at once."""


def pending_actions(
    case: Case, duty: Duty, office: Office, calendar: Calendar, absences: Absences
) -> tuple[PendingAction, ...]:
    """Everything a case waits for, the most concrete first; once it is closed, only that what went out is mended."""
    opening = case.opening
    if opening is None:
        return ()
    dated = due_date([record for _, record in case.timeline], duty, calendar)
    wrong = open_defects(case, duty)
    if dated.state == CLOSED and not wrong:
        return ()
    holders = assignees(case, opening, duty, office, absences)
    mend = [_defect_action(case, duty, wrong, holders)] if wrong else []
    if dated.state == CLOSED:
        return tuple(mend)
    texts = _text_actions(case, duty, office, calendar, holders)
    return (*mend, *texts, *_term_actions(case, opening, dated, holders))


def open_defects(case: Case, duty: Duty) -> list[Stepped]:
    """What was found wrong with what went out and was not mended, the newest first; each says the same."""
    steps = {step.key: step.effect.until for step in duty.steps if isinstance(step.effect, Defect)}
    if not steps or len(case.timeline) == 1:
        return []
    found = case.steps_taken(*steps, *(key for until in steps.values() for key in until))[::-1]
    if not found or found[0].step not in steps:
        return []
    last = found[0]
    return list(takewhile(lambda one: (one.step, one.facts) == (last.step, last.facts), found))


def assignees(case: Case, opening: Opened, duty: Duty, office: Office, absences: Absences) -> tuple[str, ...]:
    """Whom the case waits for by itself: whom it was handed on to, else whom its kind names; or who took over."""
    handed = assignee(case, duty)
    people = (handed,) if handed else default_assignees(duty, opening.facts, office)
    return tuple(dict.fromkeys(absences.successor(person) for person in people))


def assignee(case: Case, duty: Duty) -> str:
    """Whom the case was last handed on to; empty while nobody handed it on."""
    if len(case.timeline) == 1:
        return ""  # opened, and nothing since: most of what a sweep looks at
    steps = {step.key: step.effect for step in duty.steps if isinstance(step.effect, Reassign)}
    handed = case.last_step(*steps)
    return str(handed.facts.get(steps[handed.step].to, "")) if handed else ""


def default_assignees(duty: Duty, facts: Facts, office: Office) -> tuple[str, ...]:
    """Whom the kind names: the holders of a role, or whom a field of the opening points at."""
    holder = duty.default_assignee
    named = str(facts.get(holder.field, "")) if holder.field else ""
    if holder.place:
        stage = Stage(name="", by=holder.place)
        village = named if holder.place.startswith("village") else ""
        people = office.eligible(stage, department="" if village else named, village=village)
        return tuple(person.id for person in people)
    if holder.field:
        return (named,) if named in {person.id for person in office.people} else ()
    return tuple(person.id for person in office.holders(holder.role))


def _term_actions(
    case: Case, opening: Opened, dated: DueDate, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    for waiting in dated.external_waits:
        if waiting.until:
            yield PendingAction(
                case=case.number,
                what=WaitKind.OUTSIDE,
                who=holders,
                since=waiting.since,
                until=waiting.limit,
                article=waiting.article,
                basis=f"{waiting.step} {waiting.since} {waiting.limit or ''}",
            )
    if dated.day:
        lines = dated.day_ranges
        yield PendingAction(
            case=case.number,
            what=WaitKind.ACT,
            who=holders,
            since=lines[-1].first if lines else opening.happened_on,
            until=dated.day,
            provisional=dated.provisional,
            article=_article(dated),
            basis=f"{dated.day}",
        )


def _defect_action(
    case: Case, duty: Duty, wrong: Sequence[Stepped], holders: tuple[str, ...]
) -> PendingAction:
    step, said = duty.step(wrong[0].step), canonical_record(wrong[-1])
    return PendingAction(
        case=case.number,
        what=WaitKind.MEND,
        who=holders,
        since=wrong[-1].happened_on,
        until=None,
        article=step.article if step else "",
        basis=f"{WaitKind.MEND} {sha256(said.encode()).hexdigest()[:FINGERPRINT_DIGITS]}",  # what is wrong, and since when
    )


def _article(dated: DueDate) -> str:
    return dated.day_ranges[-1].article if dated.day_ranges else ""


def _text_actions(
    case: Case, duty: Duty, office: Office, calendar: Calendar, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    if not chain_kind(case, duty) or not case.approvals:
        return
    at = approval_state_of_case(office, case, duty)
    if at.text.rejected or is_published(case, duty):
        return  # what is left is the close, which its term waits for
    since = _waiting_since(case, at)
    if at.stage:
        yield from _stage_actions(case, office, calendar, at, holders)
        return
    here = {person.id for person in office.people}
    what, who = WaitKind.REWRITE, tuple(sorted(at.writers & here)) or holders
    if at.complete:
        what, who = WaitKind.RELEASE, holders
    yield _text_action(case, what, who, since)


def _stage_actions(
    case: Case, office: Office, calendar: Calendar, at: ApprovalState, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    """Whoever can sign; where nobody can, or one of two has said so, whoever can let the stage pass."""
    stage, since = at.stage, _waiting_since(case, at)
    if stage is None:
        return
    until = add_term(calendar, since, stage.days) if stage.days else None
    passing = pending_override(case, office, at)
    mine = tuple(person.id for person in signers(at, office))
    if mine or not passing:  # where neither can, the holders have to find somebody for it
        yield replace(_text_action(case, WaitKind.SIGN, mine or holders, since, stage.name), until=until)
    if passing and (not mine or at.text.override_votes(stage.name)):
        yield replace(passing, until=until)


def pending_override(case: Case, office: Office, at: ApprovalState) -> PendingAction | None:
    """Who may let the stage pass at which a text stands, waited for or not; None where nobody may."""
    who = tuple(person.id for person in override_candidates(at, office))
    if at.stage is None or not who:
        return None
    said = at.text.override_votes(at.stage.name)
    since = said[-1].happened_on if said else _waiting_since(case, at)
    return _text_action(case, WaitKind.OVERRIDE, who, since, at.stage.name)


def _text_action(
    case: Case, what: WaitKind, who: tuple[str, ...], since: date, stage: str = ""
) -> PendingAction:
    return PendingAction(
        case=case.number,
        what=what,
        who=who,
        since=since,
        until=None,
        article=PRACTICE,
        stage=stage,
        basis=f"{what} {stage} {len(case.approvals)}",  # every approval changes what is waited for
    )


def _waiting_since(case: Case, at: ApprovalState) -> date:
    """When the text came to where it is; one of two who would let the stage pass gives it no new days."""
    stage = at.stage.name if at.stage else ""
    moved = (fact for fact in case.approvals if not (isinstance(fact, Overridden) and fact.stage == stage))
    return [fact.happened_on for fact in moved][-1]
