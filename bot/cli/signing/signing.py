"""``gongkai draft``, ``sign``, ``return``, ``withdraw``, ``reject``, ``pass``, ``override`` and ``standing``.

A decision is about the version that the person has seen: ``--file`` is that version to the byte, or ``--digest``
is its fingerprint as it was shown. The fingerprint of everything decided on is recorded. ``--by`` names the post
that acts.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, CaseArgument, HomeOption, JsonOption, find_case, find_person
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.cli.signing.approval_state import DIGEST_DIGITS_SHOWN, approval_state_data, print_approval_state
from bot.cli.signing.submission import require_seen_manifest, submit_letter_text
from bot.services.app import OfficeApp, user_phrasebook
from config.office.model import Person
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import WRITER
from storage.events.approvals import approval_history
from storage.events.case import Case
from storage.reading.formats.file_bytes import read_file

FileOption = Annotated[Path, typer.Option("--file", help=help_text("signing.file"))]
SeenFileOption = Annotated[Path | None, typer.Option("--file", help=help_text("signing.file"))]
SeenDigestOption = Annotated[str, typer.Option("--digest", help=help_text("signing.digest"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=help_text("signing.reason"))]
StageOption = Annotated[str, typer.Option("--stage", help=help_text("signing.stage"))]


@dataclass(frozen=True, slots=True)
class SigningAction:
    """One person's act on one case's text, before and while it is recorded."""

    app: OfficeApp
    case: Case
    person: Person

    def seen_manifest(self, file: Path | None, digest: str) -> str:
        """The fingerprint of the version that was seen. NothingSeen, OtherText."""
        return require_seen_manifest(self.app, self.case, file, digest)

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """The unit of work in which the act is recorded, in the person's name."""
        return self.app.recorder.transaction(actor=self.person.id, means="command")

    def print_result(self, key: str, **parts: object) -> None:
        """Print what was done, and how far the text has come now."""
        print_phrase(key, post=self.person.post, **parts)
        print_approval_state(self.app, self.case_now())

    def case_now(self) -> Case:
        """The case with what was recorded since."""
        return find_case(self.app, str(self.case.number))


def _start_action(context: typer.Context, home: Path | None, case: str, by: str) -> SigningAction:
    """The office, case and person that a command names. NoSuchCase, SeveralCases, NoSuchPerson."""
    app = open_office(context, home)
    return SigningAction(app, find_case(app, case), find_person(app, by))


def draft(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    file: FileOption,
    title: Annotated[str, typer.Option("--title", help=help_text("signing.title"))] = "",
    outcome: Annotated[str, typer.Option("--outcome", help=help_text("signing.outcome"))] = "",
    home: HomeOption = None,
) -> None:
    """Submit an edited file to those who sign; earlier signatures become void."""
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
    action = _start_action(context, home, case, by)
    manifest = action.seen_manifest(file, digest)
    with action.transaction() as uow:
        uow.signoff.sign(action.case.number, action.person.id, stage, manifest)
    action.print_result("signing.signed", stage=stage, manifest=manifest[:DIGEST_DIGITS_SHOWN])


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
    action = _start_action(context, home, case, by)
    manifest = action.seen_manifest(file, digest)
    with action.transaction() as uow:
        uow.signoff.send_back(action.case.number, action.person.id, manifest, reason, to)
    action.print_result("signing.returned", to=to or user_phrasebook().say("signing.writer"))


def withdraw(
    context: typer.Context, case: CaseArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None
) -> None:
    """Take one's own signature back, while the next stage has not acted."""
    action = _start_action(context, home, case, by)
    with action.transaction() as uow:
        uow.signoff.withdraw(action.case.number, action.person.id, reason)
    action.print_result("signing.withdrawn")


def reject(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    reason: ReasonOption,
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Reject the text for good; its case can then only be closed as rejected."""
    action = _start_action(context, home, case, by)
    manifest = action.seen_manifest(file, digest)
    with action.transaction() as uow:
        uow.signoff.reject(action.case.number, action.person.id, manifest, reason)
    action.print_result("signing.rejected")


def pass_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    by: ByOption,
    to: Annotated[str, typer.Option("--to", help=help_text("signing.pass_to"))],
    reason: ReasonOption = "",
    file: SeenFileOption = None,
    digest: SeenDigestOption = "",
    home: HomeOption = None,
) -> None:
    """Hand the stage to somebody else who may sign it; from then on nobody else may."""
    action = _start_action(context, home, case, by)
    other = find_person(action.app, to)
    manifest = action.seen_manifest(file, digest)
    with action.transaction() as uow:
        uow.signoff.reassign_stage(action.case.number, action.person.id, other.id, manifest, reason)
    action.print_result("signing.passed", to=other.post)


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
    """Let the open stage pass unsigned; two people must both confirm it."""
    action = _start_action(context, home, case, by)
    manifest = action.seen_manifest(file, digest)
    with action.transaction() as uow:
        uow.signoff.override(action.case.number, action.person.id, stage, manifest, reason)
    passed = stage in approval_history(action.case_now().approvals).overridden_stages
    action.print_result("signing.let_pass" if passed else "signing.overridden", stage=stage)


def show_approval_state(
    context: typer.Context, case: CaseArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """Show how far a text has come, and who may sign it now."""
    app = open_office(context, home)
    found = find_case(app, case)
    if as_json:
        print_json(approval_state_data(app, found))
    else:
        print_approval_state(app, found)
