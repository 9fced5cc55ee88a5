"""Maps Feishu's error codes to the outcome of a call, one of four.

| code                                   | outcome       | why                    |
|----------------------------------------|---------------|------------------------|
| 0                                      | sent          |                        |
| 99991400, 230020, 11232; HTTP 429      | not attempted | flood                  |
| 99991661, 99991663, 99991664, 99991668 | not attempted | token (fetched anew)   |
| 10003, 10014, 99991543                 | not attempted | token (the secret)     |
| 230013, 230029                         | refused       | blocked                |
| 230002, 232009                         | refused       | left                   |
| 99992351, 99992356, 230034, 230101     | refused       | not_found              |
| 230006, 230018, 230027, 230035         | refused       | not_allowed            |
| 230011, 230031, 230110, 231003         | refused       | gone                   |
| 230025, 230099                         | refused       | too_long, rejected     |
| any other                              | refused       | rejected               |

From the public list of error codes; which of them a given fault really brings is [unconfirmed].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.channels.stream.http_interface import result_without_code
from scheduler.delivery.channel import SendOutcome, SendResult
from storage.web.api_client import ApiAnswer
from storage.web.http_results import PostOutcome

EXPIRED_TOKEN = frozenset({99991661, 99991663, 99991664, 99991668})
FLOOD = frozenset({99991400, 230020, 11232})
WRONG_SECRET = frozenset({10003, 10014, 99991543})
FLOOD_WAIT = timedelta(seconds=5)
REASONS: Mapping[int, str] = {
    **dict.fromkeys((230013, 230029), "blocked"),
    **dict.fromkeys((230002, 232009), "left"),
    **dict.fromkeys((99992351, 99992356, 230034, 230101), "not_found"),
    **dict.fromkeys((230006, 230018, 230027, 230035), "not_allowed"),
    **dict.fromkeys((230011, 230031, 230110, 231003), "gone"),
    230025: "too_long",
}


def is_token_refused(answer: ApiAnswer) -> bool:
    """Whether the access token is no longer accepted."""
    return answer.data.get("code") in EXPIRED_TOKEN


def send_result_of(answer: ApiAnswer) -> SendResult:
    """Return the outcome of a call, from its HTTP status and the code in its body."""
    code = answer.data.get("code")
    if not isinstance(code, int):
        return result_without_code(answer)
    if code == 0 and answer.outcome is PostOutcome.SENT:
        return SendResult(outcome=SendOutcome.SENT)
    if code in FLOOD:
        wait = timedelta(seconds=answer.retry_after) if answer.retry_after else FLOOD_WAIT
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="flood", retry_after=wait)
    if code in EXPIRED_TOKEN | WRONG_SECRET:
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="token")
    return SendResult(outcome=SendOutcome.REFUSED, why=REASONS.get(code, "rejected"))
