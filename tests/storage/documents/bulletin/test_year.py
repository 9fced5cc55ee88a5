"""A year of twelve villages: every figure of every bulletin, and of the assessment, against the hand's table."""

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.services.annual_reports import annual_report
from bot.services.bulletins import NothingToTell, draw_assessment, draw_bulletin
from storage.reporting.bulletin_json import assessment_data, bulletin_data
from storage.reporting.bulletin_values import VillageMonthState
from tests.storage.documents.bulletin.town import (
    MONTHS,
    TABLE,
    VILLAGES,
    at,
    end_year,
    play_month,
    there,
    town_of_twelve,
)

TWELVE = range(12)
MONTH_NAMES = [row["month"] for row in TABLE["month"]]


@pytest.fixture(scope="module")
def told(empty_home, tmp_path_factory):
    """The town after its year, what the sweeps did, and each bulletin as it was drawn the day its month was closed."""
    home = Path(shutil.copytree(empty_home, tmp_path_factory.mktemp("year") / "home"))
    town = town_of_twelve(home)
    deeds, bulletins = [], []
    for place in TWELVE:
        deeds.append(play_month(town, place))
        bulletins.append(draw_bulletin(town, MONTHS[place]))
    then = draw_assessment(town, 2026)
    end_year(town)
    return town, deeds, bulletins, then


@pytest.mark.parametrize("place", TWELVE, ids=MONTH_NAMES)
def test_the_sweep_that_closes_a_month_opens_its_bulletin_and_nothing_else(told, place):
    _, deeds, _, _ = told
    month, last = TABLE["month"][place]["month"], TABLE["month"][place]["last"]
    done = Counter((deed.what, deed.reference[:7], deed.duty.kind) for deed in deeds[place])
    count = sum(there(village, place) for village in VILLAGES)
    told_of = {("closed", month, "village_report"): count, ("opened", month, "bulletin"): 1}
    # September's last day is its thirtieth: the sweep of the day after begins October as well.
    assert done == told_of | ({("opened", "2026-10", "village_report"): 11} if place == 8 else {})
    opened = next(deed for deed in deeds[place] if deed.duty.kind == "bulletin")
    assert (opened.reference, opened.day) == (month, last + timedelta(days=1))


@pytest.mark.parametrize("place", TWELVE, ids=MONTH_NAMES)
def test_every_figure_of_the_bulletin_is_the_hand_s(told, place):
    _, _, bulletins, _ = told
    bulletin, hand = bulletins[place], TABLE["month"][place]
    assert (bulletin.month, bulletin.due, bulletin.last) == (MONTHS[place], hand["due"], hand["last"])
    assert bulletin.closed
    assert bulletin.ranked
    found = {row.village: (row.points, row.earlier_adjustment, row.rank) for row in bulletin.rows}
    assert found == {
        village: (at(village, place, "told"), _earlier(village, place), at(village, place, "rank"))
        for village in VILLAGES
        if there(village, place)
    }
    sums = {
        name: value
        for name, value in hand["sums"].items()
        if name in {"months", "items", "adopted", "points"}
    }
    assert {name: getattr(bulletin.sums, name) for name in sums} == sums
    states = (
        VillageMonthState.ON_TIME,
        VillageMonthState.LATE,
        VillageMonthState.DECLARED,
        VillageMonthState.MISSING,
    )
    assert {state: bulletin.sums.count(state) for state in states} == {
        state: hand["sums"][state] for state in states
    }
    assert bulletin.year.points == hand["year"]
    gone = {row.village: row.earlier_adjustment for row in bulletin.former_villages}
    assert gone == {
        village: points
        for village, row in VILLAGES.items()
        for month, points in row.get("gone", {}).items()
        if int(month) == place + 1
    }


def _earlier(village, place):
    return VILLAGES[village].get("earlier", {}).get(str(place + 1), 0)


