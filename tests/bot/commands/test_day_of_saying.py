"""A fact's day is the day on which it was said, whenever it is handled; the answer names it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.dialog.incoming import IncomingUpdate, UpdateKind, parse_stored_update
from bot.services.villages.items import open_months
from config.clock import OFFICE_ZONE
from scheduler.sweep.sweep import sweep
from storage.events.events import Acknowledged, Signed, Stepped
from storage.events.office_events import ActivityHeld, Counted
from storage.messaging.inbox import InboxEntry
from tests.bot.speaker import Room
from tests.scheduler.signoff.town import SIGNERS, draft, open_text, sign_all
from tests.town import case_by_number, case_number, open_town, run_sweep
from tests.village_items import hand_in

MONTH_END, DAY = date(2026, 11, 27), timedelta(days=1)
LAST, MORNING = date(2026, 11, 30), date(2026, 12, 1)
EVENING = datetime(2026, 11, 30, 20, 30, tzinfo=OFFICE_ZONE)


def last(app):
    with app.log() as log:
        return list(log.read())[-1].record


@pytest.fixture
def november(home):
    """The villages' November on its last working day, on which their month ends."""
    app = open_town(home, date(2026, 11, 2))
    run_sweep(app)
    app.clock.set_day(MONTH_END, 18)
    sweep(app.recorder, app.schemes())
    return app


@pytest.mark.parametrize("swept_first", [False, True])
def test_a_village_that_says_on_the_last_evening_that_there_is_nothing_is_on_time(november, swept_first):
    """The office's machine is off until the next day; whether its sweep or the message comes first is all one."""
    app, room = november, Room(november)
    reporter = room.person("jia_reporter")
    case = case_number(app, "village_report", "2026-11/jia")
    app.clock.set_day(MONTH_END + DAY)
    if swept_first:
        run_sweep(app)
    said_at = datetime.combine(MONTH_END, time(20, 30), OFFICE_ZONE)
    answer = reporter.says(f"零报送 {case}", said_at=said_at)
    assert answer.startswith("已记录")
    assert "2026-11-27（周五），按您说的那天算" in answer.splitlines()[0]
    assert (type(last(app)), last(app).happened_on) == (Stepped, MONTH_END)
    run_sweep(app)
    assert case_by_number(app, case).closing.outcome == "zero_declared"


def test_a_village_that_says_it_the_next_morning_is_late(november):
    app, room = november, Room(november)
    reporter = room.person("jia_reporter")
    case = case_number(app, "village_report", "2026-11/jia")
    app.clock.set_day(MONTH_END + DAY)
    answer = reporter.says(f"零报送 {case}", said_at=app.clock.now())
    assert "2026-11-28（周六）" in answer.splitlines()[0]
    assert "按您说的那天算" not in answer
    assert last(app).happened_on == MONTH_END + DAY


def test_an_item_of_the_last_evening_counts_in_its_month_though_the_sweep_has_closed_it(november):
    """The month was closed as one in which nothing came; the sweep corrects its own closing."""
    app = november
    run_sweep(app, MONTH_END + DAY)
    number = case_number(app, "village_report", "2026-11/jia")
    closed = case_by_number(app, number).closing.outcome
    assert open_months(app, "jia", MONTH_END)[0] == date(2026, 11, 1)
    assert date(2026, 11, 1) not in open_months(app, "jia", MONTH_END + DAY)
    hand_in(app, "jia", MONTH_END, by="jia_reporter")
    run_sweep(app)
    assert case_by_number(app, number).closing.outcome != closed


@pytest.mark.parametrize(("words", "kind"), [("许可 3", Counted), ("培训 政务公开 80人", ActivityHeld)])
def test_what_is_counted_on_the_last_of_december_counts_in_december(app, any_room, words, kind):
    clerk = any_room.person("clerk")
    app.clock.set_day(date(2027, 1, 1))
    answer = clerk.says(words, said_at=datetime(2026, 12, 31, 23, 50, tzinfo=OFFICE_ZONE))
    if kind is ActivityHeld:  # its title is shown first: it is of the day on which it was said all the same
        answer = clerk.presses("确认")
    assert "2026-12-31（周四），按您说的那天算" in answer.splitlines()[0]
    assert (type(last(app)), last(app).happened_on) == (kind, date(2026, 12, 31))


def test_tomorrow_is_the_day_after_it_was_said(app, any_room):
    officer = any_room.person("secrecy_officer")
    app.clock.set_day(MORNING)
    officer.says("请假 明天", said_at=EVENING)
    assert type(last(app)).__name__ == "Delegated"
    assert (last(app).first, last(app).last, last(app).happened_on) == ("2026-12-01", "2026-12-01", LAST)


def test_a_leave_ends_on_the_day_its_end_was_said(app, any_room):
    officer = any_room.person("secrecy_officer")
    app.clock.set_day(LAST)
    officer.says("请假 11月30日到12月4日")
    app.clock.set_day(MORNING)
    answer = officer.says("销假", said_at=EVENING)
    assert "2026-11-30（周一），按您说的那天算" in answer
    assert last(app).happened_on == LAST


def test_a_signature_and_an_acknowledgement_bear_the_day_of_saying(app, any_room):
    app.clock.set_day(LAST, 9)
    case = open_text(app)
    draft(app, case)
    officer = any_room.person(SIGNERS[0])
    officer.says(str(case))
    app.clock.set_day(MORNING)
    officer.says(f"在办 {case}", said_at=EVENING)
    assert (type(last(app)), last(app).happened_on) == (Acknowledged, LAST)
    officer.says(f"同意 {case}", said_at=EVENING)
    assert (type(last(app)), last(app).happened_on) == (Signed, LAST)


def test_a_form_is_of_the_day_on_which_it_was_begun(app, any_room):
    """The address of the page is asked for, and given after midnight."""
    app.clock.set_day(LAST, 23, 50)
    case = open_text(app)
    draft(app, case)
    sign_all(app, case)
    clerk = any_room.person("clerk")
    clerk.says(f"发布 {case}")
    app.clock.set_day(MORNING, 0, 10)
    clerk.says("https://www.zhaoduba.example/1.html")
    clerk.says("确认")
    assert (type(last(app)), last(app).happened_on) == (Stepped, LAST)


def test_a_time_ahead_of_our_own_clock_dates_nothing_tomorrow(app, any_room):
    """The channel's clock is a few minutes ahead of ours, around midnight."""
    clerk = any_room.person("clerk")
    app.clock.set_day(LAST, 23, 58)
    clerk.says("许可 3", said_at=app.clock.now() + timedelta(minutes=4))
    assert last(app).happened_on == LAST


def test_a_press_counts_when_it_was_stored():
    pressed = IncomingUpdate(channel="test", what=UpdateKind.PRESSED, sender="7", chat="7", private=True)
    stored = InboxEntry(1, "1", "7", "{}", EVENING, 0, "")
    assert parse_stored_update(lambda _body: pressed, stored).said_at == EVENING
    spoken = replace(pressed, said_at=EVENING - timedelta(hours=1))
    assert parse_stored_update(lambda _body: spoken, stored) == spoken
    assert parse_stored_update(lambda _body: None, stored) is None
