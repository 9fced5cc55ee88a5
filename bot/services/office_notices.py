"""What people are told that is about no case: who wants to come in, who hears nothing any more, what to send again.

Each occasion is a row of the outbox, so it is said in their hours, once, and is not lost where nobody can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from bot.services.app import OfficeApp
from scheduler.delivery.courier import CurrentNotices
from scheduler.reminders.quiet_hours import DeliveryRequest, QuietHours, earliest_delivery
from scheduler.sweep.substitutes import still_current
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.log import Log
from storage.messaging.accounts import Accounts
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxNotice

ADDRESS_PREFIX = "@"
"""What a notice is for that goes to an address and to nobody by name: ``@wecom town``."""
KEEPERS = ("clerk", "office_head")
UNDELAYED_NOTICES = frozenset({"rebound"})
"""Whoever lost an account may have lost it to a thief: that waits for no morning."""


def queue_notices(
    app: OfficeApp, connection: Connection, people: Iterable[str], what: str, *, basis: str = ""
) -> int:
    """Queue ``notice.<what>`` for some people. ``basis`` is whom or what it speaks of. Returns how many are new."""
    now = app.clock.now()
    calendar = known_calendar(app.calendar, Log(connection, app.office.slug))
    later = earliest_delivery(DeliveryRequest(due_since=now, rings=True), now, calendar, QuietHours())
    notices = [
        OutboxNotice(
            person=person,
            case=0,
            what=what,
            rung=now.isoformat(),
            basis=basis,
            rings=True,
            topic=f"notice.{what}",
            created_at=now,
            not_before=now if what in UNDELAYED_NOTICES else later,
        )
        for person in dict.fromkeys(people)
    ]
    return Outbox(connection, app.office.slug).put(notices)


def address_recipient(channel: str, address: str) -> str:
    """The recipient of a notice that goes to an address."""
    return f"{ADDRESS_PREFIX}{channel} {address}"


def notify_register_keepers(
    app: OfficeApp, connection: Connection, what: str, basis: str, *, but: str = ""
) -> None:
    """Whoever keeps the registers; where it is about them, the head of their office."""
    held = ([one.id for one in app.office.holders(role) if one.id != but] for role in KEEPERS)
    queue_notices(app, connection, next(filter(None, held), []), what, basis=basis)


def current_notice_filter(app: OfficeApp) -> CurrentNotices:
    """Which notices still hold: of a case, while it waits for that; of an account, while it stands so."""
    of_cases = still_current(app.recorder)

    def fresh(connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
        accounts = Accounts(connection, app.office.slug)
        standing = {"waits_to_join": accounts.unconfirmed(), "unreachable": accounts.unreachable()}
        people = {what: {one.person for one in found} for what, found in standing.items()}
        told = {row.number: row.notice for row in rows if row.notice.what in people}
        over = {number for number, notice in told.items() if notice.basis not in people[notice.what]}
        return [number for number in of_cases(connection, rows) if number not in over]

    return fresh


def request_resend(app: OfficeApp, channel: str) -> int:
    """A channel was not heard for longer than it remembers: everybody who is reached there is asked to send again."""
    with app.store.writing(app.office.slug) as connection:
        accounts = Accounts(connection, app.office.slug)
        people = [one.id for one in app.office.people]
        there = [who for who in people if channel in {one.channel for one in accounts.reachable(who)}]
        return queue_notices(app, connection, there, "silence")
