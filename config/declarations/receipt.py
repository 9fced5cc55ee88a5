"""The day of receipt of a case that comes from outside, by the way it came (条例 art. 31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule:
    """Which of the known days is the day of receipt, by the way a case came."""

    by: str
    days: Mapping[str, str]
    """The name of the day that counts, by the choice of the field ``by``."""
    article: str

    def day_of(self, way: str, known: Mapping[str, date | None]) -> date:
        """The day of receipt for this channel. ReceiptUnknown where it is not among the known days."""
        wanted = self.days.get(way, "")
        day = known.get(wanted)
        if day is None:
            raise ReceiptUnknown(way=way, day=wanted, article=self.article, ways="、".join(self.days))
        return day


class ReceiptUnknown(Refusal):
    """For {way} the day of receipt is the day “{day}” ({article}), which is not given. Ways: {ways}."""
