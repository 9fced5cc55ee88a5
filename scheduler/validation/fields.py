"""Checks the fields of a fact: required ones, choices, days, numbers, and the role of a person who is named.

Facts from an office's paper register, and the steps of the calculator, come without details (those are in the
paper file); the fields they do have must still be readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.declarations.duty import Duty, Field, FieldType
from config.hosts import host_of_url
from config.office.roles import ROLES
from scheduler.validation.violations import (
    DayTooEarly,
    DayTooLate,
    FieldMissing,
    FieldUnreadable,
    UnknownField,
    Violation,
    WrongRole,
    violation,
)
from storage.events.case import SOURCE, date_field, int_field
from storage.events.events import Closed, Facts, Opened, Record, Stepped

RoleLookup = Callable[[str], frozenset[str]]
"""Returns the roles of a person by their id."""
CALCULATOR = "calculator"
SOURCES_WITHOUT_DETAILS = {"register", CALCULATOR}
EXAMPLE_VALUES: Mapping[FieldType, str] = {
    FieldType.DAY: "2026-11-04",
    FieldType.NUMBER: "1, 2, 3 …",
    FieldType.WEB: "https://www.example.gov.cn/1.html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _FilledFields:
    """The fields filled in for one fact, with its day and the declaration they belong to."""

    key: str
    label: str
    article: str
    fields: tuple[Field, ...]
    facts: Facts
    day: date

    def words(self, **more: object) -> dict[str, object]:
        return {"name": self.key, "step": self.label, "article": self.article, **more}


def has_no_details(record: Record) -> bool:
    """Whether the fact comes without details: from a paper register or from the calculator."""
    return (
        isinstance(record, Opened | Stepped | Closed) and record.facts.get(SOURCE) in SOURCES_WITHOUT_DETAILS
    )


def declared_fields(record: Record, duty: Duty) -> tuple[Field, ...]:
    """Return the fields that the declaration of a fact asks for."""
    paper = _filled_fields(record, duty)
    return paper.fields if paper else ()


def field_violations(record: Record, duty: Duty, roles: RoleLookup) -> Iterator[Violation]:
    """Yield everything that is wrong with the fields of one fact."""
    paper = _filled_fields(record, duty)
    if paper is None:
        return
    yield from _unknown_fields(paper)
    for asked in paper.fields:
        if str(paper.facts.get(asked.key, "")).strip():
            yield from _unreadable_value(paper, asked)
            if not has_no_details(record):
                yield from _wrong_role(paper, asked, roles)
        elif asked.required and not has_no_details(record):
            words = paper.words(field=asked.key, label=asked.label)
            yield violation(FieldMissing, paper.day, words)


def _filled_fields(record: Record, duty: Duty) -> _FilledFields | None:
    if isinstance(record, Opened):
        named = (duty.kind, duty.label, duty.article, duty.fields)
    elif isinstance(record, Stepped) and (step := duty.step(record.step)):
        named = (step.key, step.label, step.article, step.fields)
    else:
        return None
    key, label, article, fields = named
    return _FilledFields(
        key=key, label=label, article=article, fields=fields, facts=record.facts, day=record.happened_on
    )


def _unknown_fields(paper: _FilledFields) -> Iterator[Violation]:
    known = {asked.key: asked.label for asked in paper.fields}
    for found in sorted(set(paper.facts) - set(known) - {SOURCE}):
        words = paper.words(
            found=found, known=", ".join(known) or "—", known_labels="、".join(known.values()) or "—"
        )
        yield violation(UnknownField, paper.day, words)


def _unreadable_value(paper: _FilledFields, asked: Field) -> Iterator[Violation]:
    found = paper.facts[asked.key]
    words = paper.words(field=asked.key, label=asked.label, found=found)
    if not _VALUE_CHECKS[asked.type](asked, paper.facts):
        allowed = EXAMPLE_VALUES.get(asked.type, "")
        known = ", ".join(asked.choices) or allowed
        labels = "、".join(asked.choices.values()) or allowed
        yield violation(FieldUnreadable, paper.day, {**words, "known": known, "known_labels": labels})
    elif asked.type is FieldType.DAY:
        yield from _day_out_of_bounds(paper, asked, words)


def _day_out_of_bounds(paper: _FilledFields, asked: Field, words: dict[str, object]) -> Iterator[Violation]:
    day = date_field(paper.facts, asked.key)
    if day and asked.min_days is not None and day < (least := paper.day + timedelta(days=asked.min_days)):
        yield violation(DayTooEarly, paper.day, {**words, "least": least})
    if day and asked.max_days is not None and day > (most := paper.day + timedelta(days=asked.max_days)):
        yield violation(DayTooLate, paper.day, {**words, "most": most})


def _wrong_role(paper: _FilledFields, asked: Field, roles: RoleLookup) -> Iterator[Violation]:
    person = str(paper.facts[asked.key])
    if asked.role and asked.role not in roles(person):
        # The role "anyone" has no label: it refuses only people who are not in the office's file.
        role_label = ROLES.get(asked.role, "本单位在册人员")
        words = paper.words(person=person, field=asked.key, label=asked.label, role_label=role_label)
        yield violation(WrongRole, paper.day, words)


_VALUE_CHECKS: Mapping[FieldType, Callable[[Field, Facts], bool]] = {
    FieldType.TEXT: lambda _asked, _facts: True,
    FieldType.FILE: lambda _asked, _facts: True,
    FieldType.CHOICE: lambda asked, facts: facts[asked.key] in asked.choices,
    FieldType.DAY: lambda asked, facts: date_field(facts, asked.key) is not None,
    FieldType.NUMBER: lambda asked, facts: int_field(facts, asked.key) > 0,
    FieldType.WEB: lambda asked, facts: bool(host_of_url(str(facts[asked.key]))),
}
