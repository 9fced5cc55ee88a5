"""Labels of declared things, by language: the official labels in Chinese, the keys in English.

A declaration holds its Chinese label and no other: it is the law's own word. In English its key is read out,
which is English already; a second list of labels would only drift from the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.language.phrasebook import Phrasebook
from config.clock import clock_time
from config.declarations.annual_dates import ANNUAL_TERM_FIELDS, CALENDAR, DATE_RULES, AnnualTerm
from config.declarations.duty import Duty, Field, FieldType
from config.declarations.keys import (
    MATTER_KIND,
    MONTH_FIELD,
    NAME_FIELD,
    ORIGIN_FIELD,
    TITLE_FIELD,
    VILLAGE_FIELD,
    YEAR_FIELD,
)
from config.declarations.terms import MonthTerm
from config.office.model import Office
from config.reporting.registers import ACTIVITIES_BY_KEY as ACTIVITIES
from config.reporting.registers import REGISTERS_BY_KEY
from scheduler.sweep.results import ACTOR
from scheduler.terms.deadlines import DueDate
from scheduler.worklist.pending import PendingAction, WaitKind
from storage.content.applicant import Applicant
from storage.events.account_events import TERMINAL
from storage.events.case import int_field
from storage.events.codec import encode_record
from storage.events.events import Closed, Facts, Opened, Record, Stepped
from storage.events.office_events import ActivityHeld, Counted
from storage.proofread.personal_data.detector import doubtful_particulars
from storage.reporting.report import format_figure

CHINESE = "zh"
ADDRESS_PREFIX = "@"
"""Begins the recipient of a notice that goes to an address and not to a person: ``@channel address``."""
ANNUAL_DAY_FIELDS = {field.key for field in ANNUAL_TERM_FIELDS}
PERSON_KEYS = {"person", "deputy", "deputy_for", "to", "invited_by"}
"""Fields of a record that name a person."""
PLACE_FIELDS = {ORIGIN_FIELD, VILLAGE_FIELD}
"""Fields of a case that name a department or a village."""
HIDDEN_KEYS = {"type", "case", "happened_on", "digest", "account"}
SIGNATURE_KEYS = {
    "manifest",
    "route",
    "relied_on",
    "authors",
    "meaning",
    "said_at",
    "facts",
    "decision",
    "by",
    "post",
    "basis",
}
"""Fields of a record that its text's page shows, or that every entry shows beside it."""


