"""Bulletins of any size, made without a log: for pictures, papers and chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.language.phrasebook import phrasebook
from config.declarations.villages.item_fields import LEVEL_LABELS
from scheduler.villages.bulletin_counting import ranks
from storage.reporting.bulletin_values import (
    AdoptedItem,
    Bulletin,
    BulletinRow,
    FormerVillage,
    VillageMonthState,
    VillageTotals,
)

ZH, EN = phrasebook("zh").say, phrasebook("en").say
STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
LONG = "红旗经济开发区向阳社区居民委员会"
LONG_TITLE = "关于进一步加强汛期地质灾害隐患点巡查值守、做好受威胁群众转移避险安置和应急物资储备工作的情况报告（第三期）"
AWKWARD = '甲 & 乙 <丙> "丁" &amp; ]]>'
MONTH = date(2026, 11, 1)


def name_of(place: int) -> str:
    return f"{STEMS[place % len(STEMS)]}{STEMS[place // len(STEMS)] if place >= len(STEMS) else ''}村"


def states_of(place: int) -> VillageMonthState:
    known = {3: VillageMonthState.LATE, 5: VillageMonthState.DECLARED, 8: VillageMonthState.MISSING}
    return known.get(place % 12, VillageMonthState.ON_TIME)


def row_of(place: int) -> BulletinRow:
    state = states_of(place)
    in_ = state in {VillageMonthState.ON_TIME, VillageMonthState.LATE}
    items, adopted = (2 + place % 4, place % 3) if in_ else (0, 0)
    points = Decimal(6 + 12 * adopted - 2 * (not in_) - (state is VillageMonthState.LATE))
    return BulletinRow(
        village=f"v{place}",
        name=name_of(place),
        state=state,
        reported_on=None if state is VillageMonthState.MISSING else MONTH.replace(day=10 + place % 15),
        items=items,
        minimum=2,
        adopted=adopted,
        at_levels={"county": adopted} if adopted else {},
        level_points={"county": Decimal(12 * adopted)} if adopted else {},
        points=points,
        earlier_adjustment=Decimal(12 * (place == 1)),
        before=Decimal(6),
        year_points=points + 60,
        year_items=items + 20,
        year_adopted=adopted + 4,
    )


def sums_of(rows: tuple[BulletinRow, ...]) -> VillageTotals:
    return VillageTotals(
        months=len(rows),
        states={state: sum(row.state is state for row in rows) for state in VillageMonthState},
        items=sum(row.items for row in rows),
        adopted=sum(row.adopted for row in rows),
        points=sum((row.points or Decimal(0) for row in rows), Decimal(0)),
    )


def made(villages: int, *, ranked: bool = True, month: date = MONTH) -> Bulletin:
    rows = tuple(row_of(place) for place in range(villages))
    sums, before = sums_of(rows), sums_of(rows[: villages - 1])
    places = ranks([row.points for row in rows])
    if ranked:
        rows = tuple(replace(row, rank=place) for row, place in zip(rows, places, strict=True))
        rows = tuple(sorted(rows, key=lambda row: row.rank))
    items = tuple(
        AdoptedItem(month=month, village=row.name, title=f"{row.name}第{number}条信息", levels=("county",))
        for row in rows
        for number in range(1, row.adopted + 1)
    )
    return Bulletin(
        agency="召都巴镇人民政府",
        short_name="召都巴镇",
        month=month,
        due=month.replace(day=25),
        last=month.replace(day=27),
        provisional=False,
        closed=True,
        dated=month.replace(day=28),
        ranked=ranked,
        scored=True,
        schemes=("钟楼区行政审批局信息考核",),
        rows=rows,
        former_villages=(),
        sums=sums,
        before=before,
        year=VillageTotals(
            months=11, items=sums.items * 10, adopted=sums.adopted * 9, points=sums.points * 10
        ),
        trend=tuple(
            (month.replace(month=number), replace(sums, items=sums.items - number % 3))
            for number in range(1, month.month + 1)
        ),
        adopted=items,
        adopted_since=(
            AdoptedItem(
                month=date(2026, 10, 1), village="乙村", title="秋收农机调度", levels=("county", "city")
            ),
        ),
        levels=LEVEL_LABELS,
        to="各村民委员会",
    )


def long_one() -> Bulletin:
    """Three villages with long names and long titles, one of them awkward."""
    given = made(3)
    names = (LONG, AWKWARD, LONG + "（筹）")
    rows = tuple(replace(row, name=name) for row, name in zip(given.rows, names, strict=True))
    items = (
        AdoptedItem(month=MONTH, village=LONG, title=LONG_TITLE, levels=("town", "county", "city")),
        AdoptedItem(month=MONTH, village=AWKWARD, title=AWKWARD, levels=("province",)),
    )
    gone = (FormerVillage(village="x", name="旧村", earlier_adjustment=Decimal(12)),)
    return replace(given, rows=rows, adopted=items, former_villages=gone, tables=("villages", "levels"))
