"""The settings from the environment; no other module reads it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import Refusal

PREFIX, NOTIFY_SOCKET = "GONGKAI_", "NOTIFY_SOCKET"


class SecretUnread(Refusal):
    """{name} names a file that cannot be read: {file}. Let the program's account read it, or correct the name."""


class Settings(BaseSettings):
    """The settings of a machine; an office's own facts stand in its ``office.toml``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path | None = None
    """GONGKAI_HOME: the office's folder, where no ``--home`` names another."""
    lang: Literal["zh", "en"] = "zh"
    """GONGKAI_LANG: the language of messages."""
    office: str = ""
    """GONGKAI_OFFICE: the office's short name (``slug``), where a database holds several and no folder names one."""
    database: SecretStr | None = None
    """GONGKAI_DATABASE: a PostgreSQL address, with its password; without it the office has a SQLite file."""
    database_file: Path | None = None
    """GONGKAI_DATABASE_FILE: a file that holds it, so that no list of processes shows it."""
    telegram_token: SecretStr | None = None
    """GONGKAI_TELEGRAM_TOKEN: the bot's token; without it there is no Telegram."""
    telegram_token_file: Path | None = None
    """GONGKAI_TELEGRAM_TOKEN_FILE: a file that holds it."""
    telegram_server: str = "https://api.telegram.org"
    """GONGKAI_TELEGRAM_SERVER: a Bot API server of one's own."""
    telegram_webhook: str = ""
    """GONGKAI_TELEGRAM_WEBHOOK: the public https address Telegram calls; without it the program polls."""
    telegram_webhook_port: int = 8687
    """GONGKAI_TELEGRAM_WEBHOOK_PORT: the local port of the webhook, behind the server that terminates https."""
    telegram_offices: str = ""
    """GONGKAI_TELEGRAM_OFFICES: the folders of the offices that share the bot, the same line before each of them."""
    office_program: str = ""
    """GONGKAI_OFFICE_PROGRAM: LibreOffice's ``soffice``, where it is not found by itself; ``none`` asks none."""
    public_url: str = ""
    """GONGKAI_PUBLIC_URL: the https address of the page behind a proxy; without it the page is for this network."""
    heartbeat: str = ""
    """GONGKAI_HEARTBEAT: an http(s) address that is called, or a file that is touched, while all is in order."""
    notify_socket: str = Field(default="", validation_alias=NOTIFY_SOCKET)
    """Set by systemd for a service with a watchdog (``WatchdogSec=``); the program reports to it that it is alive."""
    robots: SecretStr | None = None
    """GONGKAI_ROBOTS: the group robots, one a line: ``wecom NAME ADDRESS`` or ``dingtalk NAME ADDRESS SECRET``."""
    robots_file: Path | None = None
    """GONGKAI_ROBOTS_FILE: a file that holds them."""

    def secret_files(self) -> tuple[Path, ...]:
        """The files that hold secrets: no backup takes them in, wherever they lie."""
        named = (self.database_file, self.telegram_token_file, self.robots_file)
        return tuple(file for file in named if file)

    def telegram_secret(self) -> str:
        """The bot's token, or nothing."""
        return _secret(self.telegram_token, self.telegram_token_file, "GONGKAI_TELEGRAM_TOKEN_FILE")

    def telegram_homes(self) -> tuple[Path, ...]:
        """The folders of the offices that share the bot, separated as PATH is; the first one receives for all."""
        return tuple(Path(part.strip()) for part in self.telegram_offices.split(os.pathsep) if part.strip())

    def robot_lines(self) -> str:
        """The group robots, or nothing."""
        return _secret(self.robots, self.robots_file, "GONGKAI_ROBOTS_FILE")

    def database_address(self) -> str:
        """The PostgreSQL address, or nothing."""
        return _secret(self.database, self.database_file, "GONGKAI_DATABASE_FILE")


def machine_settings() -> Settings:
    """The settings as the environment has them now. Raises ValidationError where one has another type."""
    known = os.environ.items()  # noqa: TID251 - here it is read
    return _settings_of(frozenset(item for item in known if _is_ours(item[0].upper())))


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) or name == NOTIFY_SOCKET


@lru_cache(maxsize=4)
def _settings_of(_environment: frozenset[tuple[str, str]]) -> Settings:
    """The settings are asked for at each opening of an office, and reading them takes as long as the rest of it."""
    return Settings()


def _secret(given: SecretStr | None, file: Path | None, name: str) -> str:
    """A secret from its setting, or from the file that is named for it."""
    if given or file is None:
        return given.get_secret_value().strip() if given else ""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):  # from None: what was read may be a piece of the secret
        raise SecretUnread(name=name, file=file) from None
