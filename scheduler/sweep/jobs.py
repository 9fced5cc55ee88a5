"""The metronome: APScheduler wakes the sweep and a few other jobs, and remembers nothing.

Its own store loses or doubles what was due over a restart, so none is used: what is due stands in the database. Each
job runs one at a time, however late, once for however many beats were missed; and wrapped, because an exception
that reached the loop could end it. At the start everything is caught up.

A job that is never heard of again is told, too: the sweep looks whether the others ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Lock
from time import monotonic
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from config.clock import OFFICE_ZONE, Clock, SystemClock
from config.errors import GongkaiError
from scheduler.sweep.results import SweepResult

SWEEP_INTERVAL = timedelta(minutes=1)
JOB_DEFAULTS = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
SWEEP = "sweep"
TIMER = SystemClock()  # APScheduler counts by the machine's clock, whatever clock the office reads


class JobSilent(GongkaiError):
    """“{name}” has not run for {minutes} minutes. Look into gongkai.log, then start gongkai run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that is done at its times."""

    name: str
    run: Callable[[], object]
    every: timedelta | None = None
    at: time | None = None
    """The time of day in the office's zone, where it has no ``every``."""
    weekday: str = ""
    """``mon`` … ``sun``; every day where it is empty."""
    max_silence: timedelta | None = None
    """How long it may go without having run to its end, before that is told."""

    def trigger(self) -> dict[str, Any]:
        """As APScheduler wants it."""
        if self.every:
            return {"trigger": "interval", "seconds": self.every.total_seconds()}
        at = self.at or time()
        days = {"day_of_week": self.weekday} if self.weekday else {}
        return {"trigger": "cron", "hour": at.hour, "minute": at.minute, "timezone": OFFICE_ZONE, **days}


FaultHandler = Callable[[Exception], object]


@dataclass(slots=True)
class _JobMonitor:
    """When each job last came to its end, and whose silence was told."""

    last: dict[str, float] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)

    def mark_completed(self, name: str) -> None:
        self.last[name] = monotonic()
        self.reported.discard(name)

    def newly_silent(self, jobs: Sequence[Job]) -> Iterator[JobSilent]:
        for job in jobs:
            gone = monotonic() - self.last.get(job.name, monotonic())
            if job.max_silence and gone > job.max_silence.total_seconds() and job.name not in self.reported:
                self.reported.add(job.name)
                yield JobSilent(name=job.name, minutes=int(gone // 60))


@contextmanager
def run_jobs(
    sweep: Callable[[], SweepResult],
    told: FaultHandler,
    every: timedelta = SWEEP_INTERVAL,
    *,
    clock: Clock,
    jobs: Sequence[Job] = (),
    next_wake: Callable[[], datetime | None] = lambda: None,
) -> Iterator[None]:
    """Sweep at once, to catch up, and then at every beat until the block ends. ``told`` hears every fault.

    The other jobs run once at the start and then at their times, never while a sweep is under way: what it plans
    goes out together. Between two beats the sweep comes at the next wake-up, an instant of ``clock``.
    """
    watch, sweeping = _JobMonitor(), Lock()
    beat = _guarded_sweep(sweep, told)
    waker = BackgroundScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)

    def swept() -> None:
        with sweeping:
            beat()
        for silence in watch.newly_silent(jobs):
            told(silence)
        _run_safely(lambda: _schedule_sweep(waker, next_wake(), clock, every), told)

    swept()
    waker.add_job(swept, "interval", seconds=every.total_seconds(), id=SWEEP)
    for job in jobs:
        watch.mark_completed(job.name)
        run = _guarded_job(job, told, watch, sweeping)
        # At once, and then at its times. (A job of its own that runs once and is then removed could end the
        # library's loop: it raises where a job is gone already.)
        waker.add_job(run, name=job.name, next_run_time=TIMER.now(), **job.trigger())
    waker.start()
    _run_safely(lambda: _schedule_sweep(waker, next_wake(), clock, every), told)
    try:
        yield
    finally:
        waker.shutdown(wait=True)  # a sweep that has begun ends its sitting


def _schedule_sweep(waker: BackgroundScheduler, at: datetime | None, clock: Clock, every: timedelta) -> None:
    """Sweep at the next wake-up where it comes before the next beat."""
    if at is None or not waker.running:
        return
    wait = at - clock.now()
    if wait < every:
        waker.modify_job(SWEEP, next_run_time=TIMER.now() + max(wait, timedelta()))


def _guarded_job(job: Job, told: FaultHandler, watch: _JobMonitor, sweeping: Lock) -> Callable[[], None]:
    """A job that no exception can end. It is heard of when it came to its end."""

    def run() -> None:
        with sweeping:
            pass
        if _run_safely(job.run, told):
            watch.mark_completed(job.name)

    return run


def _run_safely(run: Callable[[], object], told: FaultHandler) -> bool:
    try:
        run()
    except Exception as fault:  # noqa: BLE001 - the loop must live; the fault is told with its trace
        told(fault)
        return False
    return True


def _guarded_sweep(sweep: Callable[[], SweepResult], told: FaultHandler) -> Callable[[], None]:
    known: set[str] = set()  # what is stuck is told when it gets stuck, and not each minute anew

    def beat() -> None:
        try:
            stuck = {each.reference: each.error for each in sweep().failures}
        except Exception as fault:  # noqa: BLE001 - the loop must live; the fault is told with its trace
            told(fault)
            return
        for reference in stuck.keys() - known:
            told(stuck[reference])
        known.clear()
        known.update(stuck)

    return beat
