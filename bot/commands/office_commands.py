"""What is recorded about the office and not about one case: counts and activities; and undoing.

“许可 3” counts three licences, “收费 12000 元” an amount, “培训 宣讲政务公开 80人” an activity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.commands.case_commands import (
    UNDO_PERIOD,
    Intent,
    NotForYou,
    WordsMissing,
    confirmation_reply,
    continue_form,
    transaction,
)
from bot.dialog.command_parser import normalize_line, parse_amount
from bot.dialog.forms import start_form
from bot.dialog.permissions import REGISTER_KEEPER_ROLES, effective_roles
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.services.office_notices import notify_register_keepers
from config.errors import Refusal
from config.reporting.registers import REGISTERS_BY_KEY
from scheduler.recording.case_commands import CORRECTABLE
from scheduler.reminders.escalation import NON_ACTION_FACTS
from scheduler.sweep.results import ACTOR
from storage.eventlog.log import Log
from storage.events.events import Closed, LogEntry, Opened, Signed, Stepped, case_of

_ATTENDANCE = re.compile(r"(\d{1,7})\s*(?:人次|人|家|份|件|people)")
MAX_COUNT = 2**31 - 1  # what a column of whole numbers holds
MAX_TITLE_LENGTH = 100
UNDO_LOOKBACK = 50  # entries: more than anybody's last minute holds


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


def register_case(context: RequestContext, intent: Intent) -> Reply:
    """登记: a case of a kind that a person opens. Who applies is entered on the local page, never here."""
    require_register_keeper(context)
    return continue_form(context, start_form(context, intent.verb, 0, intent.full_text))


def record_count(context: RequestContext, intent: Intent) -> Reply:
    """Something countable of art. 20 or 42, today."""
    require_register_keeper(context)
    key = intent.verb.partition(":")[2]
    register = REGISTERS_BY_KEY[key]
    amount = parse_amount(intent.full_text or str(intent.case or ""))  # “许可 3”, and “3 许可” too
    if amount is None or amount > MAX_COUNT or (not register.money and amount != int(amount)):
        raise NotCounted(word=context.word(intent.verb))
    with transaction(context) as recorder:
        if register.money:
            recorder.registers.count(key, context.today, amount_yuan=amount)
        else:
            recorder.registers.count(key, context.today, quantity=int(amount))
    return confirmation_reply(context, recorder, 0, undo=True)


def record_activity(context: RequestContext, intent: Intent) -> Reply:
    """An activity, with how many it reached."""
    require_register_keeper(context)
    key = intent.verb.partition(":")[2]
    if not intent.full_text:
        raise NothingHeld(word=context.word(intent.verb))
    found = _ATTENDANCE.search(intent.full_text)
    title = _ATTENDANCE.sub("", intent.full_text).strip(" ，,")[:MAX_TITLE_LENGTH]
    with transaction(context) as recorder:
        recorder.registers.record_activity(
            key,
            context.today,
            title=title or context.word(intent.verb),
            reached=int(found[1]) if found else 0,
        )
    return confirmation_reply(context, recorder, 0, undo=True)


def undo(context: RequestContext, intent: Intent) -> Reply:
    """撤销: the speaker's last act, within a minute of it."""
    now, office = context.app.clock.now(), context.app.office.slug
    log = Log(context.connection, office)
    entries = list(log.read(after=max(0, log.end().position - UNDO_LOOKBACK)))
    mine = [one for one in entries if one.actor == context.person.id and now - one.recorded_at <= UNDO_PERIOD]
    mine = [one for one in mine if not intent.case or case_of(one.record) == intent.case]
    position = int(intent.data.get("position", 0)) or (mine[-1].position if mine else 0)
    found = next((one for one in mine if one.position == position), None)
    if found is None or not _safe_to_undo(context, found):
        raise NothingToUndo
    _require_no_later_act(context, found, entries)
    reason = context.say("talk.undone")
    with transaction(context) as recorder:
        if isinstance(found.record, Signed):
            recorder.signoff.withdraw(found.record.case, context.person.id, reason)
        else:
            recorder.corrections.amend(found.position, reason)
    return confirmation_reply(
        context, recorder, 0 if isinstance(found.record, Opened) else case_of(found.record) or 0
    )


def _require_no_later_act(context: RequestContext, entry: LogEntry, entries: Sequence[LogEntry]) -> None:
    """WentOnSince where somebody else acted on the case after it, or the case was closed."""
    case = case_of(entry.record)
    later = [one for one in entries if one.position > entry.position and case and case_of(one.record) == case]
    for one in later:
        others = one.actor not in {context.person.id, ACTOR} and not isinstance(one.record, NON_ACTION_FACTS)
        if others or isinstance(one.record, Closed):
            raise WentOnSince(who=context.labels.post(one.actor), case=case, position=one.position)


def _safe_to_undo(context: RequestContext, entry: LogEntry) -> bool:
    """What left the office was confirmed instead, and is never undone unheard."""
    record = entry.record
    if isinstance(record, Stepped):
        step = context.case(record.case)[1].step(record.step)
        return bool(step and not step.requires_approval)
    return isinstance(record, (*CORRECTABLE, Signed)) and not isinstance(record, Closed)


def feedback(context: RequestContext, intent: Intent) -> Reply:
    """反馈: whatever somebody wants to say about the work; the clerks hear it, and the log holds none of it."""
    said = normalize_line(intent.full_text)
    if not said:
        raise NothingSaid(word=context.word("feedback"))
    basis = f"{context.person.post}：{said}"
    notify_register_keepers(context.app, context.connection, "feedback", basis, but=context.person.id)
    return Reply(lines=(context.say("talk.feedback"),))


def require_register_keeper(context: RequestContext) -> None:
    """Whoever keeps the registers, or stands in for them. NotForYou names them."""
    if not effective_roles(context) & REGISTER_KEEPER_ROLES:
        clerks = "、".join(person.post for person in context.app.office.holders("clerk"))
        raise NotForYou(post=context.person.post, who=clerks)
