"""Where people are reached, and which office a group belongs to.

An address of a channel is one person's in an office; a person may have several, and the one bound last is tried
first. Whoever shares a bot with other offices can be somebody in each of them: ``memberships`` says in which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from config.errors import Refusal
from storage.database.queries import equals_bound
from storage.database.tables import SESSIONS
from storage.database.tables_messaging import ACCOUNTS, CARDS, PLACES


class PlaceTaken(Refusal):
    """This group belongs to {office}. Open a group of your own, or let them send me out of this one first."""


class AddressState(StrEnum):
    """Whether an address can be spoken to."""

    OK = "ok"
    UNCONFIRMED = "unconfirmed"  # somebody with a signing role joined; a second person has still to say so
    BLOCKED = "blocked"
    LEFT = "left"
    NOT_FOUND = "not_found"
    MOVED = "moved"


class Account(NamedTuple):
    """A person at an address of a channel."""

    person: str
    channel: str
    address: str
    bound_at: datetime
    state: AddressState
    marked_at: datetime
    why: str
    """A key, never a text: ``blocked``, ``left`` …"""


class Membership(NamedTuple):
    """What somebody at an address is in one office."""

    office: str
    person: str
    state: AddressState
    chosen_at: datetime | None
    """When they last said that they speak to this one."""


class ChatGroup(NamedTuple):
    """A group."""

    channel: str
    address: str
    title: str
    state: AddressState
    marked_at: datetime
    why: str


_SELECT_AT_ADDRESS = select(*(ACCOUNTS.c[name] for name in Account._fields)).where(
    *(ACCOUNTS.c[name] == bindparam(name) for name in ("office", "channel", "address"))
)
"""Put together once: every message asks whose it is."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """One office's accounts over an open connection. Who writes holds the office's write lock."""

    connection: Connection
    office: str

    def bind(
        self, person: str, channel: str, address: str, *, at: datetime, state: AddressState = AddressState.OK
    ) -> tuple[Account, ...]:
        """A person is reached at an address from now on.

        Returns the accounts this replaces, for they are to be told: that of whoever had the address before, and
        the person's own others on this channel.
        """
        before = self.at(channel, address)
        taken = (before,) if before and before.person != person else ()
        others = tuple(
            one for one in self.of_person(person) if one.channel == channel and one.address != address
        )
        for one in (*taken, *others):
            self.unbind(one.channel, one.address)
        self._delete(
            *self._address_rows(channel, address).conditions()
        )  # their own, bound anew: its cards are still theirs
        values = {"person": person, "channel": channel, "address": address, "bound_at": at}
        marks = {"state": state, "marked_at": at, "why": ""}
        self.connection.execute(insert(ACCOUNTS).values(office=self.office, **values, **marks))
        return (*taken, *others)

    def unbind(self, channel: str, address: str) -> None:
        """Nobody is reached there any more, and no card that stands there is changed: it is not theirs to read."""
        self._delete(*self._address_rows(channel, address).conditions())
        self.connection.execute(
            delete(CARDS).where(*_AddressRows(CARDS, self.office, channel, address).conditions())
        )

    def remove(self, person: str) -> None:
        """A person is reached nowhere any more: they handed over, or left."""
        for one in self.of_person(person):
            self.unbind(one.channel, one.address)

    def at(self, channel: str, address: str) -> Account | None:
        """Who is at an address."""
        asked = {"office": self.office, "channel": channel, "address": address}
        row = self.connection.execute(_SELECT_AT_ADDRESS, asked).first()
        return Account._make(row)._replace(state=AddressState(row.state)) if row else None

    def of_person(self, person: str) -> list[Account]:
        """Every account of a person, the one bound last first, whatever its state."""
        return list(self._rows(ACCOUNTS.c.person == person))

    def reachable(self, person: str, channels: Sequence[str] = ()) -> list[Account]:
        """Where a person can be spoken to now, in order of preference: the office's, then the one bound last."""
        known = {name: place for place, name in enumerate(channels)}
        found = [one for one in self.of_person(person) if one.state is AddressState.OK]
        return sorted(found, key=lambda one: known.get(one.channel, len(known)))

    def unreachable(self) -> list[Account]:
        """What the clerk has to see the same day."""
        return list(self._rows(ACCOUNTS.c.state.not_in((AddressState.OK, AddressState.UNCONFIRMED))))

    def unconfirmed(self) -> list[Account]:
        """Who waits for a second person to say that it is them."""
        return list(self._rows(ACCOUNTS.c.state == AddressState.UNCONFIRMED))

    def mark(self, channel: str, address: str, state: AddressState, *, at: datetime, why: str = "") -> bool:
        """What became of an address. Whether that is news."""
        return self._address_rows(channel, address).mark(self.connection, state, at, why)

    def choose(self, channel: str, address: str, *, at: datetime) -> None:
        """Whoever is in several offices speaks to this one from now on."""
        here = update(ACCOUNTS).where(*self._address_rows(channel, address).conditions())
        self.connection.execute(here.values(chosen_at=at))

    def change_address(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """An address has a new name; whoever was there is there."""
        self._address_rows(channel, address).change_address(self.connection, to, at)

    def _delete(self, *here: Any) -> None:
        self.connection.execute(delete(ACCOUNTS).where(*here))

    def _address_rows(self, channel: str, address: str) -> _AddressRows:
        return _AddressRows(ACCOUNTS, self.office, channel, address)

    def _rows(self, *conditions: Any) -> Iterator[Account]:
        columns = [ACCOUNTS.c[name] for name in Account._fields]
        query = select(*columns).where(ACCOUNTS.c.office == self.office, *conditions)
        for row in self.connection.execute(query.order_by(ACCOUNTS.c.bound_at.desc(), ACCOUNTS.c.address)):
            yield Account._make(row)._replace(state=AddressState(row.state))


@dataclass(frozen=True, slots=True)
class ChatGroups:
    """One office's groups over an open connection."""

    connection: Connection
    office: str

    def claim(self, channel: str, address: str, title: str, *, at: datetime) -> None:
        """A group is this office's. PlaceTaken where it is another's; what that one was sent out of is free."""
        owner = office_of_group(self.connection, channel, address)
        if owner not in {"", self.office}:
            raise PlaceTaken(office=owner)
        left = (PLACES.c.channel == channel, PLACES.c.address == address, PLACES.c.office != self.office)
        self.connection.execute(delete(PLACES).where(*left))
        values = {"title": title, "state": AddressState.OK, "marked_at": at, "why": ""}
        here = update(PLACES).where(*self._address_rows(channel, address).conditions())
        if not self.connection.execute(here.values(**values)).rowcount:
            row = {"office": self.office, "channel": channel, "address": address, **values}
            self.connection.execute(insert(PLACES).values(row))

    def all(self) -> list[ChatGroup]:
        """Every group, whatever its state."""
        columns = [PLACES.c[name] for name in ChatGroup._fields]
        query = select(*columns).where(PLACES.c.office == self.office)
        rows = self.connection.execute(query.order_by(PLACES.c.channel, PLACES.c.address))
        return [ChatGroup._make(row)._replace(state=AddressState(row.state)) for row in rows]

    def mark(self, channel: str, address: str, state: AddressState, *, at: datetime, why: str = "") -> bool:
        """What became of a group. Whether that is news."""
        return self._address_rows(channel, address).mark(self.connection, state, at, why)

    def change_address(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """A group became another one (a supergroup): it is the same office's."""
        self._address_rows(channel, address).change_address(self.connection, to, at)

    def _address_rows(self, channel: str, address: str) -> _AddressRows:
        return _AddressRows(PLACES, self.office, channel, address)


def memberships(connection: Connection, channel: str, address: str) -> list[Membership]:
    """In which offices an address is somebody's. The only look across offices: it is how a shared bot finds them."""
    columns = [ACCOUNTS.c[name] for name in Membership._fields]
    query = select(*columns).where(ACCOUNTS.c.channel == channel, ACCOUNTS.c.address == address)
    rows = connection.execute(query.order_by(ACCOUNTS.c.office))
    return [Membership._make(row)._replace(state=AddressState(row.state)) for row in rows]


def office_of_group(connection: Connection, channel: str, address: str) -> str:
    """Whose group it is; empty where it is nobody's, or its office was sent out of it."""
    query = select(PLACES.c.office).where(PLACES.c.channel == channel, PLACES.c.address == address)
    return connection.execute(query.where(PLACES.c.state != AddressState.LEFT)).scalar() or ""


class _AddressRows(NamedTuple):
    """What stands in a table of an office's address."""

    table: Table
    office: str
    channel: str
    address: str

    def conditions(self) -> tuple[Any, ...]:
        columns = self.table.c
        office, place = columns.office == self.office, columns.address == self.address
        return (office, columns.channel == self.channel, place)

    def mark(self, connection: Connection, state: AddressState, at: datetime, why: str) -> bool:
        here = update(self.table).where(*self.conditions(), self.table.c.state != state)
        return connection.execute(here.values(state=state, marked_at=at, why=why)).rowcount > 0

    def change_address(self, connection: Connection, to: str, at: datetime) -> None:
        there = self._replace(address=to)
        if connection.execute(select(self.table.c.office).where(*there.conditions())).first():
            # The news came twice, or from both sides.
            connection.execute(delete(self.table).where(*self.conditions()))
            return
        here = update(self.table).where(*self.conditions())
        connection.execute(here.values(address=to, state=AddressState.OK, marked_at=at, why=""))


_SELECT_SIGNED_IN = select(SESSIONS.c.person).where(
    *equals_bound(SESSIONS, "office"), SESSIONS.c.expires_at > bindparam("now")
)
_SELECT_CONFIRMED = select(ACCOUNTS.c.person).where(
    *equals_bound(ACCOUNTS, "office"), ACCOUNTS.c.state == AddressState.OK
)
_SELECT_REACHABLE = _SELECT_SIGNED_IN.union(_SELECT_CONFIRMED)


def reachable_people(connection: Connection, office: str, now: datetime) -> frozenset[str]:
    """Return the people whom a message reaches now: signed in at a browser, or with a working address."""
    found = connection.execute(_SELECT_REACHABLE, {"office": office, "now": now})
    return frozenset(found.scalars())
