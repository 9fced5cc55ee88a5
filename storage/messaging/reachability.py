"""Who can be reached at all: whoever is signed in at a browser, or has an address that works on some channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.database.queries import same
from storage.database.tables import SESSIONS
from storage.database.tables_messaging import ACCOUNTS
from storage.messaging.accounts import State

_SIGNED_IN = select(SESSIONS.c.person).where(
    *same(SESSIONS, "office"), SESSIONS.c.expires_at > bindparam("now")
)
_BOUND = select(ACCOUNTS.c.person).where(*same(ACCOUNTS, "office"), ACCOUNTS.c.state == State.OK)
_HEARING = _SIGNED_IN.union(_BOUND)


def reached(connection: Connection, office: str, now: datetime) -> frozenset[str]:
    """The people of an office who hear what is said to them."""
    return frozenset(connection.execute(_HEARING, {"office": office, "now": now}).scalars())
