"""A clock that leaps: nothing is recorded, closed or forgotten by it, and a keeper can say that it is right."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.runtime.clock_alarm import ClockAlarm
from bot.runtime.office_channels import create_outbox_sender, page_channel
from bot.runtime.scheduled_jobs import SweepJob, scheduled_jobs
from config.clock import ManualClock, SystemClock
from scheduler.delivery.inbox import Inbox
from scheduler.recording.context import ReasonMissing
from scheduler.recording.office_commands import NotYourClock
from scheduler.sweep.jobs import GuardedSweep
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.eventlog.log import Log, position_at
from storage.events.events import Closed
from storage.events.office_events import ClockSettled
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens, HandleExpired
from storage.messaging.sessions import SESSION_LIFETIME, LinkExpired, SessionStore
from storage.messaging.web_chat import WebChat
from tests.bot.speaker import Room
from tests.town import log_end, open_town, record, run_sweep

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
LEAPS = [400 * DAY, -400 * DAY, HOUR + MINUTE, -HOUR - MINUTE]


def count(app, quantity: int = 1) -> datetime:
    """Something is recorded today. Returns its instant."""
    record(app, lambda uow: uow.registers.count("licence", uow.context.today, quantity=quantity))
    with app.log() as log:
        return log.last_recorded_at()


def entries(app):
    with app.log() as log:
        return list(log.read())


@pytest.fixture
def town(home):
    """The villages' November, swept and running."""
    app = open_town(home, date(2026, 11, 2))
    run_sweep(app)
    app.clock.move(MINUTE)
    run_sweep(app)
    return app


@pytest.mark.parametrize("leap", LEAPS)
def test_nothing_is_recorded_by_a_clock_that_leapt_and_nothing_is_stamped_by_it_later(town, leap):
    before = log_end(town)
    town.clock.leap(leap)
    with pytest.raises(ClockLeapt):
        count(town)
    assert log_end(town) == before
    town.clock.leap(-leap)
    assert count(town) == town.clock.now()


@pytest.mark.parametrize("leap", LEAPS)
def test_a_sweep_by_a_clock_that_leapt_closes_nothing_and_queues_nothing(town, leap):
    town.clock.leap(leap)
    for _ in range(25):
        result = run_sweep(town)
        assert (result.actions, result.planned) == ((), 0)
        assert [failure.reference for failure in result.failures] == ["clock"]
        town.clock.move(timedelta(seconds=1))
    town.clock.leap(-leap)
    assert run_sweep(town).failures == ()
    assert [entry for entry in entries(town) if isinstance(entry.record, Closed)] == []


def test_an_hour_is_put_right_without_a_word_and_instants_never_fall_back(town):
    first = count(town)
    town.clock.leap(-HOUR)
    assert count(town) == first
    town.clock.leap(2 * HOUR - MINUTE)
    assert count(town) == town.clock.now()


def test_a_month_switched_off_is_no_leap(town):
    count(town)
    town.clock.boot, town.clock.at = "the next run", town.clock.at + 31 * DAY
    assert count(town) == town.clock.now()


def test_a_program_that_was_stopped_for_a_month_is_no_leap(town):
    count(town)
    town.clock.move(31 * DAY)
    assert count(town) == town.clock.now()


def test_a_clock_behind_the_last_reading_is_no_time_to_record_whatever_was_off(town):
    town.clock.boot, town.clock.at = "the next run", datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(ClockLeapt) as refused:
        count(town)
    assert refused.value.words == {"now": "2020-01-01 08:00", "expected": "2026-11-02 09:01"}


def test_a_keeper_says_that_the_clock_is_right_and_later_entries_are_stamped_by_it(town):
    """The machine started with a date of 2036, and something was recorded; then somebody set the clock."""
    right = town.clock.now()
    town.clock.boot, town.clock.at = "2036", datetime(2036, 1, 1, tzinfo=UTC)
    wrong = [count(town) for _ in range(6)][-1]
    town.clock.boot, town.clock.at = "set", right + HOUR
    with pytest.raises(ClockLeapt):
        count(town)
    record(town, lambda uow: uow.office.settle_clock("电池换过，已对时"))
    settled = entries(town)[-1]
    assert (settled.recorded_at, type(settled.record)) == (right + HOUR, ClockSettled)
    assert settled.record.until == wrong.isoformat()
    town.clock.move(MINUTE)
    assert count(town) == right + HOUR + MINUTE
    run_sweep(town)
    with town.log() as log:
        assert position_at(log, right + HOUR + 2 * MINUTE) == log.end().position == settled.position + 1
        assert (
            position_at(log, right + HOUR + MINUTE) == settled.position
        )  # those of 2036 were recorded before
        assert position_at(log, right + HOUR) == settled.position - 7
        assert list(log.verify()) == []


@pytest.mark.parametrize(("by", "reason", "why"), [("leader", "", None), ("clerk", " ", ReasonMissing)])
def test_not_everybody_vouches_for_the_clock_and_nobody_without_a_reason(town, by, reason, why):
    town.clock.leap(2 * DAY)
    before = log_end(town)
    who = "jia_reporter" if by == "leader" else by
    with pytest.raises(why or NotYourClock):
        record(town, lambda uow: uow.office.settle_clock(reason or "对"), by=who)
    assert log_end(town) == before


