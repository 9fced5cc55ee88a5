"""A sweep with ten cases due, among a thousand open ones and among a million; and a hundred thousand due at once.

    python -m benchmarks.sweep [CASES]

Beside it: APScheduler's own SQLite job store with ten thousand jobs of which ten are due (taking them and setting
their next run, without running anything), and a scan of every open case by the same planner (timed on some, scaled).
The databases are written in bulk, row by row as the recorder would have written them: each case's opening is sealed
into the log, its derived row and its wake-up agree with it. Exit 1 when a sweep of ten takes 20 ms or more, when it
is not flat, or when a hundred thousand reminders take more than 30 s.
"""

from __future__ import annotations

import pickle
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import ManualClock, manual_clock
from config.declarations.reminder_ladders import format_case_policies, format_policy
from scheduler.reminders.escalation import start_of_day
from scheduler.sweep.reminder_queue import nobody_unreachable, reminder_planner
from scheduler.sweep.sweep import sweep_due
from storage.database.tables_delivery import OUTBOX
from storage.eventlog.derived_rows import STILL_OPEN
from storage.eventlog.projections import CaseProjections
from storage.events.codec import GENESIS, canonical_entry, fingerprint
from storage.events.events import LogEntry, Opened
from storage.messaging.wake_queue import WakeQueue
from tests.town import with_office

DUE, JOBS, SCANNED, ROUNDS = 10, 10_000, 2_000, 15
SMALL, MANY = 1_000, 100_000
OPENED, EARLIER = date(2026, 11, 2), date(2026, 10, 26)  # the second group's first reminder is due on the 9th
TODAY, WAKES = date(2026, 11, 9), date(2026, 11, 16)
FACTS = {"applicant_kind": "natural_person", "channel": "web"}
PROMISE_MS, FLAT, PROMISE_MANY = 20.0, 2.0, 30.0


def office(folder: Path, cases: int) -> OfficeApp:
    """A sample town with so many open requests, ten of which are due."""
    app = open_app(create_office(folder, sample=True).path, clock=manual_clock(TODAY))
    app = with_office(app, replace(app.office, months=None, columns=()))
    raw = sqlite3.connect(app.home.database)
    raw.execute("PRAGMA journal_mode=DELETE")
    raw.execute("PRAGMA synchronous=OFF")  # the building alone; the sweep opens it as ever
    before = fill(raw, app, cases)
    raw.execute("delete from head")
    raw.execute("insert into head values (?, ?, ?, ?)", (app.office.slug, cases, before, cases + 1))
    raw.commit()
    raw.execute("analyze")
    raw.commit()
    raw.close()
    return app


def fill(raw: sqlite3.Connection, app: OfficeApp, cases: int) -> str:
    """Write the openings, their rows and their wake-ups. Returns the last fingerprint."""
    seal = {"before": GENESIS}

    def rows() -> Iterator[tuple[object, ...]]:
        for entry in entries(app, cases):
            body = canonical_entry(entry)
            seal["before"] = fingerprint(seal["before"], body)
            yield entry.office, entry.position, "opened", entry.position, entry.key, body, seal["before"]

    slug = app.office.slug
    raw.executemany(
        'insert into event (office, position, type, "case", key, body, hash) values (?,?,?,?,?,?,?)', rows()
    )
    raw.executemany(
        "insert into case_row"
        ' (office, number, kind, reference, "column", opened_on, closed_on, outcome, words, carried_to)'
        " values (?,?,?,?,?,?,null,'','',?)",
        (
            (slug, number, "request", f"A{number}", "natural_person", str(opened(number)), STILL_OPEN)
            for number in range(1, cases + 1)
        ),
    )
    raw.executemany(
        "insert into wake (office, \"case\", at, fault) values (?,?,?,'')",
        ((slug, number, wake(number)) for number in range(1, cases + 1)),
    )
    return seal["before"]


def entries(app: OfficeApp, cases: int) -> Iterator[LogEntry]:
    """One opening a case."""
    ladder = format_case_policies(format_policy(app.duties["request"].ladder), app.office.ladders)
    for number in range(1, cases + 1):
        record = Opened(
            case=number,
            happened_on=opened(number),
            kind="request",
            reference=f"A{number}",
            facts=FACTS,
            ladder=ladder,
        )
        yield LogEntry(
            office=app.office.slug,
            position=number,
            recorded_at=datetime(2026, 11, 2, 1, tzinfo=UTC),
            actor="import",
            means="benchmark",
            key=f"at {number}",
            record=record,
            hash="",
        )


def opened(number: int) -> date:
    """The first ten were received a week earlier."""
    return EARLIER if number <= DUE else OPENED


