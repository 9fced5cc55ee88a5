"""When the office's reply to a dispute is due: situations a clerk could write, and their explanations."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.calendar.working_calendar import build_calendar
from config.declarations.duty import Step
from config.declarations.terms import Resume, Wait
from config.duties.dispute import DUTY
from scheduler.terms.deadlines import due_date
from scheduler.validation.date_calculator import due_json
from scheduler.validation.validator import violations
from storage.events.events import Stepped
from tests.config.duties.dispute.stories import SITUATIONS, dated, happened, opened, story_of
from tests.config.duties.facts import CALENDAR

IDS = [situation["story"] for situation in SITUATIONS]
LAST_DAY, ONE_DAY = date(2030, 12, 31), timedelta(days=1)
COUNTING = {"calendar_days", "workday", "make_up"}

each = pytest.mark.parametrize("situation", SITUATIONS, ids=IDS)


def judged(story, today=LAST_DAY):
    found = violations(DUTY, story, CALENDAR, today=today, roles=lambda _person: frozenset())
    return [objection.fault.__name__ for objection in found]


def lawsuit(day):
    return opened(day, "litigation_direct", day)


def test_there_are_forty_situations():
    assert len(set(IDS)) == len(IDS) >= 40


@each
def test_a_reply_is_due_then(situation):
    found = dated(story_of(situation))
    assert (found.day, found.provisional) == (situation.get("due"), situation.get("provisional", False))
    assert found.state == situation.get("state", "running")


@each
def test_every_situation_is_lawful(situation):
    assert judged(story_of(situation)) == []


@each
def test_the_reasons_are_named(situation):
    found = dated(story_of(situation))
    told = {line.why for line in found.lines} | {line.name for line in found.lines}
    assert set(situation.get("reasons", [])) <= told
    if "article" in situation:
        assert {line.article for line in found.lines if line.why in COUNTING} == {situation["article"]}


@each
def test_only_what_was_late_is_called_late(situation):
    assert [late.why for late in dated(story_of(situation)).late_steps] == situation.get("late", [])


@each
def test_every_day_up_to_the_date_has_its_line(situation):
    """From the day after the opening to the date, to the close, or into the open: none twice, none left out."""
    found = dated(story_of(situation))
    expected = situation["opened"] + ONE_DAY
    for line in found.lines:
        assert line.first == expected
        expected = (line.last or date.max - ONE_DAY) + ONE_DAY
    if found.day:
        assert found.lines[-1].last == found.day
    elif found.state == "waiting_decision":
        assert found.lines[-1].last is None


@pytest.mark.parametrize("language", LANGUAGES)
@each
def test_the_explanation_speaks(situation, language):
    book = phrasebook(language)
    data = due_json(dated(story_of(situation)), book.say)
    sentences = [line["why"] for line in data["lines"]] + [late["why"] for late in data.get("late", [])]
    assert not [sentence for sentence in sentences if "[" in sentence or "{" in sentence]
    assert all(line["article"] for line in data["lines"])
    assert f"clock.state.{data['state']}" in book.phrases


@each
def test_entered_backwards_it_is_the_same(situation):
    story = story_of(situation)
    assert dated(story[::-1]) == dated(story)


def test_a_late_reply_names_its_last_day():
    story = [opened(date(2024, 9, 12), "litigation_direct", date(2024, 9, 16))]
    (late,) = dated([*story, happened(date(2024, 10, 9), "reply_filed")]).late_steps
    assert (late.day, late.limit) == (date(2024, 10, 9), date(2024, 10, 8))
    assert late.article == "行政诉讼法第六十七条"


def test_a_filed_reply_waits_for_a_decision_that_has_no_last_day():
    story = [opened(date(2024, 3, 1), "reconsideration", date(2024, 3, 4), procedure="ordinary")]
    found = dated([*story, happened(date(2024, 3, 14), "reply_filed")])
    (waiting,) = found.external_waits
    assert (waiting.since, waiting.limit, found.latest) == (date(2024, 3, 14), None, None)


def test_a_reply_dated_before_the_copy_counts_no_day():
    """A slip of the pen: the explanation stays whole, and nothing counts twice."""
    story = [opened(date(2024, 3, 1), "reconsideration", date(2024, 3, 11))]
    lines = dated([*story, happened(date(2024, 3, 5), "reply_filed")]).lines
    assert [(line.why, line.days) for line in lines] == [("not_begun", 0), ("waiting_decision", 0)]


RECEIVED = date(2024, 3, 1)
REPLY = happened(date(2024, 3, 14), "reply_filed")
ATTEMPTS = [
    ("a second reply", [opened(RECEIVED, "reconsideration"), REPLY, happened(date(2024, 3, 20), "reply_filed")], ["OnlyOnce"]),
    ("a copy that came before the opening", [opened(RECEIVED, "reconsideration", "2024-02-29")], ["DayTooEarly"]),
    ("a copy that is still to come", [opened(RECEIVED, "reconsideration", "2031-01-01")], ["InFuture"]),
    ("a copy on no day", [opened(RECEIVED, "reconsideration", "三月")], ["FieldUnreadable"]),
    ("a route nobody knows", [opened(RECEIVED, "petition")], ["FieldUnreadable"]),
    ("no route", [opened(RECEIVED, "")], ["FieldMissing"]),
    ("a procedure nobody knows", [opened(RECEIVED, "reconsideration", procedure="fast")], ["FieldUnreadable"]),
    ("a reply after the decision", [opened(RECEIVED, "reconsideration"), happened(date(2024, 3, 10), "other"), REPLY], ["AfterClose"]),
    ("a result of requests", [opened(RECEIVED, "reconsideration"), happened(RECEIVED, "lost")], ["UnknownStep"]),
]  # fmt: skip


@pytest.mark.parametrize(("story", "faults"), [attempt[1:] for attempt in ATTEMPTS], ids=[attempt[0] for attempt in ATTEMPTS])  # fmt: skip
def test_what_cannot_be_is_refused_for_that_alone(story, faults):
    assert judged(story) == faults


def test_every_refusal_of_a_dispute_says_what_is_possible():
    story = [opened(RECEIVED, "reconsideration"), happened(date(2024, 3, 10), "other"), REPLY]
    (found,) = violations(DUTY, story, CALENDAR, today=LAST_DAY, roles=lambda _person: frozenset())
    assert "归档" in phrasebook("zh").error(found.refusal())


def test_a_last_day_off_moves_by_its_article():
    (line,) = (line for line in dated([lawsuit(date(2024, 9, 16))]).lines if line.why == "carried_over")
    assert line.article == "法释〔2018〕1号第四十八条"


def test_an_unknown_last_day_says_so_in_its_line():
    (line,) = (line for line in dated([lawsuit(date(2026, 12, 17))]).lines if line.why == "calendar_days")
    assert (line.last, line.known) == (date(2027, 1, 1), False)


def test_of_calendar_days_only_the_last_must_be_known():
    since_2024 = build_calendar(notice for notice in CALENDAR.notices.values() if notice.year >= 2024)
    found = dated([lawsuit(date(2023, 12, 20))], since_2024)
    assert (found.day, found.provisional) == (date(2024, 1, 4), False)


def test_a_pause_leaves_a_term_of_calendar_days_the_rest_of_them():
    """No dispute is paused; a term that counts every day can be."""
    asked = Step(key="asked", label="询问", effect=Wait(state="waiting_decision", until="told"))
    duty = replace(
        DUTY, steps=(asked, Step(key="told", label="答复", effect=Resume(), prerequisites=("asked",)))
    )
    steps = [
        Stepped(case=1, happened_on=date(2024, 3, day), step=step)
        for day, step in ((9, "asked"), (17, "told"))
    ]
    found = due_date([lawsuit(date(2024, 3, 4)), *steps], duty, CALENDAR)
    assert found.day == date(2024, 3, 27)  # ten days are left after the 9th
    assert sum(line.days for line in found.lines) == 15
