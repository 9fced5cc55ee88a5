"""The types by which a kind of duty is declared: each file of ``config/duties`` declares one kind with them.

The other packages interpret declarations and never compare a kind's key. Every term, step
and outcome stands under its article, so that a date or a refusal can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from config.declarations.keys import ANYONE, COUNTY_FIRST_FIELD, HANDED_ON_STEP, WITHHELD_REVIEWED_STEP
from config.declarations.recurrence import Recurrence
from config.declarations.reminder_ladders import CLERK_ASSIGNEE, Assignee, EscalationPolicy
from config.declarations.requirements import (
    Condition,
    ForwardedStep,
    OutcomeRequirement,
    RequiredFollowUp,
    RequiredNotice,
    RequiredParagraph,
)
from config.declarations.terms import ConditionalTerm, Deliver, Effect, Fulfil, Reassign, ReceiptRule, Term
from config.declarations.villages.month import CaseParts, VillageRound


class FieldType(StrEnum):
    """The types of value a field takes."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    FILE = "file"  # a file by its fingerprint, or where it lies
    WEB = "web"  # the address of a page: http or https, a host, no name and password


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDay:
    """What a form fills a day in with; whoever records the act may write another. [practice], never law."""

    due: bool = False
    """The day on which the case is due: where the act moves it, people see what they move."""
    working_days: int = 0  # else so many after the act's own day; 0 is that day, or the next working day


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing asked for: at the opening of a case, at a step, or at its close."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    role: str = ""
    """Set where the field names a person: the role this person must hold."""
    consent: bool = False
    """True where it says who decided: they record the step themselves, or its paper stands in the evidence field."""
    min_days: int | None = None  # of a day: how many days after the step's own it is at least
    max_days: int | None = None  # and at most
    before_due: bool = False  # whether the day must come before the term ends
    past_only: bool = False  # whether the day cannot lie in the future
    proposed: ProposedDay | None = None
    """What a form fills a day in with; None where nobody can know it but who records it."""
    long: bool = False
    """True where people write sentences: a form gives it several lines."""
    filled_in: bool = False
    """Whether the program fills it in, so that nobody is asked for it."""
    office_value: str = ""
    """What the program writes in from the office's document where it is left empty (``Office.opening_values``)."""
    linked_kind: str = ""
    """Set where the field names a case, by the office's own reference: the kind of that case."""
    copied: Mapping[str, str] = field(default_factory=dict)
    """What an opening takes over from the case it names: its own fields, and those of that case's opening."""


