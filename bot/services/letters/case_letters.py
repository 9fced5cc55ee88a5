"""Writes the letters of a case from what the log, the office and the applicant's particulars hold.

The facts that are missing come from whoever writes the letter: ``--set`` at the command, a field on the page. An
applicant's personal data goes into the letter and nowhere else: no refusal names the value of a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.services.app import OfficeApp
from bot.services.letters.fee_calculation import calculate_fee, fee_schedules
from config.declarations.duty import Duty, Field
from config.declarations.keys import APPLICANT_KIND_FIELD
from config.errors import Refusal, Unreadable
from config.findings import Finding, Severity
from config.office.folder import letter_path
from scheduler.letters.fact_gathering import (
    fee_facts,
    letter_facts,
    merge_layers,
    outcome_of,
    says_provisional_day,
    unrecorded_facts,
    with_hints,
)
from scheduler.letters.fees import schedule_on
from scheduler.terms.deadlines import DueDate, chronological, due_date
from scheduler.validation.case_history import CaseHistory
from scheduler.worklist.next_steps import steps_now
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore
from storage.documents.letters.catalogue import (
    TODAY,
    LetterSource,
    chinese_day,
    fact_sources,
    fixed_keys,
    letter_sources,
    needed_fields,
    template_names,
    word_for_reader,
)
from storage.events.case import Case
from storage.events.events import Stepped
from storage.proofread.review import Manuscript, blocking_findings

ANSWER = "answer"
CHINESE_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)
DAY = re.compile(r"(\d{4})[年-](\d{1,2})[月-](\d{1,2})日?", re.ASCII)
MAX_SENDING_AHEAD = timedelta(days=90)
OWN_SOURCES = frozenset({"contacts", "office", "applicant"})
"""Sources of facts that the office and the applicant state of themselves."""
MAX_FILE_NAME_LENGTH = 60  # characters of a file's name: three bytes each still fit every disk
UNSAFE_CHARACTERS = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')


class NoLetters(Refusal):
    """No papers are written for case {case}."""


class NoSuchPaper(Refusal):
    """There is no paper “{found}”. Write one of: {known}."""


class OutcomeUnsaid(Refusal):
    """Case {case} is not closed: say which answer it is with --outcome. One of: {known}."""


class NoSendingDay(Refusal):
    """The date of a letter is the day on which it is sent: from {today} on, within 90 days. Write it like {today}."""


class OtherOutcome(Refusal):
    """Case {case} was closed as {closed}, not as {said}. Leave --outcome out, or amend the close first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCounts:
    """What a fee is counted by, as it was said: items with those asked before in the month, or pages."""

    items: int | None = None
    before: int | None = None
    pages: int | None = None

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return any(count is not None for count in (self.items, self.before, self.pages))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInput:
    """A case with everything that a letter about it needs."""

    app: OfficeApp
    case: Case
    duty: Duty
    due: DueDate

    @property
    def outcome(self) -> str:
        """The outcome of a closed case; empty while it is open."""
        return outcome_of(self.case, self.due)

    def known_facts(self, paper: LetterSource, counts: FeeCounts = FeeCounts()) -> dict[str, str]:
        """The facts that the case, the office, the applicant and the fee's counts give, by key. OneBasis."""
        return merge_layers(paper, self._layers(paper, counts))[0]

    def write(
        self,
        paper: LetterSource,
        given: Mapping[str, str],
        counts: FeeCounts = FeeCounts(),
        earlier: Sequence[Finding] = (),
    ) -> bytes:
        """The letter as a Word file, with the ``given`` facts over the known ones.

        Its date is the day on which it is to be sent, today unless said. LetterNotWritten with everything that is
        missing or wrong, the ``earlier`` findings first. OneBasis, NoSendingDay.
        """
        from storage.documents.letters.writer import LetterNotWritten, write_letter  # noqa: PLC0415 - half a second

        layers = self._layers(paper, counts)
        unrecorded = self.unrecorded(paper, merge_layers(paper, layers)[0])
        facts, contradictions = merge_layers(paper, [*layers, given])
        findings = [*earlier, *unrecorded, *contradictions, *self._held_facts(paper, facts, given)]
        content = b""
        try:
            day = sending_day(given.get(TODAY, ""), self.app.today)
            reader = word_for_reader(paper, str(self.case.facts.get(APPLICANT_KIND_FIELD, "")))
            content = write_letter(paper, self.app.letter_template(paper.key), facts, day, reader=reader)
        except LetterNotWritten as refused:
            named = {finding.place for finding in unrecorded}
            others = [finding for finding in refused.findings if finding.place not in named]
            findings += with_hints(others, paper, self.duty, self.case.number)
        except Unreadable as refused:  # only the office's own template can be unreadable; its path helps
            raise Unreadable(**{**refused.words, "file": letter_path(paper.key)}) from refused
        if findings:
            raise LetterNotWritten(findings, paper=paper.label)
        return content

    def missing_fields(self, paper: LetterSource, known: Mapping[str, str]) -> tuple[Field, ...]:
        """What the letter still needs and nothing recorded says, in the order of its text."""
        return tuple(field for field in needed_fields(paper) if field.required and not known.get(field.key))

    def unrecorded(self, paper: LetterSource, known: Mapping[str, str]) -> list[Finding]:
        """What has to be recorded before the letter can be written, whatever is said for it."""
        return list(unrecorded_facts(paper, self.case, self.duty, known))

    def provisional_year(self, paper: LetterSource, known: Mapping[str, str]) -> int | None:
        """The year whose holiday notice may still move the date in the letter; None where it says no such date."""
        says = says_provisional_day(paper, self.due, known)
        return self.due.day.year if says and self.due.day else None

    def _held_facts(
        self, paper: LetterSource, facts: Mapping[str, str], given: Mapping[str, str]
    ) -> Iterator[Finding]:
        """Name each fact with what must not go out: anybody else's number, a secrecy mark (条例 art. 14, 15).

        What the office's own file and the applicant's particulars say stands as it is.
        """
        applicant, labels = self._applicant(), template_names(paper.kind)
        sources, public = fact_sources(paper.kind), self.app.wordlist().public
        for key, value in facts.items():
            if key not in given and sources.get(key, "").partition(".")[0] in OWN_SOURCES:
                continue
            said = Manuscript(body=value, addressee_numbers=applicant.numbers)
            held = {
                "letters.held_mark" if ".mark_" in finding.rule else "letters.held_number"
                for finding in blocking_findings(said, self.app.office, public)
            }
            for rule in sorted(held):
                yield Finding(
                    rule=rule,
                    severity=Severity.ERROR,
                    place=key,
                    words={"label": labels.get(key, key)},
                )

    def _applicant(self) -> Applicant:
        with self.app.store.reading() as connection:
            return ApplicantStore(connection, self.app.office.slug).get(self.case.number) or Applicant()

    def _layers(self, paper: LetterSource, counts: FeeCounts) -> list[Mapping[str, str]]:
        applicant = self._applicant()
        own = letter_facts(paper, self.case, self.duty, self.app.office, self.due, applicant=applicant)
        return [own, self._fee_facts(paper, counts)]

    def _fee_facts(self, paper: LetterSource, counts: FeeCounts) -> dict[str, str]:
        """The facts of the fee, by the schedule in force on the day of the request."""
        opening = self.case.opening
        if opening is None or not counts:
            return {}
        schedule = schedule_on(fee_schedules(), opening.happened_on)
        fee = calculate_fee(schedule, items=counts.items, before=counts.before, pages=counts.pages)
        return fee_facts(paper, fee)


