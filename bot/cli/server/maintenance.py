"""Creates an office, verifies, rebuilds, upgrades and restores its log, diagnoses it, and vouches for the clock."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.channels.stream.platform_interface import DOWN_FOR
from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, HomeOption, JsonOption, find_person
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.cli.server.reminders import print_roster_check
from bot.cli.signing.proofs import print_proof
from bot.language.labels import Labels
from bot.publishing.processing_sheet import note_text
from bot.runtime.proof import NightlyProof, prove
from bot.services.app import OfficeApp, create_office, resolve_home, user_phrasebook
from bot.services.office.changes import record_first_version
from bot.services.workbench.faults import clock_fault
from config.clock import clock_time, office_day
from config.durable_files import open_to_others
from config.settings import machine_settings
from storage.channels.line_states import LineStates
from storage.content.content_store import MEGABYTE
from storage.database.backup import restore_backup
from storage.database.engines import database_name, describe_engine
from storage.database.schema import upgrade_store
from storage.eventlog.projections import CaseProjections
from storage.messaging.wake_queue import WakeQueue
from storage.reading.other_formats.office_program import office_program


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
    fingerprint: Annotated[
        list[str] | None, typer.Option("--fingerprint", help=help_text("verify.fingerprint"))
    ] = None,
    against: Annotated[list[Path] | None, typer.Option("--against", help=help_text("verify.against"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Verify the whole log, or a signature proof: exit 0 intact, 1 damaged."""
    if proof is not None:
        raise typer.Exit(print_proof(context, proof, home, as_json=as_json))
    app = open_office(context, home)
    found = prove(app, fingerprint or (), against or ())
    if as_json:
        print_json(_proof_as_data(found))
    else:
        _print_proof(app, found)
    raise typer.Exit(1 if found.faults else 0)


def _print_file_growth(app: OfficeApp) -> None:
    """Print what texts, photographs and evidence take, and how much a month adds on average."""
    with app.log() as log:
        held = app.contents(log.connection).size()
        first = next(iter(log.read(upto=1)), None)
    since = office_day(first.recorded_at) if first else app.today
    months = max(1, (app.today - since).days // 30)
    total = held.total_bytes / MEGABYTE
    print_phrase(
        "doctor.files", count=held.number, total=f"{total:.1f}", monthly=f"{total / months:.1f}", since=since
    )


def _proof_as_data(found: NightlyProof) -> dict[str, object]:
    return {
        "whole": not found.faults,
        "entries": found.entries,
        "fingerprint": found.fingerprint,
        "faults": [asdict(fault) for fault in found.faults],
        "compared": found.compared,
        "compared_upto": found.compared_upto,
        "notes": [asdict(note) for note in found.notes],
    }


def _print_proof(app: OfficeApp, found: NightlyProof) -> None:
    labels = Labels(book=user_phrasebook(), office=app.office)
    for fault in found.faults:
        print_phrase(f"verify.{fault.what}", position=fault.position, detail=fault.detail)
    ended = {"entries": found.entries, "fingerprint": found.fingerprint}
    outside_only = {fault.what for fault in found.faults} <= {"fingerprint", "backup_broken"}
    damaged = "verify.unmatched" if outside_only else "verify.damaged"
    print_phrase(damaged if found.faults else "verify.whole", **ended)
    for note in found.notes:
        print_phrase("verify.note", case=note.case, position=note.position, text=note_text(note, labels))
    if found.compared:
        print_phrase("verify.compared", count=found.compared, position=found.compared_upto)
    elif not found.faults:
        print_phrase("verify.not_compared")


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
    place = upgrade_store(resolve_home(home).database, machine_settings().database_address())
    print_phrase("upgrade.done", path=place)


def restore(
    file: Annotated[Path, typer.Argument(help=help_text("restore.file"))], home: HomeOption = None
) -> None:
    """Restore a backup into a new folder."""
    target = resolve_home(home)
    found = restore_backup(file, target, machine_settings().database_address())
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
    _print_file_growth(app)
    if loose := open_to_others(app.home.path):
        print_phrase("doctor.open_files", count=len(loose), first=loose[0], path=app.home.path)
    else:
        print_phrase("doctor.private_files")
    print_phrase("doctor.clock", today=app.today)
    with app.store.reading() as connection:
        leapt = clock_fault(app, connection)
    if leapt:
        print_phrase("doctor.clock_wrong", fault=user_phrasebook().error(leapt))
    program = office_program()
    print_phrase(
        "doctor.converter" if program else "doctor.no_converter", **({"program": program} if program else {})
    )
    _print_lines(app)
    print_roster_check(app)


def _print_lines(app: OfficeApp) -> None:
    """The state of each long connection: since when it is up, and when something last came and went."""

    def moment(at: datetime | None) -> str:
        return clock_time(at) if at else user_phrasebook().say("doctor.line_never")

    with app.store.reading() as connection:
        states = LineStates(connection, app.office.slug).all()
    for state in states:
        told = {"channel": state.channel, "heard": moment(state.heard_at), "sent": moment(state.sent_at)}
        known = state.why if state.why in DOWN_FOR else "closed"
        why = user_phrasebook().say(f"doctor.line_why.{known}")
        if state.connected_at:
            print_phrase("doctor.line_up", since=moment(state.connected_at), **told)
        else:
            print_phrase("doctor.line_down", why=why, **told)
        if state.gaps:
            print_phrase(
                "doctor.line_gaps", channel=state.channel, gaps=state.gaps, seconds=state.gap_seconds
            )


def settle_clock(
    context: typer.Context,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))],
    home: HomeOption = None,
) -> None:
    """Record that a keeper vouches for the clock, though it seems to have leapt; entries are stamped by it again."""
    app = open_office(context, home)
    keeper = find_person(app, by)
    with app.recorder.transaction(actor=keeper.id, means="command") as uow:
        uow.office.settle_clock(reason)
    now = app.clock.now()
    print_phrase("settle_clock.done", now=clock_time(now), position=uow.entries[-1].position)
