"""Queues notices that are about no case: requests to join, people who became unreachable, messages to send again.

Each notice is a row of the outbox, so it is sent once, outside quiet hours, and is kept until somebody is reachable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.language.labels import ADDRESS_PREFIX
from bot.services.app import OfficeApp
from config.declarations.keys import CLERK, OFFICE_HEAD
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.sweep.reminder_queue import current_notices as current_case_notices
from scheduler.sweep.roster_check import OCCASION as ROSTER
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import known_calendar, office_events
from storage.events.delegations import fold_absences
from storage.messaging.accounts import Accounts, ChatGroups, reachable_people
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import FINAL_STATES, Outbox, OutboxEntry
from storage.messaging.sessions import JoinRequests

KEEPERS = (CLERK, OFFICE_HEAD)
RESEND = "silence"
RESEND_INTERVAL = timedelta(hours=4)
"""Between two requests to the same person to send again."""
UNDELAYED_NOTICES = frozenset(
    {"rebound", "own_joined", "own_confirmed", "own_removed", "own_refused"}
    | {"own_recovery_printed", "own_recovered", "account_recovered"}
)
"""Whoever lost an account may have lost it to a thief: that waits for no morning."""


def queue_notices(
    app: OfficeApp,
    connection: Connection,
    people: Iterable[str],
    what: str,
    *,
    basis: str = "",
    not_before: datetime | None = None,
    calm: bool = False,
) -> int:
    """Queue ``notice.<what>`` for some people; ``basis`` names its subject. Returns how many rows are new.

    A ``calm`` one makes no sound and waits for the next digest.
    """
    now = app.clock.now()
    calendar = known_calendar(app.calendar, Log(connection, app.office.slug))
    times = DeliveryTimes(now=now, calendar=calendar, hours=app.office.hours)
    later = times.digest() if calm else times.decision()
    notices = [
        OutboxNotice(
            person=person,
            case=0,
            what=what,
            rung=now.isoformat(),
            basis=basis,
            rings=not calm,
            topic=f"notice.{what}",
            created_at=now,
            not_before=now if what in UNDELAYED_NOTICES else max(later, not_before or later),
        )
        for person in dict.fromkeys(people)
    ]
    return Outbox(connection, app.office.slug).put(notices)


def address_recipient(channel: str, address: str) -> str:
    """The recipient of a notice that goes to an address."""
    return f"{ADDRESS_PREFIX}{channel} {address}"


def address_holders(connection: Connection, office: str) -> dict[str, str]:
    """Who has the addresses that notices go to: a person's id, or a group's title, by the recipient."""
    people = {
        address_recipient(one.channel, one.address): one.person for one in Accounts(connection, office).all()
    }
    groups = {
        address_recipient(one.channel, one.address): one.title for one in ChatGroups(connection, office).all()
    }
    return {**groups, **people}


def notify_register_keepers(
    app: OfficeApp, connection: Connection, what: str, basis: str, *, but: str = ""
) -> None:
    """Queue a notice for those who keep the registers; where it is about them, for the head of their office."""
    held = ([one.id for one in app.office.holders(role) if one.id != but] for role in KEEPERS)
    queue_notices(app, connection, next(filter(None, held), []), what, basis=basis)


def current_notices(app: OfficeApp, connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
    """Return the notices that are still true: of a case while it waits for that, of an account while it stays so."""
    accounts = Accounts(connection, app.office.slug)
    waiting = {one.person for one in JoinRequests(connection, app.office.slug).waiting()}
    about_office = office_events(Log(connection, app.office.slug))
    awaiting = fold_absences(about_office).awaiting_on(app.today)
    everybody = {one.id for one in app.office.people}
    people = {
        "waits_to_join": waiting,
        "waits_for_terminal": waiting,
        "unreachable": {one.person for one in accounts.unreachable()},
        "delegation_asked": {one.deputy for one in awaiting},
        "delegation_waits": {one.person for one in awaiting},
        ROSTER: everybody - reachable_people(connection, app.office.slug, app.clock.now()),
    }
    about_accounts = {row.number: row.notice for row in rows if row.notice.what in people}
    over = {number for number, notice in about_accounts.items() if notice.basis not in people[notice.what]}
    current = current_case_notices(app.recorder, connection, rows)
    return [number for number in current if number not in over]


def request_resend(app: OfficeApp, channel: str) -> int:
    """Ask everybody on a channel to send again, because it was down for longer than it keeps messages.

    A request that still waits to be sent covers this interruption too; after one that was sent, the next waits for
    some hours, so that an unsteady line does not become a nuisance.
    """
    now = app.clock.now()
    with app.store.writing(app.office.slug) as connection:
        accounts = Accounts(connection, app.office.slug)
        people = [one.id for one in app.office.people]
        there = [who for who in people if channel in {one.channel for one in accounts.reachable(who)}]
        recent = Outbox(connection, app.office.slug).since(now - RESEND_INTERVAL)
        asked = {row.notice.person: row for row in recent if row.notice.what == RESEND}
        again = [who for who in there if who in asked and asked[who].state in FINAL_STATES]
        first = [who for who in there if who not in asked]
        later = queue_notices(app, connection, again, RESEND, not_before=now + RESEND_INTERVAL)
        return later + queue_notices(app, connection, first, RESEND)