def letter_input(app: OfficeApp, case: Case) -> LetterInput:
    """A case with what its letters need. NoLetters where its kind sends none."""
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not letter_sources(duty):
        raise NoLetters(case=case.number)
    return LetterInput(app=app, case=case, duty=duty, due=due_date(case.records, duty, app.known_calendar()))


def ranked_letters(matter: LetterInput) -> list[LetterSource]:
    """Every letter that the case can send, the one that is to be written now first; the answers as they are declared.

    First comes the letter for what was recorded last, then those for the steps to be taken next, in the order in
    which the case's page offers them; then those for what was recorded before, the newest first, and all others.
    """
    steps = [record for record in matter.case.records if isinstance(record, Stepped)]
    history = CaseHistory(
        duty=matter.duty,
        timeline=chronological(matter.case.records, matter.duty),
        calendar=matter.due.calendar,
        today=matter.app.today,
        roles=matter.app.office.roles_of,
    )
    wanted = steps_now(history, matter.case, matter.due, matter.app.office)

    def rank(paper: LetterSource) -> tuple[int, int]:
        if paper.is_answer:  # rests on what must have been, and follows from no step
            return 4, 0
        recorded = [place for place, one in enumerate(steps) if paper.rests_on(one.step, one.facts)]
        if recorded and matter.case.records[-1] is steps[recorded[-1]]:
            return 0, 0
        if coming := [wanted.index(step) for step in paper.steps if step in wanted]:
            return 1, min(coming)
        if recorded or not paper.steps:
            return 2, -recorded[-1] if recorded else 1
        return 3, 0

    return sorted(letter_sources(matter.duty).values(), key=rank)


