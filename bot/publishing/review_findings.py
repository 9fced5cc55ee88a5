"""What a reader of a text should know first: what the text checks say of it, for its page and for its card."""

from __future__ import annotations

from bot.publishing.texts import findings_in
from bot.services.app import Works
from config.findings import Finding
from storage.content.content_store import Archive
from storage.reading.texts.wordlist_loader import wording


def findings_before(works: Works, archive: Archive, digest: str) -> tuple[Finding, ...]:
    """The findings of the text under this fingerprint; none where it is not kept here."""
    if digest not in archive.known([digest]):
        return ()
    manifest = archive.manifest(digest)
    files = archive.files(manifest) if manifest.disclosure else {}
    return findings_in(manifest, works, wording(works.home.expressions), files)
