"""``gongkai chat``: a sample town to practise in, with every post to act as and a clock that a button moves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.serve import PortOption, address
from bot.cli.show import said, tell

HOST = "127.0.0.1"  # anybody may act as anybody here: it is never for a network


def chat(
    path: Annotated[Path, typer.Argument(help=said("practice.path"))] = Path("out/chat"),
    port: PortOption = 8686,
) -> None:
    """Serve the practice town until told to stop."""
    # A third of a second that only a server should cost.
    from bot.channels.pages.visit import Training  # noqa: PLC0415
    from bot.channels.web import listen, serve  # noqa: PLC0415
    from bot.practice import everything_due, open_practice  # noqa: PLC0415

    works, clock = open_practice(path)
    ear = listen(HOST, port)
    tell("practice.open", address=f"{address(HOST, ear.getsockname()[1])}/posts")
    sys.stdout.flush()  # whoever started us through a pipe waits for the address
    serve(works, ear, HOST, Training(clock=clock, moved=lambda: everything_due(works)))
    tell("run.stopped")
