"""Telegram, the reference channel, over the Bot API."""
