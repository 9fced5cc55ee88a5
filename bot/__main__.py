"""The command ``gongkai``: names its commands, and lets no one see a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from bot.cli.cases import applicants, calendar, cases, fees, letters, register_import
from bot.cli.common import output, usage_errors
from bot.cli.common.context import CommandContext
from bot.cli.common.home_option import home_behind_command
from bot.cli.reports import (
    activities,
    annual_dates,
    annual_report,
    bulletins,
    check,
    seal,
    village_items,
    village_months,
)
from bot.cli.server import (
    backups,
    chat,
    demo,
    machine_clock,
    maintenance,
    office,
    personal_calendar,
    reminders,
    run,
    users,
)
from bot.cli.signing import delegations, proofread, signing, texts
from bot.services.app import user_phrasebook
from bot.services.error_log import log_fault
from config.clock import Clock, SystemClock
from config.durable_files import keep_files_private
from config.errors import GongkaiError
from config.os_errors import refusal_for_os_error
from config.settings import Settings

FAULT_EXIT = 3  # a fault of the program itself: neither a finding nor a refusal

app = typer.Typer(
    name="gongkai",
    help=output.help_text("command.gongkai"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init", help=output.help_text("command.init"))(maintenance.init)
app.command("import", help=output.help_text("command.import"))(register_import.import_)
app.command("report", help=output.help_text("command.report"))(annual_report.report)
app.command("check", help=output.help_text("command.check"))(check.check)
app.command("proofread", help=output.help_text("command.proofread"))(proofread.proofread)
app.command("demo", help=output.help_text("command.demo"))(demo.demo)
app.command("chat", help=output.help_text("command.chat"))(chat.chat)
app.command("clock", help=output.help_text("command.clock"))(cases.clock)
app.command("explain", help=output.help_text("command.explain"))(cases.explain)
app.command("merge", help=output.help_text("command.merge"))(cases.merge)
app.command("amend", help=output.help_text("command.amend"))(cases.amend)
app.command("run", help=output.help_text("command.run"))(run.run)
app.command("verify", help=output.help_text("command.verify"))(maintenance.verify)
app.command("rebuild", help=output.help_text("command.rebuild"))(maintenance.rebuild)
app.command("upgrade", help=output.help_text("command.upgrade"))(maintenance.upgrade)
app.add_typer(backups.app, name="backup")
app.command("restore", help=output.help_text("command.restore"))(maintenance.restore)
app.command("doctor", help=output.help_text("command.doctor"))(maintenance.doctor)
app.command("settle-clock", help=output.help_text("command.settle-clock"))(machine_clock.settle_clock)
app.command("fee", help=output.help_text("command.fee"))(fees.fee)
app.command("letter", help=output.help_text("command.letter"))(letters.letter)
app.command("letters", help=output.help_text("command.letters"))(letters.letters)
app.command("draft", help=output.help_text("command.draft"))(signing.draft)
app.command("sign", help=output.help_text("command.sign"))(signing.sign)
app.command("return", help=output.help_text("command.return"))(signing.return_)
app.command("withdraw", help=output.help_text("command.withdraw"))(signing.withdraw)
app.command("reject", help=output.help_text("command.reject"))(signing.reject)
app.command("pass", help=output.help_text("command.pass"))(signing.pass_)
app.command("override", help=output.help_text("command.override"))(signing.override)
app.command("delegate", help=output.help_text("command.delegate"))(delegations.delegate)
app.command("consent", help=output.help_text("command.consent"))(delegations.consent)
app.command("recall", help=output.help_text("command.recall"))(delegations.recall)
app.command("absences", help=output.help_text("command.absences"))(delegations.absences)
app.command("standing", help=output.help_text("command.standing"))(signing.show_approval_state)
app.command("simulate", help=output.help_text("command.simulate"))(reminders.simulate)
app.command("audit", help=output.help_text("command.audit"))(reminders.audit)
app.command("tick", help=output.help_text("command.tick"))(village_months.tick)
app.command("bulletin", help=output.help_text("command.bulletin"))(bulletins.bulletin)
app.command("assessment", help=output.help_text("command.assessment"))(bulletins.assessment)
app.command("seal", help=output.help_text("command.seal"))(seal.seal)
app.command("ics", help=output.help_text("command.ics"))(personal_calendar.ics)
app.add_typer(annual_dates.app, name="year")
app.add_typer(activities.app, name="activity")
app.add_typer(village_items.app, name="month")
app.add_typer(calendar.app, name="calendar")
app.add_typer(applicants.app, name="private")
app.add_typer(users.app, name="user")
app.add_typer(office.app, name="office")
app.add_typer(texts.app, name="text")


@cache
def _command() -> Callable[..., int | None]:
    """The whole of it as the library runs it: made once, however often it is called in one process."""
    return get_command(app)


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> None:
    """Run a command: of these words or the machine's, on this clock or the machine's.

    Refusals are said and exit as the contract says; faults are logged with their trace.
    """
    keep_files_private()
    typed_words = home_behind_command(sys.argv[1:] if argv is None else argv)
    context = CommandContext(clock or SystemClock())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if not typed_words:
        output.print_phrase("start.office" if Settings().home else "start.new", home=Settings().home)
    try:
        code = _command()(typed_words, prog_name="gongkai", standalone_mode=False, obj=context)
    except TyperException as typed:
        raise SystemExit(_tell_misuse(typed)) from None
    except GongkaiError as refused:
        raise SystemExit(_tell_refusal(refused)) from None
    except OSError as fault:
        place = refusal_for_os_error(fault)
        raise SystemExit(_tell_refusal(place) if place else _tell_fault(typed_words)) from None
    except Exception:  # noqa: BLE001 - the one place where a fault stops: logged with its trace, told without
        raise SystemExit(_tell_fault(typed_words)) from None
    raise SystemExit(code)


def _tell_misuse(typed: TyperException) -> int:
    print(usage_errors.usage_error_text(typed), file=sys.stderr)  # noqa: T201 - the last word of a command
    return typed.exit_code


def _tell_refusal(refused: GongkaiError) -> int:
    output.print_error(refused)
    return refused.exit_code


def _tell_fault(typed_words: Sequence[str]) -> int:
    target = log_fault(Settings().home, command=list(typed_words[:1]))
    print(user_phrasebook().say("fault", log=target), file=sys.stderr)  # noqa: T201 - the last word of a command
    return FAULT_EXIT


if __name__ == "__main__":
    main()
