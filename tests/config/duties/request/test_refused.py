"""What cannot be recorded is refused with its article and the next step; what happened late is taken."""

from datetime import date

import pytest

import scheduler.validation.date_calculator
import scheduler.validation.violations
from bot.language.phrasebook import LANGUAGES, phrasebook
from config.duties.request import DUTY
from config.errors import Refusal
from scheduler.validation.date_calculator import NotADay, NotAStep, calculate_due_date
from scheduler.validation.validator import violations
from scheduler.validation.violations import AfterClose, NoOpening, NotAllowed, SecondOpening, UnknownOutcome
from storage.events.events import Closed
from tests.config.duties.facts import CALENDAR
from tests.config.duties.request.stories import BARE, LAST_DAY, happened, opened, roles, story_of, table

ATTEMPTS = table("refused.toml", "attempt")
RECEIVED = date(2024, 3, 4)

each = pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt["story"])


def tried(attempt):
    return story_of(RECEIVED, attempt["steps"], **attempt.get("opened", {}))


def judged(story):
    return violations(DUTY, story, CALENDAR, today=LAST_DAY, roles=roles)


@each
def test_only_the_last_step_is_refused(attempt):
    story = tried(attempt)
    assert judged(story[:-1]) == []
    found = judged(story)
    assert ([found[0].fault.__name__] if found else []) == ([attempt["fault"]] if "fault" in attempt else [])


@each
def test_the_sentence_names_the_article_and_the_next_step(attempt):
    for objection in judged(tried(attempt))[:1]:
        sentence = phrasebook("zh").error(objection.refusal())
        assert not [word for word in attempt["says"] if word not in sentence], sentence
        assert objection.article


@pytest.mark.parametrize("language", LANGUAGES)
@each
def test_no_sentence_has_a_hole(attempt, language):
    for objection in judged(tried(attempt)):
        sentence = phrasebook(language).error(objection.refusal())
        assert "{" not in sentence
        assert "()" not in sentence
        assert "（）" not in sentence


@each
def test_the_order_of_entry_does_not_matter(attempt):
    story = tried(attempt)
    assert judged(story[::-1]) == judged(story)


def test_a_case_without_receipt_is_refused():
    assert [found.fault for found in judged([happened(RECEIVED, "examined")])] == [NoOpening]


@pytest.mark.parametrize(
    ("arrived", "fault"), [("2024-03-01", []), ("2024-03-04", []), ("2024-03-05", ["DayTooLate"])]
)
def test_ordinary_post_arrives_before_it_is_confirmed(arrived, fault):
    story = [opened(RECEIVED, channel="post_ordinary", arrived_on=arrived)]
    assert [found.fault.__name__ for found in judged(story)] == fault


def test_a_case_begins_once():
    story = [opened(RECEIVED), opened(date(2024, 3, 5))]
    assert [found.fault for found in judged(story)] == [SecondOpening]


def test_an_unknown_result_is_refused():
    story = [opened(RECEIVED), Closed(case=1, happened_on=RECEIVED, outcome="lost")]
    assert [found.fault for found in judged(story)] == [UnknownOutcome]


def test_nothing_left_is_lawful():
    assert judged([]) == []


def test_a_closed_case_is_refused_for_that_alone():
    story = [opened(RECEIVED), happened(date(2024, 3, 20), "granted")]
    story += [happened(date(2024, 5, 20), "extended", {"days": 5, **BARE})]
    assert [found.fault for found in judged(story)] == [AfterClose]


@pytest.mark.parametrize("channel", ["pigeon", ""])
def test_the_receipt_is_judged_too(channel):
    story = [opened(RECEIVED, channel=channel)]
    assert [found.fault.__name__ for found in judged(story)] == (["FieldUnreadable"] if channel else [])


CALCULATIONS = [
    ("2026-02-30", [], NotADay),
    ("2026-2-3", [], NotADay),
    ("20260203", [], NotADay),
    ("昨天", [], NotADay),
    ("2026-03-02", ["extended=2026-03-32:10"], NotADay),
    ("2026-03-02", ["extended"], NotAStep),
    ("2026-03-02", ["extended=2026-03-10"], NotAStep),
    ("2026-03-02", ["forgotten=2026-03-10"], NotAStep),
    ("2026-03-02", ["=2026-03-10"], NotAStep),
    ("2026-03-02", ["corrected=2026-03-10:5"], NotAStep),
    ("2026-03-02", ["extended=2026-03-10:zehn"], NotAllowed),
    ("2026-03-02", ["extended=2026-03-10:-5"], NotAllowed),
    ("2026-03-02", ["extended=2026-03-10:21"], NotAllowed),
    ("2026-03-02", ["extended=2026-05-10:5"], NotAllowed),
    ("2026-03-02", ["corrected=2026-03-10"], NotAllowed),
    ("2026-03-02", ["correction_asked=2026-02-27"], NotAllowed),
    ("2026-03-02", ["consulted=2026-03-04:甲公司", "consultation_ended=2026-03-10:乙公司"], NotAllowed),
    ("2026-03-02", ["closed=2026-03-04:lost"], NotAllowed),
]


@pytest.mark.parametrize(("received", "steps", "fault"), CALCULATIONS)
def test_the_calculator_refuses_what_cannot_be(received, steps, fault):
    with pytest.raises(fault) as refused:
        calculate_due_date(received, steps, DUTY, CALENDAR)
    assert "{" not in phrasebook("zh").error(refused.value)


def test_the_calculator_lists_what_it_knows():
    with pytest.raises(NotAStep) as refused:
        calculate_due_date("2026-03-02", ["forgotten=2026-03-10"], DUTY, CALENDAR)
    assert all(step.key in str(refused.value) for step in DUTY.steps)


def refusals():
    """Every refusal of these modules."""
    modules = (scheduler.validation.violations, scheduler.validation.date_calculator)
    found = {cls for module in modules for cls in vars(module).values() if isinstance(cls, type)}
    return sorted(
        (cls for cls in found if issubclass(cls, Refusal) and cls is not Refusal),
        key=lambda cls: cls.__name__,
    )


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.__name__)
def test_every_refusal_speaks_both_languages(refusal):
    assert phrasebook("en").phrases[f"error.{refusal.__name__}"] == (refusal.__doc__ or "").strip()
    assert f"error.{refusal.__name__}" in phrasebook("zh").phrases


def test_both_languages_have_the_same_keys():
    def keys(language):
        groups = ("clock.", "paragraph.", "error.")
        return {key for key in phrasebook(language).phrases if key.startswith(groups[:2])}

    assert keys("zh") == keys("en")
