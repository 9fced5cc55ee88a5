"""What a request costs, against sums made by hand, and against what must hold of any progressive fee."""

import tomllib
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.shipped_data import data_dir
from scheduler.letters.fees import (
    FeeBasis,
    FeeRequest,
    NoFeesThen,
    fee_by_item,
    fee_by_page,
    fees_by_month,
    read_schedules,
    schedule_on,
)

SHIPPED = tomllib.loads((data_dir() / "fees.toml").read_text("utf-8"))
SCHEDULES = read_schedules(SHIPPED)
NOW = schedule_on(SCHEDULES, date(2026, 11, 23))
SITUATIONS = tomllib.loads((Path(__file__).parent / "situations.toml").read_text("utf-8"))

counts = st.integers(0, 400)


def item_fee(before, items):
    return fee_by_item(before, items, NOW).amount_yuan


def page_fee(pages):
    return fee_by_page(pages, NOW).amount_yuan


@pytest.mark.parametrize("case", SITUATIONS["item"], ids=lambda case: case["sums"])
def test_items_cost_what_the_hand_says(case):
    assert item_fee(case["before"], case["items"]) == case["yuan"]


@pytest.mark.parametrize("case", SITUATIONS["page"], ids=lambda case: case["sums"])
def test_pages_cost_what_the_hand_says(case):
    assert page_fee(case["pages"]) == case["yuan"]


@pytest.mark.parametrize("case", SITUATIONS["month"])
def test_each_month_counts_from_nothing(case):
    asked = [FeeRequest(*request) for request in case["asked"]]
    assert [fee.amount_yuan for fee in fees_by_month(asked, SCHEDULES)] == case["yuan"]


def test_a_fee_explains_itself():
    fee = fee_by_item(25, 30, NOW)
    told = [(line.band.first, line.band.last, line.count, line.band.yuan) for line in fee.lines]
    assert told == [(11, 30, 5, 100), (31, 40, 10, 200), (41, 50, 10, 300), (51, 60, 5, 400)]
    assert (fee.basis, fee.number) == (FeeBasis.ITEM, "国办函〔2020〕109号")
    assert fee_by_page(201, NOW).lines[-1].band == (201, None, 40)


def unit_rate(basis, place):
    """The rate of one unit, read off the measure's words and not off the bands."""
    if basis is FeeBasis.PAGE:
        return 0 if place <= 30 else 10 if place <= 100 else 20 if place <= 200 else 40
    return 0 if place <= 10 else 100 if place <= 30 else ((place - 31) // 10 + 2) * 100


@given(counts, counts)
def test_every_unit_pays_the_rate_of_its_place(before, count):
    places = range(before + 1, before + count + 1)
    assert item_fee(before, count) == sum(unit_rate(FeeBasis.ITEM, place) for place in places)
    assert page_fee(count) == sum(unit_rate(FeeBasis.PAGE, place) for place in range(1, count + 1))


@given(counts, counts)
def test_lines_hold_every_unit_once(before, count):
    for fee in (fee_by_item(before, count, NOW), fee_by_page(count, NOW)):
        assert sum(line.count for line in fee.lines) == count
        assert all(line.count > 0 for line in fee.lines)


@given(counts, counts, counts)
def test_more_never_costs_less(before, some, more):
    assert item_fee(before, some) <= item_fee(before, some + more)
    assert item_fee(before, some) <= item_fee(before + more, some)
    assert page_fee(some) <= page_fee(some + more)


@given(counts, st.lists(st.integers(0, 60), max_size=8))
def test_increments_add_up_to_the_whole(before, parts):
    paid, place = 0, before
    for part in parts:
        paid += item_fee(place, part)
        place += part
    assert paid == item_fee(before, sum(parts))


@given(st.lists(st.tuples(st.sampled_from([date(2026, 3, 31), date(2026, 4, 1)]), counts), max_size=4))
def test_a_months_order_changes_no_total(asked):
    requests = [FeeRequest(*request) for request in asked]
    totals = {
        sum(fee.amount_yuan for fee in fees_by_month(order, SCHEDULES)) for order in permutations(requests)
    }
    assert len(totals) == 1


def test_before_the_measure_no_fee_is_known():
    assert schedule_on(SCHEDULES, date(2021, 1, 1)) is NOW
    with pytest.raises(NoFeesThen) as refused:
        schedule_on(SCHEDULES, date(2020, 12, 31))
    assert refused.value.words == {"day": "2020-12-31", "since": "2021-01-01"}


def test_a_later_table_leaves_earlier_days_alone():
    later = {**SHIPPED["schedule"][0], "since": date(2028, 1, 1), "item": [{"from": 1, "yuan": 5}]}
    both = read_schedules({"schedule": [later, *SHIPPED["schedule"]]})
    fees = fees_by_month([FeeRequest(date(2027, 12, 31), 11), FeeRequest(date(2028, 1, 1), 11)], both)
    assert [fee.amount_yuan for fee in fees] == [100, 55]


@pytest.mark.parametrize(("before", "items"), [(-1, 1), (0, -1)])
def test_a_count_is_never_negative(before, items):
    with pytest.raises(ValueError, match="never negative"):
        fee_by_item(before, items, NOW)


@pytest.mark.parametrize(
    "bands",
    [
        [],
        [{"from": 2, "yuan": 0}],
        [{"from": 1, "yuan": 0}, {"from": 1, "yuan": 10}],
        [{"from": 1, "yuan": 0, "every": 10, "more_yuan": 1}, {"from": 11, "yuan": 10}],
    ],
)
def test_bands_with_a_gap_are_no_table(bands):
    with pytest.raises(ValueError, match="bands start at 1"):
        read_schedules({"schedule": [{**SHIPPED["schedule"][0], "item": bands}]})
