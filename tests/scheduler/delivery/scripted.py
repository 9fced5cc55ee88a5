"""A channel that does what a test says, and people who are reached the way a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.services.app import Works
from scheduler.delivery.channel import Abilities, Message, Outcome, Sent
from scheduler.delivery.courier import Courier
from storage.messaging.outbox import Notice, Outbox, State

ARRIVED = Sent(outcome=Outcome.SENT, message="m1")


class Killed(BaseException):
    """The instance dies here: nothing after it runs, no handler catches it."""


@dataclass
class Scripted:
    """Answers each send with the next of its answers, then with success; keeps what arrived."""

    name: str = "scripted"
    abilities: Abilities = field(default_factory=Abilities)
    answers: list[Sent | BaseException] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, message: Message) -> Sent:
        answer = self.answers.pop(0) if self.answers else ARRIVED
        if isinstance(answer, BaseException):
            raise answer
        if answer.outcome in {Outcome.SENT, Outcome.UNCERTAIN}:
            self.heard.append((address, message.text))
        return answer

    def edit(self, address: str, message_id: str, message: Message) -> Sent:
        raise NotImplementedError


@dataclass
class Reached:
    """Who is reached where; what was marked and what moved."""

    where: dict[str, list[tuple[str, str]]]
    marked: list[tuple[str, str, str]] = field(default_factory=list)

    def reach(self, person: str) -> Sequence[tuple[str, str]]:
        closed = {(channel, address) for channel, address, _ in self.marked}
        return [way for way in self.where.get(person, []) if way not in closed]

    def offered(self, *_what: object) -> tuple[()]:
        """Nobody presses here."""
        return ()

    def mark(self, channel: str, address: str, why: str, _at: object) -> None:
        self.marked.append((channel, address, why))

    def said(self, *_what: object) -> None:
        """Nobody replies here."""

    def moved(self, channel: str, address: str, to: str, _at: object) -> None:
        for ways in self.where.values():
            ways[:] = [(channel, to) if way == (channel, address) else way for way in ways]


def courier(
    works: Works,
    *channels: Scripted,
    reached: Reached,
    instead: Callable[[str], Sequence[str]] = lambda _person: (),
    faults: list[Exception] | None = None,
) -> Courier:
    return Courier(
        store=works.store,
        office=works.office.slug,
        clock=works.clock,
        channels={channel.name: channel for channel in channels},
        ways=lambda _connection: reached,
        render=lambda person, rows: Message(text=f"{person}: " + ", ".join(spelled(row) for row in rows)),
        fresh=lambda _connection, rows: [row.number for row in rows],
        instead=lambda _connection, person: instead(person),
        replaced=lambda _old, _words: True,
        told=(faults if faults is not None else []).append,
    )


def spelled(row) -> str:
    instead = f" for {row.notice.for_person}" if row.notice.for_person else ""
    return f"{row.notice.case}{'!' * row.notice.statutory}{' again' * row.repeated}{instead}"


def queue(works: Works, *people: str, case: int = 1, statutory: bool = False, **more) -> None:
    now = works.clock.now()
    notices = [
        Notice(
            person=person,
            case=case,
            what="act",
            rung="-1",
            basis="b",
            statutory=statutory,
            created_at=now,
            not_before=now,
            **more,
        )
        for person in people
    ]
    with works.store.writing(works.office.slug) as connection:
        Outbox(connection, works.office.slug).put(notices)


def states(works: Works) -> list[tuple[str, State]]:
    with works.store.reading() as connection:
        rows = Outbox(connection, works.office.slug).since(works.clock.now() - timedelta(days=999))
        return sorted((row.notice.person, row.state) for row in rows)
