"""A town of twelve villages and its year, told to a clock set by hand. The figures stand in ``year.toml``."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

from bot.services.app import OfficeApp
from scheduler.sweep.results import SweepAction
from tests.town import duties_of, open_town, run_sweep, transaction
from tests.village_items import act_in_month

TABLE = tomllib.loads((Path(__file__).parent / "year.toml").read_text("utf-8"))
VILLAGES = TABLE["village"]
MONTHS = [date.fromisoformat(f"{row['month']}-01") for row in TABLE["month"]]
MORE = {"geng": "庚村", "xin": "辛村", "ren": "壬村", "gui": "癸村", "zi": "子村", "chou": "丑村"}
KINDS = ("village_report", "village_item", "bulletin")
ONE_DAY, A_FORTNIGHT = timedelta(days=1), timedelta(days=14)
PEOPLE = """
[[person]]
id = "{id}_reporter"
post = "{name}信息员"

[[person]]
id = "{id}_leader"
post = "{name}村委会主任"

[[village]]
id = "{id}"
name = "{name}"
reporter = "{id}_reporter"
leader = "{id}_leader"
"""


def with_more_villages(home: Path, more: dict[str, str], *, came_and_went: bool = True) -> None:
    file = home / "office.toml"
    text = file.read_text("utf-8")
    ends = (("wu_leader", 'since = "2026-05-01"'), ("ji_leader", 'until = "2026-08-15"'))
    for leader, line in ends if came_and_went else ():
        text = text.replace(f'leader = "{leader}"', f'leader = "{leader}"\n{line}')
    text += "".join(PEOPLE.format(id=village, name=name) for village, name in more.items())
    file.write_text(text, "utf-8")


def town_of_twelve(home: Path) -> OfficeApp:
    with_more_villages(home, MORE)
    return open_town(home, date(2026, 1, 1), duties=duties_of(*KINDS))


def there(village: str, place: int) -> bool:
    return 0 <= place - VILLAGES[village].get("since", 1) + 1 < len(VILLAGES[village]["told"])


def at(village: str, place: int, key: str) -> int:
    """What the hand wrote for a village in a month."""
    return VILLAGES[village][key][place - VILLAGES[village].get("since", 1) + 1]


def swept_on(town: OfficeApp, day: date) -> tuple[SweepAction, ...]:
    """A sweep. (That a second one does nothing, the year of six villages shows.)"""
    swept = run_sweep(town, day)
    assert swept.failures == ()
    return swept.actions


Act = tuple[date, str, str, dict[str, str | int]]


def say(town: OfficeApp, place: int, acts: list[Act]) -> None:
    """Somebody records what happened with the villages' months, on the last of its days."""
    town.clock.set_day(max(day for day, *_ in acts))
    with transaction(town) as uow:
        for day, village, step, facts in acts:
            act_in_month(town, uow, MONTHS[place], (village, day, step, facts))


def _reports(town: OfficeApp, place: int) -> None:
    """What the villages hand in, by the days on which they do."""
    first, due = MONTHS[place], TABLE["month"][place]["due"]
    acts = [
        (3, "zi", "submitted", {"title": "修路"}),
        (5, "xin", "submitted", {"title": "养老", "items": 2}),
        (8, "ren", "submitted", {"title": "合作社", "items": 2}),
        (9, "gui", "submitted", {"title": "低保", "items": 2}),
        (10, "wu", "submitted", {"title": "会议"}),
        (12, "geng", "submitted", {"title": "果园", "items": 2}),
        (15, "ji", "submitted", {"title": "秋收", "items": 2}),
        (18, "ding", "zero_declared", {}),
        (20, "jia", "submitted", {"title": "公告", "items": 3}),
        (22, "jia", "adopted", {"title": "公告", "level": "county", "points": 12}),
        (24, "zi", "submitted", {"title": "桥"}),
    ]
    acts += [(15, "ren", "commissioned", {"title": "合作社"})] if place % 3 == 0 else []
    acts += [] if place % 2 == 0 else [(21, "chou", "submitted", {"title": "水", "items": 2})]
    if place == 2:
        acts += [(23, "xin", "adopted", {"title": "养老", "level": "county", "points": 15})]
        acts += [(24, "xin", "adopted", {"title": "养老", "level": "city", "points": 20})]
    late = ["yi", "chou"] if place % 2 == 0 else ["yi"]
    said: list[Act] = [(first.replace(day=day), *rest) for day, *rest in acts if there(rest[0], place)]
    said += [(due + ONE_DAY, village, "submitted", {"title": "道路", "items": 2}) for village in late]
    say(town, place, said)


def _afterwards(town: OfficeApp, place: int) -> None:
    """What becomes known of a month once it is over."""
    last = TABLE["month"][place]["last"]
    adopted = {"level": "county", "points": 10}
    acts: list[Act] = [(last + A_FORTNIGHT, "geng", "adopted", {"title": "果园", **adopted})]
    if place == 3:
        acts.append((date(2026, 5, 4), "zi", "returned", {"items": 1, "reason": "缺日期"}))
    if place == 6:
        acts.append((date(2026, 8, 5), "gui", "mistaken", {"reason": "写错金额"}))
    if place == 7:
        acts.append((date(2026, 9, 10), "ji", "adopted", {"title": "秋收", **adopted}))
    say(town, place, acts)


def play_month(town: OfficeApp, place: int) -> tuple[SweepAction, ...]:
    """A month up to the sweep that closes it. Returns what that sweep did."""
    swept_on(town, MONTHS[place])
    if place:
        _afterwards(town, place - 1)
    _reports(town, place)
    return swept_on(town, TABLE["month"][place]["last"] + ONE_DAY)


def end_year(town: OfficeApp) -> None:
    _afterwards(town, 11)
    town.clock.set_day(date(2027, 1, 15))
