"""``gongkai run``: serves the local page and every configured channel, and sweeps, until it is stopped."""

from __future__ import annotations

import sys
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import command_clock, open_office
from bot.cli.common.options import HomeOption, HostOption, PortOption, browser_address
from bot.cli.common.output import help_text, print_phrase
from bot.services.app import resolve_home
from bot.services.error_log import log_fault
from bot.services.office.changes import record_first_version
from config.office.folder import OfficeFolder
from config.settings import machine_settings

THREAD_SWITCH_SECONDS = 0.0005
"""Seconds. A user's request waits for the running thread at each database access: an audit or a sweep yields soon."""


def run(
    context: typer.Context,
    directory: Annotated[Path | None, typer.Argument(help=help_text("run.directory"))] = None,
    home: HomeOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8686,
) -> None:
    """Serve the local page and the channels, and let the sweep open and close cases by itself.

    In a folder without an office, the page first sets one up.
    """
    # These imports take a third of a second, which only a server should cost.
    from bot.channels.telegram.join_links import telegram_link  # noqa: PLC0415
    from bot.channels.web.request.public_address import parse_public_address  # noqa: PLC0415
    from bot.channels.web.server import bind_socket, serve  # noqa: PLC0415
    from bot.runtime.clock_alarm import ClockAlarm  # noqa: PLC0415
    from bot.runtime.office_channels import create_outbox_sender, open_channels, open_platforms  # noqa: PLC0415
    from bot.runtime.scheduled_jobs import SweepJob, next_wake, scheduled_jobs  # noqa: PLC0415
    from scheduler.sweep.jobs import SWEEP_INTERVAL, run_jobs  # noqa: PLC0415

    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    folder, settings = directory or home, machine_settings()
    if (founding := resolve_home(folder)).is_vacant and not settings.database_address():
        port = set_up(context, founding, host, port)
        if not port:
            return
    app = open_office(context, folder)
    parse_public_address(settings.public_url)
    app.home.secret()  # refused before anybody is told that the page is open
    record_first_version(app)
    server_socket = bind_socket(host, port)
    print_phrase(
        "run.open", office=app.office.name, address=browser_address(host, server_socket.getsockname()[1])
    )
    if not _is_loopback(host):
        print_phrase("run.network")
    sys.stdout.flush()  # a process that reads our output through a pipe waits for the address
    on_fault = partial(log_fault, app.home.path)
    with (
        open_channels(app, settings, on_fault) as channels,
        open_platforms(app, channels, on_fault) as platforms,
    ):
        sender = create_outbox_sender(app, channels, on_fault)
        jobs = scheduled_jobs(
            app, sender, on_fault, listens=settings.heartbeat, notify_socket=settings.notify_socket
        )
        with run_jobs(
            SweepJob(app),
            ClockAlarm(app, channels, on_fault),
            SWEEP_INTERVAL,
            clock=app.clock,
            jobs=jobs,
            next_wake=partial(next_wake, app),
        ):
            serve(
                app,
                server_socket,
                host,
                elsewhere=telegram_link,
                platforms=platforms,
                public_url=settings.public_url,
            )
    print_phrase("run.stopped")


def set_up(context: typer.Context, home: OfficeFolder, host: str, port: int) -> int:
    """Serve the set-up of a new office. Returns the port it used; 0 where it was stopped before the office began."""
    from bot.channels.web.request.public_address import parse_public_address  # noqa: PLC0415 - as above
    from bot.channels.web.server import bind_socket  # noqa: PLC0415 - as above
    from bot.channels.web.setup.server import serve_setup  # noqa: PLC0415 - as above
    from bot.channels.web.setup.site import SetupSite  # noqa: PLC0415 - as above

    address = parse_public_address(machine_settings().public_url, host)
    site = SetupSite(home=home, clock=command_clock(context), address=address)
    listener = bind_socket(host, port)
    used = int(listener.getsockname()[1])
    print_phrase("run.setup", address=f"{browser_address(host, used)}/setup/begin-{site.token}")
    sys.stdout.flush()
    return used if serve_setup(site, listener) else 0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
