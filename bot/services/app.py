"""Opens an office: joins its folder, database, clock, calendar and duties, which nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import config.duties
from bot.language.phrasebook import Phrasebook, check_wording, phrasebook
from config import shipped_data
from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar
from config.clock import Clock, office_day
from config.declarations.duty import Duties
from config.errors import Refusal
from config.office.folder import OfficeFolder
from config.office.loader import Office
from config.reporting.scoring_schemes import ScoringScheme, UnknownScheme, parse_scheme
from config.settings import Settings
from scheduler.recording.recorder import Recorder
from scheduler.sweep.reminder_queue import UnreachableLookup
from scheduler.sweep.roster_check import unreachable_lookup
from storage.database.store import Store, create_store, open_store
from storage.eventlog.known_calendar import known_calendar as calendar_with
from storage.eventlog.log import Log


class HomeUnnamed(Refusal):
    """Which office? Name its folder with --home DIR or GONGKAI_HOME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeApp:
    """An opened office: what every command, page and chat message needs of it."""

    home: OfficeFolder
    office: Office
    store: Store
    duties: Duties
    calendar: Calendar
    """As shipped; ``known_calendar`` adds what was entered."""
    clock: Clock

    @property
    def recorder(self) -> Recorder:
        """The recorder, through which the office's people record what they did."""
        return Recorder(
            store=self.store,
            office=self.office,
            duties=self.duties,
            calendar=self.calendar,
            clock=self.clock,
            public_phone_numbers=self._public_phone_numbers,
        )

    def _public_phone_numbers(self) -> frozenset[str]:
        """The telephone numbers that the office's own list of expressions marks as public."""
        from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415 - readers of four formats, for a draft alone

        return load_wordlist(self.home.expressions).public

    @property
    def unreachable_people(self) -> UnreachableLookup:
        """A look-up of the people whom no channel reaches."""
        return unreachable_lookup(self.office)

    @property
    def today(self) -> date:
        """Today's date in the office's time zone."""
        return office_day(self.clock.now())

    @contextmanager
    def log(self) -> Iterator[Log]:
        """The office's log, for reading."""
        with self.store.reading() as connection:
            yield Log(connection, self.office.slug)

    def schemes(self) -> dict[str, str]:
        """The text of every scoring scheme by its key; the office's own replace the shipped ones."""
        return {**shipped_data.load_schemes(), **self.home.schemes()}

    def scheme(self, key: str) -> ScoringScheme:
        """A scoring scheme. UnknownScheme where there is none, BadInput with every error in it."""
        written = self.schemes()
        if key not in written:
            raise UnknownScheme(scheme=key, known=", ".join(sorted(written)))
        return parse_scheme(key, written[key], f"schemes/{key}.toml")

    def known_calendar(self) -> Calendar:
        """The calendar of the shipped holiday notices and of those entered by the office."""
        with self.log() as log:
            return calendar_with(self.calendar, log)


def shipped_duties() -> Duties:
    """The declarations of every kind of duty that the program ships with."""
    return shipped_data.load_duties(config.duties)


@cache
def cached_calendar() -> Calendar:
    """The shipped calendar, read once a process."""
    return shipped_calendar(shipped_data.load_holiday_notices())


def resolve_home(path: Path | None) -> OfficeFolder:
    """The folder that was given, or the one the environment names. HomeUnnamed where there is neither."""
    folder = path or Settings().home
    if folder is None:
        raise HomeUnnamed
    return OfficeFolder(folder)


def open_app(path: Path | None, clock: Clock, duties: Duties | None = None) -> OfficeApp:
    """Open the office in a folder, or in the one the environment names, on this clock. BadInput, HomeUnnamed."""
    home = resolve_home(path)
    office = home.office()
    check_wording(office, str(home.office_file))
    return OfficeApp(
        home=home,
        office=office,
        store=open_store(home.database, Settings().database_address()),
        duties=duties or shipped_duties(),
        calendar=cached_calendar(),
        clock=clock,
    )


def create_office(path: Path, *, sample: bool) -> OfficeFolder:
    """Create a new office's folder with its file, its prose templates and its empty log."""
    home = OfficeFolder(path)
    home.create_files(sample=sample)
    create_store(home.database, Settings().database_address()).engine.dispose()
    return home


def user_phrasebook() -> Phrasebook:
    """The phrases in the language of the person at the machine (GONGKAI_LANG)."""
    return phrasebook(Settings().lang)
