"""An office on one chat platform: its people talk over the platform's stand-in, and nobody else hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import bot.channels
from bot.channels.web_chat import WebChannel
from bot.runtime.office_channels import create_outbox_sender, open_platforms
from bot.services.app import OfficeApp
from config.office.channel_secrets import save_channel_account
from scheduler.delivery.channel import Channel
from storage.channels.join_words import JoinWords
from storage.channels.line_states import LineState, LineStates
from storage.messaging.accounts import Accounts
from storage.messaging.inbox import InboxTable
from tests.bot.channels.stream.lines import eventually


@dataclass
class PlatformTown:
    """An office, a platform's stand-in, and what the office was told of."""

    app: OfficeApp
    server: Any
    channel: str
    told: list[Exception] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def office(self) -> str:
        return self.app.office.slug

    def word(self, person: str) -> str:
        with self.app.store.writing(self.office) as connection:
            return JoinWords(connection, self.office).issue(person, at=self.app.clock.now())

    def bind(self, person: str, address: str) -> None:
        """Somebody who is in already, and wrote before."""
        with self.app.store.writing(self.office) as connection:
            accounts = Accounts(connection, self.office)
            at = self.app.clock.now()
            accounts.bind(person, self.channel, address, at=at, confirmed_by="terminal")
        self.server.knows(address)

    def says(self, user: str, text: str, *, count: int = 1, **more: Any) -> str:
        """Say it; everything that is answered is looked at."""
        self.server.say(user, text, **more)
        return self.took(user, count=count)

    def took(self, user: str, *, count: int = 1) -> str:
        return "\n".join(shown.text for shown in self.server.took(user, count=count))

    def deliver(self) -> None:
        create_outbox_sender(self.app, self.channels, self.told.append).deliver()

    def account(self, address: str) -> Any:
        with self.app.store.reading() as connection:
            return Accounts(connection, self.office).at(self.channel, address)

    def state(self) -> LineState:
        with self.app.store.reading() as connection:
            return LineStates(connection, self.office).get(self.channel)

    def settled(self) -> bool:
        """Whether everything that arrived was handled."""
        with self.app.store.reading() as connection:
            return not InboxTable(connection, self.office, self.channel).pending()


@contextmanager
def platform_town(
    app: OfficeApp, server: Any, channel: str, package: ModuleType = bot.channels
) -> Iterator[PlatformTown]:
    """Set the platform up, open it, and close it at the end."""
    server.seconds = lambda: app.clock.now().timestamp()
    save_channel_account(app.home.path, server.account)
    page = WebChannel(app.store, app.office.slug, app.clock)
    town = PlatformTown(app, server, channel, channels={page.name: page})
    with open_platforms(app, town.channels, town.told.append, package):
        # The platform knows of the connection a moment before the program does, and what is sent then goes nowhere.
        eventually(lambda: server.is_open() and town.channels[channel].connection.is_open)
        yield town
