"""催办: remind whoever holds a case, at most once in four hours, and never oneself."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.case_commands import NothingWaits, Wish, how_it_stands
from bot.dialog.reply import Reply
from bot.dialog.turn import Turn
from config.errors import Refusal
from scheduler.reminders.quiet_hours import Hours, Saying, speak_at
from scheduler.worklist.pending import Wait
from storage.messaging.outbox import Notice, Outbox

EVERY = timedelta(hours=4)
NUDGE = "nudge"


class NudgedAlready(Refusal):
    """{who} was reminded of case {case} at {at} already. The next time is from {next_time}."""


def nudge(turn: Turn, wish: Wish) -> Reply:
    """Queue one notice for each holder; the outbox says it in their hours."""
    case, duty = turn.case(wish.case)
    waits = [wait for wait in turn.waits(case, duty) if set(wait.who) - {turn.person.id}]
    if not waits:
        raise NothingWaits(post=turn.person.post, stands=how_it_stands(turn, case, duty))
    wait, now = waits[0], turn.works.clock.now()
    people = [person for person in wait.who if person != turn.person.id]
    who = "、".join(turn.labels.post(person) for person in people)
    outbox = Outbox(turn.connection, turn.works.office.slug)
    nudges = (row.notice for row in outbox.about(case.number) if row.notice.rung.startswith(NUDGE))
    last = max((notice.created_at for notice in nudges if notice.person in people), default=None)
    if last and now - last < EVERY:
        times = {"at": turn.labels.moment(last), "next_time": turn.labels.moment(last + EVERY)}
        raise NudgedAlready(who=who, case=case.number, **times)
    outbox.put([_notice(turn, wait, person) for person in people])
    return Reply(lines=(turn.say("talk.nudged", who=who, case=case.number),))


def _notice(turn: Turn, wait: Wait, person: str) -> Notice:
    now = turn.works.clock.now()
    saying = Saying(until=wait.until, fell_due=now, rings=True)
    return Notice(
        person=person,
        case=wait.case,
        what=wait.what,
        rung=f"{NUDGE} {now.isoformat(timespec='minutes')}",
        basis=wait.basis,
        until=wait.until,
        rings=True,
        created_at=now,
        not_before=speak_at(saying, now, turn.calendar, Hours()),
    )
