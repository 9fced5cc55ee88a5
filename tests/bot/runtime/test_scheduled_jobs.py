"""The jobs beat on whatever one of them does; their silence is told; the heartbeat reaches whoever listens."""

import socket
import subprocess
import sys
import tempfile
from datetime import date, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import SimpleNamespace

import pytest

from bot.language.digest import DigestRenderer
from bot.runtime.scheduled_jobs import (
    BACKUPS_KEPT,
    OPENING_INTERVAL,
    AlertOnFailure,
    LogDamaged,
    SweepJob,
    back_up,
    scheduled_jobs,
    verify_log,
)
from config.clock import OFFICE_ZONE, manual_clock
from scheduler.sweep.heartbeat import heartbeat
from scheduler.sweep.jobs import Job, JobMonitor, JobSilent, daily, every, run_jobs
from scheduler.sweep.results import SweepResult
from storage.database.backup import BACKUP_FOLDER
from storage.messaging.accounts import Accounts
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.incoming_files import IncomingFile, IncomingFiles
from storage.messaging.outbox import Outbox
from tests.paths import ROOT
from tests.scheduler.reminders.town import rows

NOTHING = SweepResult(actions=(), failures=())
BEAT = timedelta(milliseconds=20)
CLOCK = manual_clock(date(2026, 11, 23))


def test_each_job_runs_at_the_start_whatever_its_time():
    ran = Event()
    with run_jobs(
        lambda: NOTHING, print, clock=CLOCK, jobs=[Job(name="night", run=ran.set, trigger=daily(time(2)))]
    ):
        assert ran.wait(10)


def test_a_job_that_raises_is_told_and_runs_again():
    told, ran = [], Event()

    def run():
        if len(told) > 1:
            ran.set()
        raise ValueError("broken")

    with run_jobs(
        lambda: NOTHING, told.append, clock=CLOCK, jobs=[Job(name="bad", run=run, trigger=every(BEAT))]
    ):
        assert ran.wait(10)


def test_a_job_waits_until_the_sweep_is_done():
    sweeping, order = Lock(), []

    def sweep():
        with sweeping:
            Event().wait(0.05)
            order.append("swept")
        return NOTHING

    def run():
        assert not sweeping.locked()
        order.append("said")

    with run_jobs(
        sweep, print, clock=CLOCK, jobs=[Job(name="delivery", run=run, trigger=every(timedelta(hours=1)))]
    ):
        Event().wait(0.3)
    assert order[0] == "swept"


@pytest.mark.parametrize("year", [2019, 2099])
def test_between_two_beats_it_sweeps_at_the_next_wake_up_of_the_office_s_clock(year):
    swept, clock = [], manual_clock(date(year, 1, 1))

    def sweep():
        swept.append(1)
        return NOTHING

    def soon():
        return clock.now() + timedelta(milliseconds=50) if len(swept) < 3 else None

    with run_jobs(sweep, print, timedelta(hours=1), clock=clock, next_wake=soon):
        for _ in range(100):
            if len(swept) == 3:
                break
            Event().wait(0.05)
    assert len(swept) == 3


def test_a_job_that_is_never_heard_of_again_is_told_once():
    seconds = [0.0]
    watch = JobMonitor(stopwatch=lambda: seconds[0])
    job = Job(name="audit", run=print, trigger=every(BEAT), max_silence=timedelta(minutes=20))
    watch.mark_completed("audit")
    seconds[0] += 20 * 60
    assert list(watch.newly_silent([job])) == []
    seconds[0] += 60
    (silent,) = watch.newly_silent([job])
    assert (type(silent), silent.words) == (JobSilent, {"name": "audit", "minutes": "21"})
    assert list(watch.newly_silent([job])) == []
    watch.mark_completed("audit")
    seconds[0] += 21 * 60
    assert len(list(watch.newly_silent([job]))) == 1


RAISING_JOB = """
from datetime import date, timedelta
from threading import Event
from config.clock import manual_clock
from scheduler.sweep.jobs import Job, every, run_jobs
from scheduler.sweep.results import SweepResult
told = Event()
job = Job(name="bad", run=lambda: 1 / 0, trigger=every(timedelta(hours=1)))
nothing = SweepResult(actions=(), failures=())
clock = manual_clock(date(2026, 11, 23))
with run_jobs(lambda: nothing, lambda fault: (print(repr(fault)), told.set()), clock=clock, jobs=[job]):
    told.wait(10)
"""


def test_a_job_that_raises_is_told_once_and_not_by_the_library_as_well():
    command = [sys.executable, "-c", RAISING_JOB]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - ourselves
    assert (done.stdout, done.stderr) == ("ZeroDivisionError('division by zero')\n", "")


def test_jobs_start_by_the_clock_they_are_given():
    ran = []
    job = Job(name="night", run=lambda: ran.append(1), trigger=daily(time(2)))
    with run_jobs(
        lambda: NOTHING, print, clock=CLOCK, jobs=[job], machine_clock=manual_clock(date(2999, 1, 1))
    ):
        Event().wait(0.2)
    assert ran == []


def test_the_heartbeat_sets_a_file_s_time_and_tells_systemd(tmp_path):
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"{folder}/notify")
        heartbeat(str(tmp_path / "heart" / "beat"), f"{folder}/notify")()
        assert systemd.recv(64) == b"WATCHDOG=1"
    assert (tmp_path / "heart" / "beat").exists()


