"""Opens the chat platforms that the office set up, and opens and closes them anew while the program runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import bot.channels
from bot.channels.stream.platform_discovery import load_platform
from bot.delivery.inbox_worker import InboxWorker, open_inbox
from bot.services.app import OfficeApp
from bot.services.office_notices import request_resend
from config.errors import Refusal
from config.office.channel_secrets import ChannelAccount, load_channel_accounts
from scheduler.delivery.channel import Channel
from scheduler.delivery.inbox import Inbox, ReceiveGap

if TYPE_CHECKING:
    from bot.channels.stream.platform_interface import ChatPlatform

FaultHandler = Callable[[Exception], object]
WorkerFactory = Callable[[OfficeApp, Inbox, Mapping[str, Channel], "ChatPlatform"], InboxWorker[Any]]


class ChatPlatforms:
    """The open platforms of one office; their channels appear in ``channels`` and go from there when closed."""

    def __init__(
        self,
        app: OfficeApp,
        channels: dict[str, Channel],
        create_worker: WorkerFactory,
        on_fault: FaultHandler,
        package: ModuleType = bot.channels,
    ) -> None:
        self._app, self._channels, self._create_worker = app, channels, create_worker
        self._on_fault, self._package = on_fault, package
        self._open: dict[str, ExitStack] = {}

    def open_all(self) -> None:
        """Open every platform that is set up. One that cannot be opened is reported, and stops no other."""
        try:
            accounts = load_channel_accounts(self._app.home.path)
        except Refusal as refused:
            self._on_fault(refused)
            return
        for account in accounts.values():
            try:
                self.open(account)
            except Refusal as refused:
                self._on_fault(refused)

    def open(self, account: ChannelAccount) -> None:
        """Open a platform, or open it anew after its account was changed. Raises PlatformUnknown, ExtraMissing."""
        platform = load_platform(account.platform, self._package)
        self.close(account.platform)
        stack = ExitStack()
        stack.enter_context(self._running(platform, account))
        self._open[account.platform] = stack

    def close(self, folder: str) -> None:
        """Close a platform, if it is open."""
        if stack := self._open.pop(folder, None):
            stack.close()

    def close_all(self) -> None:
        """Close every platform."""
        for folder in list(self._open):
            self.close(folder)

    @contextmanager
    def _running(self, platform: ChatPlatform, account: ChannelAccount) -> Iterator[None]:
        from bot.channels.stream.sink import StreamSink  # noqa: PLC0415 - only an office with a platform needs it

        app, channel = self._app, platform.open(account, self._app.clock)
        self._channels[channel.name] = channel
        inbox = open_inbox(app, channel.name)
        worker = self._create_worker(app, inbox, self._channels, platform)

        def ask_to_resend(_gap: ReceiveGap) -> None:
            request_resend(app, channel.name)

        sink = StreamSink(
            inbox=inbox,
            wake=worker.wake,
            on_fault=self._on_fault,
            on_gap=ask_to_resend,
            keeps_for=platform.keeps_for,
        )
        with worker:
            channel.connection.start(sink)
            try:
                yield
            finally:
                channel.connection.close()
                channel.close()
                del self._channels[channel.name]
