"""Shows the state of delivery: messages that wait, are uncertain or were refused, and people nobody can reach.

It also lists quarantined cases, which the sweep could not process, and dead letters, which are updates that could not
be handled. Neither stops anything else, but somebody has to know of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.services.office_notices import address_holders
from bot.services.workbench.faults import FAILED_STATES, LOOKBACK
from storage.messaging.accounts import Account, Accounts, ChatGroup, ChatGroups
from storage.messaging.accounts import AddressState as Reached
from storage.messaging.inbox import InboxEntry, InboxTable, all_dead_letters
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from storage.messaging.wake_queue import QuarantinedCase, WakeQueue

MAX_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One notice of the outbox, in words."""

    who: str
    what: str
    case: int
    state: OutboxState
    why: str
    at: str
    attempts: int


def delivery_page(page: PageRequest) -> Response:
    """The page of everything that was not delivered, and of what was set aside."""
    office = page.app.office.slug
    with page.app.store.reading() as connection:
        outbox = Outbox(connection, office)
        waiting = outbox.unfinished()
        recent = [one for one in outbox.since(page.at - LOOKBACK) if one.state in FAILED_STATES]
        lost = _unreachable(page, connection)
        held = address_holders(connection, office)
        cases, updates = WakeQueue(connection, office).quarantined(), all_dead_letters(connection, office)
    return page.render(
        "delivery.html",
        waiting=list(_delivery_lines(page, waiting[:MAX_LINES], held)),
        hidden=max(0, len(waiting) - MAX_LINES),
        trouble=list(_delivery_lines(page, recent[:MAX_LINES], held)),
        lost=lost,
        cases=[_quarantined_row(page, one) for one in cases],
        updates=[_dead_letter_row(page, one) for one in updates],
    )


def retry_update(page: PageRequest) -> Response:
    """Requeue a dead letter after the program was repaired; the inbox worker then takes it by itself."""
    number, office = page.form.get("update", ""), page.app.office.slug
    with page.app.store.writing(office) as connection:
        found = next((one for one in all_dead_letters(connection, office) if str(one.number) == number), None)
        if found is None:
            raise NoSuchPage
        InboxTable(connection, office, "").requeue(found.number, page.at)
    return page.redirect("/delivery")


def _delivery_lines(
    page: PageRequest, rows: Iterable[OutboxEntry], held: Mapping[str, str]
) -> Iterator[DeliveryLine]:
    for row in rows:
        notice = row.notice
        yield DeliveryLine(
            who=page.labels.recipient(notice.person, held),
            what=page.labels.notice(notice.what, notice.topic, notice.basis),
            case=notice.case,
            state=row.state,
            why=page.labels.delivery_fault(row.why),
            at=page.labels.moment(max(notice.not_before, notice.created_at)),
            attempts=row.attempts,
        )


def _unreachable(page: PageRequest, connection: Connection) -> list[tuple[str, ...]]:
    """Whom nobody reaches, as the workbench counts them, and each further address or group that fails."""
    office, away = page.app.office, page.app.unreachable_people(connection, page.at)
    accounts = Accounts(connection, office.slug).unreachable()
    groups: list[ChatGroup] = [
        one for one in ChatGroups(connection, office.slug).all() if one.state is not Reached.OK
    ]
    failing = {one.person for one in accounts}
    nowhere = [
        (page.labels.post(one.id), page.say("page.delivery.not_joined"))
        for one in office.people
        if one.id in away and one.id not in failing
    ]
    return [
        *nowhere,
        *(_unreachable_row(page, one) for one in accounts),
        *(_unreachable_row(page, one) for one in groups),
    ]


def _unreachable_row(page: PageRequest, one: Account | ChatGroup) -> tuple[str, ...]:
    who = page.labels.post(one.person) if isinstance(one, Account) else one.title
    return (
        who,
        page.labels.channel(one.channel),
        page.say(f"page.people.state.{one.state}"),
        page.labels.moment(one.marked_at),
    )


def _quarantined_row(page: PageRequest, one: QuarantinedCase) -> tuple[int, str, str]:
    return one.case, one.fault, page.labels.moment(one.until)


def _dead_letter_row(page: PageRequest, one: InboxEntry) -> tuple[int, str, str]:
    return one.number, one.fault, page.labels.moment(one.received_at)
