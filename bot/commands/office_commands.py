"""Records what is about the office and not about one case: counts, activities and feedback; and undoes an entry.

“许可 3” counts three licences, “收费 12000 元” an amount, “培训 宣讲政务公开 80人” an activity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.dialog.command import (
    Intent,
    WordsMissing,
    confirmation_reply,
    status_lines,
    transaction,
)
from bot.dialog.recorded_words import fact_line
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import read_typed_day
from bot.language.verbs import VerbKind
from bot.services.office_notices import notify_register_keepers
from bot.utterances.command_parser import normalize_line, parse_amount
from config.errors import Refusal
from config.reporting.registers import REGISTERS_BY_KEY
from scheduler.recording.case_commands import CORRECTABLE
from scheduler.reminders.escalation import NON_ACTION_FACTS
from scheduler.sweep.results import ACTOR
from scheduler.validation.date_calculator import NotADay
from storage.eventlog.clock_readings import ClockReadings
from storage.eventlog.log import Log
from storage.events.events import Closed, LogEntry, Opened, Signed, Stepped, case_of

UNDO_PERIOD = timedelta(seconds=60)
_ATTENDANCE = re.compile(r"(\d{1,7})\s*(?:人次|人|家|份|件|people)")
MAX_COUNT = 2**31 - 1  # the largest value of an integer column
MAX_TITLE_LENGTH = 100
UNDO_LOOKBACK = 50  # entries: more than anybody records in a minute


class NotCounted(WordsMissing):
    """How many? Write the number after it, such as: {word} 3 — or an amount: {word} 12000 元."""


class NothingSaid(WordsMissing):
    """What is it? Write it after the word: {word}, and your own words."""


class NothingHeld(WordsMissing):
    """Which one, and how many did it reach? Such as: {word} the new rules 80 people."""


class WentOnSince(Refusal):
    """{who} has gone on with case {case} since (№{position}): it is not undone. To mend it, ask the clerk."""


class NothingToUndo(Refusal):
    """There is nothing of yours from the last minute that can be undone. To mend an older entry, ask the clerk."""


def record_count(context: RequestContext, intent: Intent) -> Reply:
    """Count something in a register (条例 art. 20) or a fee (art. 42), on the day it was said. Raises NotCounted."""
    register = REGISTERS_BY_KEY[intent.key]
    amount = parse_amount(intent.full_text or str(intent.case or ""))  # “许可 3”, and “3 许可” too
    if amount is None or amount > MAX_COUNT or (not register.money and amount != int(amount)):
        raise NotCounted(word=context.word(*intent.verb))
    with transaction(context) as uow:
        if register.money:
            uow.registers.count(intent.key, context.said_on, amount_yuan=amount)
        else:
            uow.registers.count(intent.key, context.said_on, quantity=int(amount))
    return confirmation_reply(context, uow, 0, undo=True)


def record_activity(context: RequestContext, intent: Intent) -> Reply:
    """Record an activity with its title and how many it reached, on the day that is named, else when it was said.

    Raises NothingHeld.
    """
    word = context.word(*intent.verb)
    if not intent.full_text:
        raise NothingHeld(word=word)
    day, words = _named_day(intent.full_text, context.said_on)
    attendance = _ATTENDANCE.search(words)
    title = _ATTENDANCE.sub("", words).strip(" ，,")[:MAX_TITLE_LENGTH] or word
    reached = int(attendance[1]) if attendance else 0
    with transaction(context) as uow:
        uow.registers.record_activity(intent.key, day, title=title, reached=reached)
    return confirmation_reply(context, uow, 0, undo=True)


def _named_day(words: str, today: date) -> tuple[date, str]:
    """The first day among the words that is not to come, and the other words; today where none is named."""
    parts = words.split()
    for place, part in enumerate(parts):
        try:
            day = None if part.isdecimal() else read_typed_day(part, today)
        except NotADay:
            continue
        if day and day <= today:
            return day, " ".join(parts[:place] + parts[place + 1 :])
    return today, words


def undo(context: RequestContext, intent: Intent) -> Reply:
    """撤销: take back the sender's last entry within a minute. Raises NothingToUndo or WentOnSince."""
    log = Log(context.connection, context.app.office.slug)
    entries = list(log.read(after=max(0, log.end().position - UNDO_LOOKBACK)))
    entry = _entry_to_undo(context, intent, entries)
    _require_no_later_act(context, entry, entries)
    reason, undone = context.say("talk.undone"), fact_line(context, entry.record)
    with transaction(context) as uow:
        if isinstance(entry.record, Signed):
            uow.signoff.withdraw(entry.record.case, context.person.id, reason)
        else:
            uow.corrections.amend(entry.position, reason)
    case = 0 if isinstance(entry.record, Opened) else case_of(entry.record) or 0
    reply = confirmation_reply(context, uow, case)
    line = context.say("talk.undone_what", what=undone)
    return replace(reply, lines=(reply.lines[0], line, *status_lines(context, case)))