class Declared(Protocol):
    """Anything with a key and a label."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

    @property
    def label(self) -> str:
        """Its official label."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels that one person reads: in their language, with the office's names."""

    book: Phrasebook
    office: Office

    def label(self, declared: Declared) -> str:
        """The label of a step, an outcome, a field or a register."""
        return self._label_or_key(declared.key, declared.label)

    def duty(self, duty: Duty) -> str:
        """The label of a kind of case."""
        return self._label_or_key(duty.kind, duty.label)

    def wait_label(self, wait: PendingAction) -> str:
        """The label of a pending action: the name of its stage, or the words for its kind."""
        passing = wait.what in {WaitKind.VACANT, WaitKind.OVERRIDE}
        return (
            self.book.say(f"talk.what.{wait.what}", stage=wait.stage)
            if passing or not wait.stage
            else wait.stage
        )

    def notice(self, what: str, topic: str, basis: str) -> str:
        """What a notice is about: the words for its kind, or the sentence in which an occasion is told."""
        named = f"talk.what.{what}"
        if named in self.book.phrases:
            return self.book.say(named, stage="")
        said = self.book.say(topic, number="", day="", who=self.post(basis), count=1)
        return said.partition(self.book.say("page.stop"))[0].rstrip(".")

    def recipient(self, person: str, held: Mapping[str, str]) -> str:
        """Whom a notice goes to: a post; of an address the post or group that has it, with its channel.

        ``held`` are the people and groups by the recipient that stands for their address.
        """
        if not person.startswith(ADDRESS_PREFIX):
            return self.post(person)
        channel, _, address = person.removeprefix(ADDRESS_PREFIX).partition(" ")
        return self.book.say(
            "page.delivery.to_address",
            who=self.post(held.get(person, address)),
            channel=self.channel(channel),
        )

    def delivery_fault(self, why: str) -> str:
        """Why something was not delivered, in words; a fault of the program by its name in the log of faults."""
        known = f"page.delivery.why.{why}"
        if not why or known in self.book.phrases:
            return self.book.say(known) if why else ""
        return self.book.say("page.delivery.fault", name=why)

    def choice(self, field: Field, key: object) -> str:
        """The label of one of a field's choices; the key itself where it is none of them."""
        return self._label_or_key(str(key), field.choices.get(str(key), str(key)))

    def post(self, person: str) -> str:
        """A person's post; the id itself for anybody who is not of the office (an import, a demo)."""
        if person == ACTOR:  # recorded by the program itself
            return self.book.say("page.system")
        if person == TERMINAL:
            return self.book.say("page.terminal")
        return self.office.post_of(person)

    def place(self, place: str) -> str:
        """The name of a department or a village; the id itself where it is neither."""
        return dict(self.places(ORIGIN_FIELD)).get(place, place)

    def channel(self, name: str) -> str:
        """What a channel is called; its own name where no phrase has another."""
        keys = (f"page.people.channel.{name}", f"channels.name.{name}")
        return next((self.book.say(key) for key in keys if key in self.book.phrases), name)

    def places(self, key: str) -> tuple[tuple[str, str], ...]:
        """The ids and names that a field for a place can take; none for any other field."""
        if key not in PLACE_FIELDS:
            return ()
        villages = tuple((row.id, row.name) for row in self.office.villages)
        departments = tuple((row.id, row.name) for row in self.office.departments)
        return villages if key == VILLAGE_FIELD else (*departments, *villages)

    def matters(self, field: Field) -> tuple[tuple[str, str], ...]:
        """The matters of the office's catalogue, where a field names one; none for any other field."""
        if field.linked_kind != MATTER_KIND:
            return ()
        return tuple((matter.name, matter.name) for matter in self.office.matters)

    def day(self, day: date | None, *, provisional: bool = False, unconfirmed: bool = False) -> str:
        """A date with its weekday, whether it is provisional, and whether its basis was not read in a source."""
        if day is None:
            return self.book.say("page.no_day")
        return self.book.day(day, provisional=provisional, unconfirmed=unconfirmed)

    def due_day(self, due: DueDate) -> str:
        """The day on which a case is due, with its marks."""
        return self.day(due.day, provisional=due.provisional, unconfirmed=due.unconfirmed)

    def moment(self, at: datetime) -> str:
        """A moment as date and time in the office's zone."""
        return clock_time(at)

    def case_title(self, opening: Opened | None, number: int) -> str:
        """The title of a case: its village or title, and its reference; never an applicant."""
        if opening is None:
            return self.book.say("page.case", number=number)
        facts = {key: str(value) for key, value in opening.facts.items()}
        month = facts.get(MONTH_FIELD, "")
        # A yearly date has a month too, but that is a rule for its day; a round's is "2025-03".
        named = (
            self._village_name(facts),
            facts.get(TITLE_FIELD),
            facts.get(NAME_FIELD),
            month if "-" in month else "",
        )
        parts = [part for part in named if part]
        if not parts and facts.get(YEAR_FIELD):
            return self.book.say("card.year", year=facts[YEAR_FIELD])
        return " ".join(parts) or opening.reference or self.book.say("page.case", number=number)

    def _village_name(self, facts: Mapping[str, str]) -> str:
        return dict(self.places(VILLAGE_FIELD)).get(facts.get(VILLAGE_FIELD, ""), "")

    def fact(self, field: Field | None, value: object) -> str:
        """The value of a field, as a person reads it."""
        if field is None:
            return str(value)
        if field.role:
            return self.post(str(value))
        if field.key in PLACE_FIELDS:
            return self.place(str(value))
        return self.choice(field, value) if field.type is FieldType.CHOICE else str(value)

    def facts(self, fields: tuple[Field, ...], facts: Facts) -> list[tuple[str, str]]:
        """The filled-in fields with their labels; facts that no field declares (the source) come last."""
        known = [(field, facts[field.key]) for field in fields if field.key in facts]
        others = sorted(set(facts) - {field.key for field in fields})
        shown = [(self.label(field), self.fact(field, value)) for field, value in known]
        return shown + [(self._undeclared(key), str(facts[key])) for key in others]

    def _undeclared(self, key: str) -> str:
        phrase = f"page.fact.{key}"
        return self.book.say(phrase) if phrase in self.book.phrases else key

    def _label_or_key(self, key: str, label: str) -> str:
        return label if self.book.language == CHINESE else key.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """A recorded fact as a person reads it."""

    title: str
    day: str
    facts: tuple[tuple[str, str], ...]


def describe_event(record: Record, duty: Duty | None, labels: Labels) -> EventText:
    """What a record says."""
    title, facts = _event_parts(record, duty, labels)
    return EventText(title=title, day=labels.day(record.happened_on), facts=tuple(facts))


def _event_parts(record: Record, duty: Duty | None, labels: Labels) -> tuple[str, list[tuple[str, str]]]:
    say = labels.book.say
    if isinstance(record, Opened):
        name = labels.duty(duty) if duty else record.kind
        own = duty and duty.has_own_opening  # its reference is the program's own, and nobody's name for it
        reference = labels.case_title(record, record.case) if own else record.reference
        title = say("page.told.opened", duty=name, reference=reference)
        return title, opening_facts(duty, record.facts, labels) if duty else labels.facts((), record.facts)
    if isinstance(record, Stepped):
        step = duty.step(record.step) if duty else None
        return labels.label(step) if step else record.step, labels.facts(
            step.fields if step else (), record.facts
        )
    if isinstance(record, Closed):
        outcome = duty.outcome(record.outcome) if duty else None
        name = labels.label(outcome) if outcome else record.outcome
        return say("page.told.closed", outcome=name), labels.facts((), record.facts)
    if isinstance(record, Counted):
        return describe_count(record, labels), []
    if isinstance(record, ActivityHeld):
        return _activity_parts(record, labels)
    return _undeclared_event_parts(record, labels)


