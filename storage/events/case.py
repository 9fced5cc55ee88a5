"""Folds a case from everything that was recorded about it.

Facts may be entered in any order and corrected later, so the fold keeps the entries and sorts the facts in force by
the day on which they happened. Folding in two parts gives the same case as folding in one. A field that cannot be
read as a day or a number counts as missing here; the validator reports it to the person who enters it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from config.declarations.duty import Duty
from config.declarations.keys import CONTENT_FIELD
from config.declarations.villages.month import CaseParts
from storage.events.codec import canonical_record
from storage.events.derived_steps import steps_of_parts
from storage.events.events import Amended, Approval, Closed, Drafted, Facts, LogEntry, Opened, Record, Stepped

SOURCE = "source"
"""The field that says where a fact without details comes from: a paper register, or the calculator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: its ``entries`` in the order of recording, and its facts in force in the order they happened."""

    number: int
    entries: tuple[LogEntry, ...] = ()
    timeline: tuple[tuple[int, Record], ...] = ()
    """Log position and record of each fact in force, in the order of the legal days."""
    parts: tuple[Case, ...] = ()
    """The cases that it counts, where its kind declares such: their facts give it steps in its timeline."""
    counted: CaseParts | None = None

    @property
    def opening(self) -> Opened | None:
        """The opening in force; None where it was struck out, which voids the case."""
        return next((record for _, record in self.timeline if isinstance(record, Opened)), None)

    @property
    def steps(self) -> tuple[Stepped, ...]:
        """The steps in force, in the order they happened."""
        return tuple(record for _, record in self.timeline if isinstance(record, Stepped))

    @property
    def records(self) -> list[Record]:
        """The facts in force, in the order they happened."""
        return [record for _, record in self.timeline]

    def steps_taken(self, *steps: str) -> list[Stepped]:
        """Return these steps by their days; within a day in the order of recording, so that the last one counts."""
        placed = ((at, one) for at, one in self.timeline if isinstance(one, Stepped) and one.step in steps)
        return [one for _, _, one in sorted((one.happened_on, at, one) for at, one in placed)]

    def last_step(self, *steps: str) -> Stepped | None:
        """Return the newest of these steps; None where none was taken."""
        return next(reversed(self.steps_taken(*steps)), None)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """The records about its text in the order of recording, in which they take effect."""
        return tuple(entry.record for entry in self.entries if isinstance(entry.record, Approval))

    @property
    def closing(self) -> Closed | None:
        """The first close, which the annual report counts, even if a decision on review reopened the case later."""
        return next((record for _, record in self.timeline if isinstance(record, Closed)), None)

    @property
    def facts(self) -> Facts:
        """The facts of the opening."""
        return self.opening.facts if self.opening else {}

    def apply(self, entries: Iterable[LogEntry]) -> Case:
        """Return the case with further entries."""
        return self._refolded(self.entries + tuple(entries), self.parts, self.counted)

    def with_parts(self, parts: Iterable[Case], counted: CaseParts) -> Case:
        """Return the case with the steps that the cases it counts give to it."""
        return self._refolded(self.entries, tuple(parts), counted)

    @property
    def last_position(self) -> int:
        """The log position of the newest entry about it or about a case that it counts."""
        return max((entry.position for case in (self, *self.parts) for entry in case.entries[-1:]), default=0)

    def as_of(self, position: int) -> Case:
        """Return the case as it was at a position of the log."""
        if self.last_position <= position:
            return self
        entries = tuple(entry for entry in self.entries if entry.position <= position)
        return self._refolded(entries, tuple(part.as_of(position) for part in self.parts), self.counted)

    def _refolded(
        self, entries: tuple[LogEntry, ...], parts: tuple[Case, ...], counted: CaseParts | None
    ) -> Case:
        facts = list(facts_in_force(entries).items())
        opening = next((one for _, one in facts if isinstance(one, Opened)), None)
        if counted and opening:
            facts += steps_of_parts(opening.reference, self.number, parts, counted)
        return Case(
            number=self.number, entries=entries, timeline=_timeline(facts), parts=parts, counted=counted
        )


SEARCHED_FACTS = ("title", "name", "village", "origin", CONTENT_FIELD)
"""The fields of an opening that the search for cases looks in."""


class CaseLine(NamedTuple):
    """A case as the annual report counts it: a light row, so that a million fit in memory."""

    number: int
    kind: str
    reference: str
    column: str
    opened_on: date
    closed_on: date | None
    outcome: str
    words: str = ""
    """The values it can be searched by besides number and reference, each between two spaces."""
    drafted_on: date | None = None
    """When its first text was submitted for signing; None where it has none."""


class CountLine(NamedTuple):
    """One register entry as the annual report counts it; ``amount_fen`` is in fen, 1/100 yuan."""

    position: int
    matter: str
    happened_on: date
    quantity: int
    amount_fen: int


def chain_kind(case: Case, duty: Duty) -> str:
    """Return the office's chain that signs this case's text; empty for a kind without sign-off."""
    return str(case.facts.get(duty.chain_field, "")) if duty.chain_field else duty.chain


def fold_case(number: int, entries: Iterable[LogEntry]) -> Case:
    """Fold the case with this number from its entries."""
    return Case(number=number).apply(entries)


def case_line(case: Case, column: str) -> CaseLine | None:
    """Return a case's row, its column read from its opening or else a step; None for a void case."""
    opening, closing = case.opening, case.closing
    if opening is None:
        return None
    return CaseLine(
        number=case.number,
        kind=opening.kind,
        reference=opening.reference,
        column=_column_value(case, opening, column),
        opened_on=opening.happened_on,
        closed_on=closing.happened_on if closing else None,
        outcome=closing.outcome if closing else "",
        words=_search_words(opening.facts),
        drafted_on=next((one.happened_on for one in case.approvals if isinstance(one, Drafted)), None),
    )