def test_it_is_said_once_to_every_keeper_on_whatever_reaches_them(town):
    room, told = Room(town), []
    room.person("clerk")
    page = page_channel(town)
    alarm = ClockAlarm(town, {room.name: room, page.name: page}, told.append)
    beat = GuardedSweep(SweepJob(town), alarm)
    beat()
    assert told == []
    town.clock.leap(400 * DAY)
    for _ in range(3):
        beat()
    assert [type(fault) for fault in told] == [ClockLeapt]
    (said,) = room.took("at clerk")
    assert said.startswith("这台电脑的时钟现在是 2027-12-07 09:01，按记录应当在 2026-11-02 09:01 前后")
    with town.store.reading() as connection:
        for person in ("clerk", "office_director"):
            assert [one.text for one in WebChat(connection, "zhaoduba", person).read()] == [said]
    room.assert_nothing_else()


def test_whoever_writes_meanwhile_hears_why_and_nothing_is_undone_or_kept(town):
    room = Room(town)
    clerk = room.person("clerk")
    before = log_end(town)
    town.clock.leap(-2 * DAY)
    assert clerk.says("许可 3").startswith("这台电脑的时钟现在是")
    assert log_end(town) == before
    town.clock.leap(2 * DAY)
    assert clerk.says("许可 3").startswith("已记录")
    room.assert_nothing_else()


def test_no_job_sends_forgets_or_deletes_by_it(town):
    sender = create_outbox_sender(town, {}, print)
    ran = []
    jobs = scheduled_jobs(town, sender, ran.append)
    town.clock.leap(400 * DAY)
    inbox = Inbox(store=town.store, office="zhaoduba", channel="telegram", clock=town.clock)
    for job in jobs:
        job.run()
    assert inbox.mark_heard() is None
    assert (ran, list((town.home.path / "backups").glob("*"))) == ([], [])
    with town.store.reading() as connection:
        assert ClockReadings(connection, "zhaoduba").latest() == town.clock.now() - 400 * DAY


def test_the_machine_s_own_uptime_goes_on_with_its_clock():
    clock = SystemClock()
    boot, seconds = clock.uptime()
    at = clock.now()
    while clock.now() == at:
        pass
    later = clock.uptime()
    assert later.boot == boot
    assert 0 <= later.seconds - seconds < 60
    assert ManualClock(at=at).uptime().boot != boot


def test_the_log_says_where_the_clock_was_settled(town):
    count(town)
    with town.log() as log:
        assert log.settlements() == []
    record(town, lambda uow: uow.office.settle_clock("对过"))
    with town.store.reading() as connection:
        assert [one.position for one in Log(connection, "zhaoduba").settlements()] == [log_end(town)]


def test_what_had_expired_is_not_revived_by_a_clock_that_is_set_back(town):
    """Set back by less than an hour, so that nobody has to vouch for it."""
    with town.store.writing("zhaoduba") as connection:
        tokens, people = CallbackTokens(connection, "zhaoduba"), SessionStore(connection, "zhaoduba")
        until = town.clock.now() + 20 * MINUTE
        button = tokens.issue(CallbackAction(person="clerk", act="todo", expires_at=until))
        link = people.invite("clerk", at=town.clock.now(), lasts=20 * MINUTE)
    town.clock.move(21 * MINUTE)
    run_sweep(town)
    town.clock.leap(-20 * MINUTE)
    assert town.clock.now() < until
    with town.store.writing("zhaoduba") as connection:
        tokens, people = CallbackTokens(connection, "zhaoduba"), SessionStore(connection, "zhaoduba")
        with pytest.raises(HandleExpired):
            tokens.consume(button, "clerk", at=town.clock.now())
        with pytest.raises(LinkExpired):
            people.use_invitation(link, at=town.clock.now())


def test_a_browser_whose_session_ended_is_not_let_in_by_a_clock_that_is_set_back(town):
    with town.store.writing("zhaoduba") as connection:
        people = SessionStore(connection, "zhaoduba")
        secret = people.open_session(
            people.invite("clerk", at=town.clock.now(), lasts=HOUR), at=town.clock.now()
        )
    town.clock.move(SESSION_LIFETIME)
    run_sweep(town)
    town.clock.leap(-MINUTE)
    with town.store.reading() as connection:
        assert SessionStore(connection, "zhaoduba").session(secret, at=town.clock.now()) is None


def test_undoing_is_bounded_both_ways(town):
    """Half an hour later the clock is set back by half an hour, and shows the minute of the entry once more."""
    room = Room(town)
    clerk = room.person("clerk")
    town.clock.move(MINUTE)
    assert clerk.says("许可 3").startswith("已记录")
    before = log_end(town)
    town.clock.move(30 * MINUTE)
    run_sweep(town)
    town.clock.leap(-30 * MINUTE)
    assert "没有可以撤销" in clerk.says("撤销")
    town.clock.move(timedelta(seconds=10))
    assert "没有可以撤销" in clerk.says("撤销")
    assert log_end(town) == before
    town.clock.move(30 * MINUTE)
    assert clerk.says("许可 4").startswith("已记录")
    assert clerk.says("撤销").startswith("已记录")
    room.assert_nothing_else()


def test_a_word_that_comes_late_undoes_nothing_that_was_recorded_elsewhere_since(town):
    here, there = Room(town), Room(town, name="elsewhere")
    clerk, said_at = here.person("clerk"), town.clock.now()
    town.clock.move(MINUTE)
    there.person("clerk").says("许可 3")
    before = log_end(town)
    assert "没有可以撤销" in clerk.says("撤销", said_at=said_at)
    assert log_end(town) == before
    assert clerk.says("撤销", said_at=town.clock.now()).startswith("已记录")
    here.assert_nothing_else()


def test_a_clock_set_by_hand_is_moved_as_one_likes(town):
    first = count(town)
    town.clock.set_day(date(2026, 2, 14))
    assert count(town) == first  # instants never fall back
    town.clock.set_day(date(2028, 2, 14))
    assert count(town) == town.clock.now()
