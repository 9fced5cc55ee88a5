"""Stories of the villages' months: reported in time, declared empty, late, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import SimulatedPerson, case_numbers_in, phrase_word
from bot.demo.town import DemoTown, TownStory
from config.declarations.village_items import LEVEL_LABELS
from config.duties.village_report import DUTY
from scheduler.terms.deadlines import due_date
from scheduler.villages.months import village_month_reference

SUBMIT_LABEL, ZERO_LABEL, ADOPT_LABEL, REJECT_LABEL = (
    step.label for key in ("submitted", "zero_declared", "adopted", "rejected") if (step := DUTY.step(key))
)
RETURN_WORD = phrase_word("verb.return")
MONTHS = range(1, 13)
VILLAGE_NEWS = (
    "村务公开栏更新财务收支",
    "村民议事会讨论道路硬化",
    "集体土地流转结果公示",
    "低保评议结果公示",
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
    """The story of one month: what the village reports, and how the clerk decides on it."""
    case = town.find(DUTY.kind, village_month_reference(first, village))
    luck = town.rng(f"{village} {first}")
    month = first.month
    reporter = town.posts[f"{village}_{'leader' if month in manner.away else 'reporter'}"]
    if month in manner.away:
        absent = town.posts[f"{village}_reporter"]
        last = town.app.today + timedelta(days=14)
        absent.perform(f"{phrase_word('verb.away')} {town.app.today} 至 {last}")
        town.away[absent.id] = (town.app.today, last)
        town.happened.append("deputy_reported")
        yield town.workdays_later(1)
    if month in manner.late:
        dated = due_date([record for _, record in town.case(case).timeline], DUTY, town.app.calendar)
        if dated.day:
            yield town.workdays_later(1, dated.day)
    _open_card(reporter, case)
    if month in manner.nothing:
        reporter.press(ZERO_LABEL)
        return
    count = luck.randint(*manner.items)
    titles = luck.sample(VILLAGE_NEWS, count)
    reporter.press(SUBMIT_LABEL)
    reporter.write(titles[0])
    for title in titles[1:]:
        reporter.perform(f"{SUBMIT_LABEL} {case} {title}")
    yield town.workdays_later(2)
    _judge_items(town.posts["clerk"], case, titles, luck.random())


def _open_card(post: SimulatedPerson, case: int) -> None:
    """The reporter opens the worklist, then the card."""
    listed = post.write(phrase_word("verb.todo"))
    if SUBMIT_LABEL not in post.labels and case in case_numbers_in(listed):
        post.write(str(case))


def _judge_items(clerk: SimulatedPerson, case: int, titles: list[str], luck: float) -> None:
    """The clerk adopts, refuses or returns the items."""
    sent_back, refused, county = 0.08, 0.2, 0.55
    if luck < sent_back:
        clerk.perform(f"{RETURN_WORD} {case} 缺少时间地点")
        return
    for place, title in enumerate(titles):
        if luck < refused and place == 0:
            clerk.perform(f"{REJECT_LABEL} {case} {title}", "不属于公开内容")
        elif place < 2:  # noqa: PLR2004 - the town's page has room for two of each village
            level = "county" if luck > county and place == 0 else "town"
            clerk.perform(f"{ADOPT_LABEL} {case} {title}", LEVEL_LABELS[level])
