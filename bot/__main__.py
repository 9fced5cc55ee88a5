"""The command ``gongkai``: names its commands, and lets no one see a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from bot.cli import (
    absences,
    activities,
    bulletins,
    cases,
    chat,
    days,
    demo,
    fees,
    ics,
    letters,
    misuse,
    month_acts,
    months,
    papers,
    people,
    private,
    proofread,
    registers,
    reminding,
    sealing,
    serve,
    show,
    signing,
    texts,
    upkeep,
    yearly,
)
from bot.cli.context import CommandContext
from bot.compose import words
from bot.faults import log_fault
from config.clock import Clock, SystemClock
from config.errors import Gongkai
from config.places import place_refused
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
app.command("proofread", help=show.said("command.proofread"))(proofread.proofread)
app.command("demo", help=show.said("command.demo"))(demo.demo)
app.command("chat", help=show.said("command.chat"))(chat.chat)
app.command("clock", help=show.said("command.clock"))(cases.clock)
app.command("explain", help=show.said("command.explain"))(cases.explain)
app.command("merge", help=show.said("command.merge"))(cases.merge)
app.command("amend", help=show.said("command.amend"))(cases.amend)
app.command("run", help=show.said("command.run"))(serve.run)
app.command("verify", help=show.said("command.verify"))(upkeep.verify)
app.command("rebuild", help=show.said("command.rebuild"))(upkeep.rebuild)
app.command("upgrade", help=show.said("command.upgrade"))(upkeep.upgrade)
app.command("backup", help=show.said("command.backup"))(upkeep.backup)
app.command("restore", help=show.said("command.restore"))(upkeep.restore)
app.command("doctor", help=show.said("command.doctor"))(upkeep.doctor)
app.command("fee", help=show.said("command.fee"))(fees.fee)
app.command("letter", help=show.said("command.letter"))(letters.letter)
app.command("letters", help=show.said("command.letters"))(letters.letters)
app.command("draft", help=show.said("command.draft"))(signing.draft)
app.command("sign", help=show.said("command.sign"))(signing.sign)
app.command("return", help=show.said("command.return"))(signing.return_)
app.command("withdraw", help=show.said("command.withdraw"))(signing.withdraw)
app.command("reject", help=show.said("command.reject"))(signing.reject)
app.command("pass", help=show.said("command.pass"))(signing.pass_)
app.command("override", help=show.said("command.override"))(signing.override)
app.command("delegate", help=show.said("command.delegate"))(absences.delegate)
app.command("recall", help=show.said("command.recall"))(absences.recall)
app.command("absences", help=show.said("command.absences"))(absences.absences)
app.command("standing", help=show.said("command.standing"))(signing.standing)
app.command("simulate", help=show.said("command.simulate"))(reminding.simulate)
app.command("audit", help=show.said("command.audit"))(reminding.audit)
app.command("tick", help=show.said("command.tick"))(months.tick)
app.command("bulletin", help=show.said("command.bulletin"))(bulletins.bulletin)
app.command("assessment", help=show.said("command.assessment"))(bulletins.assessment)
app.command("seal", help=show.said("command.seal"))(sealing.seal)
app.command("ics", help=show.said("command.ics"))(ics.ics)
app.add_typer(yearly.app, name="year")
app.add_typer(activities.app, name="activity")
app.add_typer(month_acts.app, name="month")
app.add_typer(days.app, name="calendar")
app.add_typer(private.app, name="private")
app.add_typer(people.app, name="user")
app.add_typer(texts.app, name="text")


@cache
def _command() -> Callable[..., int | None]:
    """The whole of it as the library runs it: made once, however often it is called in one process."""
    return get_command(app)


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> None:
    """Run a command: of these words or the machine's, on this clock or the machine's.

    Refusals are said and exit as the contract says; faults are logged with their trace.
    """
    typed_words = sys.argv[1:] if argv is None else argv
    context = CommandContext(clock or SystemClock())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        code = _command()(typed_words, prog_name="gongkai", standalone_mode=False, obj=context)
    except TyperException as typed:
        raise SystemExit(_tell_misuse(typed)) from None
    except Gongkai as refused:
        raise SystemExit(_tell_refusal(refused)) from None
    except OSError as fault:
        place = place_refused(fault)
        raise SystemExit(_tell_refusal(place) if place else _tell_fault(typed_words)) from None
    except Exception:  # noqa: BLE001 - the one place where a fault stops: logged with its trace, told without
        raise SystemExit(_tell_fault(typed_words)) from None
    raise SystemExit(code)


def _tell_misuse(typed: TyperException) -> int:
    print(misuse.misuse_told(typed), file=sys.stderr)  # noqa: T201 - the last word of a command
    return typed.exit_code


def _tell_refusal(refused: Gongkai) -> int:
    show.tell_error(refused)
    return refused.exit_code


def _tell_fault(typed_words: Sequence[str]) -> int:
    target = log_fault(Settings().home, command=list(typed_words[:1]))
    print(words().say("fault", log=target), file=sys.stderr)  # noqa: T201 - the last word of a command
    return FAULT_EXIT


if __name__ == "__main__":
    main()
