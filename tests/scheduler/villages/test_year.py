"""A year of six villages through the sweep and the recorder, every figure against a table made by hand."""

import shutil
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cli.reports.village_months import _month_score, _quarter, list_village_months
from bot.services.annual_reports import annual_report
from tests.scheduler.villages.alone import months_alone
from tests.town import open_town, record, sweep_to_rest, table_differences
from tests.village_items import act_in_month

TABLE = tomllib.loads((Path(__file__).parent / "year.toml").read_text("utf-8"))
MONTHS = [date.fromisoformat(f"{row['month']}-01") for row in TABLE["month"]]
VILLAGES = TABLE["village"]
ONE_DAY, A_FORTNIGHT = timedelta(days=1), timedelta(days=14)


def owed(village, place):
    """Whether a village owes the month at this place of the year."""
    row = VILLAGES[village]
    return row.get("since", 1) - 1 <= place < row.get("since", 1) - 1 + len(row["points"])


def joined_and_merged(home):
    file = home / "office.toml"
    text = file.read_text("utf-8")
    for leader, line in (("wu_leader", 'since = "2026-05-01"'), ("ji_leader", 'until = "2026-08-15"')):
        text = text.replace(f'leader = "{leader}"', f'leader = "{leader}"\n{line}')
    file.write_text(text, "utf-8")


@pytest.fixture
def town(home):
    joined_and_merged(home)
    return open_town(home, date(2026, 1, 1))


def swept_on(town, day):
    """What a sweep does on a day; the second one on that day does nothing."""
    found = sweep_to_rest(town, day)
    return Counter((deed.what, deed.reference[:7], deed.outcome) for deed in found.actions)


def said_on(town, day, place, act, *, happened=None):
    """Somebody records on a day what a village did: village, day, step, facts."""
    village, _day, step, facts = act
    town.clock.set_day(day)
    record(
        town,
        lambda uow: act_in_month(town, uow, MONTHS[place], (village, happened or day, step, facts)),
    )


def reports(place):
    """What the villages hand in in a month: village, day, step, facts."""
    first, due = MONTHS[place], TABLE["month"][place]["due"]
    acts = [
        ("wu", first.replace(day=10), "submitted", {"title": "会议"}),
        ("ji", first.replace(day=15), "submitted", {"title": "秋收", "items": 2}),
        ("ding", first.replace(day=18), "zero_declared", {}),
        ("jia", first.replace(day=20), "submitted", {"title": "公告", "items": 3}),
        ("yi", due + ONE_DAY, "submitted", {"title": "道路", "items": 2}),
    ]
    return [act for act in acts if owed(act[0], place)]


def adopts(town, place, day):
    facts = {"title": "公告", "level": "county", "points": 12}
    said_on(town, day, place, ("jia", day, "adopted", facts))


def expected_close(place, what="closed"):
    month = TABLE["month"][place]["month"]
    outcomes = Counter(row["outcome"] for village, row in VILLAGES.items() if owed(village, place))
    return Counter({(what, month, outcome): count for outcome, count in outcomes.items()})


def opened(place):
    count = sum(owed(village, place) for village in VILLAGES)
    return Counter({("opened", TABLE["month"][place]["month"], ""): count})


def a_month(town, place):
    assert swept_on(town, MONTHS[place]) == opened(place)
    for act in reports(place):
        said_on(town, act[1], place, act)
    last = TABLE["month"][place]["last"]
    assert swept_on(town, last) == Counter()  # its last day is not over
    assert swept_on(town, last + ONE_DAY) == expected_close(place)


def a_year(town):
    """January to August month by month, then 44 days in which nobody sweeps, then on."""
    for place in range(8):
        a_month(town, place)
        adopts(town, place, TABLE["month"][place]["last"] + A_FORTNIGHT)
    assert swept_on(town, date(2026, 9, 14)) == opened(8)
    for act in reports(8):
        said_on(town, max(act[1], date(2026, 9, 14)), 8, act, happened=act[1])
    caught_up(town)
    for place in (8, 9):
        adopts(town, place, date(2026, 11, 5))
    for act in reports(10):
        said_on(town, act[1], 10, act)
    assert swept_on(town, date(2026, 11, 28)) == expected_close(10)
    a_month(town, 11)
    for place in (10, 11):
        adopts(town, place, date(2027, 1, 12))


def caught_up(town):
    """The first sweep after the gap opens and closes what fell into it; what comes in late mends its word."""
    november = date(2026, 11, 3)
    silent = Counter({("closed", "2026-10", "not_reported"): 5})
    assert swept_on(town, november) == expected_close(8) + opened(9) + opened(10) + silent
    for act in reports(9):
        said_on(town, november + ONE_DAY, 9, act, happened=act[1])
    mended = expected_close(9, "mended")
    del mended["mended", "2026-10", "not_reported"]  # that word was right
    assert swept_on(town, november + ONE_DAY) == mended


@pytest.fixture(scope="module")
def told(empty_home, tmp_path_factory):
    """The town after its year."""
    home = Path(shutil.copytree(empty_home, tmp_path_factory.mktemp("year") / "home"))
    joined_and_merged(home)
    app = open_town(home, date(2026, 1, 1), duties=months_alone())
    a_year(app)
    return app


@pytest.mark.parametrize("place", range(12), ids=lambda place: TABLE["month"][place]["month"])
def test_every_figure_of_the_month_is_the_hand_s(told, place):
    row, quarter = TABLE["month"][place], _quarter(told, MONTHS[place])
    kept = {each.month.village: each for each in list_village_months(told, MONTHS[place])}
    assert kept.keys() == {village for village in VILLAGES if owed(village, place)}
    for village, each in kept.items():
        hand = VILLAGES[village]
        assert (each.month.due, each.month.last, each.month.provisional) == (row["due"], row["last"], False)
        closing = each.month.closing
        assert (closing.outcome, closing.happened_on) == (hand["outcome"], row["last"])
        points = hand["points"][place - hand.get("since", 1) + 1]
        assert (village, _month_score(told, each, quarter).total) == (village, points)


@pytest.mark.parametrize("village", VILLAGES)
def test_the_year_adds_up(told, village):
    found = [
        _month_score(told, kept, _quarter(told, first)).total
        for first in MONTHS
        for kept in list_village_months(told, first)
        if kept.month.village == village
    ]
    assert sum(found) == VILLAGES[village]["year"] == sum(VILLAGES[village]["points"])


def test_the_year_s_report_does_not_see_the_months(told):
    annual = annual_report(told, 2026)
    made, tally = annual.report, annual.counts
    assert set(made.figures.values()) == {0}
    assert tally.findings == []
    assert not any(tally.cases.values())


def test_the_log_is_whole_and_the_rows_are_what_it_says(told):
    with told.log() as log:
        assert list(log.verify()) == []
    assert table_differences(told) == []


def test_the_sweep_says_what_held_on_the_day_it_held(town):
    swept_on(town, date(2026, 3, 17))
    with town.log() as log:
        entries = list(log.read())
    assert {(entry.actor, entry.means) for entry in entries} == {("system", "sweep")}
    assert {entry.record.happened_on for entry in entries} == {date(2026, 3, 1)}
