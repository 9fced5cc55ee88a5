"""Scores a village's month by a scoring scheme, line by line; the total is the sum of the lines.

Only outcomes are scored: items, adoptions, and lateness of the village's own report. How quickly anybody read or
answered is not known here and cannot be ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from config.reporting.scoring_schemes import ZERO_POINTS, ScoringScheme

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """An item that was adopted at some level. ``grade`` counts from 0; ``points`` are given by a person, or 0."""

    title: str
    level: str
    item: int = 0
    """The number of the item's case: two items can have one title."""
    address: str = ""
    """Where it stands, where that was recorded."""
    grade: int = 0
    points: Decimal = ZERO_POINTS


class Quarter(NamedTuple):
    """The totals of a quarter: items submitted, and items adopted at any level."""

    items: int
    adopted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """The facts of a village's month that a scheme scores."""

    minimum: int = 0
    items: int = 0
    reported: bool = False
    late: bool = False
    adoptions: tuple[Adoption, ...] = ()
    rejected: int = 0
    commissioned: int = 0
    mistaken: int = 0
    quarter: Quarter | None = None
    """Set for the last month of a quarter only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """One line of a score: ``count`` times ``each`` points. ``why`` is the key of a sentence (``month.score.*``)."""

    why: str
    each: Decimal
    count: int = 1
    title: str = ""
    level: str = ""
    item: int = 0

    @property
    def points(self) -> Decimal:
        """The points of the line."""
        return self.count * self.each


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of a month with the lines that explain it."""

    lines: tuple[ScoreLine, ...]
    pass_mark: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the lines in points."""
        return sum((line.points for line in self.lines), ZERO_POINTS)

    @property
    def passes(self) -> bool:
        """Whether the total reaches the scheme's pass mark; True where it has none."""
        return self.pass_mark is None or self.total >= self.pass_mark


def score(month: MonthFacts, scheme: ScoringScheme) -> Score:
    """Return the score of a month under a scheme."""
    lines = [line for line in _lines(month, scheme) if line.points]
    total = sum((line.points for line in lines), ZERO_POINTS)
    if scheme.cap is not None and total > scheme.cap:
        lines.append(ScoreLine(why="cap", each=scheme.cap - total))
    return Score(lines=tuple(lines), pass_mark=scheme.pass_mark)


def _lines(month: MonthFacts, scheme: ScoringScheme) -> Iterator[ScoreLine]:
    yield ScoreLine(why="base", each=scheme.points_for("base"))
    if month.items >= month.minimum and month.reported:
        yield ScoreLine(why="met", each=scheme.points_for("met"))
    yield from _shortfall(month, scheme)
    if month.late:
        yield ScoreLine(why="late", each=scheme.points_for("late"))
    for why in ("rejected", "commissioned", "mistaken"):
        yield ScoreLine(why=why, each=scheme.points_for(why), count=getattr(month, why))
    yield from _adoption_lines(month.adoptions, scheme)
    rate, quarter = scheme.rate, month.quarter
    if rate and quarter and quarter.adopted * PERCENT < rate.under_percent * quarter.items:
        yield ScoreLine(why="rate", each=rate.points)


def _shortfall(month: MonthFacts, scheme: ScoringScheme) -> Sequence[ScoreLine]:
    """Return the lines for a missing, an empty or a short report: the worst of them, or all, as the scheme says."""
    short = max(0, month.minimum - month.items)
    found = [
        [ScoreLine(why="missing", each=scheme.points_for("missing"), count=int(not month.reported))],
        [ScoreLine(why="empty", each=scheme.points_for("empty"), count=int(not month.items))],
        [
            ScoreLine(why="missed", each=scheme.points_for("missed"), count=int(short > 0)),
            ScoreLine(why="per_short", each=scheme.points_for("per_short"), count=short),
        ],
    ]
    if scheme.shortfall == "all":
        return [line for lines in found for line in lines]
    return min(found, key=lambda lines: sum(line.points for line in lines))


def _adoption_lines(adoptions: Sequence[Adoption], scheme: ScoringScheme) -> Iterator[ScoreLine]:
    """Yield a line for each item, for its best adoption; or for every adoption, where the scheme counts each."""
    lines = [_adoption_line(adoption, scheme) for adoption in adoptions]
    if scheme.count == "each":
        yield from lines
        return
    best: dict[tuple[int, str], ScoreLine] = {}
    for line in lines:
        place = line.item, line.title
        if place not in best or line.points > best[place].points:
            best[place] = line
    yield from best.values()


def _adoption_line(adoption: Adoption, scheme: ScoringScheme) -> ScoreLine:
    level = scheme.levels.get(adoption.level)
    points = level.points_of_item(adoption.grade, adoption.points) if level else ZERO_POINTS
    return ScoreLine(
        why="adopted", each=points, title=adoption.title, level=adoption.level, item=adoption.item
    )