def last_undoable(context: RequestContext, case: int) -> LogEntry | None:
    """The sender's last entry of the last minute about a case, or about none, if it can still be undone."""
    log = Log(context.connection, context.app.office.slug)
    entries = list(log.read(after=max(0, log.end().position - UNDO_LOOKBACK)))
    try:
        entry = _entry_to_undo(context, Intent(kind=VerbKind.UNDO, case=case), entries)
        _require_no_later_act(context, entry, entries)
    except (NothingToUndo, WentOnSince):
        return None
    return entry if (case_of(entry.record) or 0) == case else None


def _entry_to_undo(context: RequestContext, intent: Intent, entries: Sequence[LogEntry]) -> LogEntry:
    """The sender's entry of the last minute that the button names, else their last one. Raises NothingToUndo."""
    own = [one for one in _recent_entries(context, entries) if one.actor == context.person.id]
    own = [one for one in own if not intent.case or case_of(one.record) == intent.case]
    if "position" not in intent.data:  # a word that comes late is not about what was recorded elsewhere since
        own = [one for one in own if one.means == context.channel or one.recorded_at <= context.sent_at]
    position = int(intent.data.get("position", 0)) or (own[-1].position if own else 0)
    entry = next((one for one in own if one.position == position), None)
    if entry is None or not _can_be_undone(context, entry):
        raise NothingToUndo
    return entry


def _recent_entries(context: RequestContext, entries: Sequence[LogEntry]) -> list[LogEntry]:
    """The entries of the last minute; none while the clock is behind what it showed, which would revive old ones."""
    now = context.app.clock.now()
    latest = ClockReadings(context.connection, context.app.office.slug).latest() or now
    if max(latest, *(one.recorded_at for one in entries[-1:]), now) > now:
        return []
    return [one for one in entries if one.recorded_at >= now - UNDO_PERIOD]


def _require_no_later_act(context: RequestContext, entry: LogEntry, entries: Sequence[LogEntry]) -> None:
    """Raises WentOnSince where somebody else acted on the case after the entry, or the case was closed."""
    case = case_of(entry.record)
    later = [one for one in entries if one.position > entry.position and case and case_of(one.record) == case]
    for one in later:
        others = one.actor not in {context.person.id, ACTOR} and not isinstance(one.record, NON_ACTION_FACTS)
        if others or isinstance(one.record, Closed):
            raise WentOnSince(who=context.labels.post(one.actor), case=case, position=one.position)


def _can_be_undone(context: RequestContext, entry: LogEntry) -> bool:
    """Whether an entry may be undone: not a closing or a release, which were confirmed before they were recorded."""
    record = entry.record
    if isinstance(record, Stepped):
        step = context.case(record.case)[1].step(record.step)
        return bool(step and not step.requires_approval)
    return isinstance(record, (*CORRECTABLE, Signed)) and not isinstance(record, Closed)


def feedback(context: RequestContext, intent: Intent) -> Reply:
    """反馈: pass a remark on the work to the register keepers; the log records none of it."""
    words = normalize_line(intent.full_text)
    if not words:
        raise NothingSaid(word=context.word(*intent.verb))
    basis = f"{context.person.post}：{words}"
    notify_register_keepers(context.app, context.connection, "feedback", basis, but=context.person.id)
    return Reply(lines=(context.say("talk.feedback"),))