def _undeclared_event_parts(record: Record, labels: Labels) -> tuple[str, list[tuple[str, str]]]:
    """A fact that has no declaration: its type in words, and its parts as they stand."""
    data = encode_record(record)
    name, phrases = str(data["type"]), labels.book.phrases
    silent = (
        HIDDEN_KEYS | SIGNATURE_KEYS | ({"deputy_for"} if data.get("deputy_for_post") else set())
    )  # said once
    parts = [(key, str(value)) for key, value in data.items() if value and key not in silent]
    parts = [(key, labels.post(value) if key in PERSON_KEYS else value) for key, value in parts]
    known = {"reason": labels.book.say("page.reason")}
    known |= {key: phrases[f"page.part.{key}"] for key, _ in parts if f"page.part.{key}" in phrases}
    title = phrases.get(f"page.told.{name}", name.replace("_", " "))
    return title, [(known.get(key, key), value) for key, value in parts]


def describe_count(record: Counted, labels: Labels) -> str:
    """What was counted, and how much."""
    register = REGISTERS_BY_KEY.get(record.matter)
    name = labels.label(register) if register else record.matter
    if register and register.money:
        return labels.book.say("page.told.money", matter=name, amount=format_figure(record.amount_yuan))
    return labels.book.say("page.told.counted", matter=name, quantity=record.quantity)


def _activity_parts(record: ActivityHeld, labels: Labels) -> tuple[str, list[tuple[str, str]]]:
    """What was held, whom it reached, and where the proof lies."""
    known, say = ACTIVITIES.get(record.matter), labels.book.say
    kind = labels.label(known) if known else record.matter
    facts = [(say("page.held.reached"), str(record.reached))]
    if record.evidence:
        facts.append((say("page.held.evidence"), record.evidence))
    return say("page.held.told", kind=kind, title=record.title), facts


DOUBTS = {"contact": "private.doubt.contact", "identity_number": "private.doubt.identity_number"}


def particulars_doubts(applicant: Applicant | None, book: Phrasebook) -> tuple[str, ...]:
    """What looks mistyped in an applicant's particulars, a sentence each; none of them says a value."""
    return tuple(book.say(DOUBTS[key]) for key in doubtful_particulars(applicant)) if applicant else ()


def opening_facts(duty: Duty, facts: Facts, labels: Labels) -> list[tuple[str, str]]:
    """What an opening was filled in with, the fields that name its day as one line where the first of them stands."""
    term = duty.term
    if isinstance(term, MonthTerm):
        named, rule = {term.rule, term.number}, _month_rule_text(term, facts, labels)
    elif isinstance(term, AnnualTerm) and facts.get("rule"):
        named, rule = ANNUAL_DAY_FIELDS, _year_rule_text(term, facts, labels, duty)
    else:
        return labels.facts(duty.fields, facts)
    return list(_with_rule_line(duty, facts, labels, named, rule))


def _with_rule_line(
    duty: Duty, facts: Facts, labels: Labels, named: set[str], rule: str
) -> Iterator[tuple[str, str]]:
    before = [field.key for field in duty.fields]
    first = min(before.index(key) for key in named)
    ahead = tuple(field for field in duty.fields[:first])
    behind = tuple(field for field in duty.fields[first:] if field.key not in named)
    shown = {field.key for field in ahead}
    yield from labels.facts(ahead, {key: value for key, value in facts.items() if key in shown})
    if duty.term:
        yield labels.label(duty.term), rule
    yield from labels.facts(behind, {key: value for key, value in facts.items() if key not in shown | named})


def _month_rule_text(term: MonthTerm, facts: Facts, labels: Labels) -> str:
    return labels.book.say(f"page.rule.month.{facts[term.rule]}", number=facts.get(term.number, ""))


def _year_rule_text(term: AnnualTerm, facts: Facts, labels: Labels, duty: Duty) -> str:
    """The day itself, what it hangs on, and which way it goes where it can fall on a day off."""
    say, chosen = labels.book.say, {}
    for key in ("way", "unit", "root_moves", "moves"):
        field = duty.field(key)
        chosen[key] = labels.choice(field, facts[key]) if field and facts.get(key) else ""
    year = int_field(facts, term.year) + term.years_later
    rule = say(f"page.rule.{facts['rule']}", year=year, month=facts["month"], number=facts.get("number", ""))
    offset, counted = int_field(facts, "offset"), facts.get("unit") == CALENDAR
    can_be_off = DATE_RULES[str(facts["rule"])].can_be_day_off
    if offset:
        said = chosen | {"root": rule, "offset": offset}
        key = "apart" if chosen["root_moves"] and can_be_off else "apart_from_workday"
        rule = say(f"page.rule.{key}", **said)
        can_be_off = counted
    return say("page.rule.moves", rule=rule, moves=chosen["moves"]) if can_be_off else rule
