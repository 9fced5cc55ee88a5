"""When an answer is due: situations a clerk could write, and what their explanation must hold."""

from datetime import date, timedelta

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.declarations.duty import CaseOutcome
from config.declarations.terms import ReceiptUnknown
from config.duties.request import DUTY
from scheduler.terms.deadlines import due_date
from scheduler.validation.date_calculator import calculate_due_date, due_json, receipt_day
from scheduler.worklist.case_stages import steps_after_close
from scheduler.worklist.next_steps import next_steps
from storage.events.case import Case
from tests.config.duties.facts import CALENDAR
from tests.config.duties.request.stories import BARE, happened, opened, table

SITUATIONS = table("request.toml", "situation")
IDS = [situation["story"] for situation in SITUATIONS]
ONE_DAY = timedelta(days=1)

each = pytest.mark.parametrize("situation", SITUATIONS, ids=IDS)


def answer(situation):
    return calculate_due_date(str(situation["received"]), situation.get("steps", []), DUTY, CALENDAR)


def test_there_are_eighty_situations():
    assert len(set(IDS)) == len(IDS) >= 80


@each
def test_an_answer_is_due_then(situation):
    found = answer(situation)
    assert (found.day, found.provisional) == (situation.get("due"), situation.get("provisional", False))
    assert found.state == situation.get("state", "running")


@each
def test_while_it_waits_the_latest_day_is_said(situation):
    found = answer(situation)
    expected = situation.get("latest"), situation.get("latest_provisional", False)
    assert (found.latest, found.latest_provisional) == expected


@each
def test_the_reasons_are_named(situation):
    found = answer(situation)
    told = {line.why for line in found.lines} | {line.name for line in found.lines}
    assert set(situation.get("reasons", [])) <= told
    assert all(line.article for line in found.lines)


@each
def test_lateness_is_shown(situation):
    assert sorted(late.why for late in answer(situation).late_steps) == sorted(situation.get("late", []))


@each
def test_every_day_up_to_the_date_has_its_line(situation):
    """No day twice, none left out: the lines run from the day after receipt to the date or into the open."""
    found = answer(situation)
    expected = situation["received"] + ONE_DAY
    for line in found.lines:
        assert line.first == expected
        expected = (line.last or date.max - ONE_DAY) + ONE_DAY
    if found.day and "closed" not in {line.why for line in found.lines}:
        assert found.lines[-1].last == found.day


@pytest.mark.parametrize("language", LANGUAGES)
@each
def test_the_explanation_speaks(situation, language):
    data = due_json(answer(situation), phrasebook(language).say)
    sentences = [line["why"] for line in data["lines"]] + [late["why"] for late in data.get("late", [])]
    assert not [sentence for sentence in sentences if "[" in sentence or "{" in sentence]


@each
def test_entered_backwards_it_is_the_same(situation):
    """Several facts of one day included: asked and answered, closed and archived."""
    steps = situation.get("steps", [])
    assert calculate_due_date(str(situation["received"]), steps[::-1], DUTY, CALENDAR) == answer(situation)


def test_of_two_dates_set_on_one_day_none_hangs_on_entry():
    facts = [{"until": "2024-05-10", **BARE}, {"until": "2024-06-28", **BARE}]
    one, two = (happened(date(2024, 3, 20), "later_date_set", each) for each in facts)
    story = [opened(date(2024, 3, 4)), one, two]
    assert due_date(story, DUTY, CALENDAR) == due_date(story[::-1], DUTY, CALENDAR)


def test_no_record_extends_a_term_by_more_than_the_law():
    """Legality refuses this story; the date keeps to the law even where a log holds it."""
    facts = {"days": 15, **BARE}
    story = [opened(date(2024, 3, 4)), *(happened(date(2024, 3, 4), "extended", facts) for _ in "12")]
    assert due_date(story, DUTY, CALENDAR) == due_date(
        [story[0], happened(date(2024, 3, 4), "extended", {"days": 20, **BARE})], DUTY, CALENDAR
    )


def test_the_contract_has_its_form():
    found = calculate_due_date(
        "2026-09-24", ["correction_asked=2026-09-28", "corrected=2026-10-20"], DUTY, CALENDAR
    )
    data = due_json(found, phrasebook("zh").say)
    assert {key: data[key] for key in ("due", "provisional", "state")} == {
        "due": "2026-11-17",
        "provisional": False,
        "state": "running",
    }
    assert sum(line["days"] for line in data["lines"]) == 20
    assert all(set(line) >= {"from", "to", "days", "why", "article"} for line in data["lines"])


def test_while_it_waits_the_contract_says_the_latest_day():
    found = calculate_due_date("2026-10-08", ["consulted=2026-10-12"], DUTY, CALENDAR)
    data = due_json(found, phrasebook("zh").say)
    assert (data["due"], data["state"], data["latest"]) == (None, "waiting_consultation", "2026-11-25")
    assert data["lines"][-1]["to"] is None


def test_days_of_an_extension_stand_under_its_article():
    lines = calculate_due_date("2024-03-04", ["extended=2024-03-28:10"], DUTY, CALENDAR).lines
    assert sum(line.days for line in lines if line.step == "extended") == 10
    assert sum(line.days for line in lines if not line.step) == 20


def test_a_late_receipt_of_the_letter_gives_the_party_its_days():
    facts = {"with": "甲公司", "party": "third_party", "received_on": "2024-03-12"}
    story = [opened(date(2024, 3, 4)), happened(date(2024, 3, 7), "consulted", facts)]
    (waiting,) = due_date(story, DUTY, CALENDAR).external_waits
    assert (waiting.limit, waiting.article) == (date(2024, 4, 2), "条例第三十二条")


