"""Who can be reached at all: whoever is signed in at a browser, or has an address that works on some channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from storage.accounts import State
from storage.tables import SESSIONS
from storage.tables_channels import ACCOUNTS


def reached(connection: Connection, office: str, now: datetime) -> frozenset[str]:
    """The people of an office who hear what is said to them."""
    signed_in = select(SESSIONS.c.person).where(SESSIONS.c.office == office, SESSIONS.c.expires_at > now)
    bound = select(ACCOUNTS.c.person).where(ACCOUNTS.c.office == office, ACCOUNTS.c.state == State.OK)
    return frozenset(connection.execute(signed_in.union(bound)).scalars())
