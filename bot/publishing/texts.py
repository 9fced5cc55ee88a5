"""Submitted texts: loads them, checks them, says what a chat may show of them, and builds their signature proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.services.app import OfficeApp
from config.declarations.duty import Duty
from config.declarations.keys import (
    CHECK_PASSED_STEP,
    DISCLOSURE_FIELD,
    MADE_ON_FIELD,
)
from config.errors import Refusal
from config.findings import Finding
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.content_store import ContentStore
from storage.content.signature_proof import ChainLink, build_proof
from storage.content.signature_vouching import SignatureNote, signature_notes
from storage.events.approvals import ApprovalHistory, approval_history, last_drafted_manifest
from storage.events.case import Case
from storage.events.manifest import Manifest
from storage.proofread.personal_data.detector import masked_text
from storage.proofread.review import proofread_text
from storage.proofread.wordlist import Wordlist
from storage.reading.texts.manifest_text import manuscript_of

_BEGINNING = 60  # characters of a text that its card shows


class NothingDrafted(Refusal):
    """Case {case} has no text yet. Lay one down first: gongkai text draft {case} --by PERSON --file FILE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedText:
    """The current text of a case, with its manifest and its files."""

    case: Case
    duty: Duty
    text: ApprovalHistory
    manifest: Manifest
    files: Mapping[str, bytes]
    notes: Sequence[SignatureNote] = ()
    """What is to be known about who let its signers' accounts in."""


def text_duty(app: OfficeApp) -> Duty:
    """The kind whose texts are published on the website and checked there."""
    return next(
        duty for duty in app.duties.values() if duty.step(CHECK_PASSED_STEP) and duty.field(DISCLOSURE_FIELD)
    )


def text_reference(uow: UnitOfWork, duty: Duty, title: str, made_on: str) -> str:
    """The reference of a new text: its title, and its day too where a text of another day has the same title."""
    taken = uow.context.index.find(duty.kind, [title]).get(title)
    known = uow.context.case(taken).facts.get(MADE_ON_FIELD, "") if taken else made_on
    return title if known == made_on else f"{title}（{made_on}）"


def load_submitted_text(app: OfficeApp, case: Case, duty: Duty) -> SubmittedText:
    """The text that is in review or was published. NothingDrafted."""
    text = approval_history(case.approvals)
    digest = text.manifest or last_drafted_manifest(case.approvals)
    if not digest:
        raise NothingDrafted(case=case.number)
    with app.log() as log:
        archive = app.contents(log.connection)
        manifest = archive.manifest(digest)
        files = archive.files(manifest)
        notes = signature_notes(log, case.entries)
    return SubmittedText(case=case, duty=duty, text=text, manifest=manifest, files=files, notes=notes)


def check_text(
    manifest: Manifest,
    app: OfficeApp,
    rules: Wordlist,
    files: Mapping[str, bytes] | None,
    addressee_numbers: Collection[str] = (),
) -> tuple[Finding, ...]:
    """The findings of the text checks in a text and its files; ``files`` are keyed by SHA-256, None reads none.

    ``addressee_numbers`` are those of whom a letter is written to, and may stand in it.
    """
    return proofread_text(manuscript_of(manifest, files, addressee_numbers), app.office, rules)


def findings_for_digest(app: OfficeApp, archive: ContentStore, digest: str) -> tuple[Finding, ...]:
    """The findings of the text under this fingerprint; none where it is not stored here."""
    known = digest in archive.known([digest])
    return findings_of_stored(app, archive, archive.manifest(digest)) if known else ()


def findings_of_stored(app: OfficeApp, archive: ContentStore, manifest: Manifest) -> tuple[Finding, ...]:
    """The findings of a text that was read from the store.

    The files of a letter were read when it was submitted, against its applicant's own numbers; they are not here.
    """
    files = archive.files(manifest) if manifest.disclosure else None
    return check_text(manifest, app, app.wordlist(), files)


def may_be_shown_in_chat(case: Case, duty: Duty) -> bool:
    """Whether the case's text may be shown in a chat: it names no applicant, and its class allows publication."""
    released = {step.key for step in duty.steps if step.requires_approval}
    withheld = (
        str(case.facts.get(one.field, "")) in one.values and released & set(one.forbidden)
        for one in duty.conditions
        if one.field
    )
    return not duty.has_applicant and not any(withheld)


def text_beginning(contents: ContentStore, case: Case, duty: Duty) -> str:
    """The first words of a text to be signed, numbers of persons masked; empty where a chat may not show it."""
    digest = approval_history(case.approvals).manifest
    if not digest or not may_be_shown_in_chat(case, duty):
        return ""
    return masked_beginning(contents.manifest(digest).text)


def masked_beginning(text: str) -> str:
    """The first words of a text; numbers are masked before the cut, because half a number would not be recognised."""
    return masked_text(text[: 2 * _BEGINNING])[:_BEGINNING]


def proof_data(app: OfficeApp, laid: SubmittedText) -> dict[str, Any]:
    """The proof of a text, as plain data."""
    with app.log() as log:
        links = [ChainLink(*link) for link in log.entry_chain(laid.case.number)]
        end = log.end().hash
    return build_proof(
        laid.case, office=app.office.slug, links=links, manifest=laid.manifest, files=laid.files, end=end
    )
