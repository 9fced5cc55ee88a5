"""Files in a chat: whether they are taken here, and what a message brought once it was fetched.

A channel names a file; its content is another question to another machine. The update waits for it outside any
transaction (``Awaited``), and is handled anew when it is here: killed anywhere, it is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.dialog.incoming import FileRef, Heard
from bot.dialog.turn import Turn
from config.clock import Clock
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from scheduler.delivery.inbox import NotYet
from storage.content.content_store import LARGEST, MEGABYTE, FileTooLarge
from storage.database.store import Store
from storage.messaging.incoming_files import Arrival, Arrivals

PICTURE = "{number}.jpg"
"""What a picture is called that came without a name."""
TOO_LARGE = "too_large"
PASSING = frozenset({"flood", "timeout", "no_connection", "server", "broken"})
"""Why a file does not come that comes a moment later."""
TRIES, A_MOMENT = 3, 1.0


class NoFiles(Refusal):
    """Files are not taken here; nothing was recorded. Hand it in on the office's local page, or to the clerk."""


class FileUnfetched(Refusal):
    """“{name}” did not come over ({why}). Send it again, or hand it in on the local page."""


class Awaited(NotYet):
    """The files of a message, for whoever sent them."""

    def __init__(self, office: str, person: str, heard: Heard) -> None:
        super().__init__()
        self.office, self.person, self.heard = office, person, heard


@runtime_checkable
class WithFiles(Protocol):
    """A channel that can hand over the files people send."""

    def fetch(self, ref: FileRef, *, most: int) -> bytes:
        """What a file holds. FileUnfetched where it is larger than ``most`` bytes, or does not come."""
        ...


def takes_files(turn: Turn) -> bool:
    """Whether files may come and go here: the channel can, and the office allows it."""
    return turn.abilities.files and turn.channel in turn.works.office.chat_files


def arrivals(turn: Turn) -> Arrivals:
    """The speaker's, on this channel."""
    return Arrivals(turn.connection, turn.works.office.slug, turn.person.id, turn.channel)


def brought(turn: Turn, heard: Heard) -> list[Arrival]:
    """What a message brought. NoFiles; Awaited where it is still to be fetched; FileUnfetched, FileTooLarge."""
    if not takes_files(turn):
        raise NoFiles
    here = arrivals(turn).of([heard.message])
    if len(here) != len(heard.files):
        raise Awaited(turn.works.office.slug, turn.person.id, heard)
    for one, ref in zip(here, heard.files, strict=True):
        if one.why == TOO_LARGE:
            size = f"{ref.size / MEGABYTE:.1f}"
            raise FileTooLarge(name=one.name, size=size, most=LARGEST // MEGABYTE)
        if one.why:
            key = f"talk.unfetched.{one.why}"
            why = turn.say(key if key in turn.book.phrases else "talk.unfetched.other")
            raise FileUnfetched(name=one.name, why=why)
    return here


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches what an update waits for."""

    store: Store
    clock: Clock
    again: Callable[[int], object]
    """Lets an update be handled, by its number."""
    wait: Callable[[float], object] = time.sleep
    """Whoever fetches for one chat holds up no other (``bot/delivery/inbox_worker.py``)."""

    def fetch(self, channel: Channel, number: int, awaited: Awaited) -> None:
        """Ask the channel, keep what comes or why it does not, and let the update go on."""
        files = list(self._fetched(channel, awaited.heard))
        with self.store.writing(awaited.office) as connection:
            kept = Arrivals(connection, awaited.office, awaited.person, awaited.heard.channel)
            kept.put(files, self.clock.now())
        self.again(number)

    def _fetched(self, channel: Channel, heard: Heard) -> Iterator[Arrival]:
        for place, ref in enumerate(heard.files):
            name = ref.name or PICTURE.format(number=heard.message)
            content, why = self._asked(channel, ref)
            yield Arrival(heard.message, place, name, content, why)

    def _asked(self, channel: Channel, ref: FileRef) -> tuple[bytes, str]:
        """The content, or why it does not come; what passes is asked for again."""
        why = ""
        for _ in range(TRIES):
            try:
                return (channel.fetch(ref, most=LARGEST) if isinstance(channel, WithFiles) else b""), ""
            except FileUnfetched as refused:
                why = str(refused.words["why"])
            if why not in PASSING:
                break
            self.wait(A_MOMENT)
        return b"", why
