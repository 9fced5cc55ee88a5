"""Sends one message as several: the pages of a long text, the last with the buttons, and then the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from bot.language.text_pages import split_text
from scheduler.delivery.channel import Button, Message, MessageAttachment, SendOutcome, SendResult

ButtonRows = Sequence[Sequence[Button]]


def with_captions(message: Message) -> Message:
    """The message with what its photographs show below its text: these platforms show no words below a file."""
    shown = [(place, one.alt) for place, one in enumerate(message.pictures, 1) if one.alt]
    lines = [f"{place}. {alt}" if len(message.pictures) > 1 else alt for place, alt in shown]
    return replace(message, text="\n".join(filter(None, (message.text, *lines)))) if lines else message


def count_parts(message: Message, longest: int) -> int:
    """Return how many messages a message takes where each has at most ``longest`` units of text."""
    return len(_pages(with_captions(message), longest)) + len(_files(message))


def send_message(
    message: Message,
    longest: int,
    send_text: Callable[[str, ButtonRows], SendResult],
    send_file: Callable[[MessageAttachment], SendResult],
) -> SendResult:
    """Send the pages of a message, of which the last has the buttons, and then its photographs and its file."""
    pages = _pages(with_captions(message), longest)
    parts = [
        partial(send_text, text, message.rows if place == len(pages) else ())
        for place, text in enumerate(pages, 1)
    ]
    return send_parts([*parts, *(partial(send_file, file) for file in _files(message))])


def send_parts(parts: Iterable[Callable[[], SendResult]]) -> SendResult:
    """Send one part after the other, up to the first that is not sent. Returns what became of the last."""
    sent = SendResult(outcome=SendOutcome.SENT)
    for place, send in enumerate(parts):
        sent = send()
        if sent.outcome is not SendOutcome.SENT:
            # A part has arrived: sent again from the start it would arrive twice.
            return SendResult(outcome=SendOutcome.UNCERTAIN, why="partly") if place else sent
    return sent


def words_of(rows: ButtonRows) -> str:
    """A line with the words of the buttons, for platforms whose presses do not always come through."""
    words = [button.words for row in rows for button in row if button.words]
    return f"〔{' / '.join(words)}〕" if words else ""


def _files(message: Message) -> list[MessageAttachment]:
    return [*message.pictures, *([message.file] if message.file else [])]


def _pages(message: Message, longest: int) -> list[str]:
    return list(split_text(message.text, longest)) if message.text else []
