"""A simulated post, which reads messages, writes and presses buttons through the dispatcher like anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.delivery.reply_sender import ReplySender
from bot.demo.channel import NAME, DemoChannel
from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from bot.dispatch.dispatcher import Dispatcher
from bot.language.phrasebook import phrasebook
from config.clock import ManualClock
from config.office.model import Person
from storage.messaging.incoming_files import IncomingFile, IncomingFiles
from storage.reading.texts.handed_in_file import prepare_file

ANSWER_DELAY = timedelta(
    seconds=20
)  # from reading to answering: within the minute in which a command can be undone
_CASE_NUMBER = re.compile(r"(?:案件|编号) (\d+)")


class UnexpectedReply(RuntimeError):
    """A post got a reply that its story did not expect: the demo or the program is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPerson:
    """One post of the town in its own chat."""

    person: Person
    clock: ManualClock
    channel: DemoChannel
    dispatcher: Dispatcher
    reply_sender: ReplySender

    @property
    def id(self) -> str:
        """The post's id in the office's file."""
        return self.person.id

    def write(self, text: str) -> str:
        """Write a message; returns the reply."""
        return self._send_update(UpdateKind.TEXT, text, text=text)

    def send_photo(self, caption: str, name: str, content: bytes) -> str:
        """Send a photograph with a caption; returns the reply. The channel has fetched it already."""
        message, app = f"photo{self.clock.now():%Y%m%d%H%M%S}", self.dispatcher.app
        ready = prepare_file(name, content)
        file = IncomingFile(
            message=message, place=0, name=ready.name, content=ready.content, original=ready.original
        )
        with app.store.writing(app.office.slug) as connection:
            here = IncomingFiles(connection, app.office.slug, self.id, NAME)
            here.put([file], self.clock.now())
        ref = FileRef(id=message, name=name, size=len(content))
        shown = f"［{name}］{caption}"
        return self._send_update(UpdateKind.TEXT, shown, text=caption, message=message, files=(ref,))

    def press(self, label: str) -> str:
        """Press a button of the message the post reads."""
        found = self.channel.buttons(self.id).get(label)
        if found is None:
            raise UnexpectedReply(f"{self.person.post}: no button {label}: {self.last}")
        message, button = found
        return self._send_update(
            UpdateKind.PRESSED, f"［{label}］", callback_token=button.callback_token, message=message
        )

    def perform(self, text: str, *answers: str) -> str:
        """Perform a command and answer its questions, by button if there is one. UnexpectedReply unless recorded.

        Words of the post's own are shown back before they count, and confirmed.
        """
        said = self.write(text)
        for answer in answers:
            said = self.press(answer) if answer in self.labels else self.write(answer)
        if not _is_recorded(said) and CONFIRM_WORD in self.labels:
            said = self.press(CONFIRM_WORD)
        if not _is_recorded(said):
            raise UnexpectedReply(f"{self.person.post}: {text} {answers}: {said}")
        return said

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the buttons the post can press."""
        return tuple(self.channel.buttons(self.id))

    @property
    def heard_count(self) -> int:
        """How many messages the post has got so far."""
        return sum(not line.own for line in self.channel.chats[self.id])

    @property
    def last(self) -> str:
        """The text of the last message."""
        lines = self.channel.chats[self.id]
        return lines[-1].text if lines else ""

    def _send_update(self, what: UpdateKind, shown: str, **more: Any) -> str:
        self.clock.move(ANSWER_DELAY)
        self.channel.record_own_message(self.id, shown)
        update = IncomingUpdate(
            channel=NAME,
            what=what,
            sender=self.id,
            chat=self.id,
            private=True,
            said_at=self.clock.now(),
            **more,
        )
        app = self.dispatcher.app
        with app.store.writing(app.office.slug) as connection:
            reply = self.dispatcher.handle(connection, update, self.channel.capabilities)
        self.reply_sender.send_reply(update, reply)
        return reply.text if reply else ""


def phrase_word(key: str, **words: object) -> str:
    """A phrase in the office's language; of a verb, the label of its button."""
    return phrasebook("zh").say(key, **words).split("|")[0]


def _is_recorded(said: str) -> bool:
    """Whether an answer says that it was recorded: with its number, or to a village without."""
    return said.startswith(phrase_word("talk.recorded", position="").split()[0])


CONFIRM_WORD, CLOSE_WORD = phrase_word("verb.confirm"), phrase_word("verb.close")


def case_numbers_in(text: str) -> list[int]:
    """The case numbers in a message, as a reader would look them up."""
    return [int(number) for number in dict.fromkeys(_CASE_NUMBER.findall(text))]
