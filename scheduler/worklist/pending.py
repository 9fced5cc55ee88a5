"""Computes the pending actions of a case: what it waits for, from whom, since when, until when, by which article.

They are derived from its facts and never stored. Reminders, to-do lists, cards, the calendar feed and the auditor all
use this module. One case can have several at once: its term runs while its text waits at a stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.keys import UNCONFIRMED
from config.declarations.recurrence import PerRow
from config.declarations.reminder_ladders import Assignee
from config.declarations.terms import Deliver, Reassign, SendBack
from config.office.model import Office, Stage
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.signoff.circulation import open_circulations
from scheduler.signoff.signing_rights import override_candidates, signers, whose_right
from scheduler.terms.deadlines import CLOSED, SENT, DueDate, due_date
from scheduler.terms.term_days import add_term
from scheduler.validation.conditions import blocked_by
from scheduler.worklist.case_stages import asked_consent, open_defects, sent_back_step
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind
from storage.events.codec import canonical_record
from storage.events.delegations import Absences
from storage.events.events import Facts, Opened, Overridden, Stepped

PRACTICE = "三审三校"  # no article: how offices do it
FINGERPRINT_DIGITS = 12  # hexadecimal digits: enough to tell the defects of one case apart


class WaitKind(StrEnum):
    """The kinds of pending action."""

    ACT = "act"  # the main act of the kind: an answer, a report
    OUTSIDE = "outside"  # someone outside was asked; once their time is over, an assignee decides
    SIGN = "sign"  # a stage of the chain
    VACANT = "vacant"  # nobody may sign the stage or override it: whoever has the case finds somebody
    OVERRIDE = "override"  # two people may override a stage: nobody can sign there, or one has voted
    REWRITE = "rewrite"  # a text that was returned to its writer
    RELEASE = "release"  # every stage has signed: the text is to be released
    MEND = "mend"  # a defect was found in what was published
    CLOSE = "close"  # its term is fulfilled: whoever has it closes it
    CONSENT = "consent"  # a consent was asked: whoever decides grants or refuses it
    DELIVER = "deliver"  # it is closed with an answer that is still to be sent
    READ = "read"  # a text was shown to them for information or an opinion; nothing waits for it


STAGE_WAIT_KINDS = frozenset({WaitKind.SIGN, WaitKind.VACANT, WaitKind.OVERRIDE})
"""Kinds that await a decision on a text: they notify at once and make nobody the assignee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAction:
    """One action that a case waits for."""

    case: int
    what: WaitKind
    who: tuple[str, ...]
    """The people who must act, by id; any of them does. Their deputies are found by ``Absences``."""
    since: date
    until: date | None
    """The last day; None where no day is set."""
    provisional: bool = False
    unconfirmed: bool = False  # whether the day rests on a basis that was not read in its source
    article: str = ""
    stage: str = ""
    excluded: frozenset[str] = frozenset()
    """The ids of those who stand in for nobody here: its writers and other signers; of an override all."""
    basis: str = ""
    """Changes whenever the action changes (an extension, a new text, another stage): reminder keys contain it."""

    def by_right_of(self, person: str, absent: Iterable[str]) -> str | None:
        """Return by whose right a person has it: their own id, or an absent one's; None where by nobody's."""
        return whose_right(person, absent, self.who, self.excluded)


def pending_actions(
    case: Case, duty: Duty, office: Office, calendar: Calendar, absences: Absences
) -> tuple[PendingAction, ...]:
    """Return the pending actions of a case, the most concrete first.

    A closed case has only open defects, and an answer to be sent.
    """
    opening = case.opening
    if opening is None:
        return ()
    dated = due_date(case.records, duty, calendar)
    defects = open_defects(case, duty)
    if dated.state == CLOSED and not defects and not dated.unsent:
        return ()
    holders = assignees(case, opening, duty, office, absences)
    mend = [_defect_action(case, duty, defects, holders)] if defects else []
    if dated.state == CLOSED:
        return (*mend, *_sending_actions(case, duty, dated, holders))
    if sent_back := sent_back_step(case, duty):
        people = _sent_back_to(sent_back, opening, duty, office)
        returned_to = tuple(dict.fromkeys(absences.successor(person) for person in people))
        return (*mend, _sent_back_action(case, duty, sent_back, returned_to))
    if duty.waits_undated:
        return (*mend, _undated_action(case, duty, holders))
    return (
        *mend,
        *_consent_actions(case, duty, office),
        *_text_actions(case, duty, office, calendar, holders),
        *_closing_actions(case, duty, dated, holders),
        *_term_actions(case, opening, dated, holders),
        *_circulation_actions(case, duty, absences),  # last: nothing waits for a reading
    )


