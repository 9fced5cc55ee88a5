"""Sends, edits and fetches over the Telegram Bot API, and starts receiving updates by polling or by webhook.

    client = TelegramClient(token, server=…)
    telegram = TelegramChannel(client)
    with polling(client, sink): …            # or webhook(client, sink, address=…, secret=…, port=…)

Only the ``Bot`` of python-telegram-bot is used. Its polling confirms updates before they are handled, its
conversations live in memory and its jobs do not survive a restart, so none of them is used.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
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
    InputMediaPhoto,
    LinkPreviewOptions,
)
from telegram import Message as TelegramMessage
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
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # otherwise linked servers would learn which links are read


SendStep = Callable[[], Awaitable[TelegramMessage | None]]
"""Sends one part of a message and returns it as sent; None where there is no message to return."""
DATE_PRECISION = timedelta(seconds=1)  # Telegram's dates are whole seconds, cut off


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """The Telegram channel of one bot, as ``scheduler/delivery/channel.py`` describes a channel."""

    client: TelegramClient

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, files=True, silent=True
    )

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message in as many parts as its length needs; the last part carries the buttons and the id."""
        return self.client.ask(self._run_steps(list(self._send_steps(address, message))))

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change a sent message in place. Refuses a text too long for one message: it is to be sent anew."""
        if utf16_length(message.text) > self.capabilities.max_length:
            return SendResult(outcome=SendOutcome.REFUSED, why="too_long")
        if not message_id.isdecimal():
            return SendResult(outcome=SendOutcome.REFUSED, why="gone")

        async def change() -> TelegramMessage | None:
            changed = await self.client.bot.edit_message_text(
                message.text,
                chat_id=address,
                message_id=int(message_id),
                reply_markup=_keyboard(message.rows),
                link_preview_options=NO_PREVIEW,
            )
            return None if isinstance(changed, bool) else changed  # True for messages that no bot sent itself

        changed = self.client.ask(self._run_steps([change]))
        return replace(changed, message=message_id) if changed.outcome is SendOutcome.SENT else changed

    def show_commands(
        self, commands: Sequence[MenuCommand], *, address: str = "", groups: bool = False
    ) -> SendResult:
        """Set the command menu of one chat, of all groups, or of every private chat without its own menu."""
        scope: BotCommandScope = BotCommandScopeAllPrivateChats()
        if groups:
            scope = BotCommandScopeAllGroupChats()
        elif address:
            scope = BotCommandScopeChat(address)
        return self.client.ask(self._run_steps([self._menu_step(commands, scope)]))

    def queue_group_menu(self, commands: Sequence[MenuCommand]) -> None:
        """Set the command menu of all groups without waiting for the answer; Telegram keeps the menu."""
        self.client.start(self._run_steps([self._menu_step(commands, BotCommandScopeAllGroupChats())]))

    def _menu_step(self, commands: Sequence[MenuCommand], scope: BotCommandScope) -> SendStep:
        async def show() -> None:
            await self.client.bot.set_my_commands([BotCommand(*each) for each in commands], scope=scope)

        return show

    def username(self) -> str:
        """Return the bot's name for join links (``https://t.me/<name>?start=<token>``), or "" on an error."""
        try:
            return self.client.ask(self.client.bot.get_me()).username or ""
        except TelegramError:
            return ""

    def fetch(self, ref: FileRef, *, most: int = MAX_FILE_BYTES) -> bytes:
        """Download a file, at most ``most`` bytes of it. Raises FileUnfetched if it is too large or fails."""
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
        sent: TelegramMessage | None = None
        for place, step in enumerate(steps):
            try:
                sent = await step()
            except TelegramError as error:
                # A part has arrived: sent again from the start it would arrive twice.
                return (
                    SendResult(outcome=SendOutcome.UNCERTAIN, why="partly")
                    if place
                    else send_result_of(error)
                )
        return _sent_result(sent)

    def _send_steps(self, address: str, message: Message) -> Iterator[SendStep]:
        bot, silent, keyboard = self.client.bot, message.silent, _keyboard(message.rows)
        topic = int(message.topic) if message.topic else None
        file = message.file
        caption = message.text if file and utf16_length(message.text) <= self.capabilities.caption else ""
        texts = (
            []
            if caption or not message.text
            else list(split_text(message.text, self.capabilities.max_length))
        )
        for place, text in enumerate(texts, 1):
            buttons = keyboard if place == len(texts) and not file else None

            async def write(
                text: str = text, buttons: InlineKeyboardMarkup | None = buttons
            ) -> TelegramMessage:
                return await bot.send_message(
                    address,
                    text,
                    reply_markup=buttons,
                    disable_notification=silent,
                    message_thread_id=topic,
                    link_preview_options=NO_PREVIEW,
                )

            yield write
        if message.pictures:
            yield self._picture_step(address, message)
        if file:

            async def upload() -> TelegramMessage:
                document = InputFile(file.content, filename=file.name)
                return await bot.send_document(
                    address,
                    document,
                    caption=caption or None,
                    reply_markup=keyboard,
                    disable_notification=silent,
                    message_thread_id=topic,
                )

            yield upload

    def _picture_step(self, address: str, message: Message) -> SendStep:
        """Show photographs, several as one album; what each shows stands below it."""
        bot, silent, pictures = self.client.bot, message.silent, message.pictures
        topic = int(message.topic) if message.topic else None
        most = self.capabilities.caption

        async def show() -> TelegramMessage:
            if len(pictures) == 1:
                return await bot.send_photo(
                    address,
                    InputFile(pictures[0].content, filename=pictures[0].name),
                    caption=pictures[0].alt[:most] or None,
                    disable_notification=silent,
                    message_thread_id=topic,
                )
            album = [
                InputMediaPhoto(one.content, filename=one.name, caption=one.alt[:most] or None)
                for one in pictures
            ]
            sent = await bot.send_media_group(
                address, album, disable_notification=silent, message_thread_id=topic
            )
            return sent[-1]

        return show


def _sent_result(sent: TelegramMessage | None) -> SendResult:
    """The result of a sending whose last part is this message."""
    if sent is None:
        return SendResult(outcome=SendOutcome.SENT)
    shown_at = (sent.edit_date or sent.date) + DATE_PRECISION
    return SendResult(outcome=SendOutcome.SENT, message=str(sent.message_id), shown_at=shown_at)


@contextmanager
def polling(client: TelegramClient, sink: UpdateSink) -> Iterator[None]:
    """Poll Telegram for updates until the block ends."""
    poller = Polling(client, sink)
    try:
        yield
    finally:
        poller.close()


@contextmanager
def webhook(
    client: TelegramClient, sink: UpdateSink, *, address: str, secret: str, port: int
) -> Iterator[None]:
    """Receive webhook calls on a local port, behind an HTTPS proxy, until the block ends."""
    settings = uvicorn.Config(
        webhook_app(client, sink, secret),
        host="127.0.0.1",
        port=port,
        lifespan="off",
        log_level="critical",
        access_log=False,
    )
    server = uvicorn.Server(settings)
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    registration = Webhook(client, sink, address=address, secret=secret)
    try:
        yield
    finally:
        registration.close()
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
