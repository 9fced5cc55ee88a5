"""One transaction: all commands commit together or roll back.

The commands are grouped by what they are about and share one ``RecordingContext``. Whether the outcome is lawful the
recorder judges at the end; a command refuses at once only what binds at this moment (who may sign which text).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from scheduler.recording.case_commands import CaseCommands, CorrectionCommands
from scheduler.recording.context import RecordingContext
from scheduler.recording.office_commands import AccountCommands, OfficeCommands
from scheduler.recording.register_commands import RegisterCommands
from scheduler.recording.reminder_commands import ReminderCommands
from scheduler.recording.signoff_commands import SignoffCommands
from storage.events.events import LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfWork:
    """The commands of one transaction, by what they are about: ``uow.cases.close(…)``, ``uow.signoff.sign(…)``."""

    context: RecordingContext
    cases: CaseCommands
    corrections: CorrectionCommands
    registers: RegisterCommands
    signoff: SignoffCommands
    reminders: ReminderCommands
    office: OfficeCommands
    accounts: AccountCommands

    @classmethod
    def over(cls, context: RecordingContext) -> Self:
        """All groups of commands over one context."""
        return cls(
            context=context,
            cases=CaseCommands(context),
            corrections=CorrectionCommands(context),
            registers=RegisterCommands(context),
            signoff=SignoffCommands(context),
            reminders=ReminderCommands(context),
            office=OfficeCommands(context),
            accounts=AccountCommands(context),
        )

    @property
    def entries(self) -> Sequence[LogEntry]:
        """The entries that were appended; empty until the transaction ends."""
        return self.context.entries

    def discard(self) -> None:
        """Keep nothing: everything is tried and judged as ever, then rolled back."""
        self.context.discarded = True

    def give_late_reason(self, reason: str) -> None:
        """Say why facts come after their year was sealed; it is recorded beside the published figures."""
        self.context.late_reason = reason