def test_an_organ_that_only_is_asked_has_no_last_day():
    """No law gives it one: nobody can say when the answer is due, and no day is made up."""
    facts = {"with": "县自然资源局", "party": "asked_organ"}
    found = due_date(
        [opened(date(2026, 3, 2)), happened(date(2026, 3, 10), "consulted", facts)], DUTY, CALENDAR
    )
    (waiting,) = found.external_waits
    assert (waiting.limit, found.day, found.latest) == (None, None, None)


def test_the_rest_of_the_term_runs_on_after_any_organ_was_asked():
    """Six days used by 10 March; the fourteen left after the 24th end on 14 April 2026 (Qingming: 4–6 April off)."""
    facts = {"with": "县自然资源局", "party": "asked_organ"}
    answer = {"with": "县自然资源局", "opinion": "unanswered"}
    story = [
        opened(date(2026, 3, 2)),
        happened(date(2026, 3, 10), "consulted", facts),
        happened(date(2026, 3, 24), "consultation_ended", answer),
    ]
    assert due_date(story, DUTY, CALENDAR).day == date(2026, 4, 14)


@pytest.mark.parametrize(
    ("channel", "counts"),
    [
        ("in_person", "handed_in"),
        ("post_registered", "signed_for"),
        ("courier", "signed_for"),
        ("post_ordinary", "confirmed"),
        ("web", "confirmed"),
        ("fax", "confirmed"),
        ("email", "confirmed"),
    ],
)
def test_the_channel_tells_the_day_of_receipt(channel, counts):
    days = {"handed_in": date(2024, 3, 4), "signed_for": date(2024, 3, 5), "confirmed": date(2024, 3, 6)}
    assert receipt_day(DUTY, channel, **days) == days[counts]
    with pytest.raises(ReceiptUnknown, match="条例第三十一条"):
        receipt_day(DUTY, channel, **{**days, counts: None})


def test_every_channel_has_its_day_of_receipt():
    assert set(DUTY.field("channel").choices) == set(DUTY.receipt.days)


REFUSING = [outcome for outcome in DUTY.outcomes if "reason" in outcome.paragraph_keys(date(2024, 1, 1))]
WITHHELD = {
    "state_secret",
    "forbidden_by_law",
    "three_securities_one_stability",
    "third_party_rights",
    "internal_affairs",
    "process_information",
    "enforcement_file",
}


def test_reconsideration_comes_first_since_2024():
    def first(day: date) -> set[str]:
        return {each.key for each in DUTY.outcomes if "reconsideration_first" in each.paragraph_keys(day)}

    assert first(date(2023, 12, 31)) == set()
    assert first(date(2024, 1, 1)) == WITHHELD | {"partly_granted"}


def names_a_way(outcome: CaseOutcome, day: date) -> bool:
    return len({"remedy", "reconsideration_first"} & set(outcome.paragraph_keys(day))) == 1


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2024, 1, 1)])
def test_every_refusal_names_exactly_one_way_of_remedy(day):
    given_up = {"correction_overdue", "fee_unpaid"}
    assert {each.key for each in REFUSING if not names_a_way(each, day)} == given_up


def test_every_term_step_and_result_has_its_article():
    named = [*DUTY.steps, *DUTY.outcomes, DUTY.term, DUTY.receipt]
    named += [paragraph for outcome in DUTY.outcomes for paragraph in outcome.required_paragraphs]
    assert not [each for each in named if not each.article]


MARK = "待核实"


def test_what_was_not_read_in_a_source_says_so_where_the_date_is_read():
    """The mark stands in the article of a line, in the label of a way, or in the sentence of a wait."""
    marked = {step.key for step in DUTY.steps if MARK in step.article}
    assert marked == {"receipt_unconfirmed", "contact_restored", "unreachable", "announced", "fee_paid"}
    ways = DUTY.step("delivered").fields[0].choices
    assert {way for way, label in ways.items() if MARK in label} == {"electronic", "courier", "public_notice"}
    paid = calculate_due_date("2024-03-04", ["fee_noticed=2024-03-06", "fee_paid=2024-03-12"], DUTY, CALENDAR)
    assert [MARK in line.article for line in paid.lines if line.why == "restarted"] == [True]
    said = phrasebook("zh").say
    assert MARK in said("clock.why.waiting_fee")
    assert MARK in said("clock.why.waiting_contact")


def test_no_article_of_a_term_from_the_law_carries_the_mark():
    """The control: what was read stands unmarked."""
    assert MARK not in DUTY.term.article + DUTY.receipt.article + "".join(
        one.article for one in DUTY.outcomes
    )


def test_what_belongs_to_few_is_no_stage_of_each_and_is_never_advised():
    few = [step for step in DUTY.steps if step.occasional]
    assert {step.key for step in few} == {
        "receipt_unconfirmed",
        "unreachable",
        "announced",
        "withheld_reviewed",
    }
    assert not {step.key for step in few} & {step.key for step in steps_after_close(DUTY)}
    day = date(2026, 3, 2)
    case, dated = Case(number=1, timeline=((1, opened(day)),)), due_date([opened(day)], DUTY, CALENDAR)
    assert next_steps(few, case, DUTY, dated, day) == ()
    asked = [DUTY.step("consulted")]
    assert next_steps([*few, *asked], case, DUTY, dated, day) == (
        "consulted",
    )  # the control: what asks is advised
