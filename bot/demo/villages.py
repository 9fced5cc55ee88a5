"""The villages' months: who reports in time, who declares nothing, who is late, and who says nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import Post, numbers_in, word
from bot.demo.town import Story, Town
from config.duties.village_report import DUTY, LEVELS
from scheduler.terms.deadlines import due
from scheduler.villages.months import reference_of

SUBMIT, NOTHING, ADOPT, REFUSE = (
    step.label for key in ("submitted", "zero_declared", "adopted", "rejected") if (step := DUTY.step(key))
)
RETURN = word("verb.return")
MONTHS = range(1, 13)
NEWS = (
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
class Manner:
    """How a village goes about its months; in the months that are not named it reports in time."""

    items: tuple[int, int] = (2, 3)
    nothing: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    away: tuple[int, ...] = ()
    """The reporter is on leave, and the head of the village reports instead."""


MANNERS: Mapping[str, Manner] = {
    "jia": Manner(items=(3, 4)),
    "yi": Manner(items=(2, 3)),
    "bing": Manner(late=(3, 7, 11)),
    "ding": Manner(items=(1, 2), nothing=(2, 6, 10)),
    "wu": Manner(silent=(5, 10), late=(8,)),
    "ji": Manner(away=(8,)),
}


def villages(town: Town) -> Iterator[tuple[Story, date]]:
    """Every month of every village, with the day on which somebody thinks of it."""
    for village in town.works.office.villages:
        manner = MANNERS[village.id]
        for month in MONTHS:
            if month not in manner.silent:
                first = date(town.year, month, 1)
                day = first + timedelta(days=town.chance(f"{village.id} {month}").randrange(9, 19))
                yield _month(town, village.id, manner, first), day


def _month(town: Town, village: str, manner: Manner, first: date) -> Story:
    """One month: what is reported, by whom, and what the clerk makes of it."""
    case = town.find(DUTY.kind, reference_of(first, village))
    luck = town.chance(f"{village} {first}")
    month = first.month
    reporter = town.posts[f"{village}_{'leader' if month in manner.away else 'reporter'}"]
    if month in manner.away:
        absent = town.posts[f"{village}_reporter"]
        last = town.works.today + timedelta(days=14)
        absent.does(f"{word('verb.away')} {town.works.today} 至 {last}")
        town.away[absent.id] = (town.works.today, last)
        town.happened.append("deputy_reported")
        yield town.later(1)
    if month in manner.late:
        dated = due([record for _, record in town.case(case).story], DUTY, town.works.calendar)
        if dated.day:
            yield town.later(1, dated.day)
    _opens(reporter, case)
    if month in manner.nothing:
        reporter.presses(NOTHING)
        return
    count = luck.randint(*manner.items)
    titles = luck.sample(NEWS, count)
    reporter.presses(SUBMIT)
    reporter.says(titles[0])
    for title in titles[1:]:
        reporter.does(f"{SUBMIT} {case} {title}")
    yield town.later(2)
    _judged(town.posts["clerk"], case, titles, luck.random())


def _opens(post: Post, case: int) -> None:
    """The reporter looks at the list, then at the card."""
    listed = post.says(word("verb.todo"))
    if SUBMIT not in post.labels and case in numbers_in(listed):
        post.says(str(case))


def _judged(clerk: Post, case: int, titles: list[str], luck: float) -> None:
    """The clerk adopts, refuses or sends back what came."""
    sent_back, refused, county = 0.08, 0.2, 0.55
    if luck < sent_back:
        clerk.does(f"{RETURN} {case} 缺少时间地点")
        return
    for place, title in enumerate(titles):
        if luck < refused and place == 0:
            clerk.does(f"{REFUSE} {case} {title}", "不属于公开内容")
        elif place < 2:  # noqa: PLR2004 - the town's page has room for two of each village
            level = "county" if luck > county and place == 0 else "town"
            clerk.does(f"{ADOPT} {case} {title}", LEVELS[level])
