"""Maps WeCom's error codes to the outcome of a send, one of four.

| code                     | outcome       | why           |
|--------------------------|---------------|---------------|
| 0                        | sent          |               |
| -1                       | not attempted | server        |
| 45009                    | not attempted | flood         |
| 846609                   | not attempted | unsubscribed  |
| 846605                   | refused       | gone          |
| those of unknown people  | refused       | not_found     |
| any other                | refused       | rejected      |

The codes other than 0, 45009, 846605 and 846609 are [unconfirmed]. A code that is not listed is a refusal, which is
noticed the same day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scheduler.delivery.channel import SendOutcome, SendResult

FLOOD_WAIT = timedelta(minutes=1)
SENT, NOT_ATTEMPTED, REFUSED = SendOutcome.SENT, SendOutcome.NOT_ATTEMPTED, SendOutcome.REFUSED
RESULTS: Mapping[int, SendResult] = {
    0: SendResult(outcome=SENT),
    -1: SendResult(outcome=NOT_ATTEMPTED, why="server"),
    45009: SendResult(outcome=NOT_ATTEMPTED, why="flood", retry_after=FLOOD_WAIT),
    846609: SendResult(outcome=NOT_ATTEMPTED, why="unsubscribed"),
    846605: SendResult(outcome=REFUSED, why="gone"),
    **{code: SendResult(outcome=REFUSED, why="not_found") for code in (40003, 60111, 81013, 86003, 93006)},
    **{code: SendResult(outcome=REFUSED, why="not_allowed") for code in (48002, 60011, 86008, 600039)},
}


def send_result_of(answer: Mapping[str, Any]) -> SendResult:
    """Return the outcome of the request that was answered so."""
    code = answer.get("errcode")
    if not isinstance(code, int):
        return SendResult(outcome=SendOutcome.UNCERTAIN, why="garbled")
    return RESULTS.get(code, SendResult(outcome=REFUSED, why="rejected"))
