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
from storage.database.tables_messaging import ACCOUNTS, CARDS, PLACES


class PlaceTaken(Refusal):
    """This group belongs to {office}. Open a group of your own, or let them send me out of this one first."""


class State(StrEnum):
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
    state: State
    marked_at: datetime
    why: str
    """A key, never a text: ``blocked``, ``left`` …"""


class Membership(NamedTuple):
    """What somebody at an address is in one office."""

    office: str
    person: str
    state: State
    chosen_at: datetime | None
    """When they last said that they speak to this one."""


class Place(NamedTuple):
    """A group."""

    channel: str
    address: str
    title: str
    state: State
    marked_at: datetime
    why: str


_AT = select(*(ACCOUNTS.c[name] for name in Account._fields)).where(
    *(ACCOUNTS.c[name] == bindparam(name) for name in ("office", "channel", "address"))
)
"""Put together once: every message asks whose it is."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """One office's accounts over an open connection. Who writes holds the office's write lock."""

    connection: Connection
    office: str

    def bind(
        self, person: str, channel: str, address: str, *, at: datetime, state: State = State.OK
    ) -> tuple[Account, ...]:
        """A person is reached at an address from now on.

        Returns the accounts this replaces, for they are to be told: that of whoever had the address before, and
        the person's own others on this channel.
        """
        before = self.at(channel, address)
        taken = (before,) if before and before.person != person else ()
        others = tuple(one for one in self.of(person) if one.channel == channel and one.address != address)
        for one in (*taken, *others):
            self.unbind(one.channel, one.address)
        self._drop(*self._spot(channel, address).here())  # their own, bound anew: its cards are still theirs
        values = {"person": person, "channel": channel, "address": address, "bound_at": at}
        marks = {"state": state, "marked_at": at, "why": ""}
        self.connection.execute(insert(ACCOUNTS).values(office=self.office, **values, **marks))
        return (*taken, *others)

    def unbind(self, channel: str, address: str) -> None:
        """Nobody is reached there any more, and no card that stands there is changed: it is not theirs to read."""
        self._drop(*self._spot(channel, address).here())
        self.connection.execute(delete(CARDS).where(*_Spot(CARDS, self.office, channel, address).here()))

    def remove(self, person: str) -> None:
        """A person is reached nowhere any more: they handed over, or left."""
        for one in self.of(person):
            self.unbind(one.channel, one.address)

    def at(self, channel: str, address: str) -> Account | None:
        """Who is at an address."""
        asked = {"office": self.office, "channel": channel, "address": address}
        row = self.connection.execute(_AT, asked).first()
        return Account._make(row)._replace(state=State(row.state)) if row else None

    def of(self, person: str) -> list[Account]:
        """Every account of a person, the one bound last first, whatever its state."""
        return list(self._rows(ACCOUNTS.c.person == person))

    def reach(self, person: str, channels: Sequence[str] = ()) -> list[Account]:
        """Where a person can be spoken to now, in order of preference: the office's, then the one bound last."""
        known = {name: place for place, name in enumerate(channels)}
        found = [one for one in self.of(person) if one.state is State.OK]
        return sorted(found, key=lambda one: known.get(one.channel, len(known)))

    def unreachable(self) -> list[Account]:
        """What the clerk has to see the same day."""
        return list(self._rows(ACCOUNTS.c.state.not_in((State.OK, State.UNCONFIRMED))))

    def unconfirmed(self) -> list[Account]:
        """Who waits for a second person to say that it is them."""
        return list(self._rows(ACCOUNTS.c.state == State.UNCONFIRMED))

    def mark(self, channel: str, address: str, state: State, *, at: datetime, why: str = "") -> bool:
        """What became of an address. Whether that is news."""
        return self._spot(channel, address).mark(self.connection, state, at, why)

    def choose(self, channel: str, address: str, *, at: datetime) -> None:
        """Whoever is in several offices speaks to this one from now on."""
        here = update(ACCOUNTS).where(*self._spot(channel, address).here())
        self.connection.execute(here.values(chosen_at=at))

    def moved(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """An address has a new name; whoever was there is there."""
        self._spot(channel, address).move(self.connection, to, at)

    def _drop(self, *here: Any) -> None:
        self.connection.execute(delete(ACCOUNTS).where(*here))

    def _spot(self, channel: str, address: str) -> _Spot:
        return _Spot(ACCOUNTS, self.office, channel, address)

    def _rows(self, *conditions: Any) -> Iterator[Account]:
        columns = [ACCOUNTS.c[name] for name in Account._fields]
        query = select(*columns).where(ACCOUNTS.c.office == self.office, *conditions)
        for row in self.connection.execute(query.order_by(ACCOUNTS.c.bound_at.desc(), ACCOUNTS.c.address)):
            yield Account._make(row)._replace(state=State(row.state))


@dataclass(frozen=True, slots=True)
class Places:
    """One office's groups over an open connection."""

    connection: Connection
    office: str

    def claim(self, channel: str, address: str, title: str, *, at: datetime) -> None:
        """A group is this office's. PlaceTaken where it is another's; what that one was sent out of is free."""
        owner = office_of_place(self.connection, channel, address)
        if owner not in {"", self.office}:
            raise PlaceTaken(office=owner)
        left = (PLACES.c.channel == channel, PLACES.c.address == address, PLACES.c.office != self.office)
        self.connection.execute(delete(PLACES).where(*left))
        values = {"title": title, "state": State.OK, "marked_at": at, "why": ""}
        here = update(PLACES).where(*self._spot(channel, address).here())
        if not self.connection.execute(here.values(**values)).rowcount:
            row = {"office": self.office, "channel": channel, "address": address, **values}
            self.connection.execute(insert(PLACES).values(row))

    def all(self) -> list[Place]:
        """Every group, whatever its state."""
        columns = [PLACES.c[name] for name in Place._fields]
        query = select(*columns).where(PLACES.c.office == self.office)
        rows = self.connection.execute(query.order_by(PLACES.c.channel, PLACES.c.address))
        return [Place._make(row)._replace(state=State(row.state)) for row in rows]

    def mark(self, channel: str, address: str, state: State, *, at: datetime, why: str = "") -> bool:
        """What became of a group. Whether that is news."""
        return self._spot(channel, address).mark(self.connection, state, at, why)

    def moved(self, channel: str, address: str, to: str, *, at: datetime) -> None:
        """A group became another one (a supergroup): it is the same office's."""
        self._spot(channel, address).move(self.connection, to, at)

    def _spot(self, channel: str, address: str) -> _Spot:
        return _Spot(PLACES, self.office, channel, address)


def memberships(connection: Connection, channel: str, address: str) -> list[Membership]:
    """In which offices an address is somebody's. The only look across offices: it is how a shared bot finds them."""
    columns = [ACCOUNTS.c[name] for name in Membership._fields]
    query = select(*columns).where(ACCOUNTS.c.channel == channel, ACCOUNTS.c.address == address)
    rows = connection.execute(query.order_by(ACCOUNTS.c.office))
    return [Membership._make(row)._replace(state=State(row.state)) for row in rows]


def office_of_place(connection: Connection, channel: str, address: str) -> str:
    """Whose group it is; empty where it is nobody's, or its office was sent out of it."""
    query = select(PLACES.c.office).where(PLACES.c.channel == channel, PLACES.c.address == address)
    return connection.execute(query.where(PLACES.c.state != State.LEFT)).scalar() or ""


class _Spot(NamedTuple):
    """What stands in a table of an office's address."""

    table: Table
    office: str
    channel: str
    address: str

    def here(self) -> tuple[Any, ...]:
        columns = self.table.c
        office, place = columns.office == self.office, columns.address == self.address
        return (office, columns.channel == self.channel, place)

    def mark(self, connection: Connection, state: State, at: datetime, why: str) -> bool:
        here = update(self.table).where(*self.here(), self.table.c.state != state)
        return connection.execute(here.values(state=state, marked_at=at, why=why)).rowcount > 0

    def move(self, connection: Connection, to: str, at: datetime) -> None:
        there = self._replace(address=to)
        if connection.execute(select(self.table.c.office).where(*there.here())).first():
            # The news came twice, or from both sides.
            connection.execute(delete(self.table).where(*self.here()))
            return
        here = update(self.table).where(*self.here())
        connection.execute(here.values(address=to, state=State.OK, marked_at=at, why=""))
