"""The outcome of a call to a platform's HTTP interface where the platform itself gave no code."""

from __future__ import annotations

from datetime import timedelta

from scheduler.delivery.channel import SendOutcome, SendResult
from storage.web.api_client import ApiAnswer
from storage.web.http_results import FailureReason, PostOutcome


def result_without_code(answer: ApiAnswer) -> SendResult:
    """Return the outcome by the HTTP status, or by why no answer came."""
    if answer.outcome is PostOutcome.SENT:
        return SendResult(outcome=SendOutcome.UNCERTAIN, why="garbled")
    wait = timedelta(seconds=answer.retry_after) if answer.retry_after else None
    why = "timeout" if answer.why is FailureReason.SLOW else str(answer.why or "server")
    return SendResult(outcome=SendOutcome(answer.outcome), why=why, retry_after=wait)
