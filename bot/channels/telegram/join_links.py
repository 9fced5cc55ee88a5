"""The link by which somebody joins on Telegram: it opens the chat with the bot and brings the token along."""

from __future__ import annotations

from config.settings import Settings

LINK_TIMEOUT_SECONDS = 5.0  # seconds, of whoever asks for a link: without an answer there is only the page's


def telegram_link(token: str) -> str:
    """The link; empty where there is no bot, or Telegram does not say in time what it is called."""
    settings = Settings()
    if not (secret := settings.telegram_secret()):
        return ""
    # python-telegram-bot is an extra: an office that has no bot needs none of it.
    from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415
    from bot.channels.telegram.client import TelegramClient  # noqa: PLC0415

    line = TelegramClient(secret, server=settings.telegram_server, read_seconds=LINK_TIMEOUT_SECONDS)
    try:
        name = TelegramChannel(line).username()
    finally:
        line.close()
    return f"https://t.me/{name}?start={token}" if name else ""
