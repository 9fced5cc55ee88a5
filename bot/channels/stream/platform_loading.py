"""Finds the platforms among the folders of ``bot.channels``, and tries whether an account can connect.

A folder is a platform if it has a module ``platform`` with a ``PLATFORM``. It is imported only where the office uses
it, because each needs an extra of the package.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from importlib.util import find_spec
from types import ModuleType

import bot.channels
from bot.channels.stream.platform_interface import ChatPlatform, PlatformError, StreamProtocol
from config.clock import Clock
from config.errors import Refusal
from config.office.channel_secrets import ChannelAccount

TRY_SECONDS = 15.0


class PlatformUnknown(Refusal):
    """There is no chat platform “{platform}”. There are: {known}."""


class ExtraMissing(Refusal):
    """{platform} needs a part that is not installed. Run: pip install "gongkai[{platform}]", and start again."""


def platform_folders(package: ModuleType = bot.channels) -> list[str]:
    """The names of the folders that are platforms."""
    folders = [one.name for one in pkgutil.iter_modules(package.__path__) if one.ispkg]
    return sorted(name for name in folders if find_spec(f"{package.__name__}.{name}.platform"))


def load_platform(folder: str, package: ModuleType = bot.channels) -> ChatPlatform:
    """The platform of a folder. Raises PlatformUnknown and ExtraMissing."""
    known = platform_folders(package)
    if folder not in known:
        raise PlatformUnknown(platform=folder, known=", ".join(known))
    try:
        found: ChatPlatform = importlib.import_module(f"{package.__name__}.{folder}.platform").PLATFORM
    except ModuleNotFoundError as missing:
        raise ExtraMissing(platform=folder) from missing
    return found


def try_account(account: ChannelAccount, clock: Clock, package: ModuleType = bot.channels) -> str:
    """Connect once and disconnect. Returns "" where that succeeds, else the key of why it does not.

    Raises PlatformUnknown and ExtraMissing.
    """
    channel = load_platform(account.platform, package).open(account, clock)
    try:
        return asyncio.run(_try_protocol(channel.connection.protocol))
    finally:
        channel.connection.close()
        channel.close()


async def _try_protocol(protocol: StreamProtocol) -> str:
    try:
        socket = await asyncio.wait_for(protocol.open(), TRY_SECONDS)
    except PlatformError as error:
        return error.why
    except TimeoutError:
        return "timeout"
    except Exception as error:  # noqa: BLE001 - the library's own errors, which only its modules may name
        return "no_connection" if isinstance(error, OSError) else "refused"
    await socket.close()
    return ""
