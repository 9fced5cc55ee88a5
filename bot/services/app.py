"""The only place where real things are joined: an office's folder, its database, the clock, the duties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import config.duties
from bot.language.phrasebook import Phrasebook, check_wording, phrasebook
from config import shipped_data
from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar
from config.clock import OFFICE_ZONE, Clock, office_day
from config.declarations.duty import Duties
from config.errors import Refusal
from config.office.folder import Home
from config.office.loader import Office
from config.reporting.scoring_schemes import Scheme, UnknownScheme, parse_scheme
from config.settings import Settings
from scheduler.recording.recorder import Desk
from scheduler.sweep.reminder_queue import Reach
from scheduler.sweep.roster_check import out_of_reach
from storage.database.store import Store, create_store, open_store
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log, position_at
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.eventlog.snapshot import snapshot
from storage.reporting.builder import annual_report
from storage.reporting.report import Report
from storage.reporting.sealed_years import Seal, Seals, read_published, seals
from storage.reporting.statistics import FEE, Rows, Tally, count_year, period_of


class HomeUnnamed(Refusal):
    """Which office? Name its folder with --home DIR or GONGKAI_HOME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """One office, opened."""

    home: Home
    office: Office
    store: Store
    duties: Duties
    calendar: Calendar
    """As shipped; ``known_calendar`` adds what was entered."""
    clock: Clock

    @property
    def desk(self) -> Desk:
        """Where its people act."""
        return Desk(
            store=self.store,
            office=self.office,
            duties=self.duties,
            calendar=self.calendar,
            clock=self.clock,
            given_out=self._given_out,
        )

    def _given_out(self) -> frozenset[str]:
        """What the office's own list of expressions calls public."""
        from storage.reading.texts.wordlist_loader import wording  # noqa: PLC0415 - readers of four formats, for a draft alone

        return wording(self.home.expressions).public

    @property
    def reach(self) -> Reach:
        """Who of its people no channel reaches."""
        return out_of_reach(self.office)

    @property
    def today(self) -> date:
        """The legal day."""
        return office_day(self.clock.now())

    @contextmanager
    def log(self) -> Iterator[Log]:
        """Its log, for reading."""
        with self.store.reading() as connection:
            yield Log(connection, self.office.slug)

    def schemes(self) -> dict[str, str]:
        """The scoring schemes as written: the shipped ones, and the office's own in their place."""
        return {**shipped_data.schemes(), **self.home.schemes()}

    def scheme(self, key: str) -> Scheme:
        """A scoring scheme. UnknownScheme, or BadInput with everything that cannot stand in it."""
        written = self.schemes()
        if key not in written:
            raise UnknownScheme(scheme=key, known=", ".join(sorted(written)))
        return parse_scheme(key, written[key], f"schemes/{key}.toml")

    def known_calendar(self) -> Calendar:
        """The shipped notices and those entered."""
        with self.log() as log:
            return calendar_with(self.calendar, log)

    def report(
        self, year: int, *, as_of: date | None = None, known_on: date | None = None
    ) -> tuple[Report, Tally]:
        """A year's report: its figures as of a legal day, and as they were known on a day of recording."""
        with self.log() as log:
            upto = _known_until(log, known_on)
            known = seals(entry for entry in officewide(log) if upto is None or entry.position <= upto)
            if as_of is None and year in known.sealed:
                return _published(known.sealed[year])
            return annual_report(
                self._rows(log, upto),
                self.duties,
                shipped_data.form(),
                self.office,
                self.home.templates(),
                year=year,
                as_of=as_of,
                posting=None if as_of else known.posting(year, self.duties),
            )

    def seals(self) -> Seals:
        """The years that were sealed, and what came late."""
        with self.log() as log:
            return seals(officewide(log))

    def published(self, year: int) -> Report | None:
        """A year's report as it was sealed; None while it is open."""
        seal = self.seals().sealed.get(year)
        return read_published(seal.figures).report if seal else None

    def sealed_tally(self, year: int) -> Tally:
        """What a sealed year counted and from what, as the log stood when it was sealed; it reads the whole log."""
        with self.log() as log:
            known = seals(officewide(log))
            seal = known.sealed[year]
            rows = snapshot(log, self.duties, upto=seal.position)
            tally = count_year(rows, self.duties, period_of(year))
            known.before(seal.position).posting(year, self.duties).lay(tally)
            return tally

    def _rows(self, log: Log, upto: int | None) -> Rows:
        if upto is None:
            return Index(log.connection, self.office.slug, self.duties)
        return snapshot(log, self.duties, upto=upto)


def _published(seal: Seal) -> tuple[Report, Tally]:
    """A sealed report as it went out; its sources are asked for apart (``sealed_tally``)."""
    published = read_published(seal.figures)
    fee = Decimal(published.named[FEE])
    held = {name: int(figure) for name, figure in published.named.items() if name != FEE}
    return published.report, Tally(fee_yuan=fee, held=held)


def _known_until(log: Log, known_on: date | None) -> int | None:
    if known_on is None:
        return None
    midnight = datetime.combine(known_on + timedelta(days=1), datetime.min.time(), OFFICE_ZONE)
    return position_at(log, midnight)


def shipped_duties() -> Duties:
    """Every kind of duty the program ships with."""
    return shipped_data.duties(config.duties)


@cache
def calendar() -> Calendar:
    """The shipped calendar."""
    return shipped_calendar(shipped_data.holiday_notices())


def named_home(path: Path | None) -> Home:
    """The folder that was named, or the one the environment names."""
    folder = path or Settings().home
    if folder is None:
        raise HomeUnnamed
    return Home(folder)


def open_works(path: Path | None, clock: Clock, duties: Duties | None = None) -> Works:
    """The office in a folder, or in the one the environment names, on the clock it is to read."""
    home = named_home(path)
    office = home.office()
    check_wording(office, str(home.office_file))
    return Works(
        home=home,
        office=office,
        store=open_store(home.database, Settings().database_address()),
        duties=duties or shipped_duties(),
        calendar=calendar(),
        clock=clock,
    )


def found_office(path: Path, *, sample: bool) -> Home:
    """A new office's folder with its file, its prose and its empty log."""
    home = Home(path)
    home.furnish(sample=sample)
    create_store(home.database, Settings().database_address()).engine.dispose()
    return home


def words() -> Phrasebook:
    """The phrases in the person's language."""
    return phrasebook(Settings().lang)
