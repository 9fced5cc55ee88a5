"""Whether what a sitting said lets a text out, and whether it may: asked at the desk, under its lock, for any kind.

By a step that is declared ``requires_approval``, or by a close whose answer has paragraphs; said anew, or corrected into one.
A letter may be written outside the program, so a close asks for signatures only once a text was begun; a released
step always does. The text must be the one the case describes, and no day may come before the last signature.
Where a kind declares a step that vouches for a file (``Step.attested_field``), that very file is what goes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from config.declarations.duty import Duty, Step
from config.errors import Refusal
from scheduler.recording.signoff_commands import SignoffCommands, require_matching_description
from scheduler.signoff.rules import SignoffContext, require_matching_outcome, require_release
from storage.content.content_store import ContentStore
from storage.events.approvals import approval_history, attested_file, release_key
from storage.events.case import Case, chain_kind
from storage.events.events import Amended, Closed, Record, Stepped


class BeforeSigned(Refusal):
    """“{found}” is dated {day}, and the last signature is of {signed}. Nothing goes out before it is signed."""


class NotVouched(Refusal):
    """What was signed is not the file that passed “{step}”. Check and lay it down anew: gongkai year submit."""


class _RecordedFact(NamedTuple):
    """A fact as it will stand, and what stood in its place."""

    case: int
    record: Record
    before: Record | None


def require_approved_release(
    uow: SignoffCommands, stood: Mapping[int, Case], stand: Mapping[int, Case]
) -> None:
    """Nothing goes out unsigned: neither by a step or a close, nor by a corrected one."""
    for said in _recorded_facts(uow, stood):
        case = stand.get(said.case)
        duty = uow.index.duties.get(case.opening.kind) if case and case.opening else None
        if case and duty and chain_kind(case, duty) and isinstance(said.record, Stepped | Closed):
            key = _check_release(uow.signoff_context_of(case, duty), duty, case, said)
            if key and duty.attesting_step:
                _require_attested_file(uow, duty.attesting_step, case)


def _check_release(ground: SignoffContext, duty: Duty, case: Case, said: _RecordedFact) -> str:
    """By which step or outcome the text goes out just now; empty where it does not, or has gone out before."""
    key, call = release_key(said.record, duty), partial(_label_of, duty)
    same = said.before is not None and release_key(said.before, duty) == key
    if isinstance(said.record, Closed):
        require_matching_outcome(ground, said.record.outcome, duty.rejected, call=call)
    if not key:
        return ""
    must = isinstance(said.record, Stepped)
    if not same:  # else only its day is mended: what went out stays what it was
        require_release(ground, key, must=must, call=call)
        if ground.state.has_text:
            require_matching_description(duty, case, ground.state.text.facts)
    if must:
        _require_after_signatures(ground, call(key), said.record.happened_on)
    return "" if same else key


def _require_attested_file(uow: SignoffCommands, step: Step, case: Case) -> None:
    """What goes out is the one file that was vouched for last, with no words beside it."""
    word, text = attested_file(case, step), approval_history(case.approvals)
    manifest = ContentStore(uow.log.connection, uow.log.office).manifest(text.manifest)
    files = [one.sha256 for one in manifest.attachments]
    if word is None or manifest.text or files != [word.facts.get(step.attested_field)]:
        raise NotVouched(step=step.label)


def _label_of(duty: Duty, key: str) -> str:
    """What lets it out, as people call it."""
    declared = duty.step(key) or duty.outcome(key)
    return declared.label if declared else key


def _require_after_signatures(ground: SignoffContext, called: str, day: date) -> None:
    last = max((one.happened_on for one in ground.state.signed), default=day)
    if day < last:
        raise BeforeSigned(found=called, day=day, signed=last)


def _recorded_facts(uow: SignoffCommands, stood: Mapping[int, Case]) -> Iterator[_RecordedFact]:
    for item in uow.new_events:
        record = item.record
        if not isinstance(record, Amended):
            yield _RecordedFact(getattr(record, "case", 0), record, None)
        elif record.right is not None:
            story = dict(stood[record.case].timeline) if record.case in stood else {}
            yield _RecordedFact(record.case, record.right, story.get(record.position))
