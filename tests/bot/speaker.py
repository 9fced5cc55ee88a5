"""People who talk with the office on a channel that only a test sees: nothing said there goes unseen."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace

from bot.channels.stream.message_parts import with_captions
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from bot.dialog.incoming_files import TOO_LARGE, AwaitingFiles, FileFetcher, FileUnfetched
from bot.dialog.reply import Reply
from bot.dispatch.dispatcher import Dispatcher
from bot.language.phrasebook import phrasebook
from bot.runtime.office_channels import create_outbox_sender
from bot.services.app import OfficeApp
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from storage.messaging.accounts import Accounts
from storage.messaging.outbox import Outbox

FULL = ChannelCapabilities(buttons=True, edit=True, files=True, silent=True)
NO_EDIT = ChannelCapabilities(buttons=True, files=True, max_length=3000, caption=0)
"""As WeCom is where nobody has just pressed: a card cannot be changed, and no words stand below a file.

No platform with buttons holds a shorter text.
"""
TEXT_ONLY = ChannelCapabilities(max_length=2000)
EVERY = {"full": FULL, "no edit": NO_EDIT, "text only": TEXT_ONLY}
GROUP = "group"
MOST_LINES = 16  # a card's twelve, and what is said above it and below
UNFILLED = re.compile(r"[{}]|\[[a-z_]+(?:\.[a-z_]+)+\]")
"""A placeholder nobody filled, or a phrase nobody wrote."""


def assert_whole(message: Message) -> None:
    """Nothing a person reads shows its seams."""
    labels = [button.label for row in message.rows for button in row]
    for text in (message.text, *labels):
        assert text.strip()
        assert not UNFILLED.search(text), text
    assert all(0 < len(button.callback_token.encode()) <= 64 for row in message.rows for button in row)
    assert len(message.text.splitlines()) <= MOST_LINES or message.text.startswith("《"), message.text


@dataclass
class Room:
    """An office's people on one channel, and everything said to them that nobody has looked at yet."""

    app: OfficeApp
    capabilities: ChannelCapabilities = FULL
    name: str = "test"
    count: int = 0
    unseen: dict[str, deque[Message]] = field(default_factory=lambda: defaultdict(deque))
    standing: dict[tuple[str, str], Message] = field(default_factory=dict)
    """Each message as it stands now, by its place and id."""
    changed: list[Message] = field(default_factory=list)
    """What was only changed in place: it calls nobody."""
    expected: set[str] = field(default_factory=set)
    """What the outbox may hold at the end of a story: nobody is to hear anything else."""
    menus: dict[str, list[str]] = field(default_factory=dict)
    said_in_menus: dict[str, dict[str, str]] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    sends: list[SendResult] = field(default_factory=list)
    """What the next sends come to, where they do not simply arrive."""
    holds: dict[str, bytes] = field(default_factory=dict)
    """The files people sent that can be fetched, by their ids."""

    def __post_init__(self) -> None:
        self.talk = Dispatcher(app=self.app)
        self.reply_sender = ReplySender(
            store=self.app.store,
            office=self.app.office.slug,
            clock=self.app.clock,
            channels={self.name: self},
            wait=self.waited.append,
        )

    def send(self, address: str, message: Message) -> SendResult:
        if self.sends:
            return self.sends.pop(0)
        for part in self._parts(message):
            self.count += 1
            sent = self._keep(address, f"m{self.count}", part)
        return sent

    def _parts(self, message: Message) -> list[Message]:
        """A message as it is shown: where no words stand below a file, they are a message of their own before it."""
        has_file = message.file is not None or bool(message.pictures)
        if self.capabilities.caption or not has_file:
            return [message]
        message = with_captions(message)
        if not message.text:
            return [message]
        return [replace(message, file=None, pictures=()), replace(message, text="", rows=())]

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        assert self.capabilities.edit
        assert (address, message_id) in self.standing, "there is no such message"
        self.changed.append(message)
        return self._keep(address, message_id, message)

    def show_commands(self, commands, *, address: str = "", groups: bool = False) -> SendResult:
        self.menus[GROUP if groups else address] = [line.name for line in commands]
        self.said_in_menus[GROUP if groups else address] = dict(commands)
        return SendResult(outcome=SendOutcome.SENT)

    def _keep(self, address: str, message_id: str, message: Message) -> SendResult:
        if message.file is None and not message.pictures:
            assert_whole(message)
        self.unseen[address].append(message)
        self.standing[address, message_id] = message
        return SendResult(outcome=SendOutcome.SENT, message=message_id)

    def hears(self, update: IncomingUpdate) -> Reply | None:
        """As the listener does it: kept in one transaction, then said."""
        try:
            reply = self._heard(update)
        except AwaitingFiles as awaited:
            fetcher = FileFetcher(
                store=self.app.store, clock=self.app.clock, requeue=str, wait=self.waited.append
            )
            fetcher.fetch(self, 1, awaited)
            reply = self._heard(update)
        self.reply_sender.send_reply(update, reply)
        return reply

    def _heard(self, update: IncomingUpdate) -> Reply | None:
        with self.app.store.writing(self.app.office.slug) as connection:
            return self.talk.handle(connection, update, self.capabilities)

    def fetch(self, ref: FileRef, *, most: int) -> bytes:
        content = self.holds.get(ref.id)
        if content is None or len(content) > most:
            raise FileUnfetched(name=ref.name, why="timeout" if content is None else TOO_LARGE)
        return content

    def deliver(self) -> None:
        """Whatever is ready to be said by itself."""
        faults: list[Exception] = []
        create_outbox_sender(self.app, {self.name: self}, faults.append).deliver()
        assert faults == []

    def took(self, address: str) -> list[str]:
        """What was said there since somebody looked."""
        said = [message.text for message in self.unseen[address]]
        self.unseen[address].clear()
        return said

    def assert_nothing_else(self) -> None:
        left = {place: [one.text for one in said] for place, said in self.unseen.items() if said}
        assert left == {}

    def assert_silence(self) -> None:
        """Nobody was called who did not ask, and nothing waits in the outbox but what the story expects."""
        changed = {id(message) for message in self.changed}
        called = [one.text for said in self.unseen.values() for one in said if id(one) not in changed]
        assert called == []
        assert self.queued() == self.expected, self.queued()

    def queued(self) -> set[str]:
        """What waits in the outbox: occasions by their name, reminders by rung."""
        with self.app.store.reading() as connection:
            waiting = Outbox(connection, self.app.office.slug).unfinished()
        return {row.notice.rung.split()[0] if row.notice.case else row.notice.what for row in waiting}

    def person(self, who: str) -> Speaker:
        """Somebody who is in already."""
        return Speaker(self.app, who, room=self)


