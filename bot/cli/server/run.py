"""``gongkai run``: the local page, every configured channel and the sweep, until it is told to stop."""

from __future__ import annotations

import sys
from functools import partial
from ipaddress import ip_address

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HostOption, PortOption, browser_address
from bot.cli.common.output import HomeOption, print_phrase
from bot.services.error_log import log_fault
from config.settings import Settings

THREAD_SWITCH_SECONDS = 0.0005
"""Seconds. Whoever presses waits at each look into the database for a turn behind an audit or a sweep: short ones."""


def run(
    context: typer.Context, home: HomeOption = None, host: HostOption = "127.0.0.1", port: PortOption = 8686
) -> None:
    """Serve the local page, and let the sweep open and close what begins and ends by itself."""
    # A third of a second that only a server should cost.
    from bot.channels.telegram.join_links import telegram_link  # noqa: PLC0415
    from bot.channels.web.server import bind_socket, serve  # noqa: PLC0415
    from bot.runtime.scheduled_jobs import SweepJob, next_wake, scheduled_jobs  # noqa: PLC0415
    from bot.runtime.wiring import create_outbox_sender, open_channels  # noqa: PLC0415
    from scheduler.sweep.jobs import SWEEP_INTERVAL, run_jobs  # noqa: PLC0415

    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    app, settings = open_office(context, home), Settings()
    app.home.secret()  # refused before anybody is told that the page is open
    ear = bind_socket(host, port)
    print_phrase("run.open", office=app.office.name, address=browser_address(host, ear.getsockname()[1]))
    if not _is_loopback(host):
        print_phrase("run.network")
    sys.stdout.flush()  # whoever started us through a pipe waits for the address
    told = partial(log_fault, app.home.path)
    with open_channels(app, settings, told) as channels:
        courier = create_outbox_sender(app, channels, told)
        jobs = scheduled_jobs(
            app, courier, told, listens=settings.heartbeat, notify_socket=settings.notify_socket
        )
        with run_jobs(
            SweepJob(app),
            told,
            SWEEP_INTERVAL,
            clock=app.clock,
            jobs=jobs,
            next_wake=partial(next_wake, app),
        ):
            serve(app, ear, host, elsewhere=telegram_link)
    print_phrase("run.stopped")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
