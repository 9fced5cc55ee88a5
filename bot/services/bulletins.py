"""Builds a month's bulletin and a year's assessment from an office's log, for commands, pages and chat."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from bot.services.app import OfficeApp
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterVillageRound
from config.declarations.villages.month import VillageRound
from config.errors import Refusal
from config.reporting.scoring_schemes import ScoringScheme
from scheduler.villages.assessment import build_assessment
from scheduler.villages.bulletin_counting import (
    BulletinBasis,
    MonthCache,
    ScoredMonths,
    build_bulletin,
    score_months,
)
from scheduler.villages.counted_months import counted_since, counted_until
from scheduler.villages.months import month_before, month_reference, village_rounds
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.case import Case
from storage.reporting.bulletin_values import Assessment, Bulletin


class NothingToTell(Refusal):
    """No village has a month {month}. gongkai tick opens the months of the villages; see [months] in office.toml."""


class NoBulletinCase(Refusal):
    """There is no bulletin of {month} yet. gongkai tick opens it once every village's month is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinKinds:
    """A kind of duty whose cases are village months, and the kind of the bulletin that reports them."""

    duty: Duty
    round: VillageRound
    bulletin_duty: Duty


@dataclass(frozen=True, slots=True)
class BulletinSource:
    """Reads the villages' months and their bulletins from an open log."""

    app: OfficeApp
    kinds: BulletinKinds
    log: Log
    read: MonthCache = field(default_factory=dict)

    @property
    def index(self) -> CaseProjections:
        """The office's projections."""
        return CaseProjections(self.log.connection, self.log.office, self.app.duties)

    def calendar(self) -> Calendar:
        """The calendar with every holiday notice that was entered."""
        return known_calendar(self.app.calendar, self.log)

    def cases(self, since: date, until: date) -> list[Case]:
        """The cases of the villages' months whose first days lie between two days."""
        lines = self.index.lines_of_kind(self.kinds.duty.kind, since)
        numbers = [line.number for line in lines if since <= line.opened_on <= until]
        with _collection_paused():
            return list(self.index.cases(numbers).values())

    def bulletin_case(self, month: date) -> Case | None:
        """The case of a month's bulletin; None before it is opened."""
        name = month_reference(month)
        found = self.index.find(self.kinds.bulletin_duty.kind, [name])
        return self.index.cases([found[name]])[found[name]] if name in found else None

    def ledger(
        self, cases: list[Case], schemes: dict[str, ScoringScheme], position: int | None = None
    ) -> ScoredMonths:
        """The scored months, as they were known at a position of the log, or now."""
        known = cases if position is None else [case.as_of(position) for case in cases]
        telling = self.kinds
        return score_months(known, telling.duty, telling.round, self.calendar(), schemes, read=self.read)

    def schemes(self, cases: list[Case]) -> dict[str, ScoringScheme]:
        """Every scoring scheme that one of the months is scored by, by its key."""
        field = self.kinds.round.scheme
        keys = {str(case.facts.get(field, "")) for case in cases} - {""}
        return {key: self.app.scheme(key) for key in sorted(keys)}


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Keep the garbage collector from looking again and again at the facts of a year, all of which stay in use."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def bulletin_kinds(app: OfficeApp) -> BulletinKinds:
    """The kind whose months a bulletin reports, with that bulletin's kind."""
    return next(
        BulletinKinds(duty=duty, round=names, bulletin_duty=told_by)
        for duty, names in village_rounds(app.duties)
        for told_by in app.duties.values()
        if isinstance(told_by.recurrence, AfterVillageRound) and told_by.recurrence.round_kind == duty.kind
    )


def draw_bulletin(app: OfficeApp, month: date) -> Bulletin:
    """A month's bulletin as it was counted; before its case is opened, as of now. NothingToTell."""
    with app.log() as log:
        books = BulletinSource(app, bulletin_kinds(app), log)
        cases, told, before = (
            books.cases(counted_since(month), month),
            books.bulletin_case(month),
            books.bulletin_case(month_before(month)),
        )
        schemes, kind = books.schemes(cases), books.kinds.bulletin_duty
        now = books.ledger(cases, schemes, counted_until(told, kind) if told else None)
        then = (
            books.ledger(cases, schemes, counted_until(before, kind, as_published=True)) if before else None
        )
    if not any(first == month for first, _ in now):
        raise NothingToTell(month=month_reference(month))
    basis = BulletinBasis(now=now, then=then, levels=_levels(books.kinds), schemes=schemes)
    opened = told.opening.happened_on if told and told.opening else app.today
    return build_bulletin(month, app.office, basis, dated=opened)


def draw_assessment(app: OfficeApp, year: int) -> Assessment:
    """A year's assessment, as its months are known now. NothingToTell."""
    with app.log() as log:
        books = BulletinSource(app, bulletin_kinds(app), log)
        cases = books.cases(date(year, 1, 1), date(year, 12, 31))
        schemes = books.schemes(cases)
        book = books.ledger(cases, schemes)
    if not book:
        raise NothingToTell(month=year)
    return build_assessment(year, app.office, book, schemes, dated=app.today)


def bulletin_case(app: OfficeApp, month: date) -> Case:
    """The case of a month's bulletin. NoBulletinCase."""
    with app.log() as log:
        found = BulletinSource(app, bulletin_kinds(app), log).bulletin_case(month)
    if found is None:
        raise NoBulletinCase(month=month_reference(month))
    return found


def _levels(telling: BulletinKinds) -> dict[str, str]:
    """The labels of the levels at which an item can be adopted, by key."""
    adopted = telling.duty.step(telling.round.adopted)
    fields = adopted.fields if adopted else ()
    return next((dict(field.choices) for field in fields if field.key == "level"), {})
