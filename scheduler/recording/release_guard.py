"""Checks, for cases of any kind, that nothing is released before the right people have signed it.

A text is released by a step that is declared ``requires_approval``, or by a close whose letter has paragraphs,
whether it is recorded anew or by a correction. A letter may be written outside the program, so a close needs
signatures only once a text was drafted; a releasing step always does. The text must describe the case as the case
does, and no release may be dated before the last signature. Where a kind declares a step that attests a file
(``Step.attested_field``), exactly that file must be what was signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from config.declarations.duty import Duty, Step
from config.errors import Refusal
from scheduler.recording.context import RecordingContext
from scheduler.recording.signoff_commands import require_matching_description, signoff_context
from scheduler.signoff.acts import SignoffContext, require_matching_outcome, require_release
from storage.events.approvals import approval_history, attested_file, release_key
from storage.events.case import Case, chain_kind
from storage.events.events import Amended, Closed, Record, Stepped


class BeforeSigned(Refusal):
    """“{found}” is dated {day}, and the last signature is of {signed}. Nothing goes out before it is signed."""


class NotVouched(Refusal):
    """What was signed is not the file that passed “{step}”. Check and lay it down anew: gongkai year submit."""


class _NewFact(NamedTuple):
    """A fact of this transaction, and the fact it replaces, if any."""

    case: int
    record: Record
    before: Record | None


def require_approved_release(
    context: RecordingContext, cases_before: Mapping[int, Case], cases_after: Mapping[int, Case]
) -> None:
    """Check each step and close of this transaction, corrections included. Raises the Refusal that says why not."""
    for fact in _new_facts(context, cases_before):
        case = cases_after.get(fact.case)
        duty = context.duty_of(case) if case else None
        if case and duty and chain_kind(case, duty) and isinstance(fact.record, Stepped | Closed):
            key = _check_release(signoff_context(context, case, duty), duty, case, fact)
            if key and duty.attesting_step:
                _require_attested_file(context, duty.attesting_step, case)


def _check_release(signing: SignoffContext, duty: Duty, case: Case, fact: _NewFact) -> str:
    """The step or outcome by which the text is released just now; empty where it is not, or was released before."""
    key, call = release_key(fact.record, duty), partial(_label_of, duty)
    already_out = fact.before is not None and release_key(fact.before, duty) == key
    if isinstance(fact.record, Closed):
        require_matching_outcome(signing, fact.record.outcome, duty.rejected, call=call)
    if not key:
        return ""
    required = isinstance(fact.record, Stepped)
    if not already_out:  # else only its day is corrected, and what was released stays what it was
        require_release(signing, key, must=required, call=call)
        if signing.state.has_text:
            require_matching_description(duty, case, signing.state.text.facts)
    if required:
        _require_after_signatures(signing, call(key), fact.record.happened_on)
    return "" if already_out else key


def _require_attested_file(context: RecordingContext, step: Step, case: Case) -> None:
    """NotVouched unless the text is the one file that was attested last, with no words beside it."""
    attested, text = attested_file(case, step), approval_history(case.approvals)
    manifest = context.contents.manifest(text.manifest)
    files = [one.sha256 for one in manifest.attachments]
    if attested is None or manifest.text or files != [attested.facts.get(step.attested_field)]:
        raise NotVouched(step=step.label)


def _label_of(duty: Duty, key: str) -> str:
    """The label of the step or outcome that releases a text."""
    declared = duty.step(key) or duty.outcome(key)
    return declared.label if declared else key


def _require_after_signatures(signing: SignoffContext, label: str, day: date) -> None:
    last = max((one.happened_on for one in signing.state.signed), default=day)
    if day < last:
        raise BeforeSigned(found=label, day=day, signed=last)


def _new_facts(context: RecordingContext, cases_before: Mapping[int, Case]) -> Iterator[_NewFact]:
    for item in context.new_events:
        record = item.record
        if not isinstance(record, Amended):
            yield _NewFact(getattr(record, "case", 0), record, None)
        elif record.right is not None:
            before = dict(cases_before[record.case].timeline) if record.case in cases_before else {}
            yield _NewFact(record.case, record.right, before.get(record.position))
