"""The link by which somebody joins on Telegram: it opens the chat with the bot and passes the join token."""

from __future__ import annotations

from config.settings import machine_settings

LINK_TIMEOUT_SECONDS = 5.0  # seconds; without an answer only the web page's join link is shown


def telegram_link(token: str) -> str:
    """Return the link, or "" if no bot is configured or Telegram does not name the bot in time."""
    settings = machine_settings()
    if not (secret := settings.telegram_secret()):
        return ""
    # python-telegram-bot is an extra: an office without a bot runs without it.
    from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415
    from bot.channels.telegram.client import TelegramClient  # noqa: PLC0415

    client = TelegramClient(secret, server=settings.telegram_server, read_seconds=LINK_TIMEOUT_SECONDS)
    try:
        name = TelegramChannel(client).username()
    finally:
        client.close()
    return f"https://t.me/{name}?start={token}" if name else ""
