"""Turns a manifest into the input of the text checks: its text, the names of its files, and their contents.

Only a text with a disclosure class is published, so only its files are read; a letter is for its applicant, whom it
names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storage.events.manifest import Manifest
from storage.proofread.attachment_text import AttachmentText
from storage.proofread.review import Manuscript


def manuscript_of(manifest: Manifest, files: Mapping[str, bytes]) -> Manuscript:
    """Return the manuscript of a manifest; ``files`` are the contents that are available, by SHA-256."""
    return Manuscript(
        title=manifest.title,
        body=manifest.text,
        attachments=tuple(one.name for one in manifest.attachments),
        attachment_texts=tuple(_attachment_texts(manifest, files)) if manifest.disclosure else (),
    )


def _attachment_texts(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[AttachmentText]:
    if manifest.attachments:
        # Importing the readers costs a third of a second, so it is done only where a file is read.
        from storage.reading.texts.attachments import AttachmentFile, read_attachment  # noqa: PLC0415

        for one in manifest.attachments:
            content = files.get(one.sha256)
            if content is None:
                yield AttachmentText(name=one.name, lines=None)
            else:
                yield read_attachment(AttachmentFile(name=one.name, sha256=one.sha256, content=content))