def wake(number: int) -> str:
    """Return the midnight before its first reminder, as the database stores it."""
    at = start_of_day(TODAY if number <= DUE else WAKES).astimezone(UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S.000000")


def agrees(app: OfficeApp) -> None:
    """The wake-ups that were written are those the planner would have set."""
    with app.store.reading() as connection:
        before = reminder_planner(
            app.recorder, connection, nobody_unreachable, start_of_day(date(2026, 11, 3))
        )
        cases = CaseProjections(connection, app.office.slug, app.duties).cases([1, DUE + 1])
        assert before.plan(cases[1]).next_wakeup == start_of_day(TODAY)
        assert before.plan(cases[DUE + 1]).next_wakeup == start_of_day(WAKES)


def ten_due(app: OfficeApp) -> list[float]:
    """Return the milliseconds of repeated sweeps of ten; what each queued is deleted in between."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        planned = sweep_due(app.recorder).planned
        found.append((time.perf_counter() - begun) * 1000)
        assert planned == DUE
        with app.store.writing(app.office.slug) as connection:
            connection.execute(OUTBOX.delete())
            WakeQueue(connection, app.office.slug).wake(range(1, DUE + 1), start_of_day(TODAY))
    return found


def empty_commit(app: OfficeApp) -> float:
    """Milliseconds of one durable transaction that writes one row: what the disk itself costs."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with app.store.writing(app.office.slug) as connection:
            WakeQueue(connection, app.office.slug).wake([DUE + 1], start_of_day(WAKES))
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def nothing() -> None:
    """Do nothing: the action of each job."""


def job_of(scheduler: BackgroundScheduler, number: int, now: datetime) -> Job:
    """A job a day, as its scheduler would have stored it."""
    at = now - timedelta(minutes=1) if number < DUE else now + timedelta(days=7)
    return Job(
        scheduler,
        id=str(number),
        func=nothing,
        trigger=IntervalTrigger(days=1, start_date=at),
        executor="default",
        args=(),
        kwargs={},
        name=str(number),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        next_run_time=at,
    )


def job_store(folder: Path) -> list[float]:
    """Milliseconds in which APScheduler's store finds its ten due jobs and writes their next run."""
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder / 'jobs.db'}", pickle_protocol=pickle.HIGHEST_PROTOCOL)
    scheduler = BackgroundScheduler(timezone=UTC)
    store.start(scheduler, "default")
    now = datetime(2026, 11, 9, 1, tzinfo=UTC)
    jobs = [job_of(scheduler, number, now) for number in range(JOBS)]
    with store.engine.begin() as connection:
        connection.execute(
            store.jobs_t.insert(),
            [
                {
                    "id": job.id,
                    "next_run_time": job.next_run_time.timestamp(),
                    "job_state": pickle.dumps(job.__getstate__()),
                }
                for job in jobs
            ],
        )
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        due = store.get_due_jobs(now)
        for job in due:
            job._modify(next_run_time=now + timedelta(days=1))  # noqa: SLF001
            store.update_job(job)
        found.append((time.perf_counter() - begun) * 1000)
        assert len(due) == DUE
        for job in due:
            job._modify(next_run_time=now - timedelta(minutes=1))  # noqa: SLF001
            store.update_job(job)
    return found


def full_scan(app: OfficeApp, cases: int) -> float:
    """Return the milliseconds in which the planner would look at every open case."""
    begun = time.perf_counter()
    with app.store.reading() as connection:
        outlook = reminder_planner(app.recorder, connection, nobody_unreachable, app.clock.now())
        some = CaseProjections(connection, app.office.slug, app.duties).cases(
            range(DUE + 1, DUE + 1 + min(SCANNED, cases - DUE))
        )
        for case in some.values():
            outlook.plan(case)
    return (time.perf_counter() - begun) * 1000 / len(some) * cases


def many(folder: Path) -> tuple[float, float]:
    """Seconds of one sweep that plans a hundred thousand reminders, and how many of them are the processor's."""
    app = office(folder, MANY)
    assert isinstance(app.clock, ManualClock)
    app.clock.set_day(WAKES, 0, 1)
    begun, worked = time.perf_counter(), time.process_time()
    found = sweep_due(app.recorder)
    took = time.perf_counter() - begun, time.process_time() - worked
    assert found.planned == MANY, found.planned
    assert found.failures == ()
    return took


def main() -> int:
    """Print the figures; say whether the promises hold."""
    large = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        small_town, large_town = office(folder / "small", SMALL), office(folder / "large", large)
        for app in (small_town, large_town):
            agrees(app)
        small, big = statistics.median(ten_due(small_town)), statistics.median(ten_due(large_town))
        disk = empty_commit(large_town)
        jobs = statistics.median(job_store(folder))
        scan = full_scan(large_town, large)
        planned, worked = many(folder / "many")
    held = big < PROMISE_MS and big / small < FLAT and planned < PROMISE_MANY
    print(f"sweep with {DUE} due among {SMALL:>9,} open   {small:9.1f} ms")
    print(f"sweep with {DUE} due among {large:>9,} open   {big:9.1f} ms  ratio {big / small:.2f}")
    print(f"one durable transaction of one row         {disk:9.1f} ms  {big / disk:.1f} × of it")
    print(f"APScheduler's job store, {JOBS:,} jobs        {jobs:9.1f} ms  {jobs / big:.1f} × ours")
    print(f"every open case by the same planner        {scan:9.0f} ms  {scan / big:,.0f} × ours (scaled)")
    print(f"{MANY:,} reminders planned in one sweep     {planned:9.1f} s   {worked:.1f} s of processor")
    print(f"promises: {PROMISE_MS:.0f} ms, flat, {PROMISE_MANY:.0f} s: {'held' if held else 'BROKEN'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
