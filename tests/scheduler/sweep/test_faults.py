"""One poisoned case, one failing call to the database, one killed sweep: nobody else is stopped, and it is seen."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from scheduler.reminders.planner import ReminderPlanner
from scheduler.sweep.auditor import Auditor, DifferenceKind, audit
from scheduler.sweep.jobs import GuardedSweep
from scheduler.sweep.reminder_queue import nobody_unreachable
from scheduler.sweep.sweep import sweep_due
from storage.messaging.wake_queue import WakeQueue
from tests.scheduler.reminders.town import act, delivered, opened, rows, swept, told, town

RECEIVED, FIFTH = date(2026, 11, 2), date(2026, 11, 23)


@pytest.fixture
def app(home):
    app = town(home, RECEIVED)
    for number in range(5):
        opened(app, RECEIVED, f"A{number}")
    swept(app)
    app.clock.set_day(FIFTH, 7)
    return app


@contextmanager
def failing(app, at, error):
    """The ``at``-th call to the database fails, as if the disk were full at that moment."""
    count = 0

    def fail(_connection, _cursor, statement, *_rest):
        nonlocal count
        if statement != "ROLLBACK":
            count += 1
            if count == at:
                raise error

    event.listen(app.store.engine, "before_cursor_execute", fail)
    try:
        yield lambda: count
    finally:
        event.remove(app.store.engine, "before_cursor_execute", fail)


def calls(app):
    with failing(app, 0, None) as count:
        sweep_due(app.recorder)
        return count()


@pytest.mark.parametrize(
    "error",
    [OperationalError("disk", {}, Exception("full")), RuntimeError("a fault of ours")],
    ids=["disk", "fault"],
)
def test_a_sweep_that_fails_at_each_of_its_calls_lives_on_and_the_auditor_alarms(app, error):
    saved = app.home.database.read_bytes()
    heart, heard = [], []
    total = calls(app)
    assert total > 10
    for at in range(1, total + 1):
        app.store.engine.dispose()
        app.home.database.write_bytes(saved)
        app.clock.set_day(FIFTH, 7)
        beat = GuardedSweep(lambda: sweep_due(app.recorder), heard.append)
        with failing(app, at, error):
            beat()
        said = len(told(app))
        assert heard or said == 5, at  # it is told, or was made good case by case
        heard.clear()
        app.clock.move(timedelta(minutes=11))
        Auditor(app.recorder, nobody_unreachable, lambda: heart.append(1), heard.append)()
        assert (heart == [1], heard == []) == (said == 5, said == 5), at
        heart.clear()
        heard.clear()
        app.clock.move(timedelta(hours=1))
        beat()
        assert len([one for one in told(app) if one.rung == "-5"]) == 5, at


def test_a_poisoned_case_is_set_aside_for_an_hour_told_and_stops_nobody(app, monkeypatch):
    sound = ReminderPlanner.plan

    def poisoned(outlook, case):
        if case.number == 3:
            raise ValueError("poison")
        return sound(outlook, case)

    monkeypatch.setattr(ReminderPlanner, "plan", poisoned)
    found = sweep_due(app.recorder)
    assert [(stuck.reference, type(stuck.error)) for stuck in found.failures] == [("№3", ValueError)]
    assert sorted({row.notice.case for row in rows(app)}) == [1, 2, 4, 5]
    assert sweep_due(app.recorder).failures == ()
    with app.store.reading() as connection:
        assert [(one.case, one.fault) for one in WakeQueue(connection, app.office.slug).quarantined()] == [
            (3, "ValueError")
        ]
    assert {one.what for one in audit(app.recorder, nobody_unreachable).differences if one.case == 3} == {
        DifferenceKind.QUARANTINED
    }
    monkeypatch.undo()
    app.clock.move(timedelta(hours=1))
    assert sweep_due(app.recorder).planned == 1


def test_a_poisoned_case_that_is_spoken_of_is_looked_at_again_at_once(app, monkeypatch):
    monkeypatch.setattr(ReminderPlanner, "plan", lambda *_: 1 / 0)
    sweep_due(app.recorder)
    monkeypatch.undo()
    act(app, "office_director", lambda uow: uow.cases.step(3, "examined", FIFTH))
    assert sweep_due(app.recorder).planned == 1


def test_an_entry_that_cannot_be_read_poisons_its_case_alone(app):
    """Not even the batch's own reading stops the others: they are taken one by one."""
    with app.store.engine.connect() as connection:
        for name in (
            connection.exec_driver_sql("select name from sqlite_master where type='trigger'").scalars().all()
        ):
            connection.exec_driver_sql(f"drop trigger {name}")
        connection.execute(text("update event set body = 'x' where \"case\" = 2"))
        connection.commit()
    found = sweep_due(app.recorder)
    assert [stuck.reference for stuck in found.failures] == ["№2"]
    assert sorted({row.notice.case for row in rows(app)}) == [1, 3, 4, 5]


