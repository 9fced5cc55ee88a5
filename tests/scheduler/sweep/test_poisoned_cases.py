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
from scheduler.sweep.jobs import _guarded_sweep
from scheduler.sweep.reminder_queue import nobody_unreachable
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from tests.scheduler.reminders.town import opened, rows, swept, told, town
from tests.scheduler.sweep.test_faults import failing

RECEIVED, FIFTH, NEXT = date(2026, 11, 2), date(2026, 11, 23), date(2026, 12, 1)


def spoil(works, case):
    """An entry of a case becomes unreadable, past every guard there is."""
    with works.store.engine.connect() as connection:
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
    works = town(home, RECEIVED, months=True)
    swept(works)
    request = opened(works, RECEIVED)
    spoil(works, 2)
    works.clock.set_day(FIFTH, 7)
    found = swept(works)
    assert [stuck.reference for stuck in found.failures] == ["№2"]
    assert {one.person for one in told(works)} >= {"clerk", "jia_reporter", "bing_reporter"}
    assert [row.notice.case for row in rows(works) if row.notice.person == "clerk"] == [request]
    works.clock.set_day(NEXT, 7)
    found = swept(works)
    assert [stuck.reference for stuck in found.failures] == ["№2"]
    assert sum(deed.what == "closed" for deed in found.actions) == 5  # six villages but one
    differences = audit(works.recorder, nobody_unreachable).differences
    assert (DifferenceKind.QUARANTINED, 2) in {(one.what, one.case) for one in differences}


@pytest.mark.parametrize("part", ["months_to_open", "to_end", "_to_begin", "call_roll"])
def test_a_part_of_the_sweep_that_cannot_even_begin_is_told_and_the_reminders_are_planned(
    home, monkeypatch, part
):
    works = town(home, RECEIVED, months=True)
    opened(works, RECEIVED)
    works.clock.set_day(FIFTH, 7)
    monkeypatch.setattr(scheduler.sweep.sweep, part, lambda *_: 1 / 0)
    found = swept(works)
    assert {type(stuck.error) for stuck in found.failures} == {ZeroDivisionError}
    assert "clerk" in {one.person for one in told(works)}


ERRORS = (OperationalError("disk", {}, Exception("full")), RuntimeError("a fault of ours"))
"""In turn: every call meets one of them here, and both in the look at what woke (``test_faults.py``)."""


def test_a_whole_sweep_that_fails_at_each_of_its_calls_is_told_and_made_good_by_the_next(home):
    """Openings, endings, beginnings, the reminders and the roll: every call of a sweep of the whole office."""
    works = town(home, RECEIVED, kinds=("request", "village_report"), months=True)
    works = replace(works, office=replace(works.office, villages=works.office.villages[:1]))
    opened(works, RECEIVED)
    works.clock.set_day(FIFTH, 7)
    saved = works.home.database.read_bytes()
    with failing(works, 0, None) as count:
        swept(works)
    total, right = count(), _stands(works)
    assert total > 30
    for at in range(1, total + 1):
        works.store.engine.dispose()
        works.home.database.write_bytes(saved)
        works.clock.set_day(FIFTH, 7)
        heard, alarm = [], []
        beat = _guarded_sweep(lambda: sweep(works.recorder, works.schemes()), heard.append)
        with failing(works, at, ERRORS[at % 2]):
            beat()
        done = _stands(works) == right
        assert heard or done, at  # it is told, or was made good within the sweep
        works.clock.move(timedelta(minutes=11))
        Auditor(works.recorder, nobody_unreachable, lambda: None, alarm.append)()
        assert bool(alarm) is not done, at
        works.clock.set_day(FIFTH, 8, 30)
        beat()
        assert _stands(works) == right, at


def _stands(works):
    """What is to be said to whom, and which cases there are."""
    with works.store.reading() as connection:
        cases = CaseProjections(connection, works.office.slug, works.duties).open_cases()
    return sorted((one.person, one.rung) for one in told(works)), cases


@pytest.mark.parametrize(
    "write", [lambda home: log_fault(home, ValueError("poison")), lambda home: log_warning(home, "x")]
)
def test_a_fault_that_cannot_be_written_down_is_said_on_the_error_output(tmp_path, capsys, write):
    """As on a full disk: whoever told it must go on, or one fault would stop everybody."""
    (tmp_path / "gongkai.log").mkdir()
    write(tmp_path)
    assert json.loads(capsys.readouterr().err)["level"] in {"error", "warning"}
