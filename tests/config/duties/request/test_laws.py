"""Laws of every clock, whatever happened: what may move a date, and in which direction only."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.redating import Walk
from config.calendar.working_calendar import Calendar, HolidayNotice, build_calendar
from config.declarations.terms import Extend, Restart
from config.duties.request import DUTY
from scheduler.terms.deadlines import chronological, due_date
from scheduler.validation.validator import violations
from storage.events.events import Closed, Stepped
from tests.config.duties.facts import CALENDAR
from tests.config.duties.request.stories import BARE, LAST_DAY, happened, opened, roles
from tests.draws import examples

FIRST, LAST = date(2024, 8, 1), date(2024, 11, 30)  # a make-up day and a long holiday in every term
PARTIES = ("甲", "乙")
NEVER = date.max

days = st.integers(0, 75).map(lambda after: timedelta(days=after))
answers = (  # more often than the rest, because most of them find nobody who asked
    st.tuples(st.just("corrected"), days, st.just({})),
    st.tuples(st.just("fee_paid"), days, st.just({})),
    *(st.tuples(st.just("consultation_ended"), days, st.just({"with": who})) for who in PARTIES * 2),
)
steps = st.one_of(
    *answers,
    st.tuples(st.just("correction_asked"), days, st.integers(1, 30).map(lambda n: {"until_after": n})),
    st.tuples(st.just("consulted"), days, st.sampled_from(PARTIES).map(lambda who: {"with": who})),
    st.tuples(st.just("extended"), days, st.integers(1, 20).map(lambda n: {"days": n})),
    st.tuples(st.just("fee_noticed"), days, st.just({})),
)
ends = st.one_of(
    st.tuples(st.just("later_date_set"), days, st.integers(1, 90).map(lambda n: {"until_after": n})),
    st.tuples(st.sampled_from(["granted", "other_result"]), days, st.just({})),
    st.tuples(st.just("reopened"), days, st.integers(1, 60).map(lambda n: {"until_after": n})),
    st.tuples(st.just("reopened"), days, st.just({})),
)


def lawful(story):
    return not violations(DUTY, story, CALENDAR, today=LAST_DAY, roles=roles)


def record_of(received, step):
    name, after, facts = step
    day = received + after
    facts = dict(facts)
    if "until_after" in facts:
        facts["until"] = str(day + timedelta(days=facts.pop("until_after")))
    return happened(day, name, {**facts, **BARE})


@st.composite
def stories(draw, some=steps):
    """A lawful story: of random steps, those that may follow what went before."""
    received = draw(st.dates(FIRST, LAST))
    story = [opened(received)]
    for step in sorted(draw(st.lists(some, max_size=9)), key=lambda step: step[1]):
        longer = [*story, record_of(received, step)]
        story = longer if lawful(longer) else story
    return story


anything = stories(st.one_of(steps, ends))


def reach(story, calendar=CALENDAR):
    """The date; while it waits, the latest; never, where nobody can say."""
    found = due_date(story, DUTY, calendar)
    return (found.day or NEVER, found.latest or found.day or NEVER)


def within(story, after):
    return story[0].happened_on + timedelta(days=after)


@given(anything, st.integers(0, 60), st.integers(0, 30))
def test_a_pause_never_brings_a_date_nearer(story, asked, length):
    pause = [("consulted", asked), ("consultation_ended", asked + length)]
    facts = {"with": "丙", **BARE}
    longer = [*story, *(happened(within(story, day), name, facts) for name, day in pause)]
    assert reach(longer)[0] >= reach(story)[0]


@given(anything, st.integers(0, 60))
def test_a_pause_of_no_length_changes_nothing(story, asked):
    """But for an extension of a case with a set date: after the pause it counts from there, not from the term's end."""
    facts = {"with": "丙", **BARE}
    day = within(story, asked)
    taken = {step.step for step in story if isinstance(step, Stepped)}
    assume(not (taken & {"later_date_set", "reopened"} and "extended" in taken))
    longer = [*story, happened(day, "consulted", facts), happened(day, "consultation_ended", facts)]
    before, after = due_date(story, DUTY, CALENDAR), due_date(longer, DUTY, CALENDAR)
    assert (before.state, reach(story)) == (after.state, reach(longer))
    assert before.provisional == after.provisional