def chosen_letter(matter: LetterInput, name: str, outcome: str = "") -> LetterSource:
    """The letter of this name; an answer by the outcome the case has or will have.

    NoSuchPaper, OutcomeUnsaid, OtherOutcome.
    """
    known = letter_sources(matter.duty)
    first, _, rest = name.partition(".")
    if first == ANSWER:
        return known[f"{ANSWER}.{_chosen_outcome(matter, outcome or rest)}"]
    if name not in known:
        notices = [paper.key for paper in ranked_letters(matter) if not paper.is_answer]
        raise NoSuchPaper(found=name, known="、".join([*notices, ANSWER]))
    return known[name]


def _chosen_outcome(matter: LetterInput, wanted: str) -> str:
    keys = {row.key: row.label for row in matter.duty.outcomes}
    by_name = {**{label: key for key, label in keys.items()}, **{key: key for key in keys}}
    closed = matter.outcome
    found = by_name.get(wanted, "") if wanted else closed
    if not found:
        known = "、".join(f"{key} {label}" for key, label in keys.items())
        raise OutcomeUnsaid(case=matter.case.number, known=known)
    if closed and found != closed:
        raise OtherOutcome(case=matter.case.number, closed=keys.get(closed, closed), said=keys[found])
    return found


def letter_file_name(case: Case, paper: LetterSource) -> str:
    """What the letter's file is called: the case's number and the letter's name."""
    reference = case.opening.reference if case.opening else ""
    name = UNSAFE_CHARACTERS.sub("-", f"{reference or case.number}-{paper.label}").strip("-. ")
    return f"{name[:MAX_FILE_NAME_LENGTH]}.docx"


def sending_day(said: str, today: date) -> date:
    """The day that a letter bears, which is the day on which it is to be sent; today where none is said.

    Raises NoSendingDay where it is no day, is over, or lies further ahead than any signing takes.
    """
    if not said:
        return today
    found = DAY.fullmatch(said.strip())
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not today <= day <= today + MAX_SENDING_AHEAD:
        raise NoSendingDay(today=chinese_day(today))
    return day


def day_of_letter(lines: Iterable[str]) -> date | None:
    """The day that stands alone in the last such line of a letter; None where there is none."""
    found = [match for line in lines if (match := CHINESE_DAY.fullmatch(line.strip()))]
    try:
        return date(*map(int, found[-1].groups())) if found else None
    except ValueError:
        return None


def may_be_said(paper: LetterSource, field: Field, known: Mapping[str, str]) -> bool:
    """Whether whoever writes the letter may say this fact.

    Dates and sums that the case has stay as they are; what was consented to is recorded, never said.
    """
    if field.key in paper.recorded:
        return False
    return field.key not in fixed_keys(paper.kind) or not known.get(field.key)
