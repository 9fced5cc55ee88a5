"""The people who can be reached: signed in at a browser, or with a working address on some channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.database.queries import equals_bound
from storage.database.tables import SESSIONS
from storage.database.tables_messaging import ACCOUNTS
from storage.messaging.accounts import AddressState

_SELECT_SIGNED_IN = select(SESSIONS.c.person).where(
    *equals_bound(SESSIONS, "office"), SESSIONS.c.expires_at > bindparam("now")
)
_SELECT_CONFIRMED = select(ACCOUNTS.c.person).where(
    *equals_bound(ACCOUNTS, "office"), ACCOUNTS.c.state == AddressState.OK
)
_SELECT_REACHABLE = _SELECT_SIGNED_IN.union(_SELECT_CONFIRMED)


def reachable_people(connection: Connection, office: str, now: datetime) -> frozenset[str]:
    """The people of an office whom a message reaches now."""
    return frozenset(connection.execute(_SELECT_REACHABLE, {"office": office, "now": now}).scalars())
