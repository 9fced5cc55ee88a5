"""Checks who may acknowledge or snooze a reminder, or hand over their duties. Pure; the recorder records it.

To acknowledge (在办) is to say that one works on it, so it is for the people who must act, or who act for them.
Anybody whom a step of the escalation policy reaches may snooze. Neither completes the task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from config.clock import office_day
from config.declarations.keys import CLERK, OFFICE_HEAD
from config.declarations.reminder_ladders import EscalationPolicies
from config.errors import Refusal
from config.office.model import Office
from scheduler.reminders.escalation import policy_key
from scheduler.reminders.recipients import RecipientResolver
from scheduler.signoff.refusals import posts_in_words
from scheduler.worklist.pending import PendingAction

MAX_SNOOZE = timedelta(days=7)  # a person who needs longer hands the case over
HANDOVER_RECORDERS = (CLERK, OFFICE_HEAD)
"""The roles that may hand over the duties of somebody else."""


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
    """A person who wants to acknowledge or snooze what a case waits for."""

    case: int
    by: str
    basis: str
    """Of the pending action they mean; empty: of each that is theirs."""


def acknowledgeable_actions(
    request: SnoozeRequest, actions: Iterable[PendingAction], resolver: RecipientResolver
) -> list[PendingAction]:
    """The pending actions they may acknowledge. NotWaiting, or NotInYourHands with who may."""
    people = {action: resolver.entitled_people(action.who, action.excluded) for action in actions}
    return _own_actions(request, resolver.office, people)


def snoozable_actions(
    request: SnoozeRequest,
    actions: Iterable[PendingAction],
    resolver: RecipientResolver,
    policies: EscalationPolicies,
) -> list[PendingAction]:
    """The pending actions they may snooze. NotWaiting, or NotInYourHands with who may."""
    people = {
        action: (
            *resolver.entitled_people(action.who, action.excluded),
            *_step_recipient_ids(action, resolver, policies),
        )
        for action in actions
    }
    return _own_actions(request, resolver.office, people)


def require_snooze_time(until: str, today: date, next_workday: date) -> str:
    """The instant in UTC and ISO form. SnoozeTime past seven days, unless the next working day is later."""
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        raise SnoozeTime(until=until) from None
    if at.tzinfo is None or not today <= office_day(at) <= max(today + MAX_SNOOZE, next_workday):
        raise SnoozeTime(until=until)
    return at.astimezone(UTC).isoformat()


def require_handover_target(office: Office, person: str, to: str, by: str) -> None:
    """Duties go over to another person of the office, recorded by who has them or by a recorder of hand-overs."""
    posts = {one.id: one.post for one in office.people}
    if to not in posts or to == person:
        known = "、".join(post for one, post in posts.items() if one != person)
        raise NobodyToTakeOver(to=posts.get(to, to), known=known)
    recorders = {person, *(one.id for role in HANDOVER_RECORDERS for one in office.holders(role))}
    if by and by not in recorders:
        raise NotYoursToHandOver(post=posts.get(by, by), who=_posts(office, recorders))


def _step_recipient_ids(
    action: PendingAction, resolver: RecipientResolver, policies: EscalationPolicies
) -> Iterator[str]:
    for step in policies[policy_key(action)]:
        yield from (one.person for one in resolver.recipients(step.recipients, action.who, action.excluded))


def _own_actions(
    request: SnoozeRequest, office: Office, people: Mapping[PendingAction, tuple[str, ...]]
) -> list[PendingAction]:
    """Of the actions they mean, those whose people they are among."""
    meant = [action for action in people if request.basis in {"", action.basis}]
    if not meant:
        raise NotWaiting(case=request.case)
    own = [action for action in meant if request.by in people[action]]
    if not own:
        post = office.post_of(request.by)
        who = {person for action in meant for person in people[action]}
        raise NotInYourHands(post=post, case=request.case, who=_posts(office, who))
    return own


def _posts(office: Office, people: Collection[str]) -> str:
    return posts_in_words(one for one in office.people if one.id in people)
