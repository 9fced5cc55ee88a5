"""A list as its page shows it: the values that the template reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.services.lists.listing import FilterChoice, ListAct, ListColumn, Listing, ListPage, ListQuery
from storage.database.tables import SavedView


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """One filter as the form shows it."""

    key: str
    label: str
    value: str
    choices: Sequence[FilterChoice] = ()
    """Empty for a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """One column as the table shows it."""

    column: ListColumn
    label: str
    path: str
    """The address of the list ordered by it; empty where it is not ordered by this column."""
    direction: str
    """``ascending`` or ``descending`` where the list is ordered by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What an act on several rows came to at one of them."""

    done: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class ListView:
    """A list with everything that its page shows."""

    listing: Listing
    query: ListQuery
    title: str
    register_title: str
    filters: Sequence[FilterView]
    hidden: Mapping[str, str]
    """The filters that only a link asks for."""
    asked: Sequence[str]
    """Those in words."""
    columns: Sequence[ColumnView]
    all_columns: Sequence[tuple[str, str, bool]]
    """Every column: its key, its label, and whether it is shown."""
    numbered: bool
    rows: ListPage
    exact: int
    """The case whose number was searched for, wherever it stands in the list; 0 for none."""
    count: int | None
    more: bool
    """Whether there are more rows than were counted."""
    acts: Sequence[ListAct]
    views: Sequence[tuple[SavedView, bool]]
    """The saved views, and whether each is the one shown."""
    links: Mapping[str, str]
    """The addresses of the list from its start, of its pages, of its register and of its files."""
    results: Mapping[int, RowResult] = field(default_factory=dict)

    @property
    def unseen_refusals(self) -> list[str]:
        """What rows refused that the list does not hold any more."""
        shown = {row.number for row in self.rows.rows}
        return [one.words for number, one in self.results.items() if not one.done and number not in shown]