def _column_value(case: Case, opening: Opened, column: str) -> str:
    """Return the value of a field: of the opening, else of the latest step that has it."""
    if not column or column in opening.facts:
        return str(opening.facts.get(column, ""))
    return next((str(step.facts[column]) for step in reversed(case.steps) if column in step.facts), "")


def _search_words(facts: Facts) -> str:
    found = [str(facts[key]) for key in SEARCHED_FACTS if facts.get(key)]
    return " ".join(["", *found, ""]) if found else ""


def facts_in_force(entries: Iterable[LogEntry]) -> dict[int, Record]:
    """Return the facts in force after every amendment, by the log position of the original entry."""
    facts: dict[int, Record] = {}
    for entry in entries:
        record = entry.record
        if not isinstance(record, Amended):
            facts[entry.position] = record
        elif record.right is None:
            facts.pop(record.position, None)
        else:
            facts[record.position] = record.right
    return facts


_RECORD_ORDER = {Opened: 0, Stepped: 1, Closed: 2}
"""The record types of a timeline, and their order within a day. Approvals and erasures are not among them: they take
effect in the order of recording."""


def _timeline(found: Iterable[tuple[int, Record]]) -> tuple[tuple[int, Record], ...]:
    """Sort facts by day and rank; those of one day and rank by content, never by the order of entry."""
    ranked = [
        ((item[1].happened_on, _RECORD_ORDER[type(item[1])]), item)
        for item in found
        if type(item[1]) in _RECORD_ORDER
    ]
    ranked.sort(key=itemgetter(0))
    if all(one[0] != following[0] for one, following in pairwise(ranked)):
        return tuple(item for _, item in ranked)
    days = groupby(ranked, key=itemgetter(0))
    return tuple(item for _, alike in days for item in _sorted_by_content([item for _, item in alike]))


def _sorted_by_content(alike: list[tuple[int, Record]]) -> list[tuple[int, Record]]:
    return sorted(alike, key=lambda item: canonical_record(item[1])) if len(alike) > 1 else alike


def date_field(facts: Facts, key: str) -> date | None:
    """Return the day written in a field; None where there is none or it is no day."""
    try:
        return date.fromisoformat(str(facts.get(key, "")))
    except ValueError:
        return None


def int_field(facts: Facts, key: str) -> int:
    """Return the whole number written in a field; 0 where there is none or it is no whole number."""
    text = str(facts.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() else 0
