"""What a village's month is worth by a scheme, line by line: the total is the sum of its lines and no more.

What is scored is outcomes: items, adoption, lateness of the village's own report. How quickly anybody read or
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
    """An item that was adopted somewhere. ``grade`` counts from 0; ``points`` are given by a person, or 0."""

    title: str
    level: str
    grade: int = 0
    points: Decimal = ZERO_POINTS


class Quarter(NamedTuple):
    """What a quarter came to: items handed in, and items adopted anywhere."""

    items: int
    adopted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """What a scheme looks at."""

    minimum: int = 0
    items: int = 0
    reported: bool = False
    late: bool = False
    adoptions: tuple[Adoption, ...] = ()
    rejected: int = 0
    commissioned: int = 0
    mistaken: int = 0
    quarter: Quarter | None = None
    """Of a quarter's last month only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """So many times something that is worth so much. ``why`` is the key of a sentence (``month.score.*``)."""

    why: str
    each: Decimal
    count: int = 1
    title: str = ""
    level: str = ""

    @property
    def points(self) -> Decimal:
        """What it adds."""
        return self.count * self.each


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score that explains itself."""

    lines: tuple[ScoreLine, ...]
    pass_mark: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.points for line in self.lines), ZERO_POINTS)

    @property
    def passes(self) -> bool:
        """Whether it is up to the scheme's standard, where there is one."""
        return self.pass_mark is None or self.total >= self.pass_mark


def score(month: MonthFacts, scheme: ScoringScheme) -> Score:
    """What the month is worth."""
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
    """What a missing, an empty or a short month costs: the worst of it, or all."""
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
    """Each item once, for what it brings most; or each time it was adopted."""
    lines = [_adoption_line(adoption, scheme) for adoption in adoptions]
    if scheme.count == "each":
        yield from lines
        return
    best: dict[str, ScoreLine] = {}
    for line in lines:
        if line.title not in best or line.points > best[line.title].points:
            best[line.title] = line
    yield from best.values()


def _adoption_line(adoption: Adoption, scheme: ScoringScheme) -> ScoreLine:
    level = scheme.levels.get(adoption.level)
    worth = level.points_of_item(adoption.grade, adoption.points) if level else ZERO_POINTS
    return ScoreLine(why="adopted", each=worth, title=adoption.title, level=adoption.level)