def _consent_actions(case: Case, duty: Duty, office: Office) -> Iterator[PendingAction]:
    asked = asked_consent(case, duty)
    step = duty.step(asked.step) if asked else None
    granting = duty.step(step.consent_steps[0]) if step else None
    if asked is None or granting is None:
        return
    roles = [each.role for each in granting.fields if each.consent]
    yield PendingAction(
        case=case.number,
        what=WaitKind.CONSENT,
        who=tuple(person.id for role in roles for person in office.holders(role)),
        since=asked.happened_on,
        until=None,
        article=granting.article,
        stage=granting.label,
        basis=f"{WaitKind.CONSENT} {asked.step} {asked.happened_on} {len(case.entries)}",
    )


def assignees(case: Case, opening: Opened, duty: Duty, office: Office, absences: Absences) -> tuple[str, ...]:
    """Return whom the case waits for: whom it was reassigned to, else whom its kind names, or their successors."""
    handed = assignee(case, duty)
    people = (handed,) if handed else default_assignees(duty, _facts_today(duty, opening, office), office)
    return tuple(dict.fromkeys(absences.successor(person) for person in people))


def _facts_today(duty: Duty, opening: Opened, office: Office) -> Facts:
    """The facts of an opening; of a standing case with whom its row of the office's file names now.

    It is opened once and stands for years: who has it is today's, as who holds a post is.
    """
    named, standing = duty.default_assignee.field, duty.recurrence
    if not isinstance(standing, PerRow) or named not in standing.facts:
        return opening.facts
    rows = getattr(office, standing.rows)
    row = next((one for one in rows if getattr(one, standing.reference) == opening.reference), None)
    return {**opening.facts, named: getattr(row, standing.facts[named])} if row else opening.facts


def assignee(case: Case, duty: Duty) -> str:
    """Return the id of the person the case was last reassigned to; empty where nobody reassigned it."""
    if len(case.timeline) == 1:
        return ""  # only opened so far, as most of the cases that a sweep looks at
    steps = {step.key: step.effect for step in duty.steps if isinstance(step.effect, Reassign)}
    handed = case.last_step(*steps)
    return str(handed.facts.get(steps[handed.step].to, "")) if handed else ""


def default_assignees(duty: Duty, facts: Facts, office: Office) -> tuple[str, ...]:
    """Return the people whom the kind names: the holders of a role, or the person in a field of the opening."""
    return people_of_assignee(duty.default_assignee, facts, office)


def people_of_assignee(holder: Assignee, facts: Facts, office: Office) -> tuple[str, ...]:
    """Return the people whom an assignee names in a case with these facts."""
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
                unconfirmed=UNCONFIRMED in waiting.article,
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
            unconfirmed=dated.unconfirmed,
            article=lines[-1].article if lines else "",
            basis=f"{dated.day}",
        )


