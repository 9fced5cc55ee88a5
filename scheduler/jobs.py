"""The metronome: APScheduler wakes the sweep and remembers nothing.

Its own store loses or doubles what was due over a restart, so none is used: what is due stands in the log. One
job, never two at once, however late; and wrapped, because an exception that reached the loop could end it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.tick import Swept

EVERY = timedelta(minutes=1)
UNHURRIED = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}


@contextmanager
def metronome(
    sweep: Callable[[], Swept], told: Callable[[Exception], object], every: timedelta = EVERY
) -> Iterator[None]:
    """Sweep at once, to catch up, and then at every beat until the block ends. ``told`` hears every fault."""
    beat = _guarded(sweep, told)
    beat()
    waker = BackgroundScheduler(timezone=UTC, job_defaults=UNHURRIED)
    waker.add_job(beat, "interval", seconds=every.total_seconds())
    waker.start()
    try:
        yield
    finally:
        waker.shutdown(wait=True)  # a sweep that has begun ends its sitting


def _guarded(sweep: Callable[[], Swept], told: Callable[[Exception], object]) -> Callable[[], None]:
    known: set[str] = set()  # what is stuck is told when it gets stuck, and not each minute anew

    def beat() -> None:
        try:
            stuck = {each.reference: each.error for each in sweep().stuck}
        except Exception as fault:  # noqa: BLE001 - the loop must live; the fault is told with its trace
            told(fault)
            return
        for reference in stuck.keys() - known:
            told(stuck[reference])
        known.clear()
        known.update(stuck)

    return beat
