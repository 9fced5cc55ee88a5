"""Several processes deliver one office's notices at once; one of them is stopped and continued past its claim.

``python -m tests.scheduler.delivery.racing HOME RUNGS`` is one of them: it plans every notice itself, as a sweep would, and
delivers until nothing is left, writing a line into a file for each notice that arrives.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.services.app import OfficeApp, open_app
from config.clock import SystemClock
from scheduler.delivery import outbox_sender as outbox
from scheduler.delivery.channel import ChannelCapabilities, Message, SendResult
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxEntry
from storage.messaging.rate_limits import RateLimits, RateWindow
from tests.paths import ROOT
from tests.scheduler.delivery.scripted import ARRIVED, Reached, ScriptedPorts, sender_with

PEOPLE = 20
CLAIM = timedelta(seconds=1.5)
STOPPED = 2.5  # seconds, longer than a claim lasts
WIDE = RateWindow(most=10**9, within=timedelta(seconds=1))
EACH_ITS_OWN = "GONGKAI_TEST_EACH_ITS_OWN"
"""The negative control: every process plans under keys of its own, as if nothing were unique."""


@dataclass
class Arrivals:
    """A channel whose other side is a file: one line a notice, appended whole."""

    file: Path
    name: str = "file"
    capabilities: ChannelCapabilities = field(default_factory=ChannelCapabilities)

    def send(self, _address: str, message: Message) -> SendResult:
        with self.file.open("a", encoding="ascii") as end:
            end.write(message.text)
        return ARRIVED

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        raise NotImplementedError


class CasePorts(ScriptedPorts):
    """Writes the number of each case on a line of its own; a fault ends the process."""

    def render(self, _person: str, rows: Sequence[OutboxEntry]) -> Message:
        return Message(text="".join(f"{row.notice.case}\n" for row in rows))

    def report_fault(self, fault: Exception) -> None:
        raise fault


def deliver_all(home: Path, rungs: int) -> None:
    """What one process does."""
    outbox.CLAIM_DURATION = CLAIM
    app = open_app(home, clock=SystemClock())
    _plan(app, rungs)
    where = {f"p{number}": [("file", f"a{number}")] for number in range(PEOPLE)}
    sender = replace(
        sender_with(app, CasePorts(Reached(where)), Arrivals(home / "arrivals.txt")),
        limits=RateLimits(person=WIDE, group=WIDE, channel=WIDE, hour=WIDE),
    )
    end = time.monotonic() + 120
    while time.monotonic() < end:
        sender.deliver()
        with app.store.reading() as connection:
            if not Outbox(connection, app.office.slug).unfinished():
                break
    app.store.engine.dispose()


def _plan(app: OfficeApp, rungs: int) -> None:
    own = f" {os.getpid()}" if EACH_ITS_OWN in os.environ else ""
    now = datetime(2026, 11, 23, tzinfo=app.clock.now().tzinfo)
    notices = [
        OutboxNotice(
            person=f"p{case % PEOPLE}",
            case=case,
            what="act",
            rung=f"-1{own}",
            basis="b",
            created_at=now,
            not_before=now,
        )
        for case in range(1, rungs + 1)
    ]
    for start in range(0, rungs, 500):
        with app.store.writing(app.office.slug) as connection:
            Outbox(connection, app.office.slug).put(notices[start : start + 500])


def race(home: Path, rungs: int, processes: int, environment: Mapping[str, str]) -> Counter[int]:
    """Let them run together, stop one for longer than its claim, and count what arrived how often."""
    arrivals = home / "arrivals.txt"
    arrivals.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.scheduler.delivery.racing", str(home), str(rungs)]
    running = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})  # noqa: S603 - ourselves
        for _ in range(processes)
    ]
    _wait_for(arrivals, running)
    os.kill(running[0].pid, signal.SIGSTOP)
    time.sleep(STOPPED)
    os.kill(running[0].pid, signal.SIGCONT)
    codes = [process.wait(timeout=180) for process in running]
    if any(codes):
        raise RuntimeError(f"a process failed: {codes}")
    return Counter(int(line) for line in arrivals.read_text("ascii").split())


def _wait_for(file: Path, running: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end and any(process.poll() is None for process in running):
        time.sleep(0.005)


if __name__ == "__main__":
    deliver_all(Path(sys.argv[1]), int(sys.argv[2]))
