"""``gongkai draft``, ``sign``, ``return``, ``withdraw``, ``reject``, ``pass``, ``override``, ``standing``.

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
from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json
from bot.cli.context import open_office
from bot.cli.server.users import person_named
from bot.language.labels import Labels
from bot.services.app import Works, words
from config.errors import Refusal
from config.office.loader import Chain, Person
from scheduler.recording.signoff_commands import NoChain
from scheduler.recording.unit_of_work import Sitting
from scheduler.signoff.approval_state import WRITER, Standing, falls, overriders, signers
from scheduler.signoff.approval_state import standing as standing_of
from scheduler.signoff.refusals import OtherText
from storage.content.content_store import Archive
from storage.eventlog.office_events import officewide
from storage.events.approvals import is_out, text_of
from storage.events.case import Case, chain_kind
from storage.events.delegations import absences
from storage.events.manifest import Manifest, attachment, described_by
from storage.reading.formats.errors import refuse

SHOWN = 12  # digits of a fingerprint: enough to compare two by eye
SIGNED, WAITING, AHEAD = "✓", "●", "○"

CaseArgument = Annotated[str, typer.Argument(help=said("explain.case"))]
ByOption = Annotated[str, typer.Option("--by", help=said("signing.by"))]
FileOption = Annotated[Path, typer.Option("--file", help=said("signing.file"))]
SeenFile = Annotated[Path | None, typer.Option("--file", help=said("signing.file"))]
SeenDigest = Annotated[str, typer.Option("--digest", help=said("signing.digest"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=said("signing.reason"))]
StageOption = Annotated[str, typer.Option("--stage", help=said("signing.stage"))]


class NothingSeen(Refusal):
    """Say which version was seen: --file FILE, or --digest FINGERPRINT as gongkai standing {case} shows it."""


def draft(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    file: FileOption,
    title: Annotated[str, typer.Option("--title", help=said("signing.title"))] = "",
    outcome: Annotated[str, typer.Option("--outcome", help=said("signing.outcome"))] = "",
    home: HomeOption = None,
) -> None:
    """Lay a file, as it was edited, before those who sign; what was signed before is void."""
    works = open_office(context, home)
    found, content = find_case(works, case), read_file(file)
    lay_before(works, found, by, content, name=file.name, title=title, decision=outcome)
    tell_standing(works, find_case(works, str(found.number)))


def sign(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    file: SeenFile = None,
    digest: SeenDigest = "",
    home: HomeOption = None,
) -> None:
    """Sign exactly this version at a stage."""
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    manifest = manifest_seen(works, found, file, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.sign(found.number, person.id, stage, manifest)
    tell("signing.signed", post=person.post, stage=stage, manifest=manifest[:SHOWN])
    tell_standing(works, find_case(works, str(found.number)))


def return_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    reason: ReasonOption,
    to: Annotated[str, typer.Option("--to", help=said("signing.to"))] = WRITER,
    file: SeenFile = None,
    digest: SeenDigest = "",
    home: HomeOption = None,
) -> None:
    """Send the text back to a stage or to its writer, with a reason."""
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    manifest = manifest_seen(works, found, file, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.send_back(found.number, person.id, manifest, reason, to)
    tell("signing.returned", post=person.post, to=to or words().say("signing.writer"))
    tell_standing(works, find_case(works, str(found.number)))


def withdraw(
    context: typer.Context, case: CaseArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None
) -> None:
    """Take one's own signature back, while the next stage has not acted."""
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.withdraw(found.number, person.id, reason)
    tell("signing.withdrawn", post=person.post)
    tell_standing(works, find_case(works, str(found.number)))


