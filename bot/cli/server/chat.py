"""``gongkai chat``: runs a sample town for training, in which one can act as every post and move the clock.

It runs on a page, or with ``--as`` in the terminal, with numbered buttons or as a channel that has only text.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.options import PortOption, browser_address
from bot.cli.common.output import help_text, print_phrase
from bot.services.app import user_phrasebook
from bot.services.office.changes import record_first_version
from config.clock import clock_time

HOST = "127.0.0.1"  # in training anybody acts as anybody, so it never listens on a network


def chat(
    path: Annotated[Path, typer.Argument(help=help_text("practice.path"))] = Path("out/chat"),
    port: PortOption = 8686,
    post: Annotated[str, typer.Option("--as", help=help_text("practice.as"))] = "",
    plain: Annotated[bool, typer.Option("--text-only", help=help_text("practice.plain"))] = False,  # noqa: FBT002
) -> None:
    """Serve the training town until it is stopped."""
    if post:
        _run_in_terminal(path, post, plain=plain)
        return
    # These imports take a third of a second, which only a server should cost.
    from bot.channels.web.request.request import TrainingMode  # noqa: PLC0415
    from bot.channels.web.server import bind_socket, serve  # noqa: PLC0415
    from bot.runtime.training_town import open_training_town, run_due_jobs  # noqa: PLC0415

    app, clock = open_training_town(path)
    record_first_version(app)  # so that its settings can be changed and compared
    ear = bind_socket(HOST, port)
    print_phrase("practice.open", address=f"{browser_address(HOST, ear.getsockname()[1])}/posts")
    sys.stdout.flush()  # a process that reads our output through a pipe waits for the address
    serve(app, ear, HOST, TrainingMode(clock=clock, on_clock_moved=lambda: run_due_jobs(app)))
    print_phrase("run.stopped")


def _run_in_terminal(path: Path, post: str, *, plain: bool) -> None:
    # As above.
    from bot.channels.console import FULL_CAPABILITIES, ConsoleChannel  # noqa: PLC0415
    from bot.runtime.terminal_chat import TerminalChat, run_terminal_chat  # noqa: PLC0415
    from bot.runtime.training_town import open_training_town  # noqa: PLC0415
    from scheduler.delivery.channel import ChannelCapabilities  # noqa: PLC0415

    app, clock = open_training_town(path)
    console = ConsoleChannel(
        out=sys.stdout, capabilities=ChannelCapabilities() if plain else FULL_CAPABILITIES
    )
    terminal = TerminalChat(app=app, clock=clock, console=console)
    terminal.switch_person(post)
    print_phrase("practice.terminal", now=clock_time(clock.now()))
    sys.stdout.flush()
    run_terminal_chat(terminal, sys.stdin, user_phrasebook())
