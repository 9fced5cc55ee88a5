"""The bots that the office set up on chat platforms: their ids and secrets, in a file that only the program reads.

The file is no part of the office's declarations and of no backup, and its secrets appear on no page and in no log.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.durable_files import replace_file
from config.errors import Refusal
from config.os_errors import os_errors_as_refusals

ACCOUNTS_FILE = "channels.key"
"""Left out of backups (``storage/database/backup.py``)."""


class ChannelAccountsDamaged(Refusal):
    """{file} is damaged. Delete it and enter the ids and secrets of the channels again in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAccount:
    """A bot on one platform."""

    platform: str
    id: str
    secret: str = field(repr=False)
    server: str = ""
    """A server of one's own, for platforms that an organisation runs itself; empty for the public one."""


def load_channel_accounts(home: Path) -> Mapping[str, ChannelAccount]:
    """The bots by their platform. Raises ChannelAccountsDamaged."""
    file = home / ACCOUNTS_FILE
    if not file.exists():
        return {}
    with os_errors_as_refusals(file):
        text = file.read_text("utf-8")
    try:
        return {one["platform"]: ChannelAccount(**one) for one in json.loads(text)}
    except (ValueError, TypeError, KeyError):  # from None: what was read may be a piece of a secret
        raise ChannelAccountsDamaged(file=file) from None


def save_channel_account(home: Path, account: ChannelAccount) -> None:
    """Add a bot, or replace the one on its platform."""
    _write(home, {**load_channel_accounts(home), account.platform: account})


def remove_channel_account(home: Path, platform: str) -> None:
    """Remove the bot of a platform."""
    _write(home, {name: one for name, one in load_channel_accounts(home).items() if name != platform})


def _write(home: Path, accounts: Mapping[str, ChannelAccount]) -> None:
    file = home / ACCOUNTS_FILE
    with os_errors_as_refusals(file):
        handle, name = tempfile.mkstemp(dir=home, prefix=".channels.")  # mode 600 from the start
        with os.fdopen(handle, "w", encoding="utf-8") as made:
            json.dump([asdict(one) for one in accounts.values()], made)
        replace_file(Path(name), file)
