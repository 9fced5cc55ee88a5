"""What people are told that is about no case: who wants to come in, who hears nothing any more, what to send again.

Each occasion is a row of the outbox, so it is said in their hours, once, and is not lost where nobody can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from bot.compose import Works
from scheduler.hours import Hours, Saying, speak_at
from storage.accounts import Accounts
from storage.log import Log
from storage.notices import calendar_with
from storage.outbox import Notice, Outbox

PLACE = "@"
"""What a notice is for that goes to an address and to nobody by name: ``@wecom town``."""
KEEPERS = ("clerk", "office_head")
AT_ONCE = frozenset({"rebound"})
"""Whoever lost an account may have lost it to a thief: that waits for no morning."""


def tell(works: Works, connection: Connection, people: Iterable[str], what: str, *, basis: str = "") -> int:
    """Queue ``notice.<what>`` for some people. ``basis`` is whom or what it speaks of. Returns how many are new."""
    now = works.clock.now()
    calendar = calendar_with(works.calendar, Log(connection, works.office.slug))
    later = speak_at(Saying(fell_due=now, rings=True), now, calendar, Hours())
    notices = [
        Notice(
            person=person,
            case=0,
            what=what,
            rung=now.isoformat(),
            basis=basis,
            rings=True,
            topic=f"notice.{what}",
            created_at=now,
            not_before=now if what in AT_ONCE else later,
        )
        for person in dict.fromkeys(people)
    ]
    return Outbox(connection, works.office.slug).put(notices)


def at_address(channel: str, address: str) -> str:
    """The recipient of a notice that goes to an address."""
    return f"{PLACE}{channel} {address}"


def tell_keepers(works: Works, connection: Connection, what: str, basis: str, *, but: str = "") -> None:
    """Whoever keeps the registers; where it is about them, the head of their office."""
    held = ([one.id for one in works.office.holders(role) if one.id != but] for role in KEEPERS)
    tell(works, connection, next(filter(None, held), []), what, basis=basis)


def ask_again(works: Works, channel: str) -> int:
    """A channel was not heard for longer than it remembers: everybody who is reached there is asked to send again."""
    with works.store.writing(works.office.slug) as connection:
        accounts = Accounts(connection, works.office.slug)
        people = [one.id for one in works.office.people]
        there = [who for who in people if channel in {one.channel for one in accounts.reach(who)}]
        return tell(works, connection, there, "silence")
