"""A case: the fold of everything that was recorded about it.

Facts may be entered in any order and mended later, so the fold keeps what was entered and lays the facts
in the order in which they happened. Folding in two parts equals folding in one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from config.declarations.duty import Duty
from storage.events.codec import canonical_record
from storage.events.events import Amended, Approval, Closed, Facts, LogEntry, Opened, Record, Stepped


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: ``entries`` as they were recorded, and ``timeline``, the facts that hold, as they happened."""

    number: int
    entries: tuple[LogEntry, ...] = ()
    timeline: tuple[tuple[int, Record], ...] = ()
    """Position in the log and record, in the order of the legal days."""

    @property
    def opening(self) -> Opened | None:
        """The opening that holds; None where it was struck out, which voids the case."""
        return next((record for _, record in self.timeline if isinstance(record, Opened)), None)

    @property
    def steps(self) -> tuple[Stepped, ...]:
        """The steps that hold, as they happened."""
        return tuple(record for _, record in self.timeline if isinstance(record, Stepped))

    def steps_taken(self, *steps: str) -> list[Stepped]:
        """These steps by their days; those of one day as they were recorded, so that the last is the last word."""
        placed = ((at, one) for at, one in self.timeline if isinstance(one, Stepped) and one.step in steps)
        return [one for _, _, one in sorted((one.happened_on, at, one) for at, one in placed)]

    def last_step(self, *steps: str) -> Stepped | None:
        """The newest of these steps; None where none was taken."""
        return next(reversed(self.steps_taken(*steps)), None)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """What happened to its text, as it was recorded: an approval binds what stood before it then."""
        return tuple(entry.record for entry in self.entries if isinstance(entry.record, Approval))

    @property
    def closing(self) -> Closed | None:
        """The first close: the one the year's form counts. A decision on review may reopen what it closed."""
        return next((record for _, record in self.timeline if isinstance(record, Closed)), None)

    @property
    def facts(self) -> Facts:
        """What was filled in at the opening."""
        return self.opening.facts if self.opening else {}

    def apply(self, entries: Iterable[LogEntry]) -> Case:
        """The case with further entries."""
        together = self.entries + tuple(entries)
        return replace(self, entries=together, timeline=_timeline(together))


SEARCHED_FACTS = ("title", "name", "village", "origin")
"""Facts of an opening that people look for a case by."""


class CaseLine(NamedTuple):
    """A case as the year's form sees it: one light row, for a million of them."""

    number: int
    kind: str
    reference: str
    column: str
    opened_on: date
    closed_on: date | None
    outcome: str
    words: str = ""
    """What it is found by besides its number and reference, each between two spaces: its title, its place."""


class CountLine(NamedTuple):
    """One entry of a register as the year's form sees it; ``amount_fen`` is in 1/100 yuan."""

    position: int
    matter: str
    happened_on: date
    quantity: int
    amount_fen: int


def chain_kind(case: Case, duty: Duty) -> str:
    """Which of the office's chains signs this case's text; empty where nobody does."""
    return str(case.facts.get(duty.chain_field, "")) if duty.chain_field else duty.chain


def fold_case(number: int, entries: Iterable[LogEntry]) -> Case:
    """The case with this number from its entries."""
    return Case(number=number).apply(entries)


def case_line(case: Case, column: str) -> CaseLine | None:
    """A case's row, its column read from the fact so named; None for a void case."""
    opening, closing = case.opening, case.closing
    if opening is None:
        return None
    return CaseLine(
        number=case.number,
        kind=opening.kind,
        reference=opening.reference,
        column=str(opening.facts.get(column, "")),
        opened_on=opening.happened_on,
        closed_on=closing.happened_on if closing else None,
        outcome=closing.outcome if closing else "",
        words=_search_words(opening.facts),
    )


def _search_words(facts: Facts) -> str:
    found = [str(facts[key]) for key in SEARCHED_FACTS if facts.get(key)]
    return " ".join(["", *found, ""]) if found else ""


def facts_in_force(entries: Iterable[LogEntry]) -> dict[int, Record]:
    """The facts that hold after every amendment, by the position of the entry each one stands for."""
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
"""The facts of a story, and their order within a day. Signatures and erasures are no part of it: they bind in
the order in which they were recorded."""


def _timeline(entries: tuple[LogEntry, ...]) -> tuple[tuple[int, Record], ...]:
    facts = [item for item in facts_in_force(entries).items() if type(item[1]) in _RECORD_ORDER]
    facts.sort(key=_day_and_rank)
    return tuple(
        item for _, alike in groupby(facts, key=_day_and_rank) for item in _sorted_by_content(list(alike))
    )


def _sorted_by_content(alike: list[tuple[int, Record]]) -> list[tuple[int, Record]]:
    """Within a day and rank by content, never by the order of entry: the same facts are the same story."""
    return sorted(alike, key=lambda item: canonical_record(item[1])) if len(alike) > 1 else alike


def _day_and_rank(item: tuple[int, Record]) -> tuple[date, int]:
    _, record = item
    return record.happened_on, _RECORD_ORDER[type(record)]
