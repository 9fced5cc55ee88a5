"""The roster of any day is known: of a day to come, of a day gone by, and of every day between two changes."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.services.app import OfficeApp, open_app
from bot.services.office.changes import change_office, record_first_version, versions_of, written_office
from config.clock import ManualClock
from scheduler.worklist.office_change import OfficeEdit
from storage.eventlog import recorded_office
from storage.events.events import LogEntry
from storage.events.office_events import OfficeChanged
from storage.events.office_history import fold_office_versions
from tests.storage.eventlog.rosters_of_days import Change, differing_days, random_changes, recorded_versions
from tests.town import log_end

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    record_first_version(both_apps)
    return both_apps


def renamed(app: OfficeApp, post: str, holds_from: date) -> None:
    written = written_office(app, holds_from)
    before = versions_of(app).on(holds_from).office.post_of("clerk")
    document = written.document.replace(f'post = "{before}"', f'post = "{post}"')
    edit = OfficeEdit(document=document, files=written.files, holds_from=holds_from)
    change_office(app, edit, actor="clerk", means="test", accepted=True)


@pytest.mark.parametrize("seed", range(3))
def test_the_roster_of_every_day_is_the_one_that_held(seed):
    assert differing_days(random_changes(random.Random(seed), 12)) == []  # noqa: S311 - no secret


def test_a_change_for_later_waits_and_one_for_earlier_replaces_it():
    later, now = Change(MARCH, APRIL, "后任"), Change(MARCH, MARCH, "现任")
    first = Change(date(2026, 1, 1), date(2026, 1, 1), "前任")
    waiting = recorded_versions([first, later])
    assert [waiting.on(day).office.post_of("clerk") for day in (MARCH, APRIL)] == ["前任", "后任"]
    assert [one.position for one in waiting.waiting(MARCH)] == [2]
    replaced = recorded_versions([first, later, now])
    assert [replaced.on(day).office.post_of("clerk") for day in (MARCH, APRIL)] == ["现任", "现任"]
    assert replaced.waiting(MARCH) == ()


def test_a_text_stays_until_a_version_takes_it_away():
    entry = LogEntry(
        office="o",
        position=1,
        recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
        actor="",
        means="",
        key="",
        hash="",
        record=OfficeChanged(
            happened_on=MARCH, document="", files={"prose/a.txt": "一", "prose/b.txt": "二"}
        ),
    )
    then = replace(
        entry, position=2, record=OfficeChanged(happened_on=APRIL, document="", files={"prose/a.txt": ""})
    )
    assert [dict(one.files) for one in fold_office_versions([entry, then]).versions] == [
        {"prose/a.txt": "一", "prose/b.txt": "二"},
        {"prose/b.txt": "二"},
    ]


def test_a_change_reaches_the_running_program_and_every_other_at_once(app: OfficeApp, clock: ManualClock):
    other = open_app(app.home.path, clock)
    renamed(app, "信息公开专员", clock.now().date())
    assert app.office.post_of("clerk") == "信息公开专员"
    assert other.office.post_of("clerk") == "信息公开专员"
    renamed(other, "党政办文书", date(2026, 12, 1))
    assert app.office.post_of("clerk") == "信息公开专员"
    clock.set_day(date(2026, 12, 1))
    assert app.office.post_of("clerk") == other.office.post_of("clerk") == "党政办文书"


def test_what_another_process_recorded_is_seen_in_time(app: OfficeApp, clock: ManualClock, monkeypatch):
    other = open_app(app.home.path, clock)
    instant = [recorded_office.monotonic()]
    monkeypatch.setattr(recorded_office, "monotonic", lambda: instant[0])
    monkeypatch.setattr(
        "scheduler.recording.recorder.version_was_recorded", lambda: None
    )  # as in another process
    assert other.office.post_of("clerk") == "党政办文书"
    renamed(app, "信息公开专员", clock.now().date())
    with other.recorder.transaction(actor="clerk", means="test") as uow:
        assert (
            uow.context.office.post_of("clerk") == "信息公开专员"
        )  # whatever is recorded is judged by the log
    renamed(app, "党政办专员", clock.now().date())
    assert other.office.post_of("clerk") == "信息公开专员"
    instant[0] += recorded_office.FRESH_SECONDS
    assert other.office.post_of("clerk") == "党政办专员"


def test_inside_a_writing_transaction_no_second_connection_is_asked(app: OfficeApp):
    app.offices._fresh_until = 0.0
    with app.store.writing(app.office.slug):
        app.offices._fresh_until = 0.0
        assert app.office.post_of("clerk") == "党政办文书"
        assert app.offices._fresh_until == 0.0


def test_an_office_in_a_database_needs_no_file_in_its_folder(app: OfficeApp, clock: ManualClock):
    app.home.office_file.unlink()
    for file in (app.home.path / "prose").rglob("*.txt"):
        file.unlink()
    again = open_app(app.home.path, clock)
    assert again.office == app.office
    assert "prose/overview.txt" in again.templates()
    assert log_end(again) == 1


def test_a_file_edited_afterwards_changes_nothing_by_itself(app: OfficeApp, clock: ManualClock):
    app.home.office_file.write_text("broken [", "utf-8")
    assert open_app(app.home.path, clock).office == app.office
