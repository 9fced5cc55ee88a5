"""催办: remind whoever holds a case, at most once in four hours, and never oneself."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.case_commands import Intent, NothingWaits, describe_status
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from config.errors import Refusal
from scheduler.reminders.quiet_hours import DeliveryRequest, QuietHours, earliest_delivery
from scheduler.worklist.pending import PendingAction
from storage.messaging.outbox import Outbox, OutboxNotice

NUDGE_INTERVAL = timedelta(hours=4)
NUDGE = "nudge"


class NudgedAlready(Refusal):
    """{who} was reminded of case {case} at {at} already. The next time is from {next_time}."""


def nudge(context: RequestContext, intent: Intent) -> Reply:
    """Queue one notice for each holder; the outbox says it in their hours."""
    case, duty = context.case(intent.case)
    waits = [wait for wait in context.pending_actions(case, duty) if set(wait.who) - {context.person.id}]
    if not waits:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    wait, now = waits[0], context.app.clock.now()
    people = [person for person in wait.who if person != context.person.id]
    who = "、".join(context.labels.post(person) for person in people)
    outbox = Outbox(context.connection, context.app.office.slug)
    nudges = (row.notice for row in outbox.about(case.number) if row.notice.rung.startswith(NUDGE))
    last = max((notice.created_at for notice in nudges if notice.person in people), default=None)
    if last and now - last < NUDGE_INTERVAL:
        times = {"at": context.labels.moment(last), "next_time": context.labels.moment(last + NUDGE_INTERVAL)}
        raise NudgedAlready(who=who, case=case.number, **times)
    outbox.put([_nudge_notice(context, wait, person) for person in people])
    return Reply(lines=(context.say("talk.nudged", who=who, case=case.number),))


def _nudge_notice(context: RequestContext, wait: PendingAction, person: str) -> OutboxNotice:
    now = context.app.clock.now()
    saying = DeliveryRequest(until=wait.until, due_since=now, rings=True)
    return OutboxNotice(
        person=person,
        case=wait.case,
        what=wait.what,
        rung=f"{NUDGE} {now.isoformat(timespec='minutes')}",
        basis=wait.basis,
        until=wait.until,
        rings=True,
        created_at=now,
        not_before=earliest_delivery(saying, now, context.calendar, QuietHours()),
    )
