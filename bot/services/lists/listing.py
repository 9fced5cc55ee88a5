"""A list as a value: its columns, its filters, its order, and who reads it.

One component shows every list (``bot/channels/web/lists/``); what a list of cases, texts or people has for columns is
declared in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.language.labels import Labels
from bot.services.app import OfficeApp
from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from scheduler.worklist.pending import PendingAction
from scheduler.worklist.readers import CaseReader
from storage.events.case import Case
from storage.lists.case_list import CaseScope

CellValue = str | int | date | datetime | None
"""What stands in a cell: dates and numbers as such, so that a spreadsheet can count with them."""


class ListAct(StrEnum):
    """What can be done with several rows at once."""

    RECEIVE = "receive"  # 收下
    REMIND = "remind"  # 催办


@dataclass(frozen=True, kw_only=True)
class ListReader:
    """Somebody who reads a list, over an open connection."""

    app: OfficeApp
    connection: Connection
    labels: Labels
    calendar: Calendar
    reader: CaseReader
    pending: Callable[[Case, Duty], Sequence[PendingAction]]
    """The pending actions of a case."""
    person: str
    """Their id."""
    may_record: bool
    at: datetime

    @property
    def today(self) -> date:
        """The day in the office's zone."""
        return office_day(self.at)

    def say(self, key: str, **words: object) -> str:
        """A phrase in the reader's language."""
        return self.labels.book.say(key, **words)

    def may_read(self, case: Case, duty: Duty) -> bool:
        """Whether they may read a case."""
        return self.reader.may_read(case, duty, lambda: self.pending(case, duty))

    @cached_property
    def scope(self) -> CaseScope:
        """Whose cases their lists can hold, as the query narrows them."""
        if self.reader.reads_all:
            return CaseScope(everything=True)
        duties = self.app.duties
        return CaseScope(
            people=self.reader.acting,
            places=self.reader.places,
            kinds=self.reader.kinds_of_roles(duties),
            text_kinds=self.reader.kinds_of_stages(duties),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """One column: its key, how its value is read off a row, and by which column of the database it is sorted."""

    key: str
    value: Callable[[Any], CellValue]
    label: str = ""
    """Its label where a declaration has one; else that of the phrase ``page.lists.column.<key>``."""
    heading: str = ""
    """Its heading where the phrase book has none."""
    sort: str = ""
    """Empty for a column that rows are not ordered by."""
    main: bool = False
    """True for the column that links to the row's own page."""

    def title(self, labels: Labels) -> str:
        """Its heading."""
        phrase = f"page.lists.column.{self.key}"
        if self.heading and phrase not in labels.book.phrases:
            return self.heading
        return self.label or labels.book.say(phrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row: the number that acts on it name, where it leads, and its cells by column."""

    number: int
    path: str
    cells: Mapping[str, CellValue]
    late: bool = False
    acts: frozenset[ListAct] = frozenset()
    """What the reader may do with it together with others."""


class ListWindow(NamedTuple):
    """Which rows are read: how many, and next to which row, by its number; 0 for none."""

    limit: int
    after: int = 0
    before: int = 0
    with_acts: bool = False
    """Whether it is asked what can be done with each: a file does not need it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The rows of one page."""

    rows: tuple[ListRow, ...]
    after: int = 0
    """The number after which the next page begins; 0 where this is the last."""
    before: int = 0
    """The number before which the page before ends; 0 where this is the first."""


class FilterChoice(NamedTuple):
    """One value of a filter, in words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """One filter: a few values to choose from, or a day where there are none."""

    key: str
    choices: Callable[[ListReader], Sequence[FilterChoice]] | None = None
    hidden: bool = False
    """True for one that only a link asks for: it is shown in words, with the way back."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list. ``key`` names it in phrases and saved views; ``path`` is its address."""

    key: str
    path: str
    columns: Callable[[ListReader], Sequence[ListColumn]]
    shown: tuple[str, ...]
    """The columns that stand in it until somebody chooses others."""
    filters: tuple[ListFilter, ...]
    order: str
    """The sort of the column by which it is ordered at first; with ``-`` before it, backwards."""
    source: ListSource
    register: tuple[str, ...] = ()
    """The columns of the official register (台账), in their order; empty where it is none."""
    acts: tuple[ListAct, ...] = ()
    presets: Mapping[str, str] = field(default_factory=dict)
    """Filters that always hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What an address asks of a list; ``asked.py`` reads it and writes it."""

    words: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """By filter, the value that is asked for."""
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    register: bool = False
    only: tuple[int, ...] | None = None
    """The rows that were chosen."""
    after: int = 0
    before: int = 0
    row: int = 1
    """The place of the first row of the page in the whole list."""


class ListSource:
    """Where the rows of a list come from."""

    def page(
        self,
        listing: Listing,
        query: ListQuery,
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListPage:
        """The rows of one page, in the order of the query, each with the cells of these columns."""
        raise NotImplementedError

    def count(self, listing: Listing, query: ListQuery, reader: ListReader, most: int) -> int | None:
        """How many rows there are, at most ``most``; None where the reader is not told."""
        raise NotImplementedError
