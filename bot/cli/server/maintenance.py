"""Maintenance commands: create an office, verify and rebuild its log, upgrade, back up, restore, diagnose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.output import HomeOption, JsonOption, help_text, print_json, print_phrase
from bot.cli.server.reminders import print_roster_check
from bot.cli.signing.proofs import print_proof
from bot.services.app import create_office, resolve_home, user_phrasebook
from bot.services.office.changes import record_first_version
from config.settings import Settings
from storage.content.content_store import ContentStore
from storage.database.backup import restore_backup
from storage.database.engines import database_name, describe_engine
from storage.database.store import upgrade_store
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.eventlog.log import Log, LogFault
from storage.eventlog.projections import CaseProjections
from storage.messaging.wake_queue import WakeQueue


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help=help_text("init.directory"))],
    *,
    sample: Annotated[bool, typer.Option("--sample", help=help_text("init.sample"))] = False,
) -> None:
    """Create an office's folder."""
    home = create_office(directory, sample=sample)
    if sample:
        record_first_version(open_office(context, home.path))
    print_phrase("init.sample_done" if sample else "init.done", path=home.path, file=home.office_file)


def verify(
    context: typer.Context,
    proof: Annotated[Path | None, typer.Argument(help=help_text("verify.proof"))] = None,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Verify the whole log, or a signature proof: exit 0 intact, 1 damaged."""
    if proof is not None:
        raise typer.Exit(print_proof(context, proof, home, as_json=as_json))
    app = open_office(context, home)
    with app.log() as log:
        faults = [*log.verify(), *damaged_text_faults(log)]
        end = log.end()
    if as_json:
        data = {"whole": not faults, "entries": end.position, "fingerprint": end.hash}
        print_json({**data, "faults": [asdict(fault) for fault in faults]})
    for fault in () if as_json else faults:
        print_phrase(f"verify.{fault.what}", position=fault.position, detail=fault.detail)
    if not as_json:
        print_phrase(
            "verify.damaged" if faults else "verify.whole", entries=end.position, fingerprint=end.hash
        )
    raise typer.Exit(1 if faults else 0)


def damaged_text_faults(log: Log) -> Iterator[LogFault]:
    """Faults of submitted texts whose stored bytes differ from what was submitted."""
    for digest in ContentStore(log.connection, log.office).damaged():
        yield LogFault(position=0, what="text", detail=digest)


def rebuild(
    context: typer.Context,
    home: HomeOption = None,
    *,
    check: Annotated[bool, typer.Option("--check", help=help_text("rebuild.check"))] = False,
) -> None:
    """Rebuild every projection from the log; with --check only compare."""
    app = open_office(context, home)
    with app.store.writing(app.office.slug) as connection:
        index = CaseProjections(connection, app.office.slug, app.duties)
        wakes = WakeQueue(connection, app.office.slug)
        differences = index.differences() + [f"wake {number}" for number in wakes.open_without_wake()]
        if not check:
            index.rebuild()
            wakes.rebuild(app.clock.now())
    for name in differences:
        print_phrase("rebuild.differs", name=name)
    print_phrase("rebuild.equal" if not differences else "rebuild.unequal" if check else "rebuild.done")
    raise typer.Exit(1 if differences and check else 0)


def upgrade(home: HomeOption = None) -> None:
    """Bring an older office's database to this version."""
    place = upgrade_store(resolve_home(home).database, Settings().database_address())
    print_phrase("upgrade.done", path=place)


def restore(
    file: Annotated[Path, typer.Argument(help=help_text("restore.file"))], home: HomeOption = None
) -> None:
    """Restore a backup into a new folder."""
    target = resolve_home(home)
    found = restore_backup(file, target, Settings().database_address())
    print_phrase("restore.done", path=target.path, files=found.files, position=found.position)


def doctor(context: typer.Context, home: HomeOption = None) -> None:
    """Diagnose the office: its file, database and calendar."""
    app = open_office(context, home)
    with app.log() as log:
        end, engine = log.end(), describe_engine(log.connection)
    known = app.known_calendar().known_until
    print_phrase("doctor.office", name=app.office.name, people=len(app.office.people), path=app.home.path)
    print_phrase("doctor.place", place=database_name(app.store.engine))
    print_phrase("doctor.database", **engine._asdict(), entries=end.position)
    print_phrase("doctor.calendar", until=known)
    print_phrase("doctor.clock", today=app.today)
    try:
        with app.log() as log:
            ClockReadings(log.connection, log.office).require_steady(app.clock)
    except ClockLeapt as leapt:
        print_phrase("doctor.clock_wrong", fault=user_phrasebook().error(leapt))
    print_roster_check(app)
