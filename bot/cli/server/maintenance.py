"""The office's house-keeping: making a home, proving the log, rebuilding what is derived, and the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json
from bot.cli.context import open_office
from bot.cli.server.reminders import tell_roster
from bot.cli.signing.proofs import tell_proof
from bot.services.app import found_office, named_home
from config.settings import Settings
from storage.content.content_store import Archive
from storage.database.backup import make_backup, restore_backup
from storage.database.engines import about, place_of
from storage.database.store import upgrade_store
from storage.eventlog.log import Fault, Log
from storage.eventlog.projections import Index
from storage.messaging.wake_queue import Wakes


def init(
    directory: Annotated[Path, typer.Argument(help=said("init.directory"))],
    *,
    sample: Annotated[bool, typer.Option("--sample", help=said("init.sample"))] = False,
) -> None:
    """Make an office's folder."""
    home = found_office(directory, sample=sample)
    tell("init.sample_done" if sample else "init.done", path=home.path, file=home.office_file)


def verify(
    context: typer.Context,
    proof: Annotated[Path | None, typer.Argument(help=said("verify.proof"))] = None,
    home: HomeOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Re-read the whole log, or a text's proof: exit 0 whole, 1 damaged."""
    if proof is not None:
        raise typer.Exit(tell_proof(context, proof, home, as_json=as_json))
    works = open_office(context, home)
    with works.log() as log:
        faults = [*log.verify(), *damaged_texts(log)]
        end = log.end()
    if as_json:
        data = {"whole": not faults, "entries": end.position, "fingerprint": end.hash}
        tell_json({**data, "faults": [asdict(fault) for fault in faults]})
    for fault in () if as_json else faults:
        tell(f"verify.{fault.what}", position=fault.position, detail=fault.detail)
    if not as_json:
        tell("verify.damaged" if faults else "verify.whole", entries=end.position, fingerprint=end.hash)
    raise typer.Exit(1 if faults else 0)


def damaged_texts(log: Log) -> Iterator[Fault]:
    """The contents laid before signers that are not what was laid down."""
    for digest in Archive(log.connection, log.office).damaged():
        yield Fault(position=0, what="text", detail=digest)


def rebuild(
    context: typer.Context,
    home: HomeOption = None,
    *,
    check: Annotated[bool, typer.Option("--check", help=said("rebuild.check"))] = False,
) -> None:
    """Derive every table anew from the log; with --check only compare."""
    works = open_office(context, home)
    with works.store.writing(works.office.slug) as connection:
        index = Index(connection, works.office.slug, works.duties)
        wakes = Wakes(connection, works.office.slug)
        differences = index.differences() + [f"wake {number}" for number in wakes.asleep()]
        if not check:
            index.rebuild()
            wakes.rebuild(works.clock.now())
    for name in differences:
        tell("rebuild.differs", name=name)
    tell("rebuild.equal" if not differences else "rebuild.unequal" if check else "rebuild.done")
    raise typer.Exit(1 if differences and check else 0)


def upgrade(home: HomeOption = None) -> None:
    """Bring an older office's database to this version."""
    place = upgrade_store(named_home(home).database, Settings().database_address())
    tell("upgrade.done", path=place)


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=said("backup.file"))],
    home: HomeOption = None,
) -> None:
    """Copy an office into one archive, while it runs."""
    works = open_office(context, home)
    made = make_backup(works.home, works.store, works.office.slug, file, works.clock.now())
    tell("backup.done", path=file, files=made.files, position=made.position, fingerprint=made.fingerprint)


def restore(
    file: Annotated[Path, typer.Argument(help=said("restore.file"))], home: HomeOption = None
) -> None:
    """Lay a backup out in a new folder."""
    target = named_home(home)
    found = restore_backup(file, target, Settings().database_address())
    tell("restore.done", path=target.path, files=found.files, position=found.position)


def doctor(context: typer.Context, home: HomeOption = None) -> None:
    """Say how this office stands: file, database, calendar."""
    works = open_office(context, home)
    with works.log() as log:
        end, engine = log.end(), about(log.connection)
    known = works.known_calendar().known_until
    tell("doctor.office", name=works.office.name, people=len(works.office.people), path=works.home.path)
    tell("doctor.place", place=place_of(works.store.engine))
    tell("doctor.database", **engine._asdict(), entries=end.position)
    tell("doctor.calendar", until=known)
    tell("doctor.clock", today=works.today)
    tell_roster(works)
