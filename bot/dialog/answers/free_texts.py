"""Finds the words of a sender that would be recorded (titles, reasons, opinions) before they have seen them again.

A command records as ever; where an entry holds words that were only written, the transaction is taken back and they
are shown first (``bot/dispatch/confirmations.py``). So no command has to ask for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.dialog.questions import field_question
from bot.dialog.turn import RequestContext
from bot.utterances.command_parser import normalize_line
from config.declarations.duty import Duty, Field
from storage.events.events import LogEntry, Opened, Record, Stepped
from storage.events.office_events import ActivityHeld

WORD_PARTS = ("reason", "opinion")
"""The parts of a record without fields that are somebody's own words."""
Texts = tuple[tuple[str, str], ...]
"""Some words with the label of what they are."""


class NotShown(Exception):
    """Takes back what would record words that their sender has not seen again."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.texts = texts


def require_shown(context: RequestContext, entries: Sequence[LogEntry]) -> None:
    """Raise NotShown where entries hold words that the sender wrote and was not shown yet."""
    written = normalize_line(context.unshown)
    if not written:
        return
    found = [text for entry in entries for text in _texts(context, entry.record)]
    new = tuple(dict.fromkeys((label, text) for label, text in found if normalize_line(text) in written))
    if new:
        raise NotShown(new)


def _texts(context: RequestContext, record: Record) -> Iterator[tuple[str, str]]:
    """The words in a record, each with its label."""
    say = context.say
    if isinstance(record, Opened):
        duty = context.app.duties[record.kind]
        yield say("page.reference"), record.reference
        yield from _field_texts(context, duty.fields, record.facts)
    elif isinstance(record, Stepped):
        step = _duty_of(context, record.case).step(record.step)
        yield from _field_texts(context, step.fields if step else (), record.facts)
    elif isinstance(record, ActivityHeld):
        yield say("page.held.title"), record.title
    for part in WORD_PARTS:
        if words := getattr(record, part, ""):
            yield say("page.reason" if part == "reason" else "page.part.opinion"), words


def _field_texts(
    context: RequestContext, fields: Sequence[Field], facts: object
) -> Iterator[tuple[str, str]]:
    known = dict(facts) if isinstance(facts, dict) else {}
    for field in fields:
        question = field_question(context.labels, field)
        if question.is_free and not field.linked_kind and known.get(field.key):
            yield question.label, str(known[field.key])


def _duty_of(context: RequestContext, case: int) -> Duty:
    return context.case(case)[1]
