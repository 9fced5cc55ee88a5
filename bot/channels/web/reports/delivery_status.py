"""Delivery: what is still to be said to whom, what may or may not have arrived, what reached nobody, and why.

And what was set aside: a case the sweep could not deal with, an update that could not be handled. They stop nothing
else, but somebody has to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from storage.messaging.accounts import Account, Accounts, ChatGroup, ChatGroups
from storage.messaging.accounts import AddressState as Reached
from storage.messaging.inbox import InboxEntry, InboxTable, all_dead_letters
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from storage.messaging.wake_queue import QuarantinedCase, WakeQueue

DELIVERY_LOOKBACK = timedelta(days=30)
MAX_LINES = 200
FAILED_STATES = frozenset({OutboxState.UNCERTAIN, OutboxState.REFUSED})
ADDRESS_PREFIX = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One notice, or one person's trouble, in words."""

    who: str
    what: str
    case: int
    state: OutboxState
    why: str
    at: str
    attempts: int


def delivery_page(visit: PageRequest) -> Response:
    """Everything that is not simply done."""
    office = visit.app.office.slug
    with visit.app.store.reading() as connection:
        outbox = Outbox(connection, office)
        waiting = outbox.unfinished()
        recent = [one for one in outbox.since(visit.at - DELIVERY_LOOKBACK) if one.state in FAILED_STATES]
        lost: list[Account | ChatGroup] = [
            *Accounts(connection, office).unreachable(),
            *(place for place in ChatGroups(connection, office).all() if place.state is not Reached.OK),
        ]
        cases, updates = WakeQueue(connection, office).quarantined(), all_dead_letters(connection, office)
    return visit.render(
        "delivery.html",
        waiting=list(_delivery_lines(visit, waiting[:MAX_LINES])),
        hidden=max(0, len(waiting) - MAX_LINES),
        trouble=list(_delivery_lines(visit, recent[:MAX_LINES])),
        lost=[_unreachable_row(visit, one) for one in lost],
        cases=[_quarantined_row(visit, one) for one in cases],
        updates=[_dead_letter_row(visit, one) for one in updates],
    )


def retry_update(visit: PageRequest) -> Response:
    """What was set aside is tried once more: whoever mended the program says so. Whoever listens looks by itself."""
    number, office = visit.form.get("update", ""), visit.app.office.slug
    with visit.app.store.writing(office) as connection:
        found = next((one for one in all_dead_letters(connection, office) if str(one.number) == number), None)
        if found is None:
            raise NoSuchPage
        InboxTable(connection, office, "").requeue(found.number, visit.at)
    return visit.redirect("/delivery")


def _delivery_lines(visit: PageRequest, rows: Iterable[OutboxEntry]) -> Iterator[DeliveryLine]:
    for row in rows:
        notice = row.notice
        group = notice.person.removeprefix(ADDRESS_PREFIX) if notice.person.startswith(ADDRESS_PREFIX) else ""
        yield DeliveryLine(
            who=group or visit.labels.post(notice.person),
            what=_kind_text(visit, notice.what),
            case=notice.case,
            state=row.state,
            why=_reason_text(visit, row.why),
            at=visit.labels.moment(max(notice.not_before, notice.created_at)),
            attempts=row.attempts,
        )


def _kind_text(visit: PageRequest, what: str) -> str:
    phrase = f"talk.what.{what}"
    return visit.say(phrase) if phrase in visit.labels.book.phrases else what


def _reason_text(visit: PageRequest, why: str) -> str:
    """Why it did not go: a key in words, where there are some for it."""
    phrase = f"page.delivery.why.{why}"
    return visit.say(phrase) if phrase in visit.labels.book.phrases else why


def _unreachable_row(visit: PageRequest, one: Account | ChatGroup) -> tuple[str, str, str, str]:
    who = visit.labels.post(one.person) if isinstance(one, Account) else one.title
    return who, one.channel, visit.say(f"page.people.state.{one.state}"), visit.labels.moment(one.marked_at)


def _quarantined_row(visit: PageRequest, one: QuarantinedCase) -> tuple[int, str, str]:
    return one.case, one.fault, visit.labels.moment(one.until)


def _dead_letter_row(visit: PageRequest, one: InboxEntry) -> tuple[int, str, str]:
    return one.number, one.fault, visit.labels.moment(one.received_at)
