"""Telegram: the reference channel. What it can do, how it says things, and what it hears.

    line = Line(token, server=…)
    telegram = Telegram(line)
    with telegram_ear(line, ear): …            # asks for updates, or lets itself be called

python-telegram-bot is used for its ``Bot`` alone. Its own polling confirms updates before they are handled, its
conversations live in memory, its jobs know no restart: none of them is used.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

import uvicorn
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
)
from telegram.error import TelegramError

from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.receiver import Polling, UpdateSink, Webhook, webhook_app
from bot.channels.telegram.send_results import send_result_of
from bot.channels.telegram.updates import NAME
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from bot.language.text_pages import split_text, utf16_length
from scheduler.delivery.channel import (
    Button,
    ChannelCapabilities,
    MenuCommand,
    Message,
    SendOutcome,
    SendResult,
)

MAX_FILE_BYTES = 20_000_000  # Telegram gives a bot no larger file
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # nobody's server learns which links are read here


SendStep = Callable[[], Awaitable[str]]
"""Says one part and gives its message id."""


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """The channel."""

    client: TelegramClient

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, files=True, silent=True
    )

    def send(self, address: str, message: Message) -> SendResult:
        """Say something, in as many messages as it takes; the last one carries the buttons and the id."""
        return self.client.ask(self._run_steps(list(self._send_steps(address, message))))

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change what was said. A text too long for one message is to be said anew."""
        if utf16_length(message.text) > self.capabilities.max_length:
            return SendResult(outcome=SendOutcome.REFUSED, why="too_long")
        if not message_id.isdecimal():
            return SendResult(outcome=SendOutcome.REFUSED, why="gone")

        async def change() -> str:
            await self.client.bot.edit_message_text(
                message.text,
                chat_id=address,
                message_id=int(message_id),
                reply_markup=_keyboard(message.rows),
                link_preview_options=NO_PREVIEW,
            )
            return message_id

        changed = self.client.ask(self._run_steps([change]))
        return replace(changed, message=message_id) if changed.outcome is SendOutcome.SENT else changed

    def show_commands(
        self, commands: Sequence[MenuCommand], *, address: str = "", groups: bool = False
    ) -> SendResult:
        """The menu of one chat, of all groups, or of everybody who has none of their own."""
        scope: BotCommandScope = BotCommandScopeAllPrivateChats()
        if groups:
            scope = BotCommandScopeAllGroupChats()
        elif address:
            scope = BotCommandScopeChat(address)
        return self.client.ask(self._run_steps([self._menu_step(commands, scope)]))

    def queue_group_menu(self, commands: Sequence[MenuCommand]) -> None:
        """The menu of all groups, some time from now: nobody waits for it, and Telegram keeps it."""
        self.client.start(self._run_steps([self._menu_step(commands, BotCommandScopeAllGroupChats())]))

    def _menu_step(self, commands: Sequence[MenuCommand], scope: BotCommandScope) -> SendStep:
        async def show() -> str:
            await self.client.bot.set_my_commands([BotCommand(*each) for each in commands], scope=scope)
            return ""

        return show

    def username(self) -> str:
        """What the bot is called, for join links: ``https://t.me/<name>?start=<token>``; empty where it is silent."""
        try:
            return self.client.ask(self.client.bot.get_me()).username or ""
        except TelegramError:
            return ""

    def fetch(self, ref: FileRef, *, most: int = MAX_FILE_BYTES) -> bytes:
        """What a file holds. FileUnfetched where it is too large or does not come."""
        if ref.size > min(most, MAX_FILE_BYTES):
            raise FileUnfetched(name=ref.name, why=TOO_LARGE)
        try:
            content = self.client.ask(self._download(ref.id))
        except TelegramError as error:
            raise FileUnfetched(name=ref.name, why=send_result_of(error).why) from None
        if len(content) > most:
            raise FileUnfetched(name=ref.name, why=TOO_LARGE)
        return content

    async def _download(self, file_id: str) -> bytes:
        return bytes(await (await self.client.bot.get_file(file_id)).download_as_bytearray())

    async def _run_steps(self, steps: Sequence[SendStep]) -> SendResult:
        message = ""
        for place, step in enumerate(steps):
            try:
                message = await step()
            except TelegramError as error:
                # A part has arrived: said again from the start it would arrive twice.
                return (
                    SendResult(outcome=SendOutcome.UNCERTAIN, why="partly")
                    if place
                    else send_result_of(error)
                )
        return SendResult(outcome=SendOutcome.SENT, message=message)

    def _send_steps(self, address: str, message: Message) -> Iterator[SendStep]:
        bot, silent, keyboard = self.client.bot, message.silent, _keyboard(message.rows)
        file = message.file
        caption = message.text if file and utf16_length(message.text) <= self.capabilities.caption else ""
        texts = (
            []
            if caption or not message.text
            else list(split_text(message.text, self.capabilities.max_length))
        )
        for place, text in enumerate(texts, 1):
            buttons = keyboard if place == len(texts) and not file else None

            async def write(text: str = text, buttons: InlineKeyboardMarkup | None = buttons) -> str:
                said = await bot.send_message(
                    address,
                    text,
                    reply_markup=buttons,
                    disable_notification=silent,
                    link_preview_options=NO_PREVIEW,
                )
                return str(said.message_id)

            yield write
        if file:

            async def hand() -> str:
                paper = InputFile(file.content, filename=file.name)
                said = await bot.send_document(
                    address,
                    paper,
                    caption=caption or None,
                    reply_markup=keyboard,
                    disable_notification=silent,
                )
                return str(said.message_id)

            yield hand


@contextmanager
def polling(line: TelegramClient, ear: UpdateSink) -> Iterator[None]:
    """Ask Telegram for updates until the block ends."""
    asking = Polling(line, ear)
    try:
        yield
    finally:
        asking.close()


@contextmanager
def webhook(line: TelegramClient, ear: UpdateSink, *, address: str, secret: str, port: int) -> Iterator[None]:
    """Be called by Telegram until the block ends: at a port of this machine, behind whatever speaks https."""
    settings = uvicorn.Config(
        webhook_app(line, ear, secret),
        host="127.0.0.1",
        port=port,
        lifespan="off",
        log_level="critical",
        access_log=False,
    )
    server = uvicorn.Server(settings)
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    telling = Webhook(line, ear, address=address, secret=secret)
    try:
        yield
    finally:
        telling.close()
        server.should_exit = True
        serving.join()


def _keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])


def _button(button: Button) -> InlineKeyboardButton:
    if button.callback_token:
        return InlineKeyboardButton(button.label, callback_data=button.callback_token)
    return InlineKeyboardButton(button.label, url=button.link)
