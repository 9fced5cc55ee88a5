"""Derives the questions of an act (open a case, take a step, close a case) from its declaration.

The chat asks them one after the other, the page shows them as the fields of one form. Whether an answer may stand is
judged by the recorder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.language.labels import Labels
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.terms import Reassign
from config.office.model import Office, Person
from scheduler.worklist.next_reference import MAX_LOOKED_AT, next_reference
from storage.eventlog.projections import CaseProjections

DAY, OUTCOME, REFERENCE = "day", "outcome", "reference"
"""Keys of the questions that no declared field asks: the legal day, the outcome and the case's reference."""
FREE_TYPES = frozenset({FieldType.TEXT, FieldType.FILE, FieldType.WEB})
"""Types of fields that are answered in words of one's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that an act asks for."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    """Key and label of each possible answer; empty where any text is one."""
    required: bool = True
    default: str = ""
    """The answer that is suggested; empty where none is."""
    field: Field | None = None
    """The declared field it asks for; None for the day, the outcome, the reference and whom a task goes to."""

    @property
    def is_free(self) -> bool:
        """Whether it is answered in words of one's own."""
        return self.type in FREE_TYPES and not self.choices


def opening_questions(
    labels: Labels, duty: Duty, *, actor: str = "", reference: str = ""
) -> tuple[Question, ...]:
    """What opens a case of a kind: its reference, its legal day, and the kind's fields; ``reference`` is proposed."""
    return (
        replace(reference_question(labels), default=reference),
        Question(key=DAY, label=opening_day_label(labels, duty), type=FieldType.DAY),
        *(field_question(labels, field, actor=actor) for field in duty.fields if not field.filled_in),
    )


def proposed_reference(index: CaseProjections, duty: Duty, today: date, office: Office) -> str:
    """The number that a new case of a kind would have by itself; empty where its cases are not numbered."""
    newest = index.newest_references(duty.kind, date(today.year - 1, 1, 1), MAX_LOOKED_AT)
    return next_reference(newest, duty, today, office.short_name)


def step_questions(
    labels: Labels,
    step: Step,
    *,
    candidates: Sequence[Person] = (),
    parties: Mapping[str, Sequence[str]] | None = None,
    days: Mapping[str, date] | None = None,
    actor: str = "",
) -> tuple[Question, ...]:
    """What a step asks: its legal day and its fields.

    ``candidates`` can take the case over where the step reassigns it; ``parties`` are, by the key of a field, the
    names that may be answered there; ``days`` are proposed.
    """
    to = step.effect.to if isinstance(step.effect, Reassign) else ""
    return (
        Question(key=DAY, label=labels.book.say("page.happened_on"), type=FieldType.DAY),
        *(
            field_question(
                labels,
                field,
                candidates=candidates if field.key == to else (),
                parties=(parties or {}).get(field.key, ()),
                day=(days or {}).get(field.key),
                actor=actor,
            )
            for field in step.fields
        ),
    )


def closing_questions(
    labels: Labels, outcomes: Sequence[CaseOutcome], *, articles: bool = False
) -> tuple[Question, ...]:
    """What closes a case: the legal day and the outcome."""
    return (
        Question(key=DAY, label=labels.book.say("page.closed_on"), type=FieldType.DAY),
        outcome_question(labels, outcomes, articles=articles),
    )


def reference_question(labels: Labels) -> Question:
    """The reference by which a case is found."""
    return Question(key=REFERENCE, label=labels.book.say("page.reference"))


def outcome_question(labels: Labels, outcomes: Sequence[CaseOutcome], *, articles: bool = False) -> Question:
    """The choice of an outcome; with ``articles`` each is followed by the article it rests on."""
    choices = tuple((each.key, _outcome_label(labels, each, articles=articles)) for each in outcomes)
    return Question(
        key=OUTCOME, label=labels.book.say("page.outcome"), type=FieldType.CHOICE, choices=choices
    )


def person_question(key: str, label: str, people: Sequence[Person]) -> Question:
    """The choice of one of some people, such as those who can take a task over."""
    return Question(key=key, label=label, type=FieldType.CHOICE, choices=_person_choices(people))


def field_question(
    labels: Labels,
    field: Field,
    *,
    candidates: Sequence[Person] = (),
    parties: Sequence[str] = (),
    day: date | None = None,
    actor: str = "",
) -> Question:
    """What a declared field asks.

    A field that names a person is answered by one of the ``candidates``, else by a holder of its role, else by
    anybody of the office; a field that names a place by one of the office's places. The default is the only person
    who can be meant, or the ``actor`` where they hold the role; of a day the ``day`` that is proposed.
    """
    people = candidates or _people_of_role(labels.office, field.role)
    choices = (
        *((key, labels.choice(field, key)) for key in field.choices),
        *_person_choices(people),
        *((name, name) for name in parties),
        *labels.places(field.key),
        *labels.matters(field),
    )
    answers = [*(person.id for person in people), *parties]
    holds_role = (
        field.role and not candidates and actor in {one.id for one in labels.office.holders(field.role)}
    )
    return Question(
        key=field.key,
        label=labels.label(field),
        type=FieldType.CHOICE if choices else field.type,
        choices=choices,
        required=field.required,
        default=day.isoformat() if day else answers[0] if len(answers) == 1 else actor if holds_role else "",
        field=field,
    )


def opening_day_label(labels: Labels, duty: Duty) -> str:
    """The label of the day that opens a case of a kind."""
    if duty.has_own_opening:
        return labels.book.say("page.opened_by_itself_on")
    return labels.book.say("page.opened_on" if duty.receipt else "page.began_on")


def typed_answer(field: Field, text: str) -> str | int:
    """An answer as the log records it: a whole number where the field counts, else the text."""
    return int(text) if field.type is FieldType.NUMBER and text.isascii() and text.isdigit() else text


def _outcome_label(labels: Labels, outcome: CaseOutcome, *, articles: bool) -> str:
    name, article = labels.label(outcome), outcome.article
    return (
        labels.book.say("page.outcome_article", outcome=name, article=article)
        if articles and article
        else name
    )


def _person_choices(people: Sequence[Person]) -> tuple[tuple[str, str], ...]:
    return tuple((person.id, person.post) for person in people)


def _people_of_role(office: Office, role: str) -> tuple[Person, ...]:
    """The holders of a role, or everybody where nobody holds it; nobody where the field names no person."""
    return (office.holders(role) or office.people) if role else ()
