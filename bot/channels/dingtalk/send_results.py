"""Maps DingTalk's answers to the outcome of a call, one of four.

| answer                                                     | outcome       | why         |
|------------------------------------------------------------|---------------|-------------|
| 200, and the person in none of the two lists               | sent          |             |
| 200, the person in ``flowControlledStaffIdList``; HTTP 429 | not attempted | flood       |
| 200, the person in ``invalidStaffIdList``                  | refused       | not_found   |
| code with ``qps``, ``throttl``, ``limit``                  | not attempted | flood       |
| code with ``InvalidAuthentication``; HTTP 401              | not attempted | token       |
| code with ``AccessDenied``; HTTP 403                       | refused       | not_allowed |
| code with ``notExist``, ``invalidStaff``, ``cidInvalid``   | refused       | not_found   |
| any other of 400 to 499                                    | refused       | rejected    |
| 503                                                        | not attempted | server      |
| any other of 500 to 599, no answer                         | uncertain     | server …    |

The codes are words; which of them a given fault really brings is [unconfirmed].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.channels.stream.http_interface import result_without_code
from scheduler.delivery.channel import SendOutcome, SendResult
from storage.web.api_client import ApiAnswer
from storage.web.http_results import PostOutcome

FLOOD_WAIT = timedelta(minutes=1)
UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS = 401, 403, 429
EXPIRED = "invalidauthentication"
NOT_ATTEMPTED, REFUSED = SendOutcome.NOT_ATTEMPTED, SendOutcome.REFUSED
FLOOD = SendResult(outcome=NOT_ATTEMPTED, why="flood", retry_after=FLOOD_WAIT)
TOKEN = SendResult(outcome=NOT_ATTEMPTED, why="token")
NOT_FOUND = SendResult(outcome=REFUSED, why="not_found")
NOT_ALLOWED = SendResult(outcome=REFUSED, why="not_allowed")
RESULT_BY_WORD: Mapping[str, SendResult] = {
    EXPIRED: TOKEN,
    "qps": FLOOD,
    "throttl": FLOOD,
    "flow": FLOOD,
    "limit": FLOOD,
    "accessdenied": NOT_ALLOWED,
    "notexist": NOT_FOUND,
    "invalidstaff": NOT_FOUND,
    "cidinvalid": NOT_FOUND,
}
RESULT_BY_STATUS: Mapping[int, SendResult] = {
    UNAUTHORIZED: TOKEN,
    FORBIDDEN: NOT_ALLOWED,
    TOO_MANY_REQUESTS: FLOOD,
}


def is_token_refused(answer: ApiAnswer) -> bool:
    """Whether the access token is no longer accepted."""
    return answer.status == UNAUTHORIZED or EXPIRED in str(answer.data.get("code", "")).lower()


def send_result_of(answer: ApiAnswer, person: str = "") -> SendResult:
    """Return the outcome of a call that was to reach this person."""
    if answer.outcome is PostOutcome.SENT:
        return _delivered(answer, person)
    code = str(answer.data.get("code", "")).lower().replace(".", "").replace("_", "")
    for word, result in RESULT_BY_WORD.items():
        if word in code:
            return result
    if answer.status in RESULT_BY_STATUS:
        return RESULT_BY_STATUS[answer.status]
    if answer.outcome is PostOutcome.REFUSED:
        return SendResult(outcome=REFUSED, why="rejected")
    return result_without_code(answer)


def _delivered(answer: ApiAnswer, person: str) -> SendResult:
    unknown, held = (
        answer.data.get(name) or () for name in ("invalidStaffIdList", "flowControlledStaffIdList")
    )
    if person and person in unknown:
        return NOT_FOUND
    if person and person in held:
        return FLOOD
    return SendResult(outcome=SendOutcome.SENT, message=str(answer.data.get("processQueryKey") or ""))
