"""The columns of the bulletin's table of villages: one list for the paper, the picture, the chat and the JSON.

A further column is one row here, with its headings in the phrase book (``bulletin.column.<key>`` on the paper,
``bulletin.picture.<key>`` in the picture); a line of the chat takes it by its key (``bulletin.text``). A value that
no row has yet is a field of ``bulletin_values.py``, counted by ``scheduler/villages/bulletin_counting.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from storage.reporting.bulletin_values import ZERO_POINTS, Bulletin, BulletinRow, BulletinValue, PhraseLookup
from storage.reporting.report import Figure, format_figure

Words = Callable[[BulletinRow, PhraseLookup], Figure]


def _always(_bulletin: Bulletin) -> bool:
    return True


def _is_scored(bulletin: Bulletin) -> bool:
    return bulletin.scored


def _is_unscored(bulletin: Bulletin) -> bool:
    return not bulletin.scored


def _no_total(_bulletin: Bulletin) -> Figure:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinColumn:
    """One column: its key, the value of a village's row, and where it is shown."""

    key: str
    value: Callable[[BulletinRow], BulletinValue]
    paper: int = 0
    """Its width on the paper in millimetres; 0 where it is not there."""
    picture: int = 0
    """Its width in the picture, of 1080 pixels; 0 where it is not there."""
    json: str = ""
    """Its name in the JSON; empty where it is not there."""
    words: Words | None = None
    """How the paper words the value; None for the value itself."""
    picture_words: Words | None = None
    """How the picture words it; None for the value itself."""
    total: Callable[[Bulletin], Figure] = _no_total
    """Its total on the paper."""
    is_shown: Callable[[Bulletin], bool] = _always
    """Whether the paper and the picture of this bulletin have it; the JSON always has."""


def as_figure(value: BulletinValue) -> Figure:
    """A value as a cell holds it: a figure, a text, or nothing."""
    return value if value is None or isinstance(value, Decimal | int | str) else str(value)


def column_text(column: BulletinColumn, row: BulletinRow) -> str:
    """The value of a column as a line of text shows it."""
    return format_figure(as_figure(column.value(row)))


def signed_points(points: Decimal) -> str:
    """Points with their sign; an empty text for 0."""
    return f"{'+' if points > 0 else ''}{format_figure(points)}" if points else ""


def points_or_dash(points: Decimal | None) -> Figure:
    """Points, or a dash where there are none."""
    return "—" if points is None else points


def _earlier_points(bulletin: Bulletin) -> Decimal:
    return sum((row.earlier_adjustment for row in bulletin.rows), ZERO_POINTS)


def _has_earlier_points(bulletin: Bulletin) -> bool:
    return bulletin.scored and any(row.earlier_adjustment for row in bulletin.rows)


def _state_words(row: BulletinRow, say: PhraseLookup) -> str:
    """The state of a village's month, with the day on which it reported."""
    day = f"{row.reported_on:%m-%d}" if row.reported_on else ""
    return str(say(f"bulletin.state.{row.state.value}", day=day)).strip()


RANK_COLUMN = BulletinColumn(
    key="rank",
    value=lambda row: row.rank,
    paper=11,
    picture=90,
    json="rank",
    is_shown=lambda bulletin: bulletin.ranked,
)
VILLAGE_COLUMN = BulletinColumn(key="village", value=lambda row: row.name, paper=32)
"""It names the row: in the picture it has the room that is left, in the JSON it stands first beside its id."""

BULLETIN_COLUMNS = (
    RANK_COLUMN,
    BulletinColumn(key="rank_before", value=lambda row: row.rank_before, json="rank_last_month"),
    VILLAGE_COLUMN,
    BulletinColumn(
        key="state",
        value=lambda row: row.state,
        paper=30,
        picture=146,
        json="state",
        words=_state_words,
        picture_words=lambda row, say: say(f"bulletin.picture.tile_{row.state}"),
    ),
    BulletinColumn(key="reported_on", value=lambda row: row.reported_on, json="reported_on"),
    BulletinColumn(
        key="items",
        value=lambda row: row.items,
        paper=14,
        picture=100,
        json="items",
        total=lambda bulletin: bulletin.sums.items,
    ),
    BulletinColumn(key="minimum", value=lambda row: row.minimum, json="minimum"),
    BulletinColumn(
        key="adopted",
        value=lambda row: row.adopted,
        paper=14,
        picture=100,
        json="adopted",
        total=lambda bulletin: bulletin.sums.adopted,
    ),
    BulletinColumn(key="at_levels", value=lambda row: row.at_levels, json="adopted_at"),
    BulletinColumn(
        key="points",
        value=lambda row: row.points,
        paper=15,
        picture=120,
        json="points",
        total=lambda bulletin: bulletin.sums.points,
        is_shown=_is_scored,
    ),
    BulletinColumn(
        key="earlier",
        value=lambda row: row.earlier_adjustment,
        paper=14,
        json="earlier",
        words=lambda row, _say: signed_points(row.earlier_adjustment),
        total=lambda bulletin: signed_points(_earlier_points(bulletin)),
        is_shown=_has_earlier_points,
    ),
    BulletinColumn(
        key="before",
        value=lambda row: row.before,
        paper=15,
        json="last_month",
        words=lambda row, _say: points_or_dash(row.before),
        total=lambda bulletin: bulletin.before.points,
        is_shown=lambda bulletin: bulletin.scored and bool(bulletin.before.months),
    ),
    BulletinColumn(
        key="year",
        value=lambda row: row.year_points,
        paper=17,
        picture=130,
        json="year",
        total=lambda bulletin: bulletin.year.points,
        is_shown=_is_scored,
    ),
    BulletinColumn(
        key="year_items",
        value=lambda row: row.year_items,
        paper=17,
        total=lambda bulletin: bulletin.year.items,
        is_shown=_is_unscored,
    ),
    BulletinColumn(
        key="year_adopted",
        value=lambda row: row.year_adopted,
        paper=17,
        total=lambda bulletin: bulletin.year.adopted,
        is_shown=_is_unscored,
    ),
)
