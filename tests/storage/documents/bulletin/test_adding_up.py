"""Whatever is recorded, and whenever: what the bulletins told adds up to the year."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.app import cached_calendar
from config.declarations.villages.item_fields import LEVEL_LABELS
from config.duties.bulletin import DUTY as BULLETIN
from config.duties.village_report import DUTY
from config.office.loader import load_office
from config.reporting.scoring_schemes import parse_scheme
from config.shipped_data import data_dir, load_schemes
from scheduler.sweep.village_months import opening_facts
from scheduler.villages.assessment import build_assessment
from scheduler.villages.bulletin_counting import (
    BulletinBasis,
    build_bulletin,
    ranks,
    score_months,
)
from scheduler.villages.counted_months import counted_until
from storage.events.case import fold_case
from storage.events.events import Amended, Closed, Drafted, LogEntry, Opened, Stepped
from tests.draws import examples

VILLAGES, LAST = ("jia", "yi", "bing"), 6
SCHEMES = {key: parse_scheme(key, text, key) for key, text in load_schemes().items()}
CALENDAR, NAMES = cached_calendar(), DUTY.village_round
AT = datetime(2027, 1, 1, tzinfo=UTC)


@cache
def office():
    return load_office((data_dir() / "office" / "sample.toml").read_text("utf-8"), "sample")


def entry(position, record):
    words = {"office": "town", "actor": "clerk", "means": "test", "key": "", "hash": ""}
    return LogEntry(position=position, recorded_at=AT, record=record, **words)


def openings(gone_after):
    """Every village's months; one village is gone after some month."""
    case = 0
    for number in range(1, LAST + 1):
        for village in VILLAGES:
            if village == "bing" and number > gone_after:
                continue
            case += 1
            first = date(2026, number, 1)
            facts = opening_facts(office().months, DUTY, NAMES, first, village)
            yield Opened(
                case=case,
                happened_on=first,
                kind=DUTY.kind,
                reference=f"{first:%Y-%m}/{village}",
                facts=facts,
            )


happenings = st.lists(
    st.tuples(
        st.integers(0, 99),  # whose month
        st.sampled_from(
            ["submitted", "returned", "adopted", "rejected", "commissioned", "mistaken", "zero_declared"]
        ),
        st.integers(1, 28),
        st.sampled_from("甲乙丙"),
        st.sampled_from(list(LEVEL_LABELS)),
        st.integers(1, 4),
    ),
    max_size=40,
)


def recorded(opened, happened):
    """The months' openings and what happened to them: ``submitted`` makes items, the rest befalls the newest one."""
    entries = [entry(place, record) for place, record in enumerate(opened, start=1)]
    items = {}
    for which, step, day, title, level, count in happened:
        month = opened[which % len(opened)]
        on, known = month.happened_on.replace(day=day), items.setdefault(month.case, [])
        records = []
        if step == "zero_declared":
            records = [Stepped(case=month.case, happened_on=on, step=step)]
        elif step == "submitted":
            known += [1000 * month.case + len(known) + extra for extra in range(count)]
            records = [item_opening(number, month, on, title) for number in known[-count:]]
        elif known:
            number = known[(day * count) % len(known)]
            own = {"level": level, "points": 3 * count} if step == "adopted" else {}
            records = [Stepped(case=number, happened_on=on, step=step, facts=own)]
        entries += [entry(len(entries) + place, record) for place, record in enumerate(records, start=1)]
    return entries


def item_opening(number, month, on, title):
    facts = {"village": month.facts["village"], "month": month.facts["month"], "title": title}
    return Opened(case=number, happened_on=on, kind="village_item", reference=f"{number}", facts=facts)


def books_at(entries, position):
    cases = {}
    for each in entries:
        cases.setdefault(each.record.case, []).append(each)
    folded = [fold_case(number, mine) for number, mine in cases.items()]
    items = [case for case in folded if case.opening.kind == "village_item"]
    months = [case.with_parts(items, DUTY.parts) for case in folded if case.opening.kind == DUTY.kind]
    known = [case.as_of(position) for case in months]
    return score_months(known, DUTY, NAMES, CALENDAR, SCHEMES)


