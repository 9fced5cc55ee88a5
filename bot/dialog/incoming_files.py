"""Files in a chat: whether they are taken here, and what a message brought once it was fetched.

A channel names a file; its content is another question to another machine. The update waits for it outside any
transaction (``AwaitingFiles``), and is handled anew when it is here: killed anywhere, it is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.dialog.incoming import FileRef, IncomingUpdate
from bot.dialog.turn import RequestContext
from config.clock import Clock
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from scheduler.delivery.inbox import RetryLater
from storage.content.content_store import MAX_FILE_BYTES, MEGABYTE, FileTooLarge
from storage.database.store import Store
from storage.messaging.incoming_files import IncomingFile, IncomingFiles

UNNAMED_PHOTO = "{number}.jpg"
"""What a picture is called that came without a name."""
TOO_LARGE = "too_large"
TRANSIENT_REASONS = frozenset({"flood", "timeout", "no_connection", "server", "broken"})
"""Why a file does not come that comes a moment later."""
TRIES, RETRY_SECONDS = 3, 1.0


class NoFiles(Refusal):
    """Files are not taken here; nothing was recorded. Hand it in on the office's local page, or to the clerk."""


class FileUnfetched(Refusal):
    """“{name}” did not come over ({why}). Send it again, or hand it in on the local page."""


class AwaitingFiles(RetryLater):
    """The files of a message, for whoever sent them."""

    def __init__(self, office: str, person: str, update: IncomingUpdate) -> None:
        super().__init__()
        self.office, self.person, self.update = office, person, update


@runtime_checkable
class SupportsFiles(Protocol):
    """A channel that can hand over the files people send."""

    def fetch(self, ref: FileRef, *, most: int) -> bytes:
        """What a file holds. FileUnfetched where it is larger than ``most`` bytes, or does not come."""
        ...


def accepts_files(context: RequestContext) -> bool:
    """Whether files may come and go here: the channel can, and the office allows it."""
    return context.capabilities.files and context.channel in context.app.office.chat_files


def incoming_files(context: RequestContext) -> IncomingFiles:
    """The speaker's, on this channel."""
    return IncomingFiles(context.connection, context.app.office.slug, context.person.id, context.channel)


def fetched_files(context: RequestContext, update: IncomingUpdate) -> list[IncomingFile]:
    """What a message brought. NoFiles; Awaited where it is still to be fetched; FileUnfetched, FileTooLarge."""
    if not accepts_files(context):
        raise NoFiles
    here = incoming_files(context).of_messages([update.message])
    if len(here) != len(update.files):
        raise AwaitingFiles(context.app.office.slug, context.person.id, update)
    for one, ref in zip(here, update.files, strict=True):
        if one.why == TOO_LARGE:
            size = f"{ref.size / MEGABYTE:.1f}"
            raise FileTooLarge(name=one.name, size=size, most=MAX_FILE_BYTES // MEGABYTE)
        if one.why:
            key = f"talk.unfetched.{one.why}"
            why = context.say(key if key in context.book.phrases else "talk.unfetched.other")
            raise FileUnfetched(name=one.name, why=why)
    return here


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFetcher:
    """Fetches what an update waits for."""

    store: Store
    clock: Clock
    requeue: Callable[[int], object]
    """Lets an update be handled, by its number."""
    wait: Callable[[float], object] = time.sleep
    """Whoever fetches for one chat holds up no other (``bot/delivery/inbox_worker.py``)."""

    def fetch(self, channel: Channel, number: int, awaited: AwaitingFiles) -> None:
        """Ask the channel, keep what comes or why it does not, and let the update go on."""
        files = list(self._download(channel, awaited.update))
        with self.store.writing(awaited.office) as connection:
            kept = IncomingFiles(connection, awaited.office, awaited.person, awaited.update.channel)
            kept.put(files, self.clock.now())
        self.requeue(number)

    def _download(self, channel: Channel, update: IncomingUpdate) -> Iterator[IncomingFile]:
        for place, ref in enumerate(update.files):
            name = ref.name or UNNAMED_PHOTO.format(number=update.message)
            content, why = self._download_with_retries(channel, ref)
            yield IncomingFile(update.message, place, name, content, why)

    def _download_with_retries(self, channel: Channel, ref: FileRef) -> tuple[bytes, str]:
        """The content, or why it does not come; what passes is asked for again."""
        why = ""
        for _ in range(TRIES):
            try:
                return (
                    channel.fetch(ref, most=MAX_FILE_BYTES) if isinstance(channel, SupportsFiles) else b""
                ), ""
            except FileUnfetched as refused:
                why = str(refused.words["why"])
            if why not in TRANSIENT_REASONS:
                break
            self.wait(RETRY_SECONDS)
        return b"", why
