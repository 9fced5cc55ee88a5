"""Runs the sweep and the other jobs at their times: APScheduler is their metronome and stores nothing.

Its own job store loses or doubles jobs over a restart, so none is used: what is due is in the database. Each job runs
one at a time, however late, and once for however many runs were missed. Listeners report a job that raised and note a
job that ended; the sweep reports a job that has not ended for too long. At the start everything is caught up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.clock import OFFICE_ZONE, Clock, SystemClock
from config.errors import GongkaiError
from scheduler.sweep.results import SweepResult

SWEEP_INTERVAL = timedelta(minutes=1)
CLOCK_WATCH_INTERVAL = timedelta(minutes=1)
JOB_DEFAULTS = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
SWEEP = "sweep"
MACHINE_CLOCK = SystemClock()
FaultHandler = Callable[[Exception], object]
# The library writes each job that raised on the error output as well; the listener reports it already.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())


class JobSilent(GongkaiError):
    """“{name}” has not run for {minutes} minutes. Look into gongkai.log, then start gongkai run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that runs whenever its trigger fires, and once at the start."""

    name: str
    """Unique among the jobs, and not ``sweep``."""
    run: Callable[[], object]
    trigger: BaseTrigger
    max_silence: timedelta | None = None
    """How long it may not have run to its end before that is reported; None: for ever."""


def every(interval: timedelta) -> IntervalTrigger:
    """Fire again and again, so far apart."""
    return IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC)


def daily(at: time, weekday: str = "*") -> CronTrigger:
    """Fire at a time of day in the office's zone; with a weekday (``mon`` … ``sun``) on that day only."""
    return CronTrigger(day_of_week=weekday, hour=at.hour, minute=at.minute, timezone=OFFICE_ZONE)


@dataclass(slots=True)
class JobMonitor:
    """Knows when each job last ran to its end, and whose silence was reported."""

    stopwatch: Callable[[], float] = monotonic
    """Seconds, which no change of the clock touches."""
    last: dict[str, float] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)

    def mark_completed(self, name: str) -> None:
        """The job ran to its end just now."""
        self.last[name] = self.stopwatch()
        self.reported.discard(name)

    def newly_silent(self, jobs: Sequence[Job]) -> Iterator[JobSilent]:
        """The jobs whose silence has become too long since the last call."""
        for job in jobs:
            silence = self.stopwatch() - self.last.get(job.name, self.stopwatch())
            is_silent = job.max_silence is not None and silence > job.max_silence.total_seconds()
            if is_silent and job.name not in self.reported:
                self.reported.add(job.name)
                yield JobSilent(name=job.name, minutes=int(silence // 60))


@dataclass(slots=True)
class GuardedSweep:
    """A sweep that never raises. Each failure is reported when it appears, and not anew by every sweep."""

    sweep: Callable[[], SweepResult]
    on_fault: FaultHandler
    known: set[str] = field(default_factory=set)

    def __call__(self) -> None:
        """Sweep once."""
        try:
            failures = {each.reference: each.error for each in self.sweep().failures}
        except Exception as fault:  # noqa: BLE001 - the next sweep comes; the fault is reported with its trace
            self.on_fault(fault)
            return
        for reference in failures.keys() - self.known:
            self.on_fault(failures[reference])
        self.known = set(failures)


@contextmanager
def run_jobs(
    sweep: Callable[[], SweepResult],
    on_fault: FaultHandler,
    interval: timedelta = SWEEP_INTERVAL,
    *,
    clock: Clock,
    jobs: Sequence[Job] = (),
    next_wake: Callable[[], datetime | None] = lambda: None,
    machine_clock: Clock = MACHINE_CLOCK,
) -> Iterator[None]:
    """Sweep at once, to catch up, and then at every interval until the block ends. ``on_fault`` gets every fault.

    The other jobs never run while a sweep does: what it queues is delivered together. Between two intervals a sweep
    comes at the next wake-up, an instant of the office's ``clock``. APScheduler itself counts by the machine's clock.
    """
    runner = _JobRunner(
        sweep=GuardedSweep(sweep, on_fault),
        on_fault=on_fault,
        interval=interval,
        clock=clock,
        machine_clock=machine_clock,
        jobs=jobs,
        next_wake=next_wake,
    )
    runner.start()
    try:
        yield
    finally:
        runner.stop()


@dataclass(slots=True, kw_only=True)
class _JobRunner:
    sweep: GuardedSweep
    on_fault: FaultHandler
    interval: timedelta
    clock: Clock
    machine_clock: Clock
    jobs: Sequence[Job]
    next_wake: Callable[[], datetime | None]
    monitor: JobMonitor = field(default_factory=JobMonitor)
    sweeping: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)
    scheduler: BackgroundScheduler = field(
        default_factory=lambda: BackgroundScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)
    )

    def start(self) -> None:
        self.run_sweep()
        self.scheduler.add_listener(self.on_executed, EVENT_JOB_EXECUTED)
        self.scheduler.add_listener(self.on_error, EVENT_JOB_ERROR)
        self.scheduler.add_job(self.run_sweep, every(self.interval), id=SWEEP)
        for job in self.jobs:
            self.monitor.mark_completed(job.name)
            # At once, and then when it fires. (A second job for the start alone could end the library's loop: it
            # raises where a job that ran for the last time is gone already.)
            start = self.machine_clock.now()
            self.scheduler.add_job(self.run_job, job.trigger, [job], id=job.name, next_run_time=start)
        self.scheduler.start()
        self.schedule_wakeup()
        Thread(target=self.watch_clock, daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.scheduler.shutdown(wait=True)  # a sweep that has begun ends its transaction

    def watch_clock(self) -> None:
        """Run every job at once where the machine's clock went back: the library would wait until it caught up."""
        before = self.machine_clock.now(), monotonic()
        while not self.stopping.wait(CLOCK_WATCH_INTERVAL.total_seconds()):
            now = self.machine_clock.now(), monotonic()
            gone_by = timedelta(seconds=now[1] - before[1])
            if gone_by - (now[0] - before[0]) > SWEEP_INTERVAL:
                for job in self.scheduler.get_jobs():
                    self.scheduler.modify_job(job.id, next_run_time=now[0])
            before = now

    def run_sweep(self) -> None:
        with self.sweeping:
            self.sweep()
        # Not by a listener: the library may call one before it has written the job's next time, and overwrite ours.
        self.schedule_wakeup()

    def run_job(self, job: Job) -> None:
        with self.sweeping:
            pass  # a sweep that has begun ends first
        job.run()

    def on_executed(self, event: JobExecutionEvent) -> None:
        if event.job_id != SWEEP:
            self.monitor.mark_completed(event.job_id)
            return
        for silence in self.monitor.newly_silent(self.jobs):
            self.on_fault(silence)

    def on_error(self, event: JobExecutionEvent) -> None:
        self.on_fault(event.exception)

    def schedule_wakeup(self) -> None:
        """Sweep at the next wake-up where it comes before the next interval ends."""
        try:
            at = self.next_wake()
        except Exception as fault:  # noqa: BLE001 - the interval's sweep comes all the same; the fault is reported
            self.on_fault(fault)
            return
        if at is None or not self.scheduler.running:
            return
        wait = at - self.clock.now()
        if wait < self.interval:
            start = self.machine_clock.now() + max(wait, timedelta())
            self.scheduler.modify_job(SWEEP, next_run_time=start)
