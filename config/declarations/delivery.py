"""The delivery of an answer: by sending it, and not by the close, is judged whether it was in time.

国办公开办函〔2016〕235号: what is posted counts on the day it is handed to the postal enterprise, by which alone
official papers are sent (邮政法 art. 55); what is handed over, or passed on by another organ, on the day it is
signed for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.declarations.duty import Duty, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver(Effect):
    """The answer is sent, on the day of the step: the day that counts for the way in the field ``by``."""

    by: str
    unofficial: Mapping[str, str]
    """The ways by which official papers may not be sent, each with its article: the person is warned."""
    undelivered: tuple[str, ...] = ()
    """Outcomes that conclude a case without an answer to be sent."""

    def warning_article(self, way: object) -> str:
        """The article that forbids this way; empty where none does."""
        return self.unofficial.get(str(way), "")


def delivery_of(duty: Duty) -> Deliver | None:
    """The delivery that a kind declares; None where its close is all that counts."""
    return next((step.effect for step in duty.steps if isinstance(step.effect, Deliver)), None)
