"""The command ``gongkai``: names its commands, and lets no one see a traceback."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import typer

from bot.cli import cases, days, demo, fees, papers, private, registers, show, upkeep
from bot.compose import words
from config.errors import Gongkai
from config.settings import Settings

FAULT_EXIT = 3  # a fault of the program itself: neither a finding nor a refusal

app = typer.Typer(
    name="gongkai",
    help=show.said("command.gongkai"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init", help=show.said("command.init"))(upkeep.init)
app.command("import", help=show.said("command.import"))(registers.import_)
app.command("report", help=show.said("command.report"))(papers.report)
app.command("check", help=show.said("command.check"))(papers.check)
app.command("demo", help=show.said("command.demo"))(demo.demo)
app.command("clock", help=show.said("command.clock"))(cases.clock)
app.command("explain", help=show.said("command.explain"))(cases.explain)
app.command("amend", help=show.said("command.amend"))(cases.amend)
app.command("verify", help=show.said("command.verify"))(upkeep.verify)
app.command("rebuild", help=show.said("command.rebuild"))(upkeep.rebuild)
app.command("upgrade", help=show.said("command.upgrade"))(upkeep.upgrade)
app.command("doctor", help=show.said("command.doctor"))(upkeep.doctor)
app.command("fee", help=show.said("command.fee"))(fees.fee)
app.add_typer(days.app, name="calendar")
app.add_typer(private.app, name="private")


def main() -> None:
    """Run a command. Refusals are said and exit as the contract says; faults are logged with their trace."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        app()
    except Gongkai as refused:
        show.tell_error(refused)
        raise SystemExit(refused.exit_code) from None
    except Exception:  # noqa: BLE001 - the one place where a fault stops: logged with its trace, told without
        raise SystemExit(_tell_fault()) from None


def _tell_fault() -> int:
    import structlog  # noqa: PLC0415 - a tenth of a second that only a fault should cost

    home = Settings().home
    folder = home if home and home.is_dir() else Path(tempfile.gettempdir())
    target = folder / "gongkai.log"
    with target.open("a", encoding="utf-8") as file:
        structlog.configure(
            processors=[
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(file=file),
        )
        structlog.get_logger().error("fault", command=sys.argv[1:2], exc_info=True)
    print(words().say("fault", log=target), file=sys.stderr)  # noqa: T201 - the last word of a command
    return FAULT_EXIT


if __name__ == "__main__":
    main()
