"""Finds what the text checks say of a submitted text, for its page and its card."""

from __future__ import annotations

from bot.publishing.texts import check_text
from bot.services.app import OfficeApp
from config.findings import Finding
from storage.content.content_store import ContentStore


def findings_for_digest(app: OfficeApp, archive: ContentStore, digest: str) -> tuple[Finding, ...]:
    """The findings of the text under this fingerprint; none where it is not stored here.

    The files of a letter were read when it was submitted, against its applicant's own numbers; they are not here.
    """
    if digest not in archive.known([digest]):
        return ()
    manifest = archive.manifest(digest)
    files = archive.files(manifest) if manifest.disclosure else None
    return check_text(manifest, app, app.wordlist(), files)
