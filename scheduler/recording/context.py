"""The state of one transaction of the recorder: the office, its log and projections, the day, the new facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.keys import ANYONE
from config.errors import Refusal
from config.office.model import Office
from scheduler.signoff.confirmation import AccountUnconfirmed, confirmers
from scheduler.signoff.refusals import posts_in_words
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore, TellingReason
from storage.content.content_store import ContentStore
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import LogEntry, Opened, Record, case_of
from storage.proofread.personal_data.matches import PersonalDataKind
from storage.proofread.recorded_texts import first_personal_number, recorded_texts
from storage.proofread.review import public_numbers


class ReasonMissing(Refusal):
    """This needs a reason, in a few words: it stands beside the act for ever."""


class ForAnother(Refusal):
    """{actor} cannot act as {by}. Each acts under their own name, also in somebody's stead."""


class PersonalNumberFound(Refusal):
    """“{place}” holds somebody's number ({found}), and a record is never erased. Leave it out, or write “**”."""


class LandlineFound(Refusal):
    """“{place}” holds a landline ({found}), and a record is never erased. An office's is named before it."""


class ApplicantNamed(Refusal):
    """“{place}” names the applicant of case {case}, and a record is never erased. Say it without them."""


class ActingAccount(NamedTuple):
    """The account or browser session through which somebody acts."""

    joined: int
    """The log position of its ``AccountJoined``; 0 where the program did not record one."""
    confirmed: bool
    """Whether a second person confirmed it."""


