"""``gongkai chat``: a sample town to practise in, with every post to act as and a clock that a button moves.

On a page, or with ``--as`` at this very terminal, with buttons by number or as a channel that has only text.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import said, tell
from bot.cli.server.run import PortOption, address
from bot.services.app import words
from config.clock import OFFICE_ZONE

HOST = "127.0.0.1"  # anybody may act as anybody here: it is never for a network


def chat(
    path: Annotated[Path, typer.Argument(help=said("practice.path"))] = Path("out/chat"),
    port: PortOption = 8686,
    post: Annotated[str, typer.Option("--as", help=said("practice.as"))] = "",
    plain: Annotated[bool, typer.Option("--text-only", help=said("practice.plain"))] = False,  # noqa: FBT002
) -> None:
    """Serve the practice town until told to stop."""
    if post:
        _at_the_terminal(path, post, plain=plain)
        return
    # A third of a second that only a server should cost.
    from bot.channels.web.request.request import Training  # noqa: PLC0415
    from bot.channels.web.server import listen, serve  # noqa: PLC0415
    from bot.runtime.training_town import everything_due, open_practice  # noqa: PLC0415

    works, clock = open_practice(path)
    ear = listen(HOST, port)
    tell("practice.open", address=f"{address(HOST, ear.getsockname()[1])}/posts")
    sys.stdout.flush()  # whoever started us through a pipe waits for the address
    serve(works, ear, HOST, Training(clock=clock, moved=lambda: everything_due(works)))
    tell("run.stopped")


def _at_the_terminal(path: Path, post: str, *, plain: bool) -> None:
    # As above: only a conversation should cost it.
    from bot.channels.console import FULL, Console  # noqa: PLC0415
    from bot.runtime.terminal_chat import Terminal, converse  # noqa: PLC0415
    from bot.runtime.training_town import open_practice  # noqa: PLC0415
    from scheduler.delivery.channel import Abilities  # noqa: PLC0415

    works, clock = open_practice(path)
    console = Console(out=sys.stdout, abilities=Abilities() if plain else FULL)
    terminal = Terminal(works=works, clock=clock, console=console)
    terminal.seat(post)
    tell("practice.terminal", now=clock.now().astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"))
    sys.stdout.flush()
    converse(terminal, sys.stdin, words())
