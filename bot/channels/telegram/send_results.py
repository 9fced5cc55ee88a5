"""How a send ended, read off the library's error: which of four ways, and a key for why.

| what came back                                            | outcome       | why             |
|-----------------------------------------------------------|---------------|-----------------|
| 200                                                       | sent          |                 |
| 400 “message is not modified”                             | sent          | unchanged       |
| no connection, none free, none in time                    | not attempted | no_connection   |
| 429, with how long to wait                                | not attempted | flood           |
| 503: by HTTP's word it was not handled                    | not attempted | server          |
| 400 with a new chat id                                    | not attempted | moved           |
| 403                                                       | refused       | blocked, left …  |
| any other 400                                             | refused       | not_found, gone, rejected |
| 401, 404: the token, or no such server                    | not attempted | token           |
| sent, but no answer in time                               | uncertain     | timeout         |
| sent, and the connection broke                            | uncertain     | broken          |
| any other 5xx: a gateway may have passed it on            | uncertain     | server          |
| an answer that is no Bot API's                            | uncertain     | garbled         |

A wrong token is the clerk's to mend and no word about the person: what waits goes out once it is mended.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.client import ServerTrouble, TurnedAway
from bot.channels.telegram.http_connections import NeverLeft
from scheduler.delivery.channel import Outcome, Sent

UNHANDLED = 503
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    NeverLeft,
)
FORBIDDEN = (
    ("blocked", "blocked"),
    ("deactivated", "not_found"),
    ("can't initiate", "not_found"),
    ("kicked", "left"),
    ("not a member", "left"),
)
BAD = (
    ("chat not found", "not_found"),
    ("user not found", "not_found"),
    ("peer_id_invalid", "not_found"),
    ("not enough rights", "not_allowed"),
    ("have no rights", "not_allowed"),
    ("chat_write_forbidden", "not_allowed"),
    ("message to edit not found", "gone"),
    ("message can't be edited", "gone"),
    ("message_id_invalid", "gone"),
    ("too long", "too_long"),
)
"""Telegram's own words; it has no codes below the status."""


def outcome_of(error: TelegramError) -> Sent:
    """What an error says about the send that met it. Its words go no further: they can hold the token."""
    if isinstance(error, TurnedAway):
        wait = timedelta(seconds=error.seconds)
        return Sent(outcome=Outcome.NOT_ATTEMPTED, why="flood", retry_after=wait)
    if isinstance(error, ServerTrouble):
        unhandled = error.status == UNHANDLED
        return Sent(outcome=Outcome.NOT_ATTEMPTED if unhandled else Outcome.UNCERTAIN, why="server")
    if isinstance(error, ChatMigrated):
        return Sent(outcome=Outcome.NOT_ATTEMPTED, why="moved", moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Sent(outcome=Outcome.REFUSED, why=_named(error, FORBIDDEN, "not_allowed"))
    if isinstance(error, (InvalidToken, EndPointNotFound)):
        return Sent(outcome=Outcome.NOT_ATTEMPTED, why="token")
    return _of_network(error)


def _of_network(error: TelegramError) -> Sent:
    if isinstance(error, BadRequest):
        if "not modified" in error.message.lower():
            return Sent(outcome=Outcome.SENT, why="unchanged")
        return Sent(outcome=Outcome.REFUSED, why=_named(error, BAD, "rejected"))
    if isinstance(error.__cause__, NEVER_LEFT):
        return Sent(outcome=Outcome.NOT_ATTEMPTED, why="no_connection")
    if isinstance(error, TimedOut):
        return Sent(outcome=Outcome.UNCERTAIN, why="timeout")
    return Sent(outcome=Outcome.UNCERTAIN, why="broken" if isinstance(error, NetworkError) else "garbled")


def _named(error: TelegramError, names: tuple[tuple[str, str], ...], other: str) -> str:
    words = error.message.lower()
    return next((name for phrase, name in names if phrase in words), other)
