"""``gongkai run``: the local page, until it is told to stop."""

from __future__ import annotations

import sys
from functools import partial
from ipaddress import ip_address
from typing import Annotated

import typer

from bot.cli.show import HomeOption, said, tell
from bot.compose import open_works
from bot.faults import log_fault

HostOption = Annotated[str, typer.Option("--host", help=said("run.host"))]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help=said("run.port"))]


def run(home: HomeOption = None, host: HostOption = "127.0.0.1", port: PortOption = 8686) -> None:
    """Serve the local page, and let the sweep open and close what begins and ends by itself."""
    # A third of a second that only a server should cost.
    from bot.channels.web import listen, serve  # noqa: PLC0415
    from scheduler.jobs import metronome  # noqa: PLC0415
    from scheduler.tick import sweep  # noqa: PLC0415

    works = open_works(home)
    ear = listen(host, port)
    tell("run.open", office=works.office.name, address=address(host, ear.getsockname()[1]))
    if not _stays_here(host):
        tell("run.network")
    sys.stdout.flush()  # whoever started us through a pipe waits for the address
    with metronome(lambda: sweep(works.desk, works.schemes()), partial(log_fault, works.home.path)):
        serve(works, ear, host)
    tell("run.stopped")


def address(host: str, port: int) -> str:
    """Where a browser finds the page."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stays_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