class Speaker:
    """One person at one address; looks at whatever is said back, and at nothing else."""

    def __init__(
        self,
        app: OfficeApp,
        person: str,
        capabilities: ChannelCapabilities = FULL,
        *,
        room: Room | None = None,
        joined: bool = True,
    ) -> None:
        self.app, self.person, self.address = app, person, f"at {person}"
        self.room = room or Room(app, capabilities)
        self.reply: Reply | None = None
        self.looks_at = ""
        if joined:
            with app.store.writing(app.office.slug) as connection:
                accounts = Accounts(connection, app.office.slug)
                accounts.bind(
                    person, self.room.name, self.address, at=app.clock.now(), confirmed_by="terminal"
                )

    @property
    def capabilities(self) -> ChannelCapabilities:
        return self.room.capabilities

    def says(self, text: str, *, reply_to: str = "", private: bool = True, **more) -> str:
        return self.hears(UpdateKind.TEXT, text=text, reply_to=reply_to, private=private, **more)

    def says_and_confirms(self, text: str) -> str:
        """Say what cannot be taken back, and confirm what is shown of it."""
        shown = self.says(text)
        assert "确认吗" in shown, shown
        return self.presses("确认")

    def comes(self, payload: str = "") -> str:
        return self.hears(UpdateKind.CHAT_OPENED, payload=payload)

    def uploads(self, text: str = "", *, name: str = "清单.xlsx", content: bytes = b"", **more) -> str:
        """Send a file; of one without content nothing can be fetched."""
        self.room.count += 1
        number = f"m{self.room.count}"
        if content:
            self.room.holds[number] = content
        file = FileRef(id=number, name=name, size=len(content))
        return self.hears(UpdateKind.TEXT, text=text, files=(file,), message=number, **more)

    def presses(self, label: str, *, private: bool = True) -> str:
        """The button with this label; without buttons, its words are written."""
        choice = self.choice(label)
        if not self.capabilities.buttons:
            return self.says(choice.typed_equivalent)
        return self.taps(choice.callback_token, self.looks_at, private=private)

    def taps(self, handle: str, message: str = "", *, private: bool = True) -> str:
        return self.hears(UpdateKind.PRESSED, callback_token=handle, message=message, private=private)

    def choice(self, label: str):
        return next(one for one in self.reply.choices if one.label == label)

    def labels(self) -> list[str]:
        return [choice.label for choice in self.reply.choices]

    def hears(self, what: UpdateKind, *, private: bool = True, **more) -> str:
        place = self.address if private else GROUP
        update = IncomingUpdate(
            channel=self.room.name, what=what, sender=self.address, chat=place, private=private, **more
        )
        before = len(self.room.unseen[place])
        self.reply = self.room.hears(update)
        if self.reply is None or not self.reply.lines:
            assert len(self.room.unseen[place]) == before
            return ""
        message = self.room.unseen[place][before]
        del self.room.unseen[place][before]
        self.looks_at = next(
            (number for (at, number), one in self.room.standing.items() if at == place and one is message), ""
        )
        return message.text


def word(key: str, language: str = "zh", **words: object) -> str:
    """A phrase as it is read; of a verb, what its button says."""
    return phrasebook(language).say(key, **words).split("|")[0]
