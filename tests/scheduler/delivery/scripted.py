"""A channel that does what a test says, and people who are reached the way a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.services.app import OfficeApp
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from scheduler.delivery.outbox_sender import OutboxSender
from scheduler.delivery.ports import DeliveryPorts
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState

ARRIVED = SendResult(outcome=SendOutcome.SENT, message="m1")


class Killed(BaseException):
    """The instance dies here: nothing after it runs, no handler catches it."""


@dataclass
class Scripted:
    """Answers each send with the next of its answers, then with success; keeps what arrived."""

    name: str = "scripted"
    capabilities: ChannelCapabilities = field(default_factory=ChannelCapabilities)
    answers: list[SendResult | BaseException] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, message: Message) -> SendResult:
        answer = self.answers.pop(0) if self.answers else ARRIVED
        if isinstance(answer, BaseException):
            raise answer
        if answer.outcome in {SendOutcome.SENT, SendOutcome.UNCERTAIN}:
            self.heard.append((address, message.text))
        return answer

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        raise NotImplementedError


@dataclass
class Reached:
    """Who is reached where; what was marked and what moved."""

    where: dict[str, list[tuple[str, str]]]
    marked: list[tuple[str, str, str]] = field(default_factory=list)

    def addresses_of(self, person: str) -> Sequence[tuple[str, str]]:
        closed = {(channel, address) for channel, address, _ in self.marked}
        return [way for way in self.where.get(person, []) if way not in closed]

    def buttons_for(self, *_what: object) -> tuple[()]:
        """Nobody presses here."""
        return ()

    def mark_unreachable(self, channel: str, address: str, why: str, _at: object) -> None:
        self.marked.append((channel, address, why))

    def record_sent(self, *_what: object) -> None:
        """Nobody replies here."""

    def update_address(self, channel: str, address: str, to: str, _at: object) -> None:
        for ways in self.where.values():
            ways[:] = [(channel, to) if way == (channel, address) else way for way in ways]


@dataclass
class ScriptedPorts:
    """The office as a test says: who is reached, who stands in, how a bundle reads and what is still true."""

    reached: Reached
    substitutes_of: Callable[[str], Sequence[str]] = lambda _person: ()
    faults: list[Exception] = field(default_factory=list)

    def address_book(self, _connection: object) -> Reached:
        return self.reached

    def render(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        return Message(text=f"{person}: " + ", ".join(spelled(row) for row in rows))

    def current_notices(self, _connection: object, rows: Sequence[OutboxEntry]) -> list[int]:
        return [row.number for row in rows]

    def substitutes(self, _connection: object, person: str) -> Sequence[str]:
        return self.substitutes_of(person)

    def mark_replaced(self, _old: object, _text: str) -> bool:
        return True

    def report_fault(self, fault: Exception) -> None:
        self.faults.append(fault)


def outbox_sender(
    app: OfficeApp,
    *channels: Scripted,
    reached: Reached,
    instead: Callable[[str], Sequence[str]] = lambda _person: (),
    faults: list[Exception] | None = None,
) -> OutboxSender:
    ports = ScriptedPorts(reached, instead, faults if faults is not None else [])
    return sender_with(app, ports, *channels)


def sender_with(app: OfficeApp, ports: DeliveryPorts, *channels: Scripted) -> OutboxSender:
    return OutboxSender(
        store=app.store,
        office=app.office.slug,
        clock=app.clock,
        channels={channel.name: channel for channel in channels},
        ports=ports,
    )


def spelled(row) -> str:
    instead = f" for {row.notice.for_person}" if row.notice.for_person else ""
    return f"{row.notice.case}{'!' * row.notice.statutory}{' again' * row.repeated}{instead}"


def queue(app: OfficeApp, *people: str, case: int = 1, statutory: bool = False, **more) -> None:
    now = app.clock.now()
    notices = [
        OutboxNotice(
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
    with app.store.writing(app.office.slug) as connection:
        Outbox(connection, app.office.slug).put(notices)


def states(app: OfficeApp) -> list[tuple[str, OutboxState]]:
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).since(app.clock.now() - timedelta(days=999))
        return sorted((row.notice.person, row.state) for row in rows)
