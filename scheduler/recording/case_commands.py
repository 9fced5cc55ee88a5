"""Commands that open, advance and close cases, and commands that correct what was recorded.

A command checks only what binds at this moment (a reason that names no applicant, an entry that can be corrected).
Whether the case is lawful afterwards the recorder judges at the end, on its whole history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duty
from config.declarations.keys import DUPLICATE_FIELD, MERGED_IN_STEP
from config.declarations.recurrence import AfterVillageRound
from config.declarations.reminder_ladders import format_case_policies, format_policy
from config.declarations.terms import Recount
from config.errors import Refusal
from scheduler.recording.context import RecordingContext
from scheduler.villages.counted_months import RECOUNTED, corrected_reason, has_counted
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore, NoCaseToKeepFor
from storage.content.erasure import forget_mentions
from storage.events.approvals import approval_history, is_published
from storage.events.case import Case
from storage.events.events import (
    Amended,
    Closed,
    Drafted,
    Erased,
    Facts,
    Opened,
    Record,
    Returned,
    Revealed,
    Stepped,
    case_of,
)
from storage.events.office_events import ActivityHeld, Counted

FILE_PREFIX = "sha256:"  # begins the value by which a fact refers to a file
CORRECTABLE = (Opened, Stepped, Closed, Counted, ActivityHeld)
"""The facts that a correction can replace. A signature is withdrawn or superseded; a notice is entered anew."""


class NoSuchEntry(Refusal):
    """There is no entry №{position} that can be corrected. gongkai explain CASE lists a case's entries."""


class KindNotMergeable(Refusal):
    """Case {case} is {kind}: such cases are not merged. If it should not be there, strike it out: gongkai amend."""


class NothingToMerge(Refusal):
    """Case {double} cannot be merged into case {into}: both must be standing cases, and different ones."""


class MismatchedCorrection(Refusal):
    """№{position} can only be replaced by a fact of its own kind and case; strike it out and record anew."""


class SystemFindingNotEditable(Refusal):
    """“{step}” is what the program found, and nobody writes it otherwise. Strike it out, and have it checked anew."""