def _sending_actions(
    case: Case, duty: Duty, dated: DueDate, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    """Yield the sending of the answer of a closed case: by it, and not by the close, the answer is in time."""
    for step in duty.steps if dated.unsent else ():
        if isinstance(step.effect, Deliver):
            yield PendingAction(
                case=case.number,
                what=WaitKind.DELIVER,
                who=holders,
                since=max(record.happened_on for record in case.records),
                until=dated.day,
                provisional=dated.provisional,
                unconfirmed=dated.unconfirmed,
                article=step.article,
                basis=f"{WaitKind.DELIVER} {dated.day or ''}",
            )


def _closing_actions(
    case: Case, duty: Duty, dated: DueDate, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    """Yield the close of a case whose term is fulfilled, where the program has not found that it is done."""
    if dated.state == SENT:
        yield _close_action(case, holders, max(record.happened_on for record in case.records), SENT, "")
    for waiting in dated.external_waits:
        if duty.closes_with and not waiting.until and not case.last_step(*duty.closes_with):
            yield _close_action(case, holders, waiting.since, waiting.step, waiting.article)


def _close_action(
    case: Case, holders: tuple[str, ...], since: date, step: str, article: str
) -> PendingAction:
    return PendingAction(
        case=case.number,
        what=WaitKind.CLOSE,
        who=holders,
        since=since,
        until=None,
        article=article,
        basis=f"{WaitKind.CLOSE} {step} {since}",
    )


def _undated_action(case: Case, duty: Duty, holders: tuple[str, ...]) -> PendingAction:
    """Return the wait of an open case without a day for whoever has it; each step starts it anew."""
    newest = max(record.happened_on for record in case.records)
    return PendingAction(
        case=case.number,
        what=WaitKind.ACT,
        who=holders,
        since=newest,
        until=None,
        article=duty.article,
        basis=f"{WaitKind.ACT} {len(case.steps)}",
    )


def _sent_back_to(sent_back: Stepped, opening: Opened, duty: Duty, office: Office) -> tuple[str, ...]:
    step = duty.step(sent_back.step)
    to = step.effect.to if step and isinstance(step.effect, SendBack) else duty.default_assignee
    return people_of_assignee(to, opening.facts, office)


def _sent_back_action(case: Case, duty: Duty, sent_back: Stepped, who: tuple[str, ...]) -> PendingAction:
    step = duty.step(sent_back.step)
    return PendingAction(
        case=case.number,
        what=WaitKind.REWRITE,
        who=who,
        since=sent_back.happened_on,
        until=None,
        article=step.article if step else "",
        basis=f"{WaitKind.REWRITE} {len(case.steps)}",
    )


def _defect_action(
    case: Case, duty: Duty, defects: Sequence[Stepped], holders: tuple[str, ...]
) -> PendingAction:
    step, first_report = duty.step(defects[0].step), canonical_record(defects[-1])
    digest = sha256(first_report.encode()).hexdigest()[:FINGERPRINT_DIGITS]
    return PendingAction(
        case=case.number,
        what=WaitKind.MEND,
        who=holders,
        since=defects[-1].happened_on,
        until=None,
        article=step.article if step else "",
        basis=f"{WaitKind.MEND} {digest}",
    )


def _text_actions(
    case: Case, duty: Duty, office: Office, calendar: Calendar, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    if not chain_kind(case, duty) or not case.approvals:
        return
    state = approval_state_of_case(office, case, duty)
    if state.text.rejected or is_published(case, duty):
        return  # only the close is left, and the term waits for that
    since = _waiting_since(case, state)
    if state.stage:
        yield from _stage_actions(case, office, calendar, state, holders)
        return
    if not state.complete:
        drafters = state.text.drafters & {person.id for person in office.people}
        yield _text_action(case, WaitKind.REWRITE, tuple(sorted(drafters)) or holders, since)
    elif _can_go_out(case, duty):
        yield _text_action(case, WaitKind.RELEASE, holders, since)


def _can_go_out(case: Case, duty: Duty) -> bool:
    """Whether a step that lets the text out is possible; else the county's word comes first, and the term waits."""
    blocked = blocked_by(duty, case.facts, {step.step for step in case.steps})
    releasing = [step.key for step in duty.steps if step.requires_approval]
    return not releasing or not set(releasing) <= blocked.keys()


def _circulation_actions(case: Case, duty: Duty, absences: Absences) -> Iterator[PendingAction]:
    """Yield the reading of a text that was shown to somebody, until it is released."""
    if not chain_kind(case, duty) or is_published(case, duty):
        return
    for shown in open_circulations(case):
        yield PendingAction(
            case=case.number,
            what=WaitKind.READ,
            who=(absences.successor(shown.record.to),),
            since=shown.record.happened_on,
            until=None,
            article=PRACTICE,
            basis=shown.basis,
        )


def _stage_actions(
    case: Case, office: Office, calendar: Calendar, state: ApprovalState, holders: tuple[str, ...]
) -> Iterator[PendingAction]:
    """Yield the signing, for whoever can sign; and the override where nobody can, or one person has voted for it."""
    stage, since = state.stage, _waiting_since(case, state)
    if stage is None:
        return
    until = add_term(calendar, since, stage.days) if stage.days else None
    overriding = pending_override(case, office, state)
    signer_ids = tuple(person.id for person in signers(state, office))
    if signer_ids:
        signing = _text_action(case, WaitKind.SIGN, signer_ids, since, stage.name)
        yield replace(signing, until=until, excluded=state.excluded)
    elif not overriding:
        yield replace(_text_action(case, WaitKind.VACANT, holders, since, stage.name), until=until)
    if overriding and (not signer_ids or state.text.override_votes(stage.name)):
        yield replace(overriding, until=until)


def pending_override(case: Case, office: Office, state: ApprovalState) -> PendingAction | None:
    """Return the override of the open stage as an action, wanted or not; None where nobody may override."""
    who = tuple(person.id for person in override_candidates(state, office))
    if state.stage is None or not who:
        return None
    votes = state.text.override_votes(state.stage.name)
    since = votes[-1].happened_on if votes else _waiting_since(case, state)
    everybody = frozenset(person.id for person in office.people)
    overriding = _text_action(case, WaitKind.OVERRIDE, who, since, state.stage.name)
    return replace(overriding, excluded=everybody)  # nobody overrides for another


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
        basis=f"{what} {stage} {len(case.approvals)}",  # every approval changes the action
    )


def _waiting_since(case: Case, state: ApprovalState) -> date:
    """Return the day on which the text came to its stage; a single override vote does not restart the count."""
    stage = state.stage.name if state.stage else ""
    moved = (fact for fact in case.approvals if not (isinstance(fact, Overridden) and fact.stage == stage))
    return [fact.happened_on for fact in moved][-1]