class Moment(StrEnum):
    """When a case counts in a cell of the year's form."""

    OPENED = "opened"  # its opening day lies in the period
    CARRIED_IN = "carried_in"  # open when the period begins
    OPEN_AT_END = "open_at_end"  # open when the period ends
    CLOSED = "closed"  # its closing day lies in the period


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCount:
    """At this moment a case counts one in this cell; ``{column}`` stands for the case's column."""

    moment: Moment
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """One way a case ends, the article it rests on, and the cell it counts in."""

    key: str
    label: str
    article: str
    cell: str = ""
    needs: tuple[OutcomeRequirement, ...] = ()
    answered_steps: tuple[str, ...] = ()
    """Steps whose answer the case must not still be waiting for when this outcome is recorded."""
    notices: tuple[RequiredNotice, ...] = ()  # parties to be told before it
    required_paragraphs: tuple[RequiredParagraph, ...] = ()
    follow_up: RequiredFollowUp | None = None
    withholds: bool = False
    """Whether information is not disclosed by it under arts. 14–16: it is reviewed each year (条例 art. 18)."""
    open_to_villages: bool = False
    """Whether a village may close its own case with it; all others are for the office."""

    def paragraph_keys(self, day: date) -> tuple[str, ...]:
        """The keys of the paragraphs that an answer of this day must contain."""
        return tuple(paragraph.key for paragraph in self.required_paragraphs if paragraph.applies_on(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that can happen to a case after its opening.

    What happened is recorded even where it happened late; then it is shown as late and, after the case was
    due, has no force on its date: a term that has run out is not revived.
    """

    key: str
    label: str
    article: str = ""
    effect: Effect = field(default_factory=Effect)
    fields: tuple[Field, ...] = ()
    main_field: str = ""
    """The field that stands after the colon in ``gongkai clock --step``."""
    prerequisites: tuple[str, ...] = ()
    """Steps of which one must have happened before."""
    once: bool = False
    own_term: Term | None = None
    """The term in which the step itself must be taken, counted from the opening."""
    before_due: bool = False
    """Whether the step must be taken before the case is due."""
    standalone: bool = True
    """False if the step is only recorded as part of another command."""
    refused_when_late: bool = False
    """Whether one taken after the case is due is refused: it would be an act of the office without force."""
    after_close: bool = False
    """Whether it can happen to a closed case."""
    occasional: bool = False
    """Whether it belongs to few cases: it is no stage of each, and nobody is advised to take it."""
    consent_steps: tuple[str, ...] = ()
    """Set where the step asks for a consent: the step that grants it, and the one that refuses it."""
    office_only: bool = False
    """Whether the office alone may record it: people of the villages may not judge their own items."""
    forwarded: ForwardedStep | None = None
    """The step it is in another case; None for almost every step."""
    notices: tuple[RequiredNotice, ...] = ()  # what must have followed an earlier step before it
    requires_approval: bool = False
    """Whether it is taken only once every stage of the duty's chain has signed the text."""
    attested_field: str = ""
    """The field with the SHA-256 of the one file the step attests: only that file can be released."""
    figures: str = ""
    """The field with the SHA-256 of the file's figures: after its release, the year is sealed with these figures."""


FOR_EVER = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Duty:
    """A kind of case: its fields, steps, terms and outcomes, and the cells of the form in which it counts.

    A declaration equals itself alone, so that what was computed by one can be kept under it.
    """

    kind: str
    label: str
    article: str
    term: Term | None = None
    terms: tuple[ConditionalTerm, ...] = ()
    """Terms that take the place of ``term``: the first that applies."""
    since: str = ""
    """The field with the day that starts the term; without it the term runs from the opening."""
    receipt: ReceiptRule | None = None
    has_applicant: bool = False
    """Whether somebody outside applied: who it is stands apart, and only who handles or signs the case reads it."""
    fields: tuple[Field, ...] = ()
    column: str = ""
    """The field that picks the column (or group) of the form a case counts in."""
    steps: tuple[Step, ...] = ()
    outcomes: tuple[CaseOutcome, ...] = ()
    counts: tuple[CellCount, ...] = ()
    chain: str = ""
    """The office's chain that signs its text; once begun, it goes out only when all have signed."""
    chain_field: str = ""
    """The field of the opening that names the chain in its place; none where it is empty."""
    rejected: str = ""  # the outcome for a text that was rejected; empty where it can only be returned
    conditions: tuple[Condition, ...] = ()
    village_round: VillageRound | None = None
    parts: CaseParts | None = None
    """The cases that its cases count; None for almost every kind."""
    recurrence: Recurrence | None = None
    """How the sweep opens its cases; None where a person opens each."""
    notice_year_field: str = ""
    """The field with a year: once the notice on its days off is known, the program closes the case."""
    default_assignee: Assignee = CLERK_ASSIGNEE
    opened_with_text: bool = False
    """Whether its opening brings words and files, which its own form or message takes."""
    closes_with: Mapping[str, str] = field(default_factory=dict)
    """The outcome with which the program closes a case once it has the step: what the case was for is done, and
    known to be. Until then a case whose term is fulfilled waits for its assignee to close it."""
    waits_undated: bool = False
    """Whether an open case waits for its assignee although no day is set for it."""
    buttons: tuple[str, ...] = ()
    """The steps that its card shows as buttons, two at most."""
    kept_years: int | None = None
    """For how many years its papers are kept once it is closed [practice]: ``FOR_EVER``, or None without papers."""
    ladder: EscalationPolicy = ()  # who is told of its term and when, where the office's file says nothing else

    def term_for(self, facts: Mapping[str, str | int], day: date) -> Term | None:
        """The term of a case opened on this day with these facts."""
        return next((each.term for each in self.terms if each.applies_to(facts, day)), self.term)

    @cached_property
    def counted_cells(self) -> frozenset[str]:
        """The cells in which its cases count; ``{column}`` is not filled in."""
        cells = (*(count.cell for count in self.counts), *(outcome.cell for outcome in self.outcomes))
        return frozenset(cell for cell in cells if cell)

    @cached_property
    def attesting_step(self) -> Step | None:
        """The step that attests the file to be released; None where no step does."""
        return next((step for step in self.steps if step.attested_field), None)

    @cached_property
    def delivery(self) -> Deliver | None:
        """The sending of its answer; None where its close is all that counts."""
        return next((step.effect for step in self.steps if isinstance(step.effect, Deliver)), None)

    @property
    def has_own_opening(self) -> bool:
        """Whether the sweep opens its cases, or a form of their own; all others are entered as any case is."""
        return self.recurrence is not None or self.village_round is not None or self.opened_with_text

    @cached_property
    def is_fulfilled_by_step(self) -> bool:
        """Whether its term is for one of its steps, and its close is no act of the office."""
        return any(isinstance(step.effect, Fulfil) for step in self.steps)

    def step(self, key: str) -> Step | None:
        """The declared step, or None."""
        return self._steps_by_key.get(key)

    def outcome(self, key: str) -> CaseOutcome | None:
        """The declared outcome, or None."""
        return self._outcomes_by_key.get(key)

    def field(self, key: str) -> Field | None:
        """The field asked for at the opening, or None."""
        return self._fields_by_key.get(key)

    @cached_property
    def _steps_by_key(self) -> Mapping[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def _outcomes_by_key(self) -> Mapping[str, CaseOutcome]:
        return {outcome.key: outcome for outcome in self.outcomes}

    @cached_property
    def _fields_by_key(self) -> Mapping[str, Field]:
        return {asked.key: asked for asked in self.fields}


Duties = Mapping[str, Duty]
"""Every kind the program knows, by its key."""


def hand_on_step(article: str, *, with_reason: bool = False) -> Step:
    """The step 转交, by which somebody else gets the case; ``with_reason`` where the reason is kept too."""
    recipient = Field(key="to", label="转交给", required=True, role=ANYONE)
    return Step(
        key=HANDED_ON_STEP,
        label="转交",
        article=article,
        effect=Reassign(),
        fields=(recipient, Field(key="reason", label="理由")) if with_reason else (recipient,),
        main_field=recipient.key,
    )


def county_first_field(office_value: str) -> Field:
    """The field that says whether the county reads a case before it is published; the office's list fills it in."""
    return Field(
        key=COUNTY_FIRST_FIELD,
        label="公布以前报县里审核",
        type=FieldType.CHOICE,
        choices={"yes": "是"},
        filled_in=True,
        office_value=office_value,
    )


REVIEW_VERDICTS: Mapping[str, str] = {
    "kept": "继续不予公开",
    "in_part": "部分可以公开",
    "open": "可以公开",
}


def withheld_review_step() -> Step:
    """The step by which what was not disclosed is reviewed, each year anew (条例 art. 18)."""
    return Step(
        key=WITHHELD_REVIEWED_STEP,
        label="评估审查不予公开的信息",
        article="条例第十八条",
        fields=(
            Field(
                key="verdict", label="审查结论", type=FieldType.CHOICE, choices=REVIEW_VERDICTS, required=True
            ),
            Field(key="reason", label="理由", required=True),
        ),
        main_field="verdict",
        after_close=True,
        occasional=True,
    )
