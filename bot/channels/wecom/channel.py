"""Sends, changes and fetches on WeCom, over the long connection of its bot.

A text goes out as Markdown that is taken literally, a message with buttons as a template card. WeCom lets a card be
changed within five seconds of a press on it, and no other message at all: the result of a press replaces its card,
everything else is a new message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import unquote

from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.message_parts import send_parts, with_captions
from bot.channels.stream.web_socket import ConnectionDown, RequestUnanswered
from bot.channels.wecom.cards import button_cards, fits_card, literal_markdown, new_card_id, plain_card
from bot.channels.wecom.frames import (
    NAME,
    SEND,
    UPDATE_CARD,
    UPLOAD_BEGIN,
    UPLOAD_END,
    UPLOAD_PART,
    request_frame,
)
from bot.channels.wecom.media import FileUndecryptable, decrypt, upload_beginning, upload_parts
from bot.channels.wecom.protocol import WeComProtocol
from bot.channels.wecom.send_results import send_result_of
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from bot.language.text_pages import split_text
from config.json_text import object_part
from scheduler.delivery.channel import (
    ChannelCapabilities,
    Message,
    MessageAttachment,
    SendOutcome,
    SendResult,
)
from storage.messaging.rate_limits import RateLimits, RateWindow
from storage.web.http_client import fetch
from storage.web.http_results import FailureReason, FetchFailure, RequestPolicy

MAX_FILE_BYTES = 20_000_000
NOT_SENT = SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection")
NOT_EDITABLE = SendResult(outcome=SendOutcome.REFUSED, why="gone")
FILE_NAME = re.compile(r"filename\*=UTF-8''([^;\s]+)|filename=\"?([^\";]+)\"?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WeComChannel:
    """The channel of one bot, as ``scheduler/delivery/channel.py`` describes a channel."""

    connection: StreamConnection
    protocol: WeComProtocol
    policy: RequestPolicy = field(default_factory=RequestPolicy)
    """The bounds of downloads, whose addresses WeCom names in its messages."""
    file_names: dict[str, str] = field(default_factory=dict)
    """The names of fetched files by their ids: WeCom tells them with the content."""

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, edit_after_press=True, files=True, mentions=True, max_length=4000, caption=0
    )
    rate_limits: ClassVar[RateLimits] = RateLimits(
        person=RateWindow(most=30, within=timedelta(minutes=1)),
        group=RateWindow(most=30, within=timedelta(minutes=1)),
        hour=RateWindow(most=1000, within=timedelta(hours=1)),
        channel=RateWindow(most=100, within=timedelta(seconds=1)),  # [unconfirmed]: the manual names none
    )

    def parts(self, message: Message) -> int:
        """Return how many messages a message takes, each of which counts towards the limits."""
        return sum(1 for _ in self._bodies(message, "")) + len(message.pictures) + bool(message.file)

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message; the id of the result is that of its card, where it has buttons."""
        card = new_card_id()
        parts = [partial(self._send_body, address, body) for body in self._bodies(message, card)]
        files = [*message.pictures, *([message.file] if message.file else [])]
        parts += [partial(self._send_file, address, file) for file in files]
        sent = send_parts(parts)
        has_card = bool(message.rows) and sent.outcome is SendOutcome.SENT
        return SendResult(outcome=SendOutcome.SENT, message=card) if has_card else sent

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change a card that was pressed within the last seconds; refused with ``gone`` for every other message."""
        request_id = self.protocol.take_press(message_id)
        if not request_id:
            return NOT_EDITABLE
        cards = [card for _, card in button_cards(message, message_id)] or [
            plain_card(message.text, message_id)
        ]
        body: Mapping[str, Any] = {"response_type": "update_template_card", "template_card": cards[0]}
        sent = self._request(UPDATE_CARD, body, request_id, message=message_id)
        if sent.outcome is not SendOutcome.SENT:
            return sent
        rest: list[Mapping[str, Any]] = [] if fits_card(message.text) else [*_texts(message.text)]
        for more in (*rest, *map(_card_body, cards[1:])):
            if self._send_body(address, more).outcome is not SendOutcome.SENT:
                return SendResult(outcome=SendOutcome.UNCERTAIN, why="partly", message=message_id)
        return sent

    def fetch(self, ref: FileRef, *, most: int = MAX_FILE_BYTES) -> bytes:
        """Download and decrypt a file, at most ``most`` bytes of it. Raises FileUnfetched."""
        url, _, key = ref.id.partition(" ")
        page = fetch(url, self.policy)
        if isinstance(page, FetchFailure):
            why = TOO_LARGE if page.why is FailureReason.TOO_LARGE else _fetch_reason(page.why)
            raise FileUnfetched(name=ref.name, why=why)
        if page.status != 200:  # noqa: PLR2004 - the only success: addresses run out after five minutes
            raise FileUnfetched(name=ref.name, why="gone")
        try:
            content = decrypt(page.body, key) if key else page.body
        except FileUndecryptable:
            raise FileUnfetched(name=ref.name, why="broken") from None
        if len(content) > most:
            raise FileUnfetched(name=ref.name, why=TOO_LARGE)
        if found := FILE_NAME.search(page.headers.get("content-disposition", "")):
            self.file_names[ref.id] = unquote(found[1] or found[2])
        return content

    def file_name(self, ref: FileRef) -> str:
        """The name of a fetched file; empty where WeCom told none. It is told once."""
        return self.file_names.pop(ref.id, "")

    def close(self) -> None:
        """Do nothing: the channel has nothing open but its connection."""

    def _bodies(self, message: Message, card: str) -> Iterator[Mapping[str, Any]]:
        """The bodies of the messages that say a message."""
        message = with_captions(message)
        cards = [_card_body(each) for _, each in button_cards(message, card)]
        if message.text and not (cards and fits_card(message.text)):
            yield from _texts(message.text)
        yield from cards

    def _send_body(self, address: str, body: Mapping[str, Any]) -> SendResult:
        return self._request(SEND, {"chatid": address, **body})

    def _send_file(self, address: str, file: MessageAttachment) -> SendResult:
        kind = "image" if file.is_picture else "file"
        begun = self._ask(UPLOAD_BEGIN, upload_beginning(kind, file.name, file.content))
        if isinstance(begun, SendResult):
            return _nothing_shown(begun)
        upload_id = str(object_part(begun, "body").get("upload_id", ""))
        for part in upload_parts(upload_id, file.content):
            answer = self._ask(UPLOAD_PART, part)
            if isinstance(answer, SendResult):
                return _nothing_shown(answer)
        ended = self._ask(UPLOAD_END, {"upload_id": upload_id})
        if isinstance(ended, SendResult):
            return _nothing_shown(ended)
        media = str(object_part(ended, "body").get("media_id", ""))
        return self._send_body(address, {"msgtype": kind, kind: {"media_id": media}})

    def _request(
        self, command: str, body: Mapping[str, Any], request_id: str = "", *, message: str = ""
    ) -> SendResult:
        answer = self._ask(command, body, request_id)
        return (
            answer
            if isinstance(answer, SendResult)
            else SendResult(outcome=SendOutcome.SENT, message=message)
        )

    def _ask(
        self, command: str, body: Mapping[str, Any], request_id: str = ""
    ) -> Mapping[str, Any] | SendResult:
        """Send a request; return its answer where that is good, else the outcome."""
        try:
            answer = self.connection.request(*request_frame(command, body, request_id))
        except ConnectionDown:
            return NOT_SENT
        except RequestUnanswered as error:
            return SendResult(outcome=SendOutcome.UNCERTAIN, why=error.why)
        sent = send_result_of(answer)
        if sent.why == "unsubscribed":
            self.connection.restart("unsubscribed")  # it looks open, and delivers nothing any more
        if sent.outcome is not SendOutcome.SENT:
            return sent
        self.connection.mark_sent()
        return answer


def _texts(text: str) -> Iterator[Mapping[str, Any]]:
    for page in split_text(text, WeComChannel.capabilities.max_length):
        yield {"msgtype": "markdown", "markdown": {"content": literal_markdown(page)}}


def _card_body(card: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"msgtype": "template_card", "template_card": card}


def _nothing_shown(failed: SendResult) -> SendResult:
    """An upload that failed showed nothing to anybody: it may be tried again."""
    unknown = failed.outcome is SendOutcome.UNCERTAIN
    return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why=failed.why) if unknown else failed


def _fetch_reason(why: FailureReason) -> str:
    reasons = {FailureReason.SLOW: "timeout", FailureReason.NO_CONNECTION: "no_connection"}
    return reasons.get(why, "broken")
