"""Scoring schemes: the points of a village's month, as data. Every county has its own; none is the default.

A scheme is one file: shipped ones in ``config/data/schemes``, an office's own in ``schemes/`` of its folder.
A month keeps the scheme it was opened with, so a changed scheme is a new file under a new name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from config.errors import BadInput, Refusal
from config.findings import Finding
from config.toml_lines import syntax_error_line

ADOPTION_LEVELS = ("town", "county", "city", "province")
"""The levels at which an item is adopted, the lowest first."""
ZERO_POINTS = Decimal(0)
POINT_KEYS = (
    "base",
    "met",
    "missed",
    "per_short",
    "late",
    "missing",
    "empty",
    "rejected",
    "commissioned",
    "mistaken",
)
BOUND_KEYS = ("cap", "pass")
CHOICES: Mapping[str, tuple[str, ...]] = {"shortfall": ("worst", "all"), "count": ("highest", "each")}
SCHEME_KEYS = ("name", "source", *POINT_KEYS, *BOUND_KEYS, "shortfall", "adopted", "quarter")
QUARTER_KEYS = ("under_percent", "points")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")


class UnknownScheme(Refusal):
    """There is no scoring scheme “{scheme}”. Known: {known}. Set [months] scheme, or add schemes/{scheme}.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPoints:
    """The points of an item adopted at a level: by its grade, or a given number from ``points`` to ``max_points``."""

    points: tuple[Decimal, ...]
    max_points: Decimal | None = None

    def points_of_item(self, grade: int, given: Decimal) -> Decimal:
        """The points of an item of this grade (0 is the first) that was given so many, or none (0)."""
        if self.max_points is not None:
            return min(max(given, self.points[0]), self.max_points)
        return self.points[min(grade, len(self.points) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionRateRule:
    """Deducts ``points`` in the last month of a quarter with less than ``under_percent`` of its items adopted."""

    under_percent: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringScheme:
    """The points of each thing that is scored. Deductions are negative."""

    key: str
    name: str
    source: str
    points: Mapping[str, Decimal] = field(default_factory=dict)
    """Points by the names in ``POINT_KEYS``; a name that is missing counts zero."""
    shortfall: str = "worst"
    """Of a missing, an empty and a short month the one that costs most, or ``all`` that hold."""
    count: str = "highest"
    """An item adopted at several levels counts once, at the highest; or at ``each``."""
    levels: Mapping[str, LevelPoints] = field(default_factory=dict)
    cap: Decimal | None = None
    pass_mark: Decimal | None = None
    rate: AdoptionRateRule | None = None

    def points_for(self, name: str) -> Decimal:
        """The points for one of ``POINT_KEYS``; zero where the scheme does not name it."""
        return self.points.get(name, ZERO_POINTS)


def parse_scheme(key: str, text: str, file: str) -> ScoringScheme:
    """A scheme from its file's text. BadInput with every finding."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line, found = syntax_error_line(text, error)
        words = {"scheme": key, "line": str(line)}
        raise BadInput(
            [Finding(rule="scheme.syntax", place=key, found=found, words=words)], file=file
        ) from error
    return read_scheme(key, data, file)


def read_scheme(key: str, data: Mapping[str, Any], file: str) -> ScoringScheme:
    """A scheme from its table. BadInput with every finding."""
    findings = list(_scheme_findings(key, data))
    if findings:
        raise BadInput(findings, file=file)
    adopted, quarter = data.get("adopted", {}), data.get("quarter")
    return ScoringScheme(
        key=key,
        name=data["name"],
        source=data["source"],
        points={name: Decimal(data[name]) for name in POINT_KEYS if name in data},
        shortfall=data.get("shortfall", "worst"),
        count=adopted.get("count", "highest"),
        levels={level: _level(adopted[level]) for level in ADOPTION_LEVELS if level in adopted},
        cap=Decimal(data["cap"]) if "cap" in data else None,
        pass_mark=Decimal(data["pass"]) if "pass" in data else None,
        rate=AdoptionRateRule(**{name: Decimal(quarter[name]) for name in QUARTER_KEYS}) if quarter else None,
    )


def _level(value: Any) -> LevelPoints:
    if isinstance(value, dict):
        return LevelPoints(points=(Decimal(value["least"]),), max_points=Decimal(value["most"]))
    values = value if isinstance(value, list) else [value]
    return LevelPoints(points=tuple(Decimal(each) for each in values))


def _scheme_findings(key: str, data: Mapping[str, Any]) -> Iterator[Finding]:
    if not _KEY.fullmatch(key):
        yield _finding("bad_name", key, SCHEME_KEYS)
    yield from _unknown_keys(data, SCHEME_KEYS, "")
    for name in ("name", "source"):
        if not (isinstance(data.get(name), str) and data[name].strip()):
            yield _finding("missing", name, ())
    for name in (*POINT_KEYS, *BOUND_KEYS):
        if name in data and not _is_number(data[name]):
            yield _finding("not_number", name, ())
    yield from _check_choice(data, "shortfall")
    yield from _table_findings(data)


def _table_findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    for name in ("adopted", "quarter"):
        if not isinstance(data.get(name, {}), dict):
            yield _finding("not_table", name, ())
            return
    adopted, quarter = data.get("adopted", {}), data.get("quarter")
    yield from _unknown_keys(adopted, ("count", *ADOPTION_LEVELS), "adopted.")
    yield from _check_choice(adopted, "count")
    for level in ADOPTION_LEVELS:
        if level in adopted and not _is_level(adopted[level]):
            yield _finding("bad_level", f"adopted.{level}", ())
    if quarter is not None:
        yield from _unknown_keys(quarter, QUARTER_KEYS, "quarter.")
        for name in QUARTER_KEYS:
            if not _is_number(quarter.get(name)):
                yield _finding("not_number", f"quarter.{name}", ())


def _unknown_keys(data: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> Iterator[Finding]:
    for name in data:
        if name not in known:
            yield _finding("unknown_key", prefix + name, known)


def _check_choice(data: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if name in data and data[name] not in CHOICES[name]:
        yield _finding("no_choice", name, CHOICES[name])


def _finding(rule: str, found: str, known: tuple[str, ...]) -> Finding:
    return Finding(rule=f"scheme.{rule}", place=found, found=found, expected=", ".join(known))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite()


def _is_level(value: Any) -> bool:
    """Adoption never costs anything: points, points by grade in rising order, or a range."""
    if isinstance(value, dict):
        bounds = [value.get("least"), value.get("most")]
        return value.keys() == {"least", "most"} and _is_rising(bounds)
    return _is_rising(value if isinstance(value, list) else [value])


def _is_rising(values: list[Any]) -> bool:
    return (
        bool(values)
        and all(map(_is_number, values))
        and values[0] >= ZERO_POINTS
        and values == sorted(values)
    )