def reject(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    reason: ReasonOption,
    file: SeenFile = None,
    digest: SeenDigest = "",
    home: HomeOption = None,
) -> None:
    """End the text's way; its case can then only be closed as rejected."""
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    manifest = manifest_seen(works, found, file, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.reject(found.number, person.id, manifest, reason)
    tell("signing.rejected", post=person.post)
    tell_standing(works, find_case(works, str(found.number)))


def pass_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    to: Annotated[str, typer.Option("--to", help=said("signing.pass_to"))],
    reason: Annotated[str, typer.Option("--reason", help=said("signing.reason"))] = "",
    file: SeenFile = None,
    digest: SeenDigest = "",
    home: HomeOption = None,
) -> None:
    """Hand the stage to somebody else who may sign it; only they may then."""
    works = open_office(context, home)
    found, person, other = find_case(works, case), person_named(works, by), person_named(works, to)
    manifest = manifest_seen(works, found, file, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.pass_on(found.number, person.id, other.id, manifest, reason)
    tell("signing.passed", post=person.post, to=other.post)
    tell_standing(works, find_case(works, str(found.number)))


def override(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    stage: StageOption,
    reason: ReasonOption,
    file: SeenFile = None,
    digest: SeenDigest = "",
    home: HomeOption = None,
) -> None:
    """Let the open stage pass unsigned, as one of two who must both say so."""
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    manifest = manifest_seen(works, found, file, digest)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.override(found.number, person.id, stage, manifest, reason)
    after = find_case(works, str(found.number))
    passed = stage in text_of(after.approvals).overridden
    tell("signing.let_pass" if passed else "signing.overridden", post=person.post, stage=stage)
    tell_standing(works, after)


def standing(
    context: typer.Context, case: CaseArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """How far a text has come, and who may sign now."""
    works = open_office(context, home)
    found = find_case(works, case)
    if as_json:
        tell_json(_as_data(works, found))
    else:
        tell_standing(works, found)


def lay_before(
    works: Works,
    case: Case,
    by: str,
    content: bytes,
    *,
    name: str,
    title: str,
    decision: str = "",
    before: Callable[[Sitting], object] = lambda _sitting: None,
    keep: Callable[[], object] | None = None,
) -> None:
    """Record a text to be signed, with what comes ``before`` it.

    ``keep`` puts it where it stays, and where that fails nothing is recorded.
    """
    chain, person = chain_of(works, case), person_named(works, by)
    file = attachment(name, content)
    known = described_by(case.facts)
    manifest = Manifest(title=title, attachments=(file,), decision=decision, **known)
    lost = falls(standing_of(chain, works.office, case.approvals), manifest.digest, decision)
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        before(sitting)
        sitting.draft(case.number, person.id, manifest, (content,))
        if keep:
            keep()
    tell("signing.drafted", post=person.post, manifest=manifest.digest[:SHOWN])
    for one in lost:
        tell("signing.fell", post=one.post, stage=one.stage)


def manifest_seen(works: Works, case: Case, path: Path | None, digest: str = "") -> str:
    """The fingerprint of the version that stands, where this file, to the byte, or this fingerprint is its own.

    OtherText where it is another's, NothingSeen where neither was given. The digits that are shown name it too.
    """
    content = read_file(path) if path else b""
    at = standing_of(chain_of(works, case), works.office, case.approvals)
    if not path and len(digest) < SHOWN:
        raise NothingSeen(case=case.number)
    if not at.manifest:
        return ""  # nothing lies there: the desk says so, and who it waits for
    if not path:
        return at.manifest if at.manifest.startswith(digest) else digest
    with works.log() as log:
        manifest = Archive(log.connection, log.office).manifest(at.manifest)
    if sha256(content).hexdigest() not in {one.sha256 for one in manifest.attachments}:
        raise OtherText
    return at.manifest


def tell_standing(works: Works, case: Case) -> None:
    """The text, its route with ticks, and who may sign now."""
    chain = chain_of(works, case)
    at = standing_of(chain, works.office, case.approvals)
    tell(
        "signing.text",
        case=case.number,
        title=at.title or _named(works, case),
        manifest=at.manifest[:SHOWN] or "—",
    )
    tell("signing.route", route=" ".join(mark + name for name, mark in _marks(chain, at)))
    duty = works.duties.get(case.opening.kind) if case.opening else None
    state = "out" if duty and is_out(case, duty) else _state(at)
    may, passing = signers(at, works.office), overriders(at, works.office)
    if state == "waits" and not may:
        state = "nobody" if passing else "stuck"
    who = "、".join(_called(works, person) for person in may or passing) or "—"
    tell(f"signing.state.{state}", stage=at.stage.name if at.stage else "—", who=who)


def _called(works: Works, person: Person) -> str:
    """A post with its id, and who stands in today."""
    with works.log() as log:
        running = absences(officewide(log)).deputy_of(person.id, works.today)
    deputy = works.office.person(running.deputy).post if running and running.deputy else ""
    away = words().say("signing.by_deputy", deputy=deputy) if deputy else ""
    return f"{person.post}（{person.id}{away}）"


def _named(works: Works, case: Case) -> str:
    """What a text without a title is about."""
    return Labels(book=words(), office=works.office).called(case.opening, case.number)


def read_file(path: Path) -> bytes:
    """The file's bytes. Unreadable where there are none to be had."""
    try:
        if path.is_dir():
            raise refuse(path.name, "folder")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise refuse(path.name, "missing") from error
    except OSError as error:
        raise refuse(path.name, "denied") from error
    if not content:
        raise refuse(path.name, "empty")
    return content


def chain_of(works: Works, case: Case) -> Chain:
    """The stages the case's answer passes. NoChain where nobody signs it."""
    duty = works.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not chain_kind(case, duty):
        raise NoChain(case=case.number)
    return works.office.chain(chain_kind(case, duty))


def _state(at: Standing) -> str:
    if at.text.rejected:
        return "rejected"
    if at.complete:
        return "complete"
    if at.stage:
        return "waits"
    return "with_writer" if at.begun else "nothing"


def _marks(chain: Chain, at: Standing) -> list[tuple[str, str]]:
    names = [stage.name for stage in chain.stages]
    done = len(names) if at.complete else names.index(at.stage.name) if at.stage else 0
    marks = [SIGNED] * done + [WAITING] * bool(at.stage)
    return list(zip(names, marks + [AHEAD] * (len(names) - len(marks)), strict=True))


def _as_data(works: Works, case: Case) -> dict[str, Any]:
    chain = chain_of(works, case)
    at = standing_of(chain, works.office, case.approvals)
    return {
        "case": case.number,
        "state": _state(at),
        "title": at.title,
        "manifest": at.manifest,
        "stages": [{"name": name, "signed": mark == SIGNED} for name, mark in _marks(chain, at)],
        "waits_for": at.stage.name if at.stage else None,
        "may_sign": [{"id": person.id, "post": person.post} for person in signers(at, works.office)],
    }
