"""A whole sweep whose parts fail, on both engines: whatever cannot begin or end, the reminders are planned."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import scheduler.sweep.sweep
from bot.services.error_log import log_fault, log_warning
from scheduler.sweep.auditor import Auditor, DifferenceKind, audit
from scheduler.sweep.jobs import GuardedSweep
from scheduler.sweep.reminder_queue import nobody_unreachable
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from tests.scheduler.reminders.town import opened, rows, swept, told, town
from tests.scheduler.sweep.test_faults import failing
from tests.town import with_office

RECEIVED, FIFTH, NEXT = date(2026, 11, 2), date(2026, 11, 23), date(2026, 12, 1)


def spoil(app, case):
    """An entry of a case becomes unreadable, past every guard there is."""
    with app.store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("set session_replication_role = replica"))
        else:
            found = connection.execute(text("select name from sqlite_master where type='trigger'"))
            for name in found.scalars().all():
                connection.exec_driver_sql(f"drop trigger {name}")
        connection.execute(
            text('update event set body = :body where "case" = :case'), {"body": "x", "case": case}
        )
        if connection.dialect.name == "postgresql":
            connection.execute(text("set session_replication_role = origin"))
        connection.commit()


@pytest.mark.usefixtures("engine")
def test_a_village_s_month_that_cannot_be_read_stops_no_other_village_and_no_reminder(home):
    app = town(home, RECEIVED, months=True)
    swept(app)
    request = opened(app, RECEIVED)
    spoil(app, 2)
    app.clock.set_day(FIFTH, 7)
    found = swept(app)
    assert [stuck.reference for stuck in found.failures] == ["№2"]
    assert {one.person for one in told(app)} >= {"clerk", "jia_reporter", "bing_reporter"}
    assert [row.notice.case for row in rows(app) if row.notice.person == "clerk"] == [request]
    app.clock.set_day(NEXT, 7)
    found = swept(app)
    assert [stuck.reference for stuck in found.failures] == ["№2"]
    assert sum(deed.what == "closed" for deed in found.actions) == 5  # six villages but one
    differences = audit(app.recorder, nobody_unreachable).differences
    assert (DifferenceKind.QUARANTINED, 2) in {(one.what, one.case) for one in differences}


@pytest.mark.parametrize("part", ["months_to_open", "closing_tasks", "opening_tasks", "check_roster"])
def test_a_part_of_the_sweep_that_cannot_even_begin_is_told_and_the_reminders_are_planned(
    home, monkeypatch, part
):
    app = town(home, RECEIVED, months=True)
    opened(app, RECEIVED)
    app.clock.set_day(FIFTH, 7)
    monkeypatch.setattr(scheduler.sweep.sweep, part, lambda *_: 1 / 0)
    found = swept(app)
    assert {type(stuck.error) for stuck in found.failures} == {ZeroDivisionError}
    assert "clerk" in {one.person for one in told(app)}


ERRORS = (OperationalError("disk", {}, Exception("full")), RuntimeError("a fault of ours"))
"""In turn: every call meets one of them here, and both in the look at what woke (``test_faults.py``)."""


def test_a_whole_sweep_that_fails_at_each_of_its_calls_is_told_and_made_good_by_the_next(home):
    """Openings, endings, beginnings, the reminders and the roll: every call of a sweep of the whole office."""
    app = town(home, RECEIVED, kinds=("request", "village_report"), months=True)
    app = with_office(app, replace(app.office, villages=app.office.villages[:1]))
    opened(app, RECEIVED)
    app.clock.set_day(FIFTH, 7)
    saved = app.home.database.read_bytes()
    with failing(app, 0, None) as count:
        swept(app)
    total, right = count(), _stands(app)
    assert total > 30
    for at in range(1, total + 1):
        app.store.engine.dispose()
        app.home.database.write_bytes(saved)
        app.clock.set_day(FIFTH, 7)
        heard, alarm = [], []
        beat = GuardedSweep(lambda: sweep(app.recorder, app.schemes()), heard.append)
        with failing(app, at, ERRORS[at % 2]):
            beat()
        done = _stands(app) == right
        assert heard or done, at  # it is told, or was made good within the sweep
        app.clock.move(timedelta(minutes=11))
        Auditor(app.recorder, nobody_unreachable, lambda: None, alarm.append)()
        assert bool(alarm) is not done, at
        app.clock.set_day(FIFTH, 8, 30)
        beat()
        assert _stands(app) == right, at


def _stands(app):
    """What is to be said to whom, and which cases there are."""
    with app.store.reading() as connection:
        cases = CaseProjections(connection, app.office.slug, app.duties).open_cases()
    return sorted((one.person, one.rung) for one in told(app)), cases


@pytest.mark.parametrize(
    "write", [lambda home: log_fault(home, ValueError("poison")), lambda home: log_warning(home, "x")]
)
def test_a_fault_that_cannot_be_written_down_is_said_on_the_error_output(tmp_path, capsys, write):
    """As on a full disk: whoever told it must go on, or one fault would stop everybody."""
    (tmp_path / "gongkai.log").mkdir()
    write(tmp_path)
    assert json.loads(capsys.readouterr().err)["level"] in {"error", "warning"}
