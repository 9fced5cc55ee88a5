"""Lists the commands in the help by their subject: forty in one row are read by nobody."""

from __future__ import annotations

from collections import defaultdict

from typer import _click
from typer.core import TyperCommand, TyperGroup

from bot.services.app import user_phrasebook


class SubjectGroup(TyperGroup):
    """A group whose commands name their subject as their help panel."""

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
