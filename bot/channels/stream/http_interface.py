"""Calls of a platform's HTTP interface: with its access token, and their outcome where the platform gave no code.

The token is fetched when it is needed, and kept until shortly before it ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.delivery.channel import SendOutcome, SendResult
from storage.web.api_client import ApiAnswer
from storage.web.http_results import FailureReason, PostOutcome

MARGIN_SECONDS = 300.0  # a token is renewed so long before it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A fetched token and how long it is good, in seconds; or the outcome of whatever it was wanted for."""

    token: str = field(default="", repr=False)
    seconds: float = 0.0
    failure: SendResult = field(
        default_factory=lambda: SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="token")
    )


class AccessToken:
    """A token that several threads use."""

    def __init__(self, fetch: Callable[[], TokenAnswer]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def get(self) -> str | SendResult:
        """The token; the outcome of what it is wanted for, where there is none."""
        with self._lock:
            if self._token and time.monotonic() < self._until:
                return self._token
            answer = self._fetch()
            if not answer.token:
                return answer.failure
            self._token = answer.token
            self._until = time.monotonic() + max(answer.seconds - MARGIN_SECONDS, answer.seconds / 2)
            return self._token

    def call(
        self, make_call: Callable[[str], ApiAnswer], is_refused: Callable[[ApiAnswer], bool]
    ) -> ApiAnswer | SendResult:
        """Make a call with the token, once more with a new one where it ran out; an outcome where there is none."""
        for _ in range(2):
            token = self.get()
            if isinstance(token, SendResult):
                return token
            answer = make_call(token)
            if not is_refused(answer):
                break
            self._forget(token)
        return answer

    def _forget(self, token: str) -> None:
        """Fetch a new one next time: the platform does not accept this one any more."""
        with self._lock:
            if self._token == token:
                self._token = ""


def token_answer(token: object, seconds: object, sent: SendResult) -> TokenAnswer:
    """What a platform answered: its token and the seconds it is good for, or why there is none (``sent``)."""
    if isinstance(token, str) and token and isinstance(seconds, int):
        return TokenAnswer(token=token, seconds=seconds)
    why = "token" if sent.outcome in {SendOutcome.REFUSED, SendOutcome.SENT} else sent.why
    return TokenAnswer(failure=SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why=why))


def result_without_code(answer: ApiAnswer) -> SendResult:
    """The outcome of a call to which the platform gave no code: by the HTTP status, or by why no answer came."""
    if answer.outcome is PostOutcome.SENT:
        return SendResult(outcome=SendOutcome.UNCERTAIN, why="garbled")
    wait = timedelta(seconds=answer.retry_after) if answer.retry_after else None
    why = "timeout" if answer.why is FailureReason.SLOW else str(answer.why or "server")
    return SendResult(outcome=SendOutcome(answer.outcome), why=why, retry_after=wait)
