"""Who may take a case in hand, put its reminder off, or pass all their duties on. Pure: the sitting records it.

Taking in hand (在办) says that somebody works on it, so it is for whoever must act, or acts for them. Putting off
is for anybody whom a rung of its ladder reaches. Neither is the thing itself: nothing is done by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from config.clock import office_day
from config.declarations.reminder_ladder import EscalationPolicies
from config.errors import Refusal
from config.office.loader import Office
from scheduler.reminders.escalation import policy_key
from scheduler.reminders.recipients import RecipientResolver
from scheduler.worklist.pending import PendingAction

MAX_SNOOZE = timedelta(days=7)  # whoever wants to hear later than that hands the case on


class NotWaiting(Refusal):
    """Case {case} does not wait for this any more. What it waits for now: 待办, or gongkai explain {case}."""


class NotInYourHands(Refusal):
    """{post} has nothing to do with case {case} now; it waits for {who}. To remind them: 催办 {case}."""


class SnoozeTime(Refusal):
    """A reminder can be put off by seven days at most, not until {until}. Choose an earlier time."""


class NobodyToTakeOver(Refusal):
    """Duties are handed over to another person of the office, not to “{to}”. Known: {known}."""


class NotYoursToHandOver(Refusal):
    """{post} cannot hand over what is another's. That is for {who}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeRequest:
    """Who wants something of which case, and what it waits for."""

    case: int
    by: str
    basis: str
    """Of the wait they mean; empty: of each that is theirs."""


def acknowledgeable_actions(
    asked: SnoozeRequest, waits: Iterable[PendingAction], roster: RecipientResolver
) -> list[PendingAction]:
    """What they may take in hand. NotWaiting, or NotInYourHands with who may."""
    return _own_actions(
        asked, waits, roster.office, {wait: roster.entitled_people(wait.who) for wait in waits}
    )


def snoozable_actions(
    asked: SnoozeRequest,
    waits: Iterable[PendingAction],
    roster: RecipientResolver,
    ladders: EscalationPolicies,
) -> list[PendingAction]:
    """What they may be reminded of later. NotWaiting, or NotInYourHands with who may."""
    reached = {
        wait: (*roster.entitled_people(wait.who), *_step_recipient_ids(wait, roster, ladders))
        for wait in waits
    }
    return _own_actions(asked, waits, roster.office, reached)


def require_snooze_time(until: str, today: date, next_workday: date) -> str:
    """The instant in UTC and ISO form; the next working day is soon, whatever lies before it. Else SnoozeTime."""
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        raise SnoozeTime(until=until) from None
    if at.tzinfo is None or not today <= office_day(at) <= max(today + MAX_SNOOZE, next_workday):
        raise SnoozeTime(until=until)
    return at.astimezone(UTC).isoformat()


def require_handover_target(office: Office, person: str, to: str, by: str) -> None:
    """Whether duties can go over: to somebody else of the office, said by whoever has them or by its office."""
    posts = {one.id: one.post for one in office.people}
    if to not in posts or to == person:
        known = "、".join(post for one, post in posts.items() if one != person)
        raise NobodyToTakeOver(to=posts.get(to, to), known=known)
    may = {person, *(one.id for role in ("clerk", "office_head") for one in office.holders(role))}
    if by and by not in may:
        raise NotYoursToHandOver(post=posts.get(by, by), who=_posts(office, may))


def _step_recipient_ids(
    wait: PendingAction, roster: RecipientResolver, ladders: EscalationPolicies
) -> Iterator[str]:
    for rung in ladders[policy_key(wait)]:
        yield from (hearer.person for hearer in roster.recipients(rung.recipients, wait.who))


def _own_actions(
    asked: SnoozeRequest,
    waits: Iterable[PendingAction],
    office: Office,
    people: dict[PendingAction, tuple[str, ...]],
) -> list[PendingAction]:
    meant = [wait for wait in waits if asked.basis in {"", wait.basis}]
    if not meant:
        raise NotWaiting(case=asked.case)
    theirs = [wait for wait in meant if asked.by in people[wait]]
    if not theirs:
        post = next((one.post for one in office.people if one.id == asked.by), asked.by)
        who = {person for wait in meant for person in people[wait]}
        raise NotInYourHands(post=post, case=asked.case, who=_posts(office, who))
    return theirs


def _posts(office: Office, people: Collection[str]) -> str:
    return "、".join(one.post for one in office.people if one.id in people) or "—"
