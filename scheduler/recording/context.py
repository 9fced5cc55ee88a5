"""What every act at the desk has at hand: the office, its log and derived rows, the day, and what was said so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.calendar.working_calendar import Calendar
from config.errors import Refusal
from config.office.loader import Office
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore, TellingReason
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.events import LogEntry, Record


class ReasonMissing(Refusal):
    """This needs a reason, in a few words: it stands beside the act for ever."""


@dataclass(slots=True, kw_only=True)
class RecordingContext:
    """One transaction at the desk, before anything is said in it."""

    office: Office
    log: Log
    index: CaseProjections
    office_events: tuple[LogEntry, ...] = ()
    """The facts about the office as a whole, as the log stands."""
    calendar: Calendar
    today: date
    next_case: int
    actor: str = ""
    """Who sits here, by their id."""
    new_events: list[NewEvent] = field(default_factory=list)
    loaded_cases: dict[int, Case] = field(default_factory=dict)
    """The cases that were looked at; when the sitting ends, as they stand then."""
    entries: list[LogEntry] = field(default_factory=list)
    """What was appended; filled when the sitting ends."""
    discarded: bool = False
    public_phone_numbers: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out, beside those in its file: asked only when a text is laid down."""
    late_reason: str = ""
    """Why what is said here comes after its year was sealed; empty where it does not."""

    def case(self, number: int) -> Case:
        """A case as it stands in the log, without what this sitting has said so far."""
        return self.cases([number]).get(number, Case(number=number))

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Several cases at once. Each is read once: until the end of a sitting the log stays as it is."""
        asked = [number for number in numbers if number not in self.loaded_cases]
        self.loaded_cases |= self.index.cases(asked) if asked else {}
        return {number: self.loaded_cases[number] for number in numbers if number in self.loaded_cases}

    def _require_anonymous(self, case: int, text: str) -> None:
        """What is said about a case stays in the log for ever: it must not say who the applicant is."""
        kept = ApplicantStore(self.log.connection, self.log.office).get(case)
        if (kept or Applicant()).fields_mentioned_in(text):
            raise TellingReason

    def _require_reason(self, case: int, reason: str) -> None:
        """Why something is undone stands beside it for ever: something must stand there, and no applicant's name."""
        if not reason.strip():
            raise ReasonMissing
        if case:
            self._require_anonymous(case, reason)

    def require_anonymous_late_reason(self, cases: Iterable[int]) -> None:
        """Why something comes late is printed beside the published figures: it names no applicant."""
        for number in cases:
            self._require_anonymous(number, self.late_reason)

    def _add_event(self, record: Record, key: str = "") -> None:
        self.new_events.append(NewEvent(record, key))
