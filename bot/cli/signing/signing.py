"""``gongkai draft``, ``sign``, ``return``, ``withdraw``, ``reject``, ``pass``, ``override``, ``show_approval_state``.

What is decided on is the version that lies before the person: ``--file``, which must be its own, to the byte; or
``--digest``, its fingerprint as it was shown. Recorded is the fingerprint of all that is decided with it. On the
command line ``--by`` names the post that acts.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.cases.cases import find_case
from bot.cli.common.output import HomeOption, JsonOption, help_text, print_json, print_phrase
from bot.cli.context import open_office
from bot.cli.server.users import find_person
from bot.language.labels import Labels
from bot.services.app import OfficeApp, user_phrasebook
from config.errors import Refusal
from config.office.loader import Chain, Person
from scheduler.recording.signoff_commands import NoChain
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import (
    WRITER,
    ApprovalState,
    invalidated_signatures,
    override_candidates,
    signers,
)
from scheduler.signoff.approval_state import approval_state as standing_of
from scheduler.signoff.refusals import OtherText
from storage.content.content_store import ContentStore
from storage.eventlog.office_events import office_events
from storage.events.approvals import approval_history, is_published
from storage.events.case import Case, chain_kind
from storage.events.delegations import fold_absences
from storage.events.manifest import Manifest, description_from, manifest_attachment
from storage.reading.formats.errors import read_error

DIGEST_DIGITS_SHOWN = 12  # digits of a fingerprint: enough to compare two by eye
SIGNED_MARK, CURRENT_MARK, AHEAD_MARK = "✓", "●", "○"

CaseArgument = Annotated[str, typer.Argument(help=help_text("explain.case"))]
ByOption = Annotated[str, typer.Option("--by", help=help_text("signing.by"))]
FileOption = Annotated[Path, typer.Option("--file", help=help_text("signing.file"))]
SeenFileOption = Annotated[Path | None, typer.Option("--file", help=help_text("signing.file"))]
SeenDigestOption = Annotated[str, typer.Option("--digest", help=help_text("signing.digest"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))]
StageOption = Annotated[str, typer.Option("--stage", help=help_text("signing.stage"))]


class NothingSeen(Refusal):
    """Say which version was seen: --file FILE, or --digest FINGERPRINT as gongkai standing {case} shows it."""


def draft(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    file: FileOption,
    title: Annotated[str, typer.Option("--title", help=help_text("signing.title"))] = "",
    outcome: Annotated[str, typer.Option("--outcome", help=help_text("signing.outcome"))] = "",
    home: HomeOption = None,
) -> None:
    """Lay a file, as it was edited, before those who sign; what was signed before is void."""
    app = open_office(context, home)
    found, content = find_case(app, case), read_file(file)
    submit_letter_text(app, found, by, content, name=file.name, title=title, decision=outcome)
    print_approval_state(app, find_case(app, str(found.number)))


def sign(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Sign exactly this version at a stage."""
    app = open_office(context, home)
    found, person = find_case(app, case), find_person(app, by)
    manifest = require_seen_manifest(app, found, file, digest)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.sign(found.number, person.id, stage, manifest)
    print_phrase("signing.signed", post=person.post, stage=stage, manifest=manifest[:DIGEST_DIGITS_SHOWN])
    print_approval_state(app, find_case(app, str(found.number)))


def return_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    reason: ReasonOption,
    to: Annotated[str, typer.Option("--to", help=help_text("signing.to"))] = WRITER,
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Send the text back to a stage or to its writer, with a reason."""
    app = open_office(context, home)
    found, person = find_case(app, case), find_person(app, by)
    manifest = require_seen_manifest(app, found, file, digest)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.send_back(found.number, person.id, manifest, reason, to)
    print_phrase("signing.returned", post=person.post, to=to or user_phrasebook().say("signing.writer"))
    print_approval_state(app, find_case(app, str(found.number)))


def withdraw(
    context: typer.Context, case: CaseArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None
) -> None:
    """Take one's own signature back, while the next stage has not acted."""
    app = open_office(context, home)
    found, person = find_case(app, case), find_person(app, by)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.withdraw(found.number, person.id, reason)
    print_phrase("signing.withdrawn", post=person.post)
    print_approval_state(app, find_case(app, str(found.number)))


def reject(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    reason: ReasonOption,
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """End the text's way; its case can then only be closed as rejected."""
    app = open_office(context, home)
    found, person = find_case(app, case), find_person(app, by)
    manifest = require_seen_manifest(app, found, file, digest)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.reject(found.number, person.id, manifest, reason)
    print_phrase("signing.rejected", post=person.post)
    print_approval_state(app, find_case(app, str(found.number)))


def pass_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    to: Annotated[str, typer.Option("--to", help=help_text("signing.pass_to"))],
    reason: Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))] = "",
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Hand the stage to somebody else who may sign it; only they may then."""
    app = open_office(context, home)
    found, person, other = find_case(app, case), find_person(app, by), find_person(app, to)
    manifest = require_seen_manifest(app, found, file, digest)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.reassign_stage(found.number, person.id, other.id, manifest, reason)
    print_phrase("signing.passed", post=person.post, to=other.post)
    print_approval_state(app, find_case(app, str(found.number)))


def override(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    reason: ReasonOption,
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Let the open stage pass unsigned, as one of two who must both say so."""
    app = open_office(context, home)
    found, person = find_case(app, case), find_person(app, by)
    manifest = require_seen_manifest(app, found, file, digest)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.signoff.override(found.number, person.id, stage, manifest, reason)
    after = find_case(app, str(found.number))
    passed = stage in approval_history(after.approvals).overridden_stages
    print_phrase("signing.let_pass" if passed else "signing.overridden", post=person.post, stage=stage)
    print_approval_state(app, after)