@dataclass(frozen=True, slots=True)
class CaseCommands:
    """Opens, advances and closes cases."""

    context: RecordingContext

    def open(
        self, kind: str, reference: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> int:
        """Open a case, with the reminder ladders of today and what it takes over from a case it names.

        Returns its number.
        """
        context = self.context
        number = context.next_case
        context.next_case += 1
        opened = Opened(
            case=number,
            happened_on=happened_on,
            kind=kind,
            reference=reference,
            facts={
                **_office_facts(context, kind, facts or {}),
                **_copied_facts(context, kind, facts or {}),
                **(facts or {}),
            },
            ladder=_current_policies(context, kind),
        )
        context.add_event(opened, key)
        return number

    def step(
        self, case: int, step: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """Record that a declared step was taken, and in the case it is forwarded to that it was."""
        taken = Stepped(case=case, happened_on=happened_on, step=step, facts=facts or {})
        self.context.add_event(taken, key)
        if forwarded := _forwarded_step(self.context, taken):
            self.context.add_event(forwarded)
        if _is_recount(self.context, taken):
            _return_text(self.context, self.context.case(case), RECOUNTED)

    def close(
        self, case: int, outcome: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """Record that a case ended with one of its declared outcomes."""
        closed = Closed(case=case, happened_on=happened_on, outcome=outcome, facts=facts or {})
        self.context.add_event(closed, key)

    def save_applicant(self, case: int, particulars: Applicant) -> None:
        """Save who the applicant is in the erasable table; the log gets nothing of it. NoCaseToKeepFor."""
        context = self.context
        if not 0 < case < context.next_case:
            raise NoCaseToKeepFor(case=case)
        ApplicantStore(context.log.connection, context.log.office).save(case, particulars)

    def reveal(self, case: int) -> None:
        """Record that the particulars of a case's applicant are shown unmasked; the log gets nothing of them."""
        self.context.add_event(Revealed(case=case, happened_on=self.context.today))


@dataclass(frozen=True, slots=True)
class CorrectionCommands:
    """Corrects recorded facts, merges doubles and erases applicants. The log keeps the reason of each."""

    context: RecordingContext

    def amend(self, position: int, reason: str, right: Record | None = None) -> None:
        """Replace the fact at a position of the log by the right one, or strike it out.

        NoSuchEntry, MismatchedCorrection or SystemFindingNotEditable where that entry cannot be corrected so.
        """
        context = self.context
        target = next(iter(context.log.read(after=position - 1, upto=position)), None)
        if target is None or not isinstance(target.record, CORRECTABLE):
            raise NoSuchEntry(position=position)
        case = case_of(target.record)
        context.require_reason(case, reason)
        if right is not None and (type(right), case_of(right)) != (type(target.record), case):
            raise MismatchedCorrection(position=position)
        if isinstance(right, Stepped):
            self._require_not_system_finding(context.case(case), right.step)
        context.add_event(
            Amended(happened_on=context.said_on, case=case, position=position, reason=reason, right=right)
        )
        if case:  # after the correction: what is counted anew counts it
            return_counted_texts(context, context.case(case), position, right)

    def merge(self, double: int, into: int, reason: str) -> None:
        """Strike out a case that registered the same request twice; the other case records the merging.

        NothingToMerge, or KindNotMergeable where the kind declares no such step.
        """
        context = self.context
        timeline = context.case(double).timeline
        opened = next((place for place, record in timeline if isinstance(record, Opened)), None)
        duty = context.duty_of(context.case(into))
        if opened is None or double == into or duty is None:
            raise NothingToMerge(double=double, into=into)
        if duty.step(MERGED_IN_STEP) is None:
            raise KindNotMergeable(case=into, kind=duty.label)
        self.amend(opened, reason)
        facts = {DUPLICATE_FIELD: double}
        merged = Stepped(case=into, happened_on=context.said_on, step=MERGED_IN_STEP, facts=facts)
        context.add_event(merged)

    def erase(self, case: int, reason: str) -> Applicant:
        """Erase who the applicant of a case is, with the case's files and whatever else mentions them.

        The log keeps that it was done, and why. Returns whom it was, so that files outside the database are searched.
        """
        context = self.context
        context.require_reason(case, reason)
        applicants = ApplicantStore(context.log.connection, context.log.office)
        applicant = applicants.get(case) or Applicant()
        applicants.erase(case)
        _forget_files(context, context.case(case))
        forget_mentions(context.log.connection, context.log.office, applicant)
        context.add_event(Erased(case=case, happened_on=context.said_on, reason=reason))
        return applicant

    def _require_not_system_finding(self, case: Case, key: str) -> None:
        duty = self.context.duty_of(case)
        step = duty.step(key) if duty else None
        if step and step.attested_field:
            raise SystemFindingNotEditable(step=step.label)


def _office_facts(context: RecordingContext, kind: str, facts: Facts) -> Facts:
    """Return what the office's document of today says of a case that is opened with these facts."""
    duty = context.index.duties.get(kind)
    asked = [field for field in (duty.fields if duty else ()) if field.office_value]
    values = context.office.opening_values(facts) if asked else {}
    return {field.key: value for field in asked if (value := values[field.office_value])}


def _copied_facts(context: RecordingContext, kind: str, facts: Facts) -> Facts:
    """Return what an opening with these facts takes over; nothing from a case that is not there, which is refused."""
    found: dict[str, str | int] = {}
    duty = context.index.duties.get(kind)
    for asked in duty.fields if duty else ():
        linked = _linked_case(context, duty, asked.key, facts) if asked.copied and duty else None
        if linked:
            found |= {own: linked.facts[key] for own, key in asked.copied.items() if key in linked.facts}
    return found


def _forwarded_step(context: RecordingContext, taken: Stepped) -> Stepped | None:
    """Return the step that this one is in another open case; None where it is none, or names no open case."""
    case = context.case(taken.case)
    duty = context.duty_of(case)
    step = duty.step(taken.step) if duty else None
    if duty is None or step is None or step.forwarded is None:
        return None
    linked = _linked_case(context, duty, step.forwarded.field, case.facts)
    if linked is None or linked.closing:
        return None
    known = {**case.facts, **taken.facts}
    facts = {own: known[key] for own, key in step.forwarded.copied.items() if key in known}
    return Stepped(case=linked.number, happened_on=taken.happened_on, step=step.forwarded.step, facts=facts)


def _linked_case(context: RecordingContext, duty: Duty, field: str, facts: Facts) -> Case | None:
    asked, reference = duty.field(field), str(facts.get(field, "")).strip()
    if asked is None or not reference:
        return None
    number = context.index.find(asked.linked_kind, [reference]).get(reference)
    return context.case(number) if number else None


def _current_policies(context: RecordingContext, kind: str) -> str:
    """The ladders a case of this kind gets: the office's own ones before the declared one."""
    duty, ladders = context.index.duties.get(kind), context.office.ladders
    own = ladders.get(kind) or format_policy(duty.ladder if duty else ())
    return format_case_policies(own, ladders)


def _forget_files(context: RecordingContext, case: Case) -> None:
    """Remove the files drafted for a case or filed in it, because they name its applicant. The manifests stay."""
    contents = context.contents
    drafted = {fact.manifest for fact in case.approvals if isinstance(fact, Drafted)}
    manifests = [contents.manifest(digest) for digest in contents.known(drafted)]
    filed = {str(value).removeprefix(FILE_PREFIX) for step in case.steps for value in step.facts.values()}
    contents.forget({one.sha256 for manifest in manifests for one in manifest.attachments} | filed)


PROGRAM = "system"
PROGRAM_POST = "程序"


def return_counted_texts(context: RecordingContext, case: Case, position: int, right: Record | None) -> None:
    """Count the open bulletins anew that counted the fact at ``position`` of this case, and return their texts.

    What comes later stands in the next bulletin; a correction of a fact that it counted is no later fact. One that
    went out stays as it was, and the next one has the difference.
    """
    duty = context.duty_of(case)
    if duty is None:
        return
    for bulletin, declared in _open_bulletins(context, duty):
        step = next((one.key for one in declared.steps if isinstance(one.effect, Recount)), "")
        key = f"{step} {bulletin.number} {context.log.end().position}"
        counted = has_counted(bulletin, declared, case, position, right)
        if step and counted and not any(event.key == key for event in context.new_events):
            context.add_event(Stepped(case=bulletin.number, happened_on=context.today, step=step), key)
            _return_text(context, bulletin, corrected_reason(context.office, case))


def _open_bulletins(context: RecordingContext, duty: Duty) -> Iterator[tuple[Case, Duty]]:
    """The bulletins that are not out yet and count the months, or the items of the months, of this kind."""
    for declared in context.index.duties.values():
        if not isinstance(declared.recurrence, AfterVillageRound):
            continue
        counted = context.index.duties.get(declared.recurrence.round_kind)
        parts = counted.parts.kind if counted and counted.parts else ""
        if duty.kind in {declared.recurrence.round_kind, parts}:
            lines = context.index.lines_of_kind(declared.kind, context.today)
            numbers = [line.number for line in lines if line.closed_on is None]
            found = context.cases(numbers).values()
            yield from ((case, declared) for case in found if not is_published(case, declared))


def _is_recount(context: RecordingContext, taken: Stepped) -> bool:
    """Whether a step counts a bulletin anew whose text is not out yet: the text has the figures of before."""
    case = context.case(taken.case)
    duty = context.duty_of(case)
    step = duty.step(taken.step) if duty else None
    return bool(duty and step and isinstance(step.effect, Recount) and not is_published(case, duty))


def _return_text(context: RecordingContext, case: Case, reason: str) -> None:
    """Return a text that is being signed or was signed to its writer; nothing where none is."""
    if manifest := approval_history(case.approvals).manifest:
        returned = Returned(
            case=case.number,
            happened_on=context.today,
            by=PROGRAM,
            post=PROGRAM_POST,
            stage="",
            to="",
            manifest=manifest,
            reason=reason,
        )
        context.add_event(returned)
