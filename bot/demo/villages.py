"""Stories of the villages' months: items with photographs, a declared nothing, late or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.item_stories import adopt_item, hand_in_item, judge_item
from bot.demo.simulated_person import SimulatedPerson, phrase_word
from bot.demo.town import DemoTown, TownStory
from config.duties.village_report import DUTY
from scheduler.terms.deadlines import due_date
from scheduler.villages.months import village_month_reference

ZERO_LABEL = next(step.label for step in DUTY.steps if step.key == "zero_declared")
MONTHS = range(1, 13)
ADOPTING_MONTHS = (2, 5, 8, 11)
"""The months in which the first item of 甲村 is published; the others wait on the page as they do in a town."""
VILLAGE_NEWS = (
    "村务公开栏更新财务收支",
    "村民议事会讨论道路硬化",
    "集体土地流转结果公示",
    "义诊进村服务老人",
    "春耕备耕进展",
    "人居环境整治情况",
    "村级工程招标公告",
    "防火防汛宣传入户",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageBehaviour:
    """How a village behaves; in months that are not named it reports in time."""

    items: tuple[int, int] = (2, 3)
    nothing: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    away: tuple[int, ...] = ()
    """The reporter is on leave, and the head of the village reports instead."""


BEHAVIOUR_BY_VILLAGE: Mapping[str, VillageBehaviour] = {
    "jia": VillageBehaviour(items=(3, 4)),
    "yi": VillageBehaviour(items=(2, 3)),
    "bing": VillageBehaviour(late=(3, 7, 11)),
    "ding": VillageBehaviour(items=(1, 2), nothing=(2, 6, 10)),
    "wu": VillageBehaviour(silent=(5, 10), late=(8,)),
    "ji": VillageBehaviour(away=(8,)),
}


def village_stories(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """Every village's months with the day on which their story begins."""
    for village in town.app.office.villages:
        manner = BEHAVIOUR_BY_VILLAGE[village.id]
        for month in MONTHS:
            if month not in manner.silent:
                first = date(town.year, month, 1)
                day = first + timedelta(days=town.rng(f"{village.id} {month}").randrange(9, 19))
                yield _month_story(town, village.id, manner, first), day


def _month_story(town: DemoTown, village: str, manner: VillageBehaviour, first: date) -> TownStory:
    """The story of one month: what the village sends, and what becomes of it."""
    case = town.find(DUTY.kind, village_month_reference(first, village))
    luck, month = town.rng(f"{village} {first}"), first.month
    reporter = town.posts[f"{village}_{'leader' if month in manner.away else 'reporter'}"]
    if month in manner.away:
        _go_on_leave(town, town.posts[f"{village}_reporter"])
        yield town.workdays_later(1)
    if month in manner.late:
        dated = due_date(town.case(case).records, DUTY, town.app.calendar)
        if dated.day:
            yield town.workdays_later(1, dated.day)
    if month in manner.nothing:
        reporter.perform(f"{ZERO_LABEL} {case}")
        return
    titles = luck.sample(VILLAGE_NEWS, luck.randint(*manner.items))
    items = [hand_in_item(town, reporter, title, f"{village} {first} {title}") for title in titles]
    yield town.workdays_later(2)
    sent_back = [item for item in items if judge_item(town, item, luck.random())]
    if village == "jia" and month in ADOPTING_MONTHS and items[0] not in sent_back:
        yield from adopt_item(town, items[0])
    if sent_back:
        yield town.workdays_later(1)
        for item in sent_back:
            hand_in_item(
                town, reporter, f"{titles[items.index(item)]}（补充了时间地点）", str(item), again=item
            )


def _go_on_leave(town: DemoTown, absent: SimulatedPerson) -> None:
    last = town.app.today + timedelta(days=14)
    absent.perform(f"{phrase_word('verb.away')} {town.app.today} 至 {last}")
    town.away[absent.id] = (town.app.today, last)
    town.happened.append("deputy_reported")
