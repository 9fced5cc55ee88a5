"""Opens an office: joins its folder, database, clock, calendar and duties, which nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

import config.duties
from bot.language.phrasebook import Phrasebook, check_wording, phrasebook
from config import shipped_data
from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar
from config.clock import Clock, office_day
from config.declarations.duty import Duties
from config.errors import Refusal
from config.office.folder import EXPRESSIONS_FILE, FINGERPRINT, OfficeFiles, OfficeFolder
from config.office.model import Office
from config.reporting.scoring_schemes import ScoringScheme, UnknownScheme, parse_scheme
from config.settings import machine_settings
from scheduler.recording.recorder import Recorder
from scheduler.sweep.reminder_queue import UnreachableLookup
from scheduler.sweep.roster_check import unreachable_lookup
from storage.content.content_store import ContentStore
from storage.database.engines import is_postgresql
from storage.database.schema import create_store, open_store
from storage.database.store import Store
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import OfficeSource, RecordedOffice, recorded_offices
from storage.eventlog.recorded_office import known_calendar as calendar_with
from storage.events.office_history import OfficeVersion
from storage.proofread.wordlist import Wordlist


class HomeUnnamed(Refusal):
    """Which office? Name its folder with --home DIR or GONGKAI_HOME."""


class OfficeUnnamed(Refusal):
    """Several offices lie in this database: {known}. Name one of them with GONGKAI_OFFICE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeApp:
    """An opened office: what every command, page and chat message needs of it."""

    home: OfficeFolder
    offices: OfficeSource
    """Which office holds on which day; ``office`` is today's."""
    store: Store
    duties: Duties
    calendar: Calendar
    """As shipped; ``known_calendar`` adds what was entered."""
    clock: Clock

    @property
    def office(self) -> Office:
        """The office of today, as its log has it; a change holds without a restart."""
        return self.offices.on(self.today)

    @property
    def recorder(self) -> Recorder:
        """The recorder, through which the office's people record what they did."""
        return Recorder(
            store=self.store,
            offices=self.offices,
            duties=self.duties,
            calendar=self.calendar,
            clock=self.clock,
            public_phone_numbers=self._public_phone_numbers,
        )

    def _public_phone_numbers(self) -> frozenset[str]:
        """The telephone numbers that the office's own list of expressions marks as public."""
        return self.wordlist().public

    @property
    def unreachable_people(self) -> UnreachableLookup:
        """A look-up of the people whom no channel reaches, among those of the day on which it is asked."""

        def unreachable(connection: Connection, now: datetime) -> frozenset[str]:
            return unreachable_lookup(self.office)(connection, now)

        return unreachable

    @property
    def today(self) -> date:
        """Today's date in the office's time zone."""
        return office_day(self.clock.now())

    @contextmanager
    def log(self) -> Iterator[Log]:
        """The office's log, for reading."""
        with self.store.reading() as connection:
            yield Log(connection, self.offices.slug)

    def contents(self, connection: Connection) -> ContentStore:
        """The files and manifests that the office keeps, over an open connection."""
        return ContentStore(connection, self.offices.slug)

    def schemes(self) -> dict[str, str]:
        """The text of every scoring scheme by its key; the office's own replace the shipped ones."""
        return {**shipped_data.load_schemes(), **self.office_files.schemes()}

    def templates(self) -> dict[str, str]:
        """The prose templates of the annual report by their path."""
        return self.office_files.templates()

    def wordlist(self) -> Wordlist:
        """The rules for wording: the shipped ones, and the office's own of today. BadInput where those are wrong."""
        from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415 - readers of four formats, for a draft alone

        return load_wordlist(self.own_text(EXPRESSIONS_FILE))

    def letter_template(self, paper: str) -> bytes | None:
        """The office's own template of a letter today; None where the program's holds. NotKept, DamagedDocument."""
        return self.template_content(self.office_files, self.office_files.letter(paper))

    def template_content(self, files: OfficeFiles, mark: str) -> bytes | None:
        """A template by its fingerprint, as it was read with these files or as the log's store has it."""
        if not mark or mark in files.contents:
            return files.contents.get(mark)
        with self.store.reading() as connection:
            return self.contents(connection).read(mark.removeprefix(FINGERPRINT))

    @property
    def office_files(self) -> OfficeFiles:
        """What stands beside the office's document today; what its folder holds until a version is recorded."""
        holding = self._holding_version()
        return OfficeFiles(holding.files) if holding else self.home.office_files()

    def own_text(self, name: str) -> str:
        """One of the texts beside the document by its name, read alone: each message asks for the office's words."""
        holding = self._holding_version()
        return holding.files.get(name, "") if holding else self.home.own_text(name)

    def _holding_version(self) -> OfficeVersion | None:
        """The version of the office that holds today; None where none is recorded."""
        return self.offices.versions().on(self.today) if isinstance(self.offices, RecordedOffice) else None

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


@cache
def shipped_duties() -> Duties:
    """The declarations of every kind of duty that the program ships with, listed once a process."""
    return shipped_data.load_duties(config.duties)


@cache
def cached_calendar() -> Calendar:
    """The shipped calendar, read once a process."""
    return shipped_calendar(shipped_data.load_holiday_notices())


def resolve_home(path: Path | None) -> OfficeFolder:
    """The folder that was given, or the one the environment names. HomeUnnamed where there is neither."""
    folder = path or machine_settings().home
    if folder is None:
        raise HomeUnnamed
    return OfficeFolder(folder)


def open_app(path: Path | None, clock: Clock, duties: Duties | None = None) -> OfficeApp:
    """Open the office in a folder, or in the one the environment names, on this clock. BadInput, HomeUnnamed."""
    home, address = resolve_home(path), machine_settings().database_address()
    if not address and not home.database.is_file():
        home.office()  # NoHome says more than that its database is missing
    store = open_store(home.database, address)
    app = OfficeApp(
        home=home,
        offices=_office_source(home, store),
        store=store,
        duties=duties or shipped_duties(),
        calendar=cached_calendar(),
        clock=clock,
    )
    check_wording(app.office, str(home.office_file))
    return app


def _office_source(home: OfficeFolder, store: Store) -> RecordedOffice:
    """The office as recorded, or as its folder's file has it before that. NoHome, BadInput, OfficeUnnamed."""
    named = machine_settings().office or (home.slug() if home.office_file.is_file() else "")
    recorded = recorded_offices(store)
    if not named and len(recorded) > 1:
        raise OfficeUnnamed(known=", ".join(recorded))
    if named in recorded or (recorded and (not named or not is_postgresql(store.engine))):
        source = RecordedOffice(store, named if named in recorded else recorded[0])
        source.versions()
        return source
    office = home.office()
    return RecordedOffice(store, office.slug, office)


def create_office(path: Path, *, sample: bool) -> OfficeFolder:
    """Create a new office's folder with its file, its prose templates and its empty log."""
    home = OfficeFolder(path)
    home.create_files(sample=sample)
    create_store(home.database, machine_settings().database_address()).engine.dispose()
    return home


def user_phrasebook() -> Phrasebook:
    """The phrases in the language of the person at the machine (GONGKAI_LANG)."""
    return phrasebook(machine_settings().lang)
