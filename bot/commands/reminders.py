"""Commands about reminders: acknowledge one, snooze it, or remind the person whom a case waits for.

None of them completes the task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.dialog.command import (
    Intent,
    NothingWaits,
    confirmation_reply,
    describe_status,
    posts_of,
    require_pending,
    transaction,
)
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.digest import NUDGED_RUNG
from bot.language.verbs import VerbKind
from config.clock import OFFICE_ZONE
from config.declarations.reminder_ladders import RecipientRole
from config.errors import Refusal
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.recipients import Recipient, RecipientResolver
from scheduler.worklist.pending import PendingAction
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox

HOUR = timedelta(hours=1)
CLOSING_TIME = time(17)
MORNING = time(8, 30)
NUDGE_INTERVAL = timedelta(hours=4)


class NudgedAlready(Refusal):
    """{who} was reminded of case {case} at {at} already. The next time is from {next_time}."""


def acknowledge(context: RequestContext, intent: Intent) -> Reply:
    """在办: record that the sender works on it; the next escalation step still reminds."""
    pending = require_pending(context, intent)
    with transaction(context) as uow:
        uow.reminders.acknowledge(intent.case, context.person.id, pending.wait.basis)
    return confirmation_reply(context, uow, intent.case, outdates_cards=False)


def snooze(context: RequestContext, intent: Intent) -> Reply:
    """稍后提醒: ask to be reminded in an hour, before closing time, or tomorrow morning."""
    pending = require_pending(context, intent)
    wanted = str(intent.data.get("until", "")) or intent.rest
    times = snooze_times(context)
    labels = {key: context.say(f"talk.snooze.{key}") for key in times}
    chosen = next((key for key, label in labels.items() if wanted in {key, label}), None)
    if chosen is None:
        choices = (
            context.choice(VerbKind.SNOOZE, intent.case, until=key, label=label)
            for key, label in labels.items()
        )
        return Reply(lines=(context.say("talk.snooze.when"),), choices=tuple(choices))
    moment = times[chosen]
    with transaction(context) as uow:
        uow.reminders.snooze(intent.case, context.person.id, pending.wait.basis, moment.isoformat())
    reply = confirmation_reply(context, uow, intent.case, outdates_cards=False)
    until = context.say("talk.snooze.until", at=context.labels.moment(moment))
    return replace(reply, lines=(*reply.lines, until))


def snooze_times(context: RequestContext) -> dict[str, datetime]:
    """The instants to which a reminder can be put off, by the key of their phrase; none in the past."""
    now = context.app.clock.now()
    evening = datetime.combine(context.today, CLOSING_TIME, OFFICE_ZONE) - HOUR
    morning = datetime.combine(context.calendar.nth_after(context.today, 1), MORNING, OFFICE_ZONE)
    times = {"hour": now + HOUR, "evening": evening.astimezone(UTC), "morning": morning.astimezone(UTC)}
    return {key: moment for key, moment in times.items() if moment > now}


def nudge(context: RequestContext, intent: Intent) -> Reply:
    """催办: queue one notice for each other person the case waits for, or their deputy where they are away.

    Raises NudgedAlready within four hours.
    """
    case, duty = context.case(intent.case)
    waits = [wait for wait in context.pending_actions(case, duty) if set(wait.who) - {context.person.id}]
    if not waits:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    told = _people_to_nudge(context, waits[0])
    people = [one.person for one in told]
    _require_not_nudged(context, case.number, people)
    outbox = Outbox(context.connection, context.app.office.slug)
    outbox.put([_nudge_notice(context, waits[0], one) for one in told])
    return Reply(lines=(context.say("talk.nudged", who=posts_of(context, people), case=case.number),))


def _people_to_nudge(context: RequestContext, wait: PendingAction) -> list[Recipient]:
    """Who can act but the sender; where that is nobody who is there, whoever the case waits for all the same."""
    resolver = RecipientResolver(
        office=context.app.office, absences=context.absences, day=context.today
    )  # whom no channel reaches is found as it is sent
    there = resolver.recipients((RecipientRole.HOLDER,), wait.who, wait.excluded)
    others = [one for one in there if one.person != context.person.id]
    return others or [Recipient(person) for person in wait.who if person != context.person.id]


def _require_not_nudged(context: RequestContext, case: int, people: Sequence[str]) -> None:
    notices = (row.notice for row in Outbox(context.connection, context.app.office.slug).about(case))
    nudges = [one for one in notices if one.rung.startswith(NUDGED_RUNG) and one.person in people]
    last = max((notice.created_at for notice in nudges), default=None)
    if last and context.app.clock.now() - last < NUDGE_INTERVAL:
        times = {"at": context.labels.moment(last), "next_time": context.labels.moment(last + NUDGE_INTERVAL)}
        raise NudgedAlready(who=posts_of(context, people), case=case, **times)


def _nudge_notice(context: RequestContext, wait: PendingAction, told: Recipient) -> OutboxNotice:
    now = context.app.clock.now()
    times = DeliveryTimes(now=now, calendar=context.calendar, hours=context.app.office.hours)
    return OutboxNotice(
        person=told.person,
        for_person=told.for_person,
        case=wait.case,
        what=wait.what,
        rung=f"{NUDGED_RUNG} {now.isoformat(timespec='minutes')} {context.person.id}",
        basis=wait.basis,
        until=wait.until,
        rings=True,
        created_at=now,
        not_before=times.decision(),
    )
