"""The whole program on a clock that runs fast, forked for each line it reads, to be killed at any moment.

    python -m tests.bot.channels.telegram.crash.story_child HOME SERVER BEGAN

The clock has to go on: what was in hand when a life ended is tried again five seconds later, and a photograph that
was being fetched two minutes later. ``BEGAN`` is the machine's monotonic second at which the story's day began, so
that all its processes agree on the time.
"""

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.channels.telegram import receiver
from bot.delivery import inbox_worker
from bot.runtime.office_channels import open_channels
from bot.services.app import OfficeApp, open_app
from config.clock import BY_HAND, Uptime, manual_clock
from config.settings import Settings
from tests.bot.channels.telegram.stand_in.server import TOKEN

DAY = date(2026, 11, 9)
PACE = 20  # seconds of the story in one of the machine's


@dataclass(frozen=True, slots=True)
class StoryClock:
    """The story's day from nine in the morning, ``PACE`` times as fast as the machine's."""

    began: float
    """The machine's monotonic second at which it was nine."""

    def now(self) -> datetime:
        return manual_clock(DAY).now() + timedelta(seconds=PACE * (time.monotonic() - self.began))

    def uptime(self) -> Uptime:
        return Uptime(BY_HAND, self.now().timestamp())

    def is_vouched_for(self) -> bool:
        return True


def run(app: OfficeApp, server: str) -> None:
    """Until it is killed."""
    app.store.engine.dispose(close=False)  # what was open belongs to the parent
    receiver.FIRST_WAIT = inbox_worker.POLL_SECONDS = 0.05
    settings = Settings(telegram_token=SecretStr(TOKEN), telegram_server=server)
    with open_channels(app, settings, print):
        threading.Event().wait()


def main() -> None:
    home, server, began = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    app = open_app(home, StoryClock(began))
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            run(app, server)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