@settings(max_examples=examples(25))
@given(happenings, st.lists(st.integers(0, 40), min_size=LAST, max_size=LAST), st.integers(1, LAST))
def test_what_was_told_adds_up_to_the_year(happened, cuts, gone_after):
    opened = list(openings(gone_after))
    entries = recorded(opened, happened)
    positions = [len(opened) + min(cut, len(entries) - len(opened)) for cut in sorted(cuts)]
    then, told = None, {village: Decimal(0) for village in VILLAGES}
    for number, position in enumerate(positions, start=1):
        now = books_at(entries, position)
        basis = BulletinBasis(now=now, then=then, levels=LEVEL_LABELS, schemes=SCHEMES)
        made = build_bulletin(date(2026, number, 1), office(), basis, dated=date(2026, number, 28))
        for row in made.rows:
            told[row.village] += row.points + row.earlier_adjustment
        for gone in made.former_villages:
            told[gone.village] += gone.earlier_adjustment
        assert made.year.points == sum(told.values())
        assert made.sums.points == sum(row.points for row in made.rows)
        then = now
    year = build_assessment(2026, office(), then, SCHEMES, dated=date(2026, 12, 31))
    assert {row.village: row.sums.points for row in year.rows} == told
    assert year.sums.points == sum(sums.points for sums in year.by_month.values())


@given(st.lists(st.integers(-5, 5).map(Decimal), min_size=1, max_size=12))
def test_equals_share_a_rank_and_the_next_is_skipped(points):
    found = ranks(points)
    assert min(found) == 1
    for mine, rank in zip(points, found, strict=True):
        assert rank == 1 + sum(other > mine for other in points)
        assert {rank} == {place for other, place in zip(points, found, strict=True) if other == mine}


def test_a_third_is_a_third_and_no_rounded_figure():
    assert ranks([Fraction(20, 3), Fraction(40, 6), Fraction(667, 100)]) == [2, 2, 1]


def steps(*records):
    return fold_case(1, [entry(place, record) for place, record in enumerate(records, start=11)])


OPENED = Opened(
    case=1, happened_on=date(2026, 11, 28), kind="bulletin", reference="2026-11", facts={"month": "2026-11"}
)
AGAIN = Stepped(case=1, happened_on=date(2026, 11, 30), step="recounted")
TEXT = Drafted(case=1, happened_on=date(2026, 11, 30), by="clerk", manifest="0" * 64)


def test_a_bulletin_counts_what_was_recorded_when_it_was_opened_or_counted_anew():
    assert counted_until(steps(OPENED), BULLETIN) == 11
    assert counted_until(steps(OPENED, AGAIN, TEXT), BULLETIN) == 12


def test_a_recount_that_no_text_followed_was_never_told():
    case = steps(OPENED, TEXT, AGAIN)
    assert counted_until(case, BULLETIN) == 13
    assert counted_until(case, BULLETIN, as_published=True) == 11
    assert counted_until(steps(OPENED, TEXT, AGAIN, TEXT), BULLETIN, as_published=True) == 13


def test_without_a_ranking_the_roster_s_order_stands_and_nobody_has_a_rank():
    entries = recorded(
        list(openings(LAST)), [(0, "submitted", 20, "甲", "county", 1), (0, "adopted", 20, "甲", "county", 4)]
    )
    basis = BulletinBasis(
        now=books_at(entries, len(entries)), then=None, levels=LEVEL_LABELS, schemes=SCHEMES
    )
    text = (
        (data_dir() / "office" / "sample.toml")
        .read_text("utf-8")
        .replace("ranking = true", "ranking = false")
    )
    made = build_bulletin(date(2026, 1, 1), load_office(text, "sample"), basis, dated=date(2026, 1, 29))
    assert [row.village for row in made.rows] == list(VILLAGES)
    assert {(row.rank, row.rank_before) for row in made.rows} == {(None, None)}
    assert not made.ranked


def test_a_month_that_is_not_over_waits_and_blames_nobody():
    entries = recorded(list(openings(LAST)), [(0, "submitted", 20, "甲", "town", 2)])
    basis = BulletinBasis(
        now=books_at(entries, len(entries)), then=None, levels=LEVEL_LABELS, schemes=SCHEMES
    )
    made = build_bulletin(date(2026, 1, 1), office(), basis, dated=date(2026, 1, 21))
    assert not made.closed
    assert {row.village: row.state.value for row in made.rows} == {
        "jia": "on_time",
        "yi": "waits",
        "bing": "waits",
    }
    closed = Closed(case=2, happened_on=date(2026, 1, 28), outcome="not_reported")
    later = [*entries, entry(len(entries) + 1, closed)]
    right = Amended(
        happened_on=date(2026, 2, 1), case=2, position=later[-1].position, reason="其实报了", right=None
    )
    struck = [*later, entry(len(later) + 1, right)]
    assert books_at(later, len(later))[date(2026, 1, 1), "yi"].state.value == "missing"
    assert books_at(struck, len(struck))[date(2026, 1, 1), "yi"].state.value == "waits"
