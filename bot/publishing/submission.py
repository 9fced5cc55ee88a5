"""Submits a text for signing, from chat, page or command: it is checked first, then stored with its files.

A preview shows the findings and the signatures that would become invalid; a text with blocking findings is refused.
The submitter confirms exactly the text that was shown (``docs/decisions/0019-laid-down-below-its-findings.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from bot.publishing.generated_papers import GeneratedPaper
from bot.publishing.texts import check_text
from bot.services.app import OfficeApp
from config.declarations.duty import Duty
from config.declarations.keys import DISCLOSURE_FIELD
from config.findings import Finding
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import ApprovalState, invalidated_signatures, stage_holders
from storage.content.applicant_store import ApplicantStore
from storage.events.approvals import last_drafted_manifest
from storage.events.case import Case
from storage.events.events import Signed
from storage.events.manifest import Manifest
from storage.proofread.review import has_blocking_findings

TransactionFactory = Callable[[], AbstractContextManager[UnitOfWork]]
"""Opens a unit of work for the submitter, within their transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text as written, with its files."""

    manifest: Manifest
    files: tuple[bytes, ...] = ()
    paper: GeneratedPaper | None = None
    """The paper that the program generated, if that is what is submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPreview:
    """The findings and effects that the submitter sees before submitting."""

    findings: tuple[Finding, ...]
    invalidated_signatures: tuple[Signed, ...]
    """The signatures that the submission would make invalid."""
    empty_stage: str = ""
    """The name of the first stage where nobody could sign the text; empty where somebody can."""

    @property
    def must_not_go_out(self) -> bool:
        """Whether it has blocking findings: content that must not be published."""
        return has_blocking_findings(self.findings)


def preview_submission(
    app: OfficeApp,
    connection: Connection,
    draft: Draft,
    at: ApprovalState | None,
    *,
    case: int,
    chain: str,
    by: str,
) -> SubmissionPreview:
    """Check a draft with all its files, stored ones included.

    ``at``: the approval state of its ``case`` (0 where it has none yet); ``chain``: the kind of chain it goes
    through; ``by``: who submits it.
    """
    manifest = draft.manifest
    kept = app.contents(connection).files(manifest)
    given = kept | {sha256(content).hexdigest(): content for content in draft.files}
    applicant = ApplicantStore(connection, app.office.slug).get(case)
    found = check_text(manifest, app, app.wordlist(), given, applicant.numbers if applicant else ())
    fall = invalidated_signatures(at, manifest.digest, manifest.decision) if at else ()
    told = draft.paper.findings if draft.paper else ()
    writers = {by, *(at.writers if at else ())}
    return SubmissionPreview(
        findings=(*told, *found),
        invalidated_signatures=tuple(fall),
        empty_stage=_empty_first_stage(app, manifest, chain, writers),
    )


def _empty_first_stage(app: OfficeApp, manifest: Manifest, chain: str, writers: AbstractSet[str]) -> str:
    """The first stage of a chain, where all who hold it have written the text."""
    stage = app.office.chain(chain).stages[0]
    holders = stage_holders(stage, app.office, manifest.description)
    return "" if any(person.id not in writers for person in holders) else stage.name


def latest_version(connection: Connection, app: OfficeApp, case: Case) -> Manifest | None:
    """The last submitted version; None where there is none, or it was erased with its applicant."""
    digest, archive = last_drafted_manifest(case.approvals), app.contents(connection)
    return archive.manifest(digest) if archive.known([digest]) else None


def letter_outcomes(duty: Duty) -> tuple[str, ...]:
    """The outcomes of a kind that are announced by letter: its text must name one of them."""
    return tuple(outcome.key for outcome in duty.outcomes if outcome.required_paragraphs)


def release_step(duty: Duty) -> str:
    """The step that releases a text for the website; empty for a kind of any other text."""
    described = bool(duty.field(DISCLOSURE_FIELD))
    return next((step.key for step in duty.steps if step.requires_approval and described), "")


def submit_text(
    sit: TransactionFactory, draft: Draft, *, case: int, by: str, authors: Sequence[str] = ()
) -> UnitOfWork:
    """Submit a draft inside a writing transaction. HeldBack, and every refusal of the recorder.

    ``authors`` are those whose words it takes over.
    """
    if draft.paper:  # a signature rests on what is recorded: what the paper vouches for comes first
        with sit() as uow:
            draft.paper.record_first(uow)
    with sit() as uow:
        uow.signoff.draft(case, by, draft.manifest, draft.files, authors=authors)
    return uow
