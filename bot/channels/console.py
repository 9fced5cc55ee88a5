"""A channel at the terminal, for training and tests: it prints messages and parses typed lines into updates.

A button is pressed by its number, and everything can be typed as well. The channel's capabilities can be chosen, so
that the same test runs with and without buttons, with and without editing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, TextIO

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult

NAME = "console"
FULL_CAPABILITIES = ChannelCapabilities(buttons=True, edit=True, files=True, silent=True)


@dataclass(slots=True, kw_only=True)
class ConsoleChannel:
    """One terminal, used by one person at a time."""

    out: TextIO
    capabilities: ChannelCapabilities = FULL_CAPABILITIES
    name: ClassVar[str] = NAME
    _message_count: int = 0
    _buttons: dict[int, tuple[str, str]] = field(default_factory=dict)
    """The message and callback token of each button, by the number that presses it."""

    def send(self, address: str, message: Message) -> SendResult:
        """Print a message."""
        self._message_count += 1
        return self._print_message(address, str(self._message_count), message, mark="")

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Print a message again, marked as changed."""
        return self._print_message(address, message_id, message, mark="*")

    def parse_line(self, line: str, sender: str) -> IncomingUpdate:
        """Parse a typed line: a button's number, a command, or text."""
        text = line.strip()
        command, _, payload = text.partition(" ")
        typed = IncomingUpdate(
            channel=NAME, what=UpdateKind.TEXT, sender=sender, chat=sender, private=True, text=text
        )
        if text.isascii() and text.isdigit() and int(text) in self._buttons:
            message, token = self._buttons[int(text)]
            return replace(typed, what=UpdateKind.PRESSED, text="", message=message, callback_token=token)
        if command == "/start":
            return replace(typed, what=UpdateKind.CHAT_OPENED, payload=payload.strip())
        return typed

    def listen(self, lines: TextIO, sender: str) -> Iterator[IncomingUpdate]:
        """Yield an update for every line until the input ends."""
        for line in lines:
            if line.strip():
                yield self.parse_line(line, sender)

    def _print_message(self, address: str, message_id: str, message: Message, *, mark: str) -> SendResult:
        self._buttons = {n: each for n, each in self._buttons.items() if each[0] != message_id}
        sound = "" if message.silent else "♪"
        self.out.write(f"── {address} {mark}{message_id}{sound}\n{message.text}\n")
        for file in (*message.pictures, *([message.file] if message.file else [])):
            self.out.write(f"  〔{file.name}〕\n")
        for row in message.rows:
            self.out.write(
                "  "
                + "  ".join(
                    self._button_label(message_id, button.label, button.callback_token) for button in row
                )
            )
            self.out.write("\n")
        self.out.flush()
        return SendResult(outcome=SendOutcome.SENT, message=message_id)

    def _button_label(self, message_id: str, label: str, token: str) -> str:
        if not token:
            return f"[{label}]"
        number = max(self._buttons, default=0) + 1
        self._buttons[number] = (message_id, token)
        return f"[{number} {label}]"