def test_the_heartbeat_calls_an_address_and_lives_where_nobody_answers():
    called = []

    class Watcher(BaseHTTPRequestHandler):
        def do_POST(self):
            called.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_what):
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Watcher) as watcher:
        address = f"http://127.0.0.1:{watcher.server_port}/ping/1"
        Thread(target=watcher.serve_forever, args=(0.02,), daemon=True).start()
        beat = heartbeat(address, "")
        beat()
        beat()
        watcher.shutdown()
    assert called == ["/ping/1", "/ping/1"]
    beat()  # whoever listened hears the silence
    assert len(called) == 2


def test_without_anybody_who_listens_it_does_nothing():
    heartbeat("", "")()


def test_everything_is_swept_at_the_start_and_each_hour_and_what_woke_at_each_beat(app):
    assert SweepJob(app)().actions == ()  # nobody has joined: what the office sets begins when somebody does
    with app.store.writing(app.office.slug) as connection:
        Accounts(connection, app.office.slug).bind("clerk", "test", "1", at=app.clock.now())
    beat = SweepJob(app)
    assert len(beat().actions) > 5
    assert beat().actions == ()
    app.clock.move(timedelta(days=20))
    assert {deed.what for deed in beat().actions} == {"opened", "closed"}


def test_the_night_s_backup_is_made_once_and_the_oldest_go(app):
    first = back_up(app)
    made = first.stat().st_mtime_ns
    assert back_up(app).stat().st_mtime_ns == made
    for _ in range(BACKUPS_KEPT + 2):
        app.clock.move(timedelta(days=1))
        back_up(app)
    files = sorted((app.home.path / BACKUP_FOLDER).iterdir())
    assert len(files) == BACKUPS_KEPT
    assert first not in files
    assert files[-1].stat().st_size < 2 * files[0].stat().st_size  # no backup holds the earlier ones


def test_the_night_s_proof_reads_the_whole_log(app):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.registers.count("licence", app.today, quantity=1)
    assert verify_log(app) == 1
    with app.store.engine.connect() as connection:
        for name in (
            connection.exec_driver_sql("select name from sqlite_master where type='trigger'").scalars().all()
        ):
            connection.exec_driver_sql(f"drop trigger {name}")
        connection.exec_driver_sql("update event set hash = 'x'")
        connection.commit()
    with pytest.raises(LogDamaged):
        verify_log(app)


@pytest.mark.parametrize("what", ["backup", "proof"])
def test_the_office_hears_in_the_morning_once_what_the_night_did_not_bring(app, what):
    app.clock.set_day(date(2026, 11, 24), 2)

    def fails(_works):
        raise LogDamaged(faults=1, position=7)

    for _ in "12":
        with pytest.raises(LogDamaged):
            AlertOnFailure(app, what, fails)()
    found = [row.notice for row in rows(app)]
    assert sorted((one.person, f"{one.not_before.astimezone(OFFICE_ZONE):%m-%d %H:%M}") for one in found) == [
        ("clerk", "11-24 08:30"),
        ("office_director", "11-24 08:30"),
    ]
    app.clock.set_day(date(2026, 11, 24), 9)
    with app.store.writing(app.office.slug) as connection:
        now = app.clock.now()
        ready = Outbox(connection, app.office.slug).claim(
            "clerk", now, "claim", now + OPENING_INTERVAL, most=9
        )
    assert "昨夜" in DigestRenderer(recorder=app.recorder)("clerk", ready).text


def test_a_night_that_went_well_is_told_to_nobody(app):
    AlertOnFailure(app, "backup", back_up)()
    AlertOnFailure(app, "proof", verify_log)()
    assert rows(app) == []


def test_the_night_s_tidying_takes_away_what_ran_out_long_ago(app):
    def made(days: int) -> None:
        act = CallbackAction(person="clerk", act="todo", expires_at=app.clock.now() + timedelta(days=days))
        with app.store.writing(app.office.slug) as connection:
            CallbackTokens(connection, app.office.slug).issue(act)

    made(-31)
    made(-29)
    made(1)
    for days in (2, 0):  # a file that nobody laid down, and one that somebody is still writing about
        with app.store.writing(app.office.slug) as connection:
            kept = IncomingFiles(connection, app.office.slug, "clerk", "telegram")
            kept.put(
                [IncomingFile(message=f"{days}", place=0, name="表.txt", content=b"1")],
                app.clock.now() - timedelta(days=days),
            )
    (job,) = [one for one in scheduled_jobs(app, SimpleNamespace(deliver=print), print) if one.name == "tidy"]
    assert (job.run(), job.run(), str(job.trigger)) == (2, 0, str(daily(time(4))))


def test_a_clock_that_was_set_back_stops_no_job(monkeypatch):
    """The library computes the next run by the machine's clock: it would wait until that has caught up."""
    monkeypatch.setattr("scheduler.sweep.jobs.CLOCK_WATCH_INTERVAL", BEAT)
    monkeypatch.setattr("scheduler.sweep.jobs.SWEEP_INTERVAL", timedelta(hours=1))
    machine, swept = manual_clock(date(2999, 1, 1)), Event()

    def sweep():
        swept.set()
        return NOTHING

    with run_jobs(sweep, print, timedelta(days=1), clock=CLOCK, machine_clock=machine):
        Event().wait(0.1)
        swept.clear()
        machine.at = CLOCK.now()
        machine.leap(timedelta(days=-400))
        assert swept.wait(10)