@pytest.mark.parametrize("place", TWELVE, ids=MONTH_NAMES)
def test_last_month_is_as_it_stands_now_and_the_course_of_the_year_ends_here(told, place):
    _, _, bulletins, _ = told
    bulletin = bulletins[place]
    assert [month for month, _ in bulletin.trend] == MONTHS[: place + 1]
    assert bulletin.trend[-1][1] == bulletin.sums
    assert bulletin.before.months == (TABLE["month"][place - 1]["sums"]["months"] if place else 0)
    if place:
        changed = sum((row.earlier_adjustment for row in (*bulletin.rows, *bulletin.former_villages)), 0)
        assert bulletin.before.points == bulletins[place - 1].sums.points + changed
    late = {"乙村", "丑村"} if place % 2 == 0 else {"乙村"}
    assert set(bulletin.villages_in_state(VillageMonthState.LATE)) == late
    assert bulletin.villages_in_state(VillageMonthState.MISSING) == ("丙村",)
    assert bulletin.villages_in_state(VillageMonthState.DECLARED) == ("丁村",)


@pytest.mark.parametrize("place", TWELVE, ids=MONTH_NAMES)
def test_what_was_adopted_is_told_once_with_its_levels(told, place):
    _, _, bulletins, _ = told
    bulletin = bulletins[place]
    here = {("甲村", "公告", ("county",))} | ({("辛村", "养老", ("county", "city"))} if place == 2 else set())
    assert {(item.village, item.title, item.levels) for item in bulletin.adopted} == here
    since = {(MONTHS[place - 1], "庚村", "果园")} if place else set()
    since |= {(MONTHS[7], "己村", "秋收")} if place == 8 else set()
    assert {(item.month, item.village, item.title) for item in bulletin.adopted_since} == since


@pytest.mark.parametrize("place", TWELVE, ids=MONTH_NAMES)
def test_a_bulletin_drawn_again_after_the_year_is_the_same(told, place):
    town, _, bulletins, _ = told
    assert draw_bulletin(town, MONTHS[place]) == bulletins[place]


def test_the_bulletins_add_up_to_the_assessment_of_the_day_of_the_last(told):
    _, _, bulletins, then = told
    for village in VILLAGES:
        rows = [row for bulletin in bulletins for row in bulletin.rows if row.village == village]
        gone = [row for bulletin in bulletins for row in bulletin.former_villages if row.village == village]
        summed = sum(row.points + row.earlier_adjustment for row in rows) + sum(
            row.earlier_adjustment for row in gone
        )
        assert next(row.sums.points for row in then.rows if row.village == village) == summed
    assert then.sums.points == bulletins[-1].year.points == TABLE["month"][-1]["year"]


def test_the_assessment_is_the_hand_s(told):
    town, _, _, _ = told
    made = draw_assessment(town, 2026)
    assert made.closed
    assert {row.village: (row.sums.points, row.rank, row.sums.months) for row in made.rows} == {
        village: (hand["year"], hand["place"], len(hand["told"])) for village, hand in VILLAGES.items()
    }
    assert (made.sums.points, made.sums.months) == (
        TABLE["assessment"]["points"],
        TABLE["assessment"]["months"],
    )
    assert sum(sums.points for sums in made.by_month.values()) == made.sums.points
    assert all(sum(row.points.values()) == row.sums.points for row in made.rows)
    ji, wu = (next(row for row in made.rows if row.village == village) for village in ("ji", "wu"))
    assert list(ji.points) == MONTHS[:8]
    assert list(wu.points) == MONTHS[4:]


def test_the_data_say_what_the_values_say(told):
    town, _, bulletins, then = told
    data = bulletin_data(bulletins[8])
    assert data["gone"] == [{"village": "ji", "name": "己村", "earlier": "10"}]
    assert [row["village"] for row in data["villages"]][:2] == ["jia", "geng"]
    assert data["year"]["points"] == "762"
    year = assessment_data(then)
    assert year["closed"]
    assert year["sums"]["points"] == "1002"
    assert {row["village"] for row in year["villages"]} == VILLAGES.keys()
    assert town.today == date(2027, 1, 15)


def test_the_year_s_report_does_not_see_the_bulletins(told):
    town, *_ = told
    made = annual_report(town, 2026).report
    assert set(made.figures.values()) == {0}


def test_a_month_nobody_opened_cannot_be_told(told):
    town, *_ = told
    with pytest.raises(NothingToTell):
        draw_bulletin(town, date(2025, 12, 1))
    with pytest.raises(NothingToTell):
        draw_assessment(town, 2025)
