"""What a month is worth: against sums made by hand, and against what must hold of every scheme."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.declarations.villages.item_fields import LEVEL_LABELS as LABELS
from config.errors import BadInput
from config.reporting.scoring_schemes import ADOPTION_LEVELS, POINT_KEYS, parse_scheme, read_scheme
from config.shipped_data import load_schemes
from scheduler.villages.scoring import Adoption, MonthFacts, Quarter, score

TABLE = tomllib.loads((Path(__file__).parent / "scores.toml").read_text("utf-8"))
SHIPPED = {key: parse_scheme(key, text, key) for key, text in load_schemes().items()}
HANDS = [(key, hand) for key, hands in TABLE.items() for hand in hands]
CAPPED = read_scheme(
    "capped",
    {
        "name": "capped",
        "source": "a test",
        "base": 3,
        "cap": 20,
        "met": 2,
        "missed": -2,
        "per_short": -1,
        "missing": -4,
        "empty": -3,
        "late": -1,
        "rejected": -1,
        "shortfall": "all",
        "adopted": {"count": "each", "town": 1, "county": [2, 4], "city": {"least": 3, "most": 9}},
        "quarter": {"under_percent": 50, "points": -2},
    },
    "capped.toml",
)
EVERY = [*SHIPPED.values(), CAPPED]


adoptions = st.builds(
    Adoption,
    title=st.sampled_from("甲乙丙"),
    level=st.sampled_from(ADOPTION_LEVELS),
    grade=st.integers(0, 3),
    points=st.integers(0, 60).map(Decimal),
)
counts = st.integers(0, 12)
months = st.builds(
    MonthFacts,
    minimum=counts,
    items=counts,
    reported=st.booleans(),
    late=st.booleans(),
    adoptions=st.lists(adoptions, max_size=5).map(tuple),
    rejected=counts,
    commissioned=counts,
    mistaken=counts,
    quarter=st.none() | st.builds(Quarter, counts, counts),
)
any_scheme = st.sampled_from(EVERY)


def facts_of(hand):
    adopted = [
        Adoption(title=title, level=level, grade=grade, points=Decimal(points))
        for title, level, grade, points in hand.get("adopted", [])
    ]
    told = {key: value for key, value in hand.items() if key not in {"sums", "points", "below", "adopted"}}
    told |= {"adoptions": tuple(adopted), "quarter": Quarter(*hand["quarter"]) if "quarter" in hand else None}
    return MonthFacts(**{"reported": True, **told})


@pytest.mark.parametrize(("key", "hand"), HANDS, ids=[f"{key}: {hand['sums']}" for key, hand in HANDS])
def test_the_month_is_worth_what_the_hand_says(key, hand):
    made = score(facts_of(hand), SHIPPED[key])
    assert made.total == hand["points"]
    assert made.passes is not hand.get("below", False)


def test_every_shipped_scheme_has_its_hands_and_its_source():
    assert SHIPPED.keys() == TABLE.keys()
    assert all(scheme.source and scheme.name for scheme in SHIPPED.values())


def test_the_levels_are_those_that_can_be_recorded():
    assert tuple(LABELS) == ADOPTION_LEVELS


@given(months, any_scheme)
def test_the_lines_sum_to_the_total_and_each_says_something(month, scheme):
    made = score(month, scheme)
    assert sum(line.points for line in made.lines) == made.total
    assert all(line.points for line in made.lines)


@given(months, adoptions, any_scheme)
def test_an_adopted_item_never_lowers_a_score(month, more, scheme):
    richer = _with(month, adoptions=(*month.adoptions, more))
    assert score(richer, scheme).total >= score(month, scheme).total


@given(months, any_scheme)
def test_the_order_of_adoption_changes_nothing(month, scheme):
    turned = _with(month, adoptions=month.adoptions[::-1])
    assert score(turned, scheme).total == score(month, scheme).total


@given(months, any_scheme)
def test_an_item_more_never_lowers_a_month_s_own_score(month, scheme):
    alone = _with(month, quarter=None)  # a quarter's rate falls with every item that is not adopted
    assert score(_with(alone, items=month.items + 1), scheme).total >= score(alone, scheme).total


@given(months)
def test_no_month_passes_the_cap(month):
    assert score(month, CAPPED).total <= CAPPED.cap


def test_what_is_above_the_cap_has_a_line_of_its_own():
    adopted = tuple(Adoption(title=title, level="city", points=Decimal(9)) for title in "甲乙丙")
    made = score(MonthFacts(reported=True, items=3, adoptions=adopted), CAPPED)
    assert [(line.why, line.points) for line in made.lines] == [
        ("base", 3),
        ("met", 2),
        ("adopted", 9),
        ("adopted", 9),
        ("adopted", 9),
        ("cap", -12),
    ]


def test_where_all_that_is_short_counts_it_adds_up():
    made = score(MonthFacts(minimum=2), CAPPED)
    assert [(line.why, line.points) for line in made.lines] == [
        ("base", 3),
        ("missing", -4),
        ("empty", -3),
        ("missed", -2),
        ("per_short", -2),
    ]


def _with(month, **other):
    same = {name: getattr(month, name) for name in MonthFacts.__slots__}
    return MonthFacts(**{**same, **other})


GOOD = 'name = "我镇"\nsource = "我镇〔2026〕1号"\nbase = 1.5\n[adopted]\ntown = 2\n'
FAULTS = [
    ("unknown_key", GOOD.replace("base", "bass")),
    ("unknown_key", GOOD.replace("town", "twon")),
    ("missing", GOOD.replace('source = "我镇〔2026〕1号"', "")),
    ("not_number", GOOD.replace("1.5", '"1.5"')),
    ("not_number", GOOD.replace("1.5", "inf")),
    ("not_number", GOOD + "[quarter]\npoints = -1\n"),
    ("not_table", 'adopted = 5\nname = "我镇"\nsource = "无"\n'),
    ("no_choice", GOOD + 'count = "all"\n'),
    ("no_choice", 'shortfall = "some"\n' + GOOD),
    ("bad_level", GOOD.replace("town = 2", "town = -2")),
    ("bad_level", GOOD.replace("town = 2", "town = [5, 3]")),
    ("bad_level", GOOD.replace("town = 2", "town = { least = 5, most = 3 }")),
    ("bad_level", GOOD.replace("town = 2", "town = []")),
    ("syntax", GOOD.replace('"', "“")),
]


def test_an_office_s_own_scheme_can_have_halves():
    assert score(MonthFacts(reported=True), parse_scheme("our_town", GOOD, "")).total == Decimal("1.5")


@pytest.mark.parametrize(
    ("rule", "text"), FAULTS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(FAULTS)]
)
def test_a_scheme_that_does_not_hold_is_refused_with_its_place(rule, text):
    with pytest.raises(BadInput) as refused:
        parse_scheme("our_town", text, "our_town.toml")
    assert [finding.rule for finding in refused.value.findings] == [f"scheme.{rule}"]
    for language in LANGUAGES:
        (finding,) = refused.value.findings
        assert not phrasebook(language).finding(finding).startswith("[")


def test_a_scheme_s_name_is_kept_for_ever_so_it_is_ascii():
    with pytest.raises(BadInput) as refused:
        parse_scheme("我镇", GOOD, "我镇.toml")
    assert refused.value.findings[0].rule == "scheme.bad_name"


def test_every_kind_of_line_has_its_words():
    whys = {*POINT_KEYS, "adopted", "rate", "cap"}
    for language in LANGUAGES:
        assert {f"month.why.{why}" for why in whys} <= phrasebook(language).phrases.keys()
