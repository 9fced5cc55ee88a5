"""The command ``gongkai``: names its commands, and lets no one see a traceback."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import typer
from typer import _click
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from bot.cli.cases import applicants, calendar, cases, fees, letters, register_import
from bot.cli.common import output, usage_errors
from bot.cli.common.context import CommandContext, home_behind_command
from bot.cli.reports import (
    activities,
    annual_dates,
    annual_report,
    bulletins,
    catalogue,
    check,
    village_items,
    village_months,
)
from bot.cli.server import (
    backups,
    chat,
    demo,
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
from config.settings import machine_settings

FAULT_EXIT = 3  # a fault of the program itself: neither a finding nor a refusal

COMMANDS: dict[str, dict[str, Callable[..., None] | typer.Typer]] = {
    "begin": {
        "run": run.run,
        "init": maintenance.init,
        "demo": demo.demo,
        "chat": chat.chat,
        "office": office.app,
        "user": users.app,
    },
    "requests": {
        "import": register_import.import_,
        "explain": cases.explain,
        "clock": cases.clock,
        "letter": letters.letter,
        "letters": letters.letters,
        "fee": fees.fee,
        "private": applicants.app,
        "amend": cases.amend,
        "merge": cases.merge,
    },
    "texts": {
        "text": texts.app,
        "proofread": proofread.proofread,
        "draft": signing.draft,
        "sign": signing.sign,
        "return": signing.return_,
        "withdraw": signing.withdraw,
        "reject": signing.reject,
        "pass": signing.pass_,
        "override": signing.override,
        "standing": signing.show_approval_state,
        "delegate": delegations.delegate,
        "consent": delegations.consent,
        "recall": delegations.recall,
        "absences": delegations.absences,
    },
    "villages": {
        "month": village_items.app,
        "bulletin": bulletins.bulletin,
        "assessment": bulletins.assessment,
    },
    "year": {
        "report": annual_report.report,
        "check": check.check,
        "seal": annual_report.seal,
        "year": annual_dates.app,
        "activity": activities.app,
        "catalogue": catalogue.app,
        "calendar": calendar.app,
        "ics": personal_calendar.ics,
    },
    "reminders": {"tick": village_months.tick, "simulate": reminders.simulate, "audit": reminders.audit},
    "upkeep": {
        "doctor": maintenance.doctor,
        "verify": maintenance.verify,
        "backup": backups.app,
        "restore": maintenance.restore,
        "rebuild": maintenance.rebuild,
        "upgrade": maintenance.upgrade,
        "settle-clock": maintenance.settle_clock,
    },
}
"""The commands by their subject, in the order of the help."""


class SubjectGroup(TyperGroup):
    """A group whose commands name their subject as their help panel: forty in one row are read by nobody."""

    def format_commands(self, ctx: _click.Context, formatter: _click.HelpFormatter) -> None:
        """Write the commands under the heading of each subject, without their examples."""
        del ctx
        book = user_phrasebook()
        example = book.say("help.example")
        by_subject: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, command in self.commands.items():
            summary = (command.help or "").partition(example)[0].strip()
            if isinstance(command, TyperCommand | TyperGroup):
                by_subject[str(command.rich_help_panel)].append((name, summary))
        for subject, rows in by_subject.items():
            with formatter.section(book.say(f"help.subject.{subject}")):
                formatter.write_dl(rows)


app = typer.Typer(
    name="gongkai",
    cls=SubjectGroup,
    help=output.help_text("command.gongkai"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for subject, commands in COMMANDS.items():
    for name, command in commands.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=subject)
        else:
            app.command(name, help=output.help_text(f"command.{name}"), rich_help_panel=subject)(command)


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
        home = machine_settings().home
        output.print_phrase("start.office" if home else "start.new", home=home)
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
    target = log_fault(machine_settings().home, command=list(typed_words[:1]))
    print(user_phrasebook().say("fault", log=target), file=sys.stderr)  # noqa: T201 - the last word of a command
    return FAULT_EXIT


if __name__ == "__main__":
    main()
