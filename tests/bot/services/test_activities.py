"""Activities: recorded, mended, told in the prose with their sources, and never misspelt unseen."""

from datetime import date

import pytest

from bot.services.activities import activities_of_year
from bot.services.annual_reports import annual_report
from config.errors import BadInput
from config.reporting.form import SECTION_KEYS
from config.reporting.registers import ACTIVITIES, ACTIVITIES_BY_KEY
from scheduler.recording.register_commands import UnknownActivity
from scheduler.validation.violations import InFuture
from storage.eventlog.projections import CaseProjections
from storage.events.office_events import ActivityHeld


def said(app, act):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        act(uow)
    return uow.entries[0].position


def held(app, matter, day, reached=0, title="业务培训"):
    return said(app, lambda uow: uow.registers.record_activity(matter, day, title, reached, "档案柜3"))


def test_what_was_held_is_counted_with_its_sources(app):
    first = held(app, "training", date(2026, 3, 5), 20)
    second = held(app, "training", date(2026, 9, 10), 32)
    held(app, "training", date(2025, 12, 31), 99)
    held(app, "meeting", date(2026, 4, 1), 8)
    tally = annual_report(app, 2026).counts
    assert (tally.prose_figures["training_times"], tally.prose_figures["training_people"]) == (2, 52)
    assert tally.entries["training_people"] == [first, second]
    assert (tally.prose_figures["meeting_times"], tally.prose_figures["survey_times"]) == (1, 0)


def test_a_mistake_is_mended_and_a_false_one_struck_out(app):
    wrong = held(app, "training", date(2026, 3, 5), 200)
    false = held(app, "meeting", date(2026, 3, 6), 8)
    right = ActivityHeld(happened_on=date(2026, 3, 5), matter="training", title="业务培训", reached=20)
    said(app, lambda uow: uow.corrections.amend(wrong, "多写一个零", right))
    said(app, lambda uow: uow.corrections.amend(false, "没有开"))
    tally = annual_report(app, 2026).counts
    assert (tally.prose_figures["training_people"], tally.prose_figures["meeting_times"]) == (20, 0)
    assert [(place, one.reached) for place, one in activities_of_year(app, 2026)] == [(wrong, 20)]
    with app.log() as log:
        assert CaseProjections(log.connection, log.office, app.duties).differences() == []


def test_what_has_not_happened_or_is_no_activity_is_refused(app):
    with pytest.raises(InFuture):
        held(app, "training", date(2026, 11, 24))
    with pytest.raises(UnknownActivity, match="training"):
        held(app, "trainig", date(2026, 11, 20))
    assert activities_of_year(app, 2026) == []


def test_every_kind_belongs_to_a_section_of_the_form():
    assert {one.section for one in ACTIVITIES} <= set(SECTION_KEYS)
    assert len(ACTIVITIES_BY_KEY) == len(ACTIVITIES)


def test_the_prose_names_the_figures_and_a_misspelt_name_is_answered_with_the_right_one(app):
    held(app, "training", date(2026, 3, 5), 20)
    file = app.home.path / "prose" / "overview.txt"
    file.write_text("本年培训{{ training_times }}次、{{ training_people }}人次。", "utf-8")
    made = annual_report(app, 2026).report
    assert made.section("overview").paragraphs == ("本年培训1次、20人次。",)
    file.write_text("本年培训{{ traning_times }}次。", "utf-8")
    with pytest.raises(BadInput) as caught:
        annual_report(app, 2026)
    assert [(one.rule, one.expected) for one in caught.value.findings] == [
        ("prose.misspelt_name", "training_times")
    ]


def test_a_clerk_records_and_lists(gongkai):
    added = gongkai(
        "activity",
        "add",
        "业务培训",
        "--title",
        "条例培训",
        "--on",
        "2026-03-05",
        "--reached",
        20,
        "--evidence",
        "柜3",
    )
    assert added.code == 0
    assert "业务培训“条例培训”（2026-03-05）" in added.out
    listed = gongkai("activity", "list", "2026").out
    assert "参加人次 20；材料：柜3" in listed
    assert "training_times" in listed
    source = gongkai("report", "2026", "--cell", "training_people")
    assert (source.code, "№1" in source.out) == (0, True)
