"""Accounts of people on chat channels, and the chat groups of an office.

An address of a channel belongs to one person of an office; a person may have several addresses. The one they set is
tried first, then the one they wrote from last. A person who shares a bot with other offices may have an account in
each: ``memberships`` lists those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, update
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.errors import Refusal
from storage.database.store import orm_session
from storage.database.tables import SESSIONS, equals_bound
from storage.database.tables_messaging import ACCOUNTS, Account, AddressState, ChatGroup, LiveCard
from storage.messaging.sessions import SESSION_CHANNEL

__all__ = [  # callers of the stores need their records too: one import
    "Account",
    "Accounts",
    "AddressState",
    "ChatGroup",
    "ChatGroups",
    "Membership",
    "PlaceTaken",
    "account_digest",
    "memberships",
    "office_of_group",
    "reachable_people",
]


class PlaceTaken(Refusal):
    """This group belongs to {office}. Open a group of your own, or let them send me out of this one first."""


class Membership(NamedTuple):
    """Whose an address is in an office."""

    office: str
    person: str
    state: AddressState
    chosen_at: datetime | None
    """When they last chose this office."""
    heard_at: datetime | None
    """When they last wrote from this address, to ten seconds."""
    joined: int
    """The log position of the account's ``AccountJoined``."""
    confirmed_by: str
    """Who confirmed the account as a second person; empty where nobody did."""


_SELECT_MEMBERSHIP = core_select(*(ACCOUNTS.c[name] for name in Membership._fields))
_SELECT_AT_ADDRESS = _SELECT_MEMBERSHIP.where(*equals_bound(ACCOUNTS, "office", "channel", "address"))
"""A Core statement, built once: every press asks whose address it comes from."""
_SELECT_ANY = core_select(ACCOUNTS.c.address).where(*equals_bound(ACCOUNTS, "office")).limit(1)
_SELECT_FIRST_JOINED = core_select(func.min(ACCOUNTS.c.joined)).where(
    *equals_bound(ACCOUNTS, "office"), ACCOUNTS.c.joined > 0
)
"""Two questions of every sweep and every sending, for which no account is loaded."""
_SELECT_ACCOUNTS = (
    select(Account)
    .where(col(Account.office) == bindparam("office"))
    .order_by(col(Account.bound_at).desc(), col(Account.address))
)
_SELECT_UNREACHABLE = _SELECT_ACCOUNTS.where(col(Account.state) != AddressState.OK)
_SELECT_OF_PERSON = _SELECT_ACCOUNTS.where(col(Account.person) == bindparam("person"))
_IS_HERE, _IS_OWN = col(Account.address) == bindparam("address"), col(Account.person) == bindparam("person")
_SELECT_REPLACED = _SELECT_ACCOUNTS.where(
    col(Account.channel) == bindparam("channel"), or_(and_(_IS_HERE, ~_IS_OWN), and_(~_IS_HERE, _IS_OWN))
)
HEARD_INTERVAL = timedelta(seconds=10)
_MARK_HEARD = (
    update(ACCOUNTS)
    .where(
        ACCOUNTS.c.office == bindparam("of"),
        ACCOUNTS.c.channel == bindparam("on"),
        ACCOUNTS.c.address == bindparam("place"),
    )
    .values(heard_at=bindparam("now"))
)
_SELECT_ALL_AT_ADDRESS = _SELECT_MEMBERSHIP.where(*equals_bound(ACCOUNTS, "channel", "address"))


