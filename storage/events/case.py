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
from storage.events.events import Amended, Approval, Closed, Entry, Facts, Opened, Record, Stepped


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: ``entries`` as they were recorded, and ``story``, the facts that hold, as they happened."""

    number: int
    entries: tuple[Entry, ...] = ()
    story: tuple[tuple[int, Record], ...] = ()
    """Position in the log and record, in the order of the legal days."""

    @property
    def opening(self) -> Opened | None:
        """The opening that holds; None where it was struck out, which voids the case."""
        return next((record for _, record in self.story if isinstance(record, Opened)), None)

    @property
    def steps(self) -> tuple[Stepped, ...]:
        """The steps that hold, as they happened."""
        return tuple(record for _, record in self.story if isinstance(record, Stepped))

    def taken(self, *steps: str) -> list[Stepped]:
        """These steps by their days; those of one day as they were recorded, so that the last is the last word."""
        placed = ((at, one) for at, one in self.story if isinstance(one, Stepped) and one.step in steps)
        return [one for _, _, one in sorted((one.happened_on, at, one) for at, one in placed)]

    def last_of(self, *steps: str) -> Stepped | None:
        """The newest of these steps; None where none was taken."""
        return next(reversed(self.taken(*steps)), None)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """What happened to its text, as it was recorded: an approval binds what stood before it then."""
        return tuple(entry.record for entry in self.entries if isinstance(entry.record, Approval))

    @property
    def closing(self) -> Closed | None:
        """The first close: the one the year's form counts. A decision on review may reopen what it closed."""
        return next((record for _, record in self.story if isinstance(record, Closed)), None)

    @property
    def facts(self) -> Facts:
        """What was filled in at the opening."""
        return self.opening.facts if self.opening else {}

    def followed_by(self, entries: Iterable[Entry]) -> Case:
        """The case with further entries."""
        together = self.entries + tuple(entries)
        return replace(self, entries=together, story=_story(together))


FOUND_BY = ("title", "name", "village", "origin")
"""Facts of an opening that people look for a case by."""


class Line(NamedTuple):
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


def fold(number: int, entries: Iterable[Entry]) -> Case:
    """The case with this number from its entries."""
    return Case(number=number).followed_by(entries)


def line_of(case: Case, column: str) -> Line | None:
    """A case's row, its column read from the fact so named; None for a void case."""
    opening, closing = case.opening, case.closing
    if opening is None:
        return None
    return Line(
        number=case.number,
        kind=opening.kind,
        reference=opening.reference,
        column=str(opening.facts.get(column, "")),
        opened_on=opening.happened_on,
        closed_on=closing.happened_on if closing else None,
        outcome=closing.outcome if closing else "",
        words=_words(opening.facts),
    )


def _words(facts: Facts) -> str:
    found = [str(facts[key]) for key in FOUND_BY if facts.get(key)]
    return " ".join(["", *found, ""]) if found else ""


def holding(entries: Iterable[Entry]) -> dict[int, Record]:
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


_RANK = {Opened: 0, Stepped: 1, Closed: 2}
"""The facts of a story, and their order within a day. Signatures and erasures are no part of it: they bind in
the order in which they were recorded."""


def _story(entries: tuple[Entry, ...]) -> tuple[tuple[int, Record], ...]:
    facts = [item for item in holding(entries).items() if type(item[1]) in _RANK]
    facts.sort(key=_day_and_rank)
    return tuple(item for _, alike in groupby(facts, key=_day_and_rank) for item in _by_content(list(alike)))


def _by_content(alike: list[tuple[int, Record]]) -> list[tuple[int, Record]]:
    """Within a day and rank by content, never by the order of entry: the same facts are the same story."""
    return sorted(alike, key=lambda item: canonical_record(item[1])) if len(alike) > 1 else alike


def _day_and_rank(item: tuple[int, Record]) -> tuple[date, int]:
    _, record = item
    return record.happened_on, _RANK[type(record)]