def test_the_auditor_finds_what_the_sweep_forgot(app):
    with app.store.writing(app.office.slug) as connection:
        WakeQueue(connection, app.office.slug).set({2: None, 4: None})
    sweep_due(app.recorder)
    app.clock.move(timedelta(minutes=15))
    found = audit(app.recorder, nobody_unreachable)
    assert [(one.what, one.case, one.person, one.rung) for one in found.differences] == [
        (DifferenceKind.MISSING, 2, "clerk", "-5"),
        (DifferenceKind.MISSING, 4, "clerk", "-5"),
    ]


def test_the_auditor_finds_a_case_that_nobody_would_look_at_again(app):
    with app.store.writing(app.office.slug) as connection:
        WakeQueue(connection, app.office.slug).set({}, gone=[2])
    assert (DifferenceKind.WITHOUT_WAKEUP, 2) in {
        (one.what, one.case) for one in audit(app.recorder, nobody_unreachable).differences
    }


def test_the_auditor_finds_that_nobody_sweeps_and_that_nobody_sends(app):
    app.clock.move(timedelta(minutes=15))
    kinds = {one.what for one in audit(app.recorder, nobody_unreachable).differences}
    assert kinds == {DifferenceKind.MISSING, DifferenceKind.NOT_SWEPT}
    sweep_due(app.recorder)
    assert audit(app.recorder, nobody_unreachable).clean
    app.clock.set_day(FIFTH, 10)
    assert {one.what for one in audit(app.recorder, nobody_unreachable).differences} == {
        DifferenceKind.UNSENT
    }
    delivered(app)
    assert audit(app.recorder, nobody_unreachable).clean


def test_only_a_clean_audit_touches_the_heartbeat_and_whoever_runs_the_program_hears_once_a_day(app):
    heart, heard = [], []
    auditor = Auditor(app.recorder, nobody_unreachable, lambda: heart.append(1), heard.append)
    app.clock.move(timedelta(minutes=15))
    for _ in "12":
        auditor()
    assert (heart, len(heard)) == ([], 2)
    assert [row.notice.person for row in rows(app)] == ["clerk"]  # who can act on it
    sweep_due(app.recorder)
    auditor()
    assert heart == [1]


def test_an_audit_reads_so_many_cases_and_the_next_one_goes_on(app):
    sweep_due(app.recorder)
    first = audit(app.recorder, nobody_unreachable, most=2)
    second = audit(app.recorder, nobody_unreachable, after=first.last_case, most=2)
    third = audit(app.recorder, nobody_unreachable, after=second.last_case, most=2)
    assert (first.last_case, second.last_case, third.last_case, first.open_cases) == (2, 4, 0, 5)


def test_a_rebuild_wakes_everything_that_is_open(app):
    act(app, "clerk", lambda uow: uow.cases.close(1, "granted", FIFTH))
    sweep_due(app.recorder)
    with app.store.writing(app.office.slug) as connection:
        wakes = WakeQueue(connection, app.office.slug)
        wakes.rebuild(app.clock.now())
        assert wakes.due(app.clock.now(), most=10) == [2, 3, 4, 5]
    assert sweep_due(app.recorder).planned == 0