@dataclass(slots=True, kw_only=True)
class RecordingContext:
    """What all commands of one unit of work share. Commands add facts to it; the recorder appends them at the end."""

    office: Office
    log: Log
    index: CaseProjections
    office_events: tuple[LogEntry, ...] = ()
    """The log's facts about the office as a whole, before this transaction."""
    absences: Absences
    """Who stands in for whom, by those facts."""
    calendar: Calendar
    today: date
    """The day on which it is recorded: what may be done is judged by it."""
    said_on: date
    """The day on which it was said, today or earlier: the legal day of what is recorded, where no other is stated."""
    first_new: int
    """The number of the first case that this transaction may open: the log has no case from there on."""
    next_case: int
    actor: str = ""
    """The id of the person who acts."""
    account: ActingAccount | None = None
    """None at the terminal and for the program itself."""
    new_events: list[NewEvent] = field(default_factory=list)
    loaded_cases: dict[int, Case] = field(default_factory=dict)
    """The cases read so far; after the commit, as they are then."""
    entries: list[LogEntry] = field(default_factory=list)
    """The entries that were appended; empty until the transaction ends."""
    discarded: bool = False
    public_phone_numbers: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out, beside those in its file; looked up only when a text is drafted."""
    late_reason: str = ""
    """Why the new facts come after their year was sealed; empty where they do not."""

    @property
    def contents(self) -> ContentStore:
        """The files and manifests that the office keeps, in this transaction."""
        return ContentStore(self.log.connection, self.log.office)

    def case(self, number: int) -> Case:
        """A case as the log has it, without the new facts of this transaction."""
        return self.cases([number]).get(number, Case(number=number))

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Several cases at once. Each is read once: the log does not change until the transaction ends."""
        unread = [one for one in numbers if one < self.first_new and one not in self.loaded_cases]
        self.loaded_cases |= self.index.cases(unread) if unread else {}
        return {number: self.loaded_cases[number] for number in numbers if number in self.loaded_cases}

    def duty_of(self, case: Case) -> Duty | None:
        """The declaration of a case's kind; None where the case was struck out or its kind is not known."""
        return self.index.duties.get(case.opening.kind) if case.opening else None

    def roles_of(self, person: str) -> frozenset[str]:
        """The roles a person holds in the office of today; none for somebody it does not know."""
        known = self.office.find_person(person) is not None
        return self.office.roles_of(person) | {ANYONE} if known else frozenset()

    def add_event(self, record: Record, key: str = "") -> None:
        """Add a fact to this transaction. A fact with a ``key`` is recorded once, however often it is added."""
        self.new_events.append(NewEvent(record, key))

    def require_self(self, by: str) -> None:
        """ForAnother where a person acts under another's name."""
        if by != self.actor:
            raise ForAnother(actor=self.actor, by=by)

    def require_confirmed_account(self) -> None:
        """AccountUnconfirmed where they act through an account that no second person confirmed."""
        if self.account and not self.account.confirmed:
            who = confirmers(self.office, self.actor, "")
            raise AccountUnconfirmed(post=self.office.post_of(self.actor), who=posts_in_words(who))

    def require_reason(self, case: int, reason: str) -> None:
        """ReasonMissing where it is empty; TellingReason where it names the applicant: the log keeps it for ever."""
        if not reason.strip():
            raise ReasonMissing
        if case:
            self.require_anonymous(case, reason)

    def require_anonymous(self, case: int, text: str) -> None:
        """TellingReason where a text about a case names its applicant: the log keeps it for ever."""
        applicant = ApplicantStore(self.log.connection, self.log.office).get(case)
        if (applicant or Applicant()).fields_mentioned_in(text):
            raise TellingReason

    def refuse_personal_data(self, records: Sequence[Record]) -> None:
        """Refuse a text that is about to be recorded and holds personal data.

        Raises PersonalNumberFound, LandlineFound or ApplicantNamed.
        """
        concerned = self._concerned_cases(records)
        known = {case for cases in concerned.values() for case in cases}
        applicants = ApplicantStore(self.log.connection, self.log.office).of_cases(sorted(known))
        for record in records:
            has_applicant = not applicants.keys().isdisjoint(concerned.get(case_of(record), ()))
            number = first_personal_number(record, self._public_numbers, has_applicant=has_applicant)
            if number:
                landline = number.kind is PersonalDataKind.LANDLINE
                refusal = LandlineFound if landline else PersonalNumberFound
                raise refusal(place=self._label(number.place), found=number.shown)
        for record in records if applicants else ():
            for case in concerned.get(case_of(record), ()):
                for place, text in recorded_texts(record) if case in applicants else ():
                    if applicants[case].fields_mentioned_in(text):
                        raise ApplicantNamed(place=self._label(place), case=case)

    def _label(self, place: str) -> str:
        """The label of a declared field; of another part of a record its name, for which the phrases have a word."""
        duties = self.index.duties.values()
        declared = [*(field for duty in duties for field in duty.fields)]
        declared += [field for duty in duties for step in duty.steps for field in step.fields]
        return next((field.label for field in declared if field.key == place), place)

    def _public_numbers(self) -> frozenset[str]:
        return public_numbers(self.office) | frozenset(self.public_phone_numbers())

    def _concerned_cases(self, records: Iterable[Record]) -> Mapping[int, Sequence[int]]:
        """By the case of each record: it, and those its opening names, as a dispute is about somebody's request."""
        openings = {record.case: record for record in records if isinstance(record, Opened)}
        numbers = {case_of(record) for record in records} - {0}
        known = self.cases(sorted(numbers - openings.keys()))
        openings |= {number: case.opening for number, case in known.items() if case.opening}
        return {number: (number, *self._linked_cases(openings.get(number))) for number in numbers}

    def _linked_cases(self, opening: Opened | None) -> Iterator[int]:
        duty = self.index.duties.get(opening.kind) if opening else None
        for asked in duty.fields if opening and duty else ():
            reference = str(opening.facts.get(asked.key, "")) if opening and asked.linked_kind else ""
            if reference:
                yield from self.index.find(asked.linked_kind, [reference]).values()

    def require_anonymous_late_reason(self, cases: Iterable[int]) -> None:
        """TellingReason where the late reason names an applicant: it is printed beside the published figures."""
        for number in cases:
            self.require_anonymous(number, self.late_reason)
