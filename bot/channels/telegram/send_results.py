"""Maps the library's errors to the outcome of a send, one of four, and a key for its reason.

| Telegram's answer or the error                            | outcome       | why             |
|-----------------------------------------------------------|---------------|-----------------|
| 200                                                       | sent          |                 |
| 400 “message is not modified”                             | sent          | unchanged       |
| no connection, none free, none in time                    | not attempted | no_connection   |
| 429, with how long to wait                                | not attempted | flood           |
| 503: by RFC 9110 the request was not handled             | not attempted | server          |
| 400 with a new chat id                                    | not attempted | moved           |
| 403                                                       | refused       | blocked, left …  |
| any other 400                                             | refused       | not_found, gone, rejected |
| 401, 404: the token, or no such server                    | not attempted | token           |
| sent, but no answer in time                               | uncertain     | timeout         |
| sent, and the connection broke                            | uncertain     | broken          |
| any other 5xx: a gateway may have passed it on            | uncertain     | server          |
| an answer that is not the Bot API's                       | uncertain     | garbled         |

A wrong token is for the clerk to correct and says nothing of the recipient: waiting messages go out afterwards.
"""

from __future__ import annotations

from datetime import timedelta

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

from bot.channels.telegram.client import FloodWait, RequestNotSent, TelegramServerError
from scheduler.delivery.channel import SendOutcome, SendResult

SERVICE_UNAVAILABLE = 503
FORBIDDEN_REASONS = (
    ("blocked", "blocked"),
    ("deactivated", "not_found"),
    ("can't initiate", "not_found"),
    ("kicked", "left"),
    ("not a member", "left"),
)
BAD_REQUEST_REASONS = (
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
"""Phrases of Telegram's error descriptions; the Bot API has no codes below the HTTP status."""


def send_result_of(error: TelegramError) -> SendResult:
    """Return the outcome of the send that raised this error. Its message is dropped: it can hold the token."""
    if isinstance(error, FloodWait):
        wait = timedelta(seconds=error.seconds)
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="flood", retry_after=wait)
    if isinstance(error, TelegramServerError):
        unhandled = error.status == SERVICE_UNAVAILABLE
        return SendResult(
            outcome=SendOutcome.NOT_ATTEMPTED if unhandled else SendOutcome.UNCERTAIN, why="server"
        )
    if isinstance(error, ChatMigrated):
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="moved", moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return SendResult(
            outcome=SendOutcome.REFUSED, why=_reason_key(error, FORBIDDEN_REASONS, "not_allowed")
        )
    if isinstance(error, (InvalidToken, EndPointNotFound)):
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="token")
    return _network_send_result(error)


def _network_send_result(error: TelegramError) -> SendResult:
    if isinstance(error, BadRequest):
        if "not modified" in error.message.lower():
            return SendResult(outcome=SendOutcome.SENT, why="unchanged")
        return SendResult(
            outcome=SendOutcome.REFUSED, why=_reason_key(error, BAD_REQUEST_REASONS, "rejected")
        )
    if isinstance(error, RequestNotSent):
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection")
    if isinstance(error, TimedOut):
        return SendResult(outcome=SendOutcome.UNCERTAIN, why="timeout")
    return SendResult(
        outcome=SendOutcome.UNCERTAIN, why="broken" if isinstance(error, NetworkError) else "garbled"
    )


def _reason_key(error: TelegramError, names: tuple[tuple[str, str], ...], other: str) -> str:
    words = error.message.lower()
    return next((name for phrase, name in names if phrase in words), other)