@dataclass(frozen=True, slots=True)
class Accounts:
    """One office's accounts over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def bind(
        self,
        person: str,
        channel: str,
        address: str,
        *,
        at: datetime,
        joined: int = 0,
        confirmed_by: str = "",
        salt: str = "",
    ) -> tuple[Account, ...]:
        """Bind an address to a person from now on; ``joined`` is the log position at which it joined.

        Returns the accounts that this replaces, so that their people can be told: the one another person had at
        this address, and the person's own other accounts on this channel.
        """
        found = self._accounts(_SELECT_REPLACED, channel=channel, address=address, person=person)
        replaced = tuple(sorted(found, key=lambda account: account.address != address))
        for account in replaced:
            self.unbind(account.channel, account.address)
        with orm_session(self.connection) as session:
            # The person's own account at this address is bound anew: its cards stay theirs.
            account = Account(
                office=self.office,
                channel=channel,
                address=address,
                person=person,
                bound_at=at,
                state=AddressState.OK,
                marked_at=at,
                heard_at=at,
                joined=joined,
                confirmed_by=confirmed_by,
                salt=salt,
            )
            session.merge(account)
        return replaced

    def confirm(self, channel: str, address: str, by: str) -> None:
        """Record that a second person confirmed the account at an address."""
        with orm_session(self.connection) as session:
            if account := session.get(Account, self._key(channel, address)):
                account.confirmed_by = by

    def unbind(self, channel: str, address: str) -> None:
        """Delete an address's account, and its live cards: the next person at it must not read their changes."""
        with orm_session(self.connection) as session:
            if account := session.get(Account, self._key(channel, address)):
                session.delete(account)
            session.exec(
                delete(LiveCard).where(
                    col(LiveCard.office) == self.office,
                    col(LiveCard.channel) == channel,
                    col(LiveCard.address) == address,
                )
            )

    def remove(self, person: str) -> None:
        """Delete all accounts of a person who handed over or left."""
        for account in self.of_person(person):
            self.unbind(account.channel, account.address)

    def at(self, channel: str, address: str) -> Membership | None:
        """The person at an address, and the address's state."""
        key = {"office": self.office, "channel": channel, "address": address}
        row = self.connection.execute(_SELECT_AT_ADDRESS, key).first()
        return Membership._make(row) if row else None

    def of_person(self, person: str) -> list[Account]:
        """Every account of a person, the one bound last first, whatever its state."""
        return self._accounts(_SELECT_OF_PERSON, person=person)

    def reachable(self, person: str, channels: Sequence[str] = ()) -> list[Account]:
        """The working accounts of a person: the one they set, the office's channels, the one they wrote from last."""
        rank = {name: place for place, name in enumerate(channels)}
        working = [account for account in self.of_person(person) if account.state is AddressState.OK]
        latest = sorted(working, key=lambda one: one.heard_at or one.bound_at, reverse=True)
        return sorted(latest, key=lambda one: (not one.preferred, rank.get(one.channel, len(rank))))

    def mark_heard(self, known: Membership, channel: str, address: str, *, at: datetime) -> None:
        """Record that the person at an address wrote from there; not more often than every ten seconds."""
        if known.heard_at and at - known.heard_at < HEARD_INTERVAL:
            return
        here = {"of": self.office, "on": channel, "place": address, "now": at}
        self.connection.execute(_MARK_HEARD, here)

    def prefer(self, person: str, channel: str) -> None:
        """Set the channel on which a person is reached first; empty for the one they wrote from last."""
        own = (col(Account.office) == self.office, col(Account.person) == person)
        with orm_session(self.connection) as session:
            session.exec(update(Account).where(*own).values(preferred=col(Account.channel) == channel))

    def unreachable(self) -> list[Account]:
        """The accounts that no longer work: the clerk must see them the same day."""
        return self._accounts(_SELECT_UNREACHABLE)

    def all(self) -> list[Account]:
        """Every account of the office."""
        return self._accounts(_SELECT_ACCOUNTS)

    def any_bound(self) -> bool:
        """Whether the office has an account at all."""
        return self.connection.execute(_SELECT_ANY, {"office": self.office}).first() is not None

    def first_joined(self) -> int:
        """The log position at which the first of the accounts joined; 0 where none joined."""
        return self.connection.execute(_SELECT_FIRST_JOINED, {"office": self.office}).scalar() or 0

    def mark(self, channel: str, address: str, state: AddressState, *, at: datetime, why: str = "") -> bool:
        """Record the state of an address. True if it was another one before."""
        with orm_session(self.connection) as session:
            return _mark(session.get(Account, self._key(channel, address)), state, at, why)

    def choose(self, channel: str, address: str, *, at: datetime) -> None:
        """Record that a person who is in several offices speaks to this one from now on."""
        with orm_session(self.connection) as session:
            if account := session.get(Account, self._key(channel, address)):
                account.chosen_at = at

    def change_address(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """Move an account to the new name of its address."""
        with orm_session(self.connection) as session:
            account = session.get(Account, self._key(channel, address))
            _move(session, account, session.get(Account, self._key(channel, to)), to, at)

    def _key(self, channel: str, address: str) -> tuple[str, str, str]:
        return (self.office, channel, address)

    def _accounts(self, query: SelectOfScalar[Account], **key: object) -> list[Account]:
        with orm_session(self.connection) as session:
            return list(session.exec(query, params={"office": self.office, **key}))


@dataclass(frozen=True, slots=True)
class ChatGroups:
    """One office's chat groups over an open connection."""

    connection: Connection
    office: str

    def claim(self, channel: str, address: str, title: str, *, at: datetime) -> None:
        """Make a group this office's. PlaceTaken if another office has it; a group that office left is free."""
        owner = office_of_group(self.connection, channel, address)
        if owner not in {"", self.office}:
            raise PlaceTaken(office=owner)
        left = delete(ChatGroup).where(
            col(ChatGroup.channel) == channel,
            col(ChatGroup.address) == address,
            col(ChatGroup.office) != self.office,
        )
        group = ChatGroup(
            office=self.office,
            channel=channel,
            address=address,
            title=title,
            state=AddressState.OK,
            marked_at=at,
        )
        with orm_session(self.connection) as session:
            session.exec(left)
            known = session.exec(
                select(ChatGroup).where(
                    col(ChatGroup.office) == self.office,
                    col(ChatGroup.channel) == channel,
                    col(ChatGroup.address) == address,
                )
            ).first()
            group.title = title or (known.title if known else "")  # a message in it does not name it
            session.merge(group)

    def all(self) -> list[ChatGroup]:
        """Every group, whatever its state."""
        query = select(ChatGroup).where(col(ChatGroup.office) == self.office)
        with orm_session(self.connection) as session:
            return list(session.exec(query.order_by(col(ChatGroup.channel), col(ChatGroup.address))))

    def mark(self, channel: str, address: str, state: AddressState, *, at: datetime, why: str = "") -> bool:
        """Record the state of a group. True if it was another one before."""
        with orm_session(self.connection) as session:
            return _mark(session.get(ChatGroup, self._key(channel, address)), state, at, why)

    def change_address(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """Move a group that became another one (a supergroup) to its new address: it stays the same office's."""
        with orm_session(self.connection) as session:
            group = session.get(ChatGroup, self._key(channel, address))
            _move(session, group, session.get(ChatGroup, self._key(channel, to)), to, at)

    def _key(self, channel: str, address: str) -> tuple[str, str, str]:
        return (self.office, channel, address)


def account_digest(salt: str, channel: str, address: str) -> str:
    """The digest that stands in the log for an account: without the salt nobody finds its address by trying."""
    return sha256(f"{salt}\n{channel}\n{address}".encode()).hexdigest()


def memberships(connection: Connection, channel: str, address: str) -> list[Membership]:
    """The offices in which an address has an account. A shared bot reads across offices here, and nowhere else."""
    key = {"channel": channel, "address": address}
    rows = connection.execute(_SELECT_ALL_AT_ADDRESS.order_by(ACCOUNTS.c.office), key)
    return [Membership._make(row) for row in rows]


def office_of_group(connection: Connection, channel: str, address: str) -> str:
    """The office a group belongs to; empty if none claimed it, or its office was removed from it."""
    query = select(ChatGroup.office).where(
        col(ChatGroup.channel) == channel, col(ChatGroup.address) == address
    )
    with orm_session(connection) as session:
        return session.exec(query.where(col(ChatGroup.state) != AddressState.LEFT)).first() or ""


def _mark(record: Account | ChatGroup | None, state: AddressState, at: datetime, why: str) -> bool:
    if record is None or record.state is state:
        return False
    record.state, record.marked_at, record.why = state, at, why
    return True


def _move(
    session: Session,
    record: Account | ChatGroup | None,
    at_target: Account | ChatGroup | None,
    to: str,
    at: datetime,
) -> None:
    if record is None:
        return
    if at_target is not None:  # the news came twice, or from both sides
        session.delete(record)
    else:
        record.address, record.state, record.marked_at, record.why = to, AddressState.OK, at, ""


_SELECT_SIGNED_IN = core_select(SESSIONS.c.person).where(
    *equals_bound(SESSIONS, "office"), SESSIONS.c.expires_at > bindparam("now"), ~SESSIONS.c.waits
)
# The chat on the page reaches nobody by itself: it is read in a session, and sessions end.
_SELECT_CONFIRMED = core_select(ACCOUNTS.c.person).where(
    *equals_bound(ACCOUNTS, "office"),
    ACCOUNTS.c.state == AddressState.OK,
    ACCOUNTS.c.channel != SESSION_CHANNEL,
)
_SELECT_REACHABLE = _SELECT_SIGNED_IN.union(_SELECT_CONFIRMED)


def mark_signed_out(connection: Connection, office: str, now: datetime) -> None:
    """Mark the chats on the page of everybody who has no session any more; a new session opens theirs again."""
    signed_in = connection.execute(_SELECT_SIGNED_IN, {"office": office, "now": now}).scalars().all()
    lapsed = update(ACCOUNTS).where(
        ACCOUNTS.c.office == office,
        ACCOUNTS.c.channel == SESSION_CHANNEL,
        ACCOUNTS.c.state == AddressState.OK,
        ACCOUNTS.c.person.not_in(signed_in),
    )
    connection.execute(lapsed.values(state=AddressState.SIGNED_OUT, marked_at=now))


def reachable_people(connection: Connection, office: str, now: datetime) -> frozenset[str]:
    """Return the people whom a message reaches now: signed in at a browser, or with a working address."""
    found = connection.execute(_SELECT_REACHABLE, {"office": office, "now": now})
    return frozenset(found.scalars())
