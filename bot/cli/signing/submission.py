"""Submits a letter or report to the people who sign it, and finds the version that a signer has seen."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from bot.cli.common.options import find_person
from bot.cli.common.output import print_phrase
from bot.cli.signing.approval_state import DIGEST_DIGITS_SHOWN, case_approval_state
from bot.services.app import OfficeApp
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import invalidated_signatures
from scheduler.signoff.refusals import OtherText
from storage.events.case import Case
from storage.events.manifest import Manifest, description_from, manifest_attachment
from storage.reading.formats.file_bytes import read_file


class NothingSeen(Refusal):
    """Say which version was seen: --file FILE, or --digest FINGERPRINT as gongkai standing {case} shows it."""


def submit_letter_text(
    app: OfficeApp,
    case: Case,
    by: str,
    content: bytes,
    *,
    name: str,
    title: str,
    decision: str = "",
    before: Callable[[UnitOfWork], object] = lambda _uow: None,
    keep: Callable[[], object] | None = None,
) -> None:
    """Record a text to be signed, with what ``before`` records in the same transaction.

    ``keep`` writes the file to its place; where that fails, nothing is recorded.
    """
    state, person = case_approval_state(app, case), find_person(app, by)
    file = manifest_attachment(name, content)
    description = description_from(case.facts)
    manifest = Manifest(title=title, attachments=(file,), decision=decision, **description)
    lost = invalidated_signatures(state, manifest.digest, decision)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        before(uow)
        uow.signoff.draft(case.number, person.id, manifest, (content,))
        if keep:
            keep()
    print_phrase("signing.drafted", post=person.post, manifest=manifest.digest[:DIGEST_DIGITS_SHOWN])
    for signature in lost:
        print_phrase("signing.voided", post=signature.post, stage=signature.stage)


def require_seen_manifest(app: OfficeApp, case: Case, path: Path | None, digest: str = "") -> str:
    """The fingerprint of the current version, if this file (to the byte) or this fingerprint belongs to it.

    OtherText where the file belongs to another version, NothingSeen where neither was given. The first digits of
    the fingerprint, as they are shown, are enough.
    """
    content = read_file(path) if path else b""
    state = case_approval_state(app, case)
    if not path and len(digest) < DIGEST_DIGITS_SHOWN:
        raise NothingSeen(case=case.number)
    if not state.manifest:
        return ""  # there is no text: the recorder refuses, and names who is to write it
    if not path:
        return state.manifest if state.manifest.startswith(digest) else digest
    with app.log() as log:
        manifest = app.contents(log.connection).manifest(state.manifest)
    if sha256(content).hexdigest() not in {one.sha256 for one in manifest.attachments}:
        raise OtherText
    return state.manifest
