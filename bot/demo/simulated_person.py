"""A simulated post: it reads what it is told, writes, and presses buttons, through the conversation like anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.delivery.reply_sender import Mouth
from bot.demo.channel import NAME, DemoChannel
from bot.dialog.incoming import Heard, What
from bot.dispatch.dispatcher import Conversation
from bot.language.phrasebook import phrasebook
from config.clock import HandClock
from config.office.loader import Person

BETWEEN = timedelta(seconds=20)  # from reading to answering: within the minute in which an act can be undone
_NUMBER = re.compile(r"案件 (\d+)")


class OffScript(RuntimeError):  # noqa: N818 - it is no error of a caller: the play itself went wrong
    """A post was told something its story did not expect: the demo, or the program, is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post of the town at its own chat."""

    person: Person
    clock: HandClock
    channel: DemoChannel
    talk: Conversation
    mouth: Mouth

    @property
    def id(self) -> str:
        """The post's id in the office's file."""
        return self.person.id

    def says(self, text: str) -> str:
        """Write something. Returns what is said back."""
        return self._hears(What.TEXT, text, text=text)

    def presses(self, label: str) -> str:
        """Press a button of the message the post looks at."""
        found = self.channel.buttons(self.id).get(label)
        if found is None:
            raise OffScript(f"{self.person.post}: no button {label}: {self.last}")
        message, button = found
        return self._hears(What.PRESSED, f"［{label}］", handle=button.handle, message=message)

    def does(self, text: str, *answers: str) -> str:
        """An act with the answers to what it asks, by button where there is one. It must end as recorded."""
        said = self.says(text)
        for answer in answers:
            said = self.presses(answer) if answer in self.labels else self.says(answer)
        if not said.startswith(word("talk.recorded", position="")):
            raise OffScript(f"{self.person.post}: {text} {answers}: {said}")
        return said

    @property
    def labels(self) -> tuple[str, ...]:
        """What the post can press."""
        return tuple(self.channel.buttons(self.id))

    @property
    def heard(self) -> int:
        """How much was said to the post so far."""
        return sum(not line.own for line in self.channel.chats[self.id])

    @property
    def last(self) -> str:
        """What was said last."""
        lines = self.channel.chats[self.id]
        return lines[-1].text if lines else ""

    def _hears(self, what: What, shown: str, **more: str) -> str:
        self.clock.move(BETWEEN)
        self.channel.hear(self.id, shown)
        heard = Heard(
            channel=NAME,
            what=what,
            sender=self.id,
            place=self.id,
            private=True,
            said_at=self.clock.now(),
            **more,  # type: ignore[arg-type]
        )
        works = self.talk.works
        with works.store.writing(works.office.slug) as connection:
            reply = self.talk.hear(connection, heard, self.channel.abilities)
        self.mouth.say(heard, reply)
        return reply.text if reply else ""


def word(key: str, **words: object) -> str:
    """A phrase as posts read it; of a verb, what its button says."""
    return phrasebook("zh").say(key, **words).split("|")[0]


def numbers_in(text: str) -> list[int]:
    """The cases a message speaks of, as a reader would look them up."""
    return [int(number) for number in dict.fromkeys(_NUMBER.findall(text))]
