"""The only place where real things are joined: an office's folder, its database, the clock, the duties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import config.duties
from bot.phrasebook import Phrasebook, phrasebook
from config import library
from config.calendar import Calendar
from config.clock import OFFICE_ZONE, Clock, SystemClock, office_day
from config.duty import Duties
from config.errors import Refusal
from config.home import Home
from config.notices import shipped_calendar
from config.office import Office
from config.schemes import Scheme, UnknownScheme, parse_scheme
from config.settings import Settings
from scheduler.desk import Desk
from storage.assemble import annual_report
from storage.index import Index
from storage.log import Log, position_at
from storage.notices import calendar_with
from storage.report import Report
from storage.snapshot import snapshot
from storage.statistics import Rows, Tally
from storage.store import Store, create_store, open_store


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
            store=self.store, office=self.office, duties=self.duties, calendar=self.calendar, clock=self.clock
        )

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
        return {**library.schemes(), **self.home.schemes()}

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
            return annual_report(
                self._rows(log, known_on),
                self.duties,
                library.form(),
                self.office,
                self.home.templates(),
                year=year,
                as_of=as_of,
            )

    def _rows(self, log: Log, known_on: date | None) -> Rows:
        if known_on is None:
            return Index(log.connection, self.office.slug, self.duties)
        midnight = datetime.combine(known_on + timedelta(days=1), datetime.min.time(), OFFICE_ZONE)
        return snapshot(log, self.duties, upto=position_at(log, midnight))


def shipped_duties() -> Duties:
    """Every kind of duty the program ships with."""
    return library.duties(config.duties)


def calendar() -> Calendar:
    """The shipped calendar."""
    return shipped_calendar(library.holiday_notices())


def named_home(path: Path | None) -> Home:
    """The folder that was named, or the one the environment names."""
    folder = path or Settings().home
    if folder is None:
        raise HomeUnnamed
    return Home(folder)


def open_works(path: Path | None, clock: Clock | None = None, duties: Duties | None = None) -> Works:
    """The office in a folder, or in the one the environment names."""
    home = named_home(path)
    office = home.office()
    return Works(
        home=home,
        office=office,
        store=open_store(home.database, Settings().database_address()),
        duties=duties or shipped_duties(),
        calendar=calendar(),
        clock=clock or SystemClock(),
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
