"""Decides whether a chat takes files, and downloads the files of a message.

An update only names a file; downloading it takes another request to the channel. The update waits for that outside
any transaction (``AwaitingFiles``) and is handled again afterwards; after a crash the download starts again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.dialog.incoming import FileRef, IncomingUpdate
from bot.dialog.turn import RequestContext
from config.clock import Clock
from config.declarations.keys import ITEM_FIELD, VILLAGE_ITEM_KIND
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from scheduler.delivery.inbox import RetryLater
from storage.content.content_store import MAX_FILE_BYTES, MEGABYTE, FileTooLarge
from storage.content.pictures import PictureTooLarge, PictureUnreadable
from storage.database.store import Store
from storage.events.case import Case
from storage.messaging.incoming_files import IncomingFile, IncomingFiles
from storage.reading.texts.handed_in_file import PreparedFile, prepare_file

UNNAMED_PHOTO = "{number}.jpg"
"""The name given to a photo that came without one."""
TOO_LARGE, UNREADABLE = "too_large", "unreadable"
TRANSIENT_REASONS = frozenset({"flood", "timeout", "no_connection", "server", "broken"})
"""Reasons for a failed download that are worth another try."""
DOWNLOAD_ATTEMPTS, RETRY_SECONDS = 3, 1.0


class NoFiles(Refusal):
    """Files are not taken here; nothing was recorded. Hand it in on the office's local page, or to the clerk."""


class FileUnfetched(Refusal):
    """“{name}” did not come over ({why}). Send it again, or hand it in on the local page."""


class AwaitingFiles(RetryLater):
    """Asks the inbox to handle the update again once its files are downloaded for the sender."""

    def __init__(self, office: str, person: str, update: IncomingUpdate) -> None:
        super().__init__()
        self.office, self.person, self.update = office, person, update


@runtime_checkable
class SupportsFiles(Protocol):
    """A channel that can download the files people send."""

    def fetch(self, ref: FileRef, *, most: int) -> bytes:
        """The content of a file. Raises FileUnfetched where it exceeds ``most`` bytes or cannot be downloaded."""
        ...


@runtime_checkable
class SupportsFileNames(Protocol):
    """A channel that learns the name of a file only with its content."""

    def file_name(self, ref: FileRef) -> str:
        """The name of a file that was downloaded; empty where there is none."""
        ...


def accepts_files(context: RequestContext) -> bool:
    """Whether files may be sent and received in this chat: the channel can, and the office's file allows it."""
    return context.capabilities.files and context.channel in context.app.office.chat_files


def accepts_item_files(context: RequestContext) -> bool:
    """Whether this chat takes the photographs and files of a village's item."""
    return context.capabilities.files and (context.app.office.chat_items or accepts_files(context))


def may_send_files(context: RequestContext, case: Case) -> bool:
    """Whether the files of a text are sent in this chat; those of an item and its text have a rule of their own."""
    of_item = case.facts.get(ITEM_FIELD) or (case.opening and case.opening.kind == VILLAGE_ITEM_KIND)
    return accepts_item_files(context) if of_item else accepts_files(context)


def incoming_files(context: RequestContext) -> IncomingFiles:
    """The stored files of the sender on this channel."""
    return IncomingFiles(context.connection, context.app.office.slug, context.person.id, context.channel)


def fetched_files(
    context: RequestContext, update: IncomingUpdate, *, of_item: bool = False
) -> list[IncomingFile]:
    """The downloaded files of a message. Raises NoFiles, AwaitingFiles, FileUnfetched or FileTooLarge."""
    if not (accepts_item_files(context) if of_item else accepts_files(context)):
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
    """Downloads the files that an update waits for."""

    store: Store
    clock: Clock
    requeue: Callable[[int], object]
    """Has an update handled again, by its number in the inbox."""
    wait: Callable[[float], object] = time.sleep
    """Waits so many seconds; other chats are not delayed (``bot/delivery/inbox_worker.py``)."""

    def fetch(self, channel: Channel, number: int, awaited: AwaitingFiles) -> None:
        """Download the files, store each with its content or the reason it has none, and requeue the update."""
        files = list(self._download(channel, awaited.update))
        with self.store.writing(awaited.office) as connection:
            table = IncomingFiles(connection, awaited.office, awaited.person, awaited.update.channel)
            table.put(files, self.clock.now())
        self.requeue(number)

    def _download(self, channel: Channel, update: IncomingUpdate) -> Iterator[IncomingFile]:
        for place, ref in enumerate(update.files):
            content, why = self._download_with_retries(channel, ref)
            told = channel.file_name(ref) if isinstance(channel, SupportsFileNames) else ""
            name = ref.name or told or UNNAMED_PHOTO.format(number=update.message)
            yield _incoming_file(update.message, place, name, content, why)

    def _download_with_retries(self, channel: Channel, ref: FileRef) -> tuple[bytes, str]:
        """The content, or the reason there is none; a transient failure is tried again."""
        why = ""
        for _ in range(DOWNLOAD_ATTEMPTS):
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


def _incoming_file(message: str, place: int, name: str, content: bytes, why: str) -> IncomingFile:
    """A file that came, prepared for leaving the office again: no photograph keeps its place and camera."""
    if why:
        return IncomingFile(message=message, place=place, name=name, content=content, why=why)
    try:
        ready = prepare_file(name, content)
    except PictureUnreadable:
        return IncomingFile(message=message, place=place, name=name, content=b"", why=UNREADABLE)
    except PictureTooLarge:
        return IncomingFile(message=message, place=place, name=name, content=b"", why=TOO_LARGE)
    return IncomingFile(
        message=message,
        place=place,
        name=ready.name,
        content=ready.content,
        original=ready.original,
        words=ready.words,
    )


def prepared_files(files: Iterable[IncomingFile]) -> tuple[PreparedFile, ...]:
    """The files of messages as parts of an item or a text."""
    return tuple(
        PreparedFile(name=one.name, content=one.content, original=one.original, words=one.words)
        for one in files
    )
