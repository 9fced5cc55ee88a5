"""What every act at the desk has at hand: the office, its log and derived rows, the day, and what was said so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.calendar.working_calendar import Calendar
from config.errors import Refusal
from config.office.loader import Office
from storage.content.applicant import Particulars
from storage.content.applicant_store import Private, TellingReason
from storage.eventlog.log import Log, Said
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.events import Entry, Record


class ReasonMissing(Refusal):
    """This needs a reason, in a few words: it stands beside the act for ever."""


@dataclass(slots=True, kw_only=True)
class Seat:
    """One transaction at the desk, before anything is said in it."""

    office: Office
    log: Log
    index: Index
    wide: tuple[Entry, ...] = ()
    """The facts about the office as a whole, as the log stands."""
    calendar: Calendar
    today: date
    next_case: int
    actor: str = ""
    """Who sits here, by their id."""
    said: list[Said] = field(default_factory=list)
    read: dict[int, Case] = field(default_factory=dict)
    """The cases that were looked at; when the sitting ends, as they stand then."""
    entries: list[Entry] = field(default_factory=list)
    """What was appended; filled when the sitting ends."""
    discarded: bool = False
    given_out: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out, beside those in its file: asked only when a text is laid down."""
    late_because: str = ""
    """Why what is said here comes after its year was sealed; empty where it does not."""

    def case(self, number: int) -> Case:
        """A case as it stands in the log, without what this sitting has said so far."""
        return self.cases([number]).get(number, Case(number=number))

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Several cases at once. Each is read once: until the end of a sitting the log stays as it is."""
        asked = [number for number in numbers if number not in self.read]
        self.read |= self.index.cases(asked) if asked else {}
        return {number: self.read[number] for number in numbers if number in self.read}

    def _require_discreet(self, case: int, text: str) -> None:
        """What is said about a case stays in the log for ever: it must not say who the applicant is."""
        kept = Private(self.log.connection, self.log.office).of(case)
        if (kept or Particulars()).told_in(text):
            raise TellingReason

    def _require_reason(self, case: int, reason: str) -> None:
        """Why something is undone stands beside it for ever: something must stand there, and no applicant's name."""
        if not reason.strip():
            raise ReasonMissing
        if case:
            self._require_discreet(case, reason)

    def require_discreet_lateness(self, cases: Iterable[int]) -> None:
        """Why something comes late is printed beside the published figures: it names no applicant."""
        for number in cases:
            self._require_discreet(number, self.late_because)

    def _say(self, record: Record, key: str = "") -> None:
        self.said.append(Said(record, key))