@given(stories(), st.integers(0, 60), st.integers(1, 20))
def test_an_extension_never_brings_a_date_nearer(story, granted, extra):
    longer = [*story, happened(within(story, granted), "extended", {"days": extra, **BARE})]
    before, after = reach(story), reach(longer)
    assert after[0] >= before[0]
    if due_date(story, DUTY, CALENDAR).state == due_date(longer, DUTY, CALENDAR).state:
        assert after[1] >= before[1]


@given(anything, st.integers())
def test_any_order_of_entry_gives_the_same_date(story, seed):
    shuffled = random.Random(seed).sample(story, len(story))  # noqa: S311 - an order, no secret
    assert due_date(shuffled, DUTY, CALENDAR) == due_date(story, DUTY, CALENDAR)
    assert due_date(shuffled, DUTY, CALENDAR).lines == due_date(story, DUTY, CALENDAR).lines


def with_2024(off=(), work=()):
    """The calendar, its notice of 2024 changed by some days."""
    notice = CALENDAR.notices[2024]
    return CALENDAR.with_notice(
        HolidayNotice(
            year=2024,
            numbers=notice.numbers,
            off={day: name for day, name in notice.off.items() if day not in work}
            | dict.fromkeys(off, "新假"),
            work={day: name for day, name in notice.work.items() if day not in off}
            | dict.fromkeys(work, "新假"),
        )
    )


days_of_2024 = st.dates(FIRST, date(2024, 12, 31))


@given(anything, st.sets(days_of_2024, min_size=1, max_size=12))
def test_a_new_holiday_never_makes_a_date_earlier(story, off):
    assert reach(story, with_2024(off=off))[0] >= reach(story)[0]


@given(anything, st.sets(days_of_2024, min_size=1, max_size=12))
def test_a_new_make_up_day_never_makes_a_date_later(story, work):
    work = {day for day in work if not CALENDAR.is_workday(day)}
    assert reach(story, with_2024(work=work))[0] <= reach(story)[0]


@given(stories())
def test_the_counted_days_add_up_to_the_term(story):
    found = due_date(story, DUTY, CALENDAR)
    assume(found.day and not any(late.why == "term" for late in found.late_steps))
    ordered = chronological(story, DUTY)
    last = max((place for place, record in enumerate(ordered) if effect_of(record) is Restart), default=0)
    extra = sum(record.facts["days"] for record in ordered[last:] if effect_of(record) is Extend)
    assert sum(line.days for line in found.lines) == DUTY.term.days + extra


def effect_of(record):
    step = DUTY.step(record.step) if isinstance(record, Stepped) else None
    return type(step.effect) if step else None


@given(anything)
def test_no_counted_day_stands_twice(story):
    seen = Counter()
    for line in due_date(story, DUTY, CALENDAR).lines:
        if line.last:
            seen.update(range(line.first.toordinal(), line.last.toordinal() + 1))
    assert not [day for day, times in seen.items() if times > 1]


@given(stories())
def test_a_second_hand_walks_to_the_same_date(story):
    """The same law walked day by day, without stretches, bisection or a line of the code under test."""
    assert Walk(story, CALENDAR).date() == due_date(story, DUTY, CALENDAR).day


@given(anything)
def test_a_lawful_story_is_lawful_at_every_point(story):
    ordered = chronological(story, DUTY)
    assert all(lawful(ordered[:end]) for end in range(1, len(ordered) + 1))


@given(anything)
def test_a_closed_case_keeps_its_date(story):
    assume(not any(isinstance(record, Closed) for record in story))
    found = due_date(story, DUTY, CALENDAR)
    closed = [*story, happened(LAST_DAY, "other_result", BARE)]
    assert due_date(closed, DUTY, CALENDAR).day == found.day
    assert due_date(closed, DUTY, CALENDAR).state == "closed"


@given(anything, days_of_2024)
@settings(max_examples=examples(30))
def test_a_date_is_certain_exactly_when_no_notice_could_move_it(story, day):
    """Under a calendar that ends with 2023, dates of 2024 are provisional, set ones excepted."""
    known = build_calendar(notice for year, notice in CALENDAR.notices.items() if year < 2024)
    found = due_date(story, DUTY, known)
    if found.day and not found.provisional:
        entered = known.with_notice(HolidayNotice(year=2024, numbers=("测试",), off={day: "新假"}, work={}))
        assert due_date(story, DUTY, entered).day == found.day


@pytest.mark.parametrize("calendar", [CALENDAR, Calendar(notices={})])
def test_a_struck_out_opening_leaves_no_date(calendar):
    assert due_date([], DUTY, calendar).day is None
