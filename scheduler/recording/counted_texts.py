"""Returns the text of a bulletin whose figures a correction changed: what was signed would go out wrong.

A bulletin counts what was recorded by a position of the log; what comes later stands in the next one. A correction
of a fact that it counted is no later fact: the bulletin is counted anew, its signatures fall with its text, and its
writer is told why. A bulletin that went out stays as it was; the next one has the difference.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.declarations.duty import Duty, Recount
from config.declarations.recurrence import AfterVillageRound
from scheduler.recording.context import RecordingContext
from scheduler.villages.bulletin import counted_until
from storage.events.approvals import approval_history, is_published
from storage.events.case import Case
from storage.events.events import Returned, Stepped

PROGRAM = "system"
PROGRAM_POST = "程序"
REASON = "第 {case} 号的记录有更正，数字已经重新计。请重新生成通报再送审。"  # stored, and read by the office


def return_counted_texts(context: RecordingContext, case: Case, position: int) -> None:
    """Count the open bulletins anew that counted the fact at ``position`` of this case, and return their texts."""
    duty = context.duty_of(case)
    if duty is None:
        return
    for bulletin, declared in _open_bulletins(context, duty):
        step = next((one.key for one in declared.steps if isinstance(one.effect, Recount)), "")
        key = f"{step} {bulletin.number} {context.log.end().position}"
        if not step or counted_until(bulletin, declared) < position or _is_added(context, key):
            continue
        context.add_event(Stepped(case=bulletin.number, happened_on=context.today, step=step), key)
        if manifest := approval_history(bulletin.approvals).manifest:
            context.add_event(_returned(context, bulletin.number, manifest, case.number))


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


def _is_added(context: RecordingContext, key: str) -> bool:
    return any(event.key == key for event in context.new_events)


def _returned(context: RecordingContext, bulletin: int, manifest: str, corrected: int) -> Returned:
    return Returned(
        case=bulletin,
        happened_on=context.today,
        by=PROGRAM,
        post=PROGRAM_POST,
        stage="",
        to="",
        manifest=manifest,
        reason=REASON.format(case=corrected),
    )
