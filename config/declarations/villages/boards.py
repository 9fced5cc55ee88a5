"""Which boards of 村务公开 a village owes in a year: one a quarter, and its finances monthly where that is set.

Each is due on the last working day of the last month of its quarter, or of its month [practice].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from config.declarations.annual_dates import LAST_WORKDAY, STAYS

QUARTERLY, MONTHLY = "quarterly", "monthly"
FINANCES: Mapping[str, str] = {QUARTERLY: "财务按季公开", MONTHLY: "财务按月公开"}
QUARTERS = {3: "第一季度", 6: "第二季度", 9: "第三季度", 12: "第四季度"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageBoard:
    """One board that a village owes, spelled out so that a case can keep its day."""

    id: str
    name: str
    village: str
    month: int
    covers: str = "all"
    """What it discloses: all matters, or the finances alone."""
    rule: str = LAST_WORKDAY
    number: int = 0
    root_moves: str = ""
    offset: int = 0
    way: str = ""
    unit: str = ""
    moves: str = STAYS


def village_boards(villages: Iterable[str], finances: str) -> Iterator[VillageBoard]:
    """The boards of these villages; none where the office keeps no such record (``finances`` empty)."""
    for village in villages if finances else ():
        for month, quarter in QUARTERS.items():
            name = f"{quarter}村务" + "和财务" * (finances == QUARTERLY)
            yield VillageBoard(id=f"{village}-q{month // 3}", name=name, village=village, month=month)
        for month in range(1, 13) if finances == MONTHLY else ():
            yield VillageBoard(
                id=f"{village}-f{month:02}",
                name=f"{month}月财务",
                village=village,
                month=month,
                covers="finances",
            )