def show_approval_state(
    context: typer.Context, case: CaseArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """How far a text has come, and who may sign now."""
    app = open_office(context, home)
    found = find_case(app, case)
    if as_json:
        print_json(_as_data(app, found))
    else:
        print_approval_state(app, found)


def submit_letter_text(
    app: OfficeApp,
    case: Case,
    by: str,
    content: bytes,
    *,
    name: str,
    title: str,
    decision: str = "",
    before: Callable[[UnitOfWork], object] = lambda _sitting: None,
    keep: Callable[[], object] | None = None,
) -> None:
    """Record a text to be signed, with what comes ``before`` it.

    ``keep`` puts it where it stays, and where that fails nothing is recorded.
    """
    chain, person = chain_of(app, case), find_person(app, by)
    file = manifest_attachment(name, content)
    known = description_from(case.facts)
    manifest = Manifest(title=title, attachments=(file,), decision=decision, **known)
    lost = invalidated_signatures(standing_of(chain, app.office, case.approvals), manifest.digest, decision)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        before(uow)
        uow.signoff.draft(case.number, person.id, manifest, (content,))
        if keep:
            keep()
    print_phrase("signing.drafted", post=person.post, manifest=manifest.digest[:DIGEST_DIGITS_SHOWN])
    for one in lost:
        print_phrase("signing.fell", post=one.post, stage=one.stage)


def require_seen_manifest(app: OfficeApp, case: Case, path: Path | None, digest: str = "") -> str:
    """The fingerprint of the version that stands, where this file, to the byte, or this fingerprint is its own.

    OtherText where it is another's, NothingSeen where neither was given. The digits that are shown name it too.
    """
    content = read_file(path) if path else b""
    at = standing_of(chain_of(app, case), app.office, case.approvals)
    if not path and len(digest) < DIGEST_DIGITS_SHOWN:
        raise NothingSeen(case=case.number)
    if not at.manifest:
        return ""  # nothing lies there: the desk says so, and who it waits for
    if not path:
        return at.manifest if at.manifest.startswith(digest) else digest
    with app.log() as log:
        manifest = ContentStore(log.connection, log.office).manifest(at.manifest)
    if sha256(content).hexdigest() not in {one.sha256 for one in manifest.attachments}:
        raise OtherText
    return at.manifest


def print_approval_state(app: OfficeApp, case: Case) -> None:
    """The text, its route with ticks, and who may sign now."""
    chain = chain_of(app, case)
    at = standing_of(chain, app.office, case.approvals)
    print_phrase(
        "signing.text",
        case=case.number,
        title=at.title or _case_title(app, case),
        manifest=at.manifest[:DIGEST_DIGITS_SHOWN] or "—",
    )
    print_phrase("signing.route", route=" ".join(mark + name for name, mark in _stage_marks(chain, at)))
    duty = app.duties.get(case.opening.kind) if case.opening else None
    state = "out" if duty and is_published(case, duty) else _state_key(at)
    may, passing = signers(at, app.office), override_candidates(at, app.office)
    if state == "waits" and not may:
        state = "nobody" if passing else "stuck"
    who = "、".join(_person_label(app, person) for person in may or passing) or "—"
    print_phrase(f"signing.state.{state}", stage=at.stage.name if at.stage else "—", who=who)


def _person_label(app: OfficeApp, person: Person) -> str:
    """A post with its id, and who stands in today."""
    with app.log() as log:
        running = fold_absences(office_events(log)).deputy_of(person.id, app.today)
    deputy = app.office.person(running.deputy).post if running and running.deputy else ""
    away = user_phrasebook().say("signing.by_deputy", deputy=deputy) if deputy else ""
    return f"{person.post}（{person.id}{away}）"


def _case_title(app: OfficeApp, case: Case) -> str:
    """What a text without a title is about."""
    return Labels(book=user_phrasebook(), office=app.office).case_title(case.opening, case.number)


def read_file(path: Path) -> bytes:
    """The file's bytes. Unreadable where there are none to be had."""
    try:
        if path.is_dir():
            raise read_error(path.name, "folder")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise read_error(path.name, "missing") from error
    except OSError as error:
        raise read_error(path.name, "denied") from error
    if not content:
        raise read_error(path.name, "empty")
    return content


def chain_of(app: OfficeApp, case: Case) -> Chain:
    """The stages the case's answer passes. NoChain where nobody signs it."""
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not chain_kind(case, duty):
        raise NoChain(case=case.number)
    return app.office.chain(chain_kind(case, duty))


def _state_key(at: ApprovalState) -> str:
    if at.text.rejected:
        return "rejected"
    if at.complete:
        return "complete"
    if at.stage:
        return "waits"
    return "with_writer" if at.has_text else "nothing"


def _stage_marks(chain: Chain, at: ApprovalState) -> list[tuple[str, str]]:
    names = [stage.name for stage in chain.stages]
    done = len(names) if at.complete else names.index(at.stage.name) if at.stage else 0
    marks = [SIGNED_MARK] * done + [CURRENT_MARK] * bool(at.stage)
    return list(zip(names, marks + [AHEAD_MARK] * (len(names) - len(marks)), strict=True))


def _as_data(app: OfficeApp, case: Case) -> dict[str, Any]:
    chain = chain_of(app, case)
    at = standing_of(chain, app.office, case.approvals)
    return {
        "case": case.number,
        "state": _state_key(at),
        "title": at.title,
        "manifest": at.manifest,
        "stages": [{"name": name, "signed": mark == SIGNED_MARK} for name, mark in _stage_marks(chain, at)],
        "waits_for": at.stage.name if at.stage else None,
        "may_sign": [{"id": person.id, "post": person.post} for person in signers(at, app.office)],
    }
