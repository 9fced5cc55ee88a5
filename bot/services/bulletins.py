"""Draws a month's bulletin and a year's assessment from an office's log, for whoever asks: commands, pages, chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.services.app import Works
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterRound
from config.declarations.village_round import Round
from config.errors import Refusal
from config.reporting.scoring_schemes import Scheme
from scheduler.villages.assessment import assessment
from scheduler.villages.bulletin import Basis, Ledger, Read, bulletin, counted_at, known_at, ledger
from scheduler.villages.months import month_before, reference_month, rounds
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.reporting.bulletin import Assessment, Bulletin

QUARTER = 3  # months that a month's score may look back at


class NothingToTell(Refusal):
    """No village has a month {month}. gongkai tick opens the months of the villages; see [months] in office.toml."""


class NoBulletinCase(Refusal):
    """There is no bulletin of {month} yet. gongkai tick opens it once every village's month is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A kind that runs in rounds, and the kind that tells its months."""

    duty: Duty
    names: Round
    told_by: Duty


@dataclass(frozen=True, slots=True)
class Books:
    """What was recorded about the villages' months, over an open log."""

    works: Works
    telling: Telling
    log: Log
    read: Read = field(default_factory=dict)

    @property
    def index(self) -> Index:
        """The office's rows."""
        return Index(self.log.connection, self.log.office, self.works.duties)

    def calendar(self) -> Calendar:
        """With every notice that was entered."""
        return calendar_with(self.works.calendar, self.log)

    def cases(self, since: date, until: date) -> list[Case]:
        """The villages' months between two first days."""
        lines = self.index.lines_of_kind(self.telling.duty.kind, since)
        numbers = [line.number for line in lines if since <= line.opened_on <= until]
        return list(self.index.cases(numbers).values())

    def told(self, month: date) -> Case | None:
        """The case of a month's bulletin."""
        name = reference_month(month)
        found = self.index.find(self.telling.told_by.kind, [name])
        return self.index.cases([found[name]])[found[name]] if name in found else None

    def ledger(self, cases: list[Case], schemes: dict[str, Scheme], position: int | None = None) -> Ledger:
        """The months as known at a position of the log, or now."""
        known = cases if position is None else [known_at(case, position) for case in cases]
        telling = self.telling
        return ledger(known, telling.duty, telling.names, self.calendar(), schemes, read=self.read)

    def schemes(self, cases: list[Case]) -> dict[str, Scheme]:
        """Every scheme some month is scored by."""
        field = self.telling.names.scheme
        keys = {str(case.facts.get(field, "")) for case in cases} - {""}
        return {key: self.works.scheme(key) for key in sorted(keys)}


def telling_of(works: Works) -> Telling:
    """The kind whose months are told."""
    return next(
        Telling(duty=duty, names=names, told_by=told_by)
        for duty, names in rounds(works.duties)
        for told_by in works.duties.values()
        if isinstance(told_by.recurs, AfterRound) and told_by.recurs.of == duty.kind
    )


def draw_bulletin(works: Works, month: date) -> Bulletin:
    """The bulletin as it was counted; before its case is open, as everything stands now. NothingToTell."""
    since = min(month.replace(month=1), month_before(month, QUARTER))
    with works.log() as log:
        books = Books(works, telling_of(works), log)
        cases, told, before = books.cases(since, month), books.told(month), books.told(month_before(month))
        schemes, kind = books.schemes(cases), books.telling.told_by
        now = books.ledger(cases, schemes, counted_at(told, kind) if told else None)
        then = books.ledger(cases, schemes, counted_at(before, kind, told=True)) if before else None
    if not any(first == month for first, _ in now):
        raise NothingToTell(month=reference_month(month))
    basis = Basis(now=now, then=then, levels=_levels(books.telling), schemes=schemes)
    opened = told.opening.happened_on if told and told.opening else works.today
    return bulletin(month, works.office, basis, dated=opened)


def draw_assessment(works: Works, year: int) -> Assessment:
    """The year's table as its months stand now. NothingToTell."""
    with works.log() as log:
        books = Books(works, telling_of(works), log)
        cases = books.cases(date(year, 1, 1), date(year, 12, 31))
        schemes = books.schemes(cases)
        book = books.ledger(cases, schemes)
    if not book:
        raise NothingToTell(month=year)
    return assessment(year, works.office, book, schemes, dated=works.today)


def bulletin_case(works: Works, month: date) -> Case:
    """The case of a month's bulletin. NoBulletinCase."""
    with works.log() as log:
        found = Books(works, telling_of(works), log).told(month)
    if found is None:
        raise NoBulletinCase(month=reference_month(month))
    return found


def _levels(telling: Telling) -> dict[str, str]:
    """The labels of the levels at which an item can be adopted."""
    adopted = telling.duty.step(telling.names.adopted)
    fields = adopted.fields if adopted else ()
    return next((dict(field.choices) for field in fields if field.key == "level"), {})
