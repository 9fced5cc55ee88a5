"""Turns a manifest into the input of the text checks: its text, the names of its files, and their contents.

The files of a letter are read as those of a text for the website are: it names its applicant, whose own numbers may
stand in it, and nobody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from storage.events.manifest import Manifest
from storage.proofread.passages import AttachmentText
from storage.proofread.review import Manuscript


def manuscript_of(
    manifest: Manifest, files: Mapping[str, bytes] | None, addressee_numbers: Collection[str] = ()
) -> Manuscript:
    """Return the manuscript of a manifest; ``files`` are the contents that are available, by SHA-256.

    None reads no file. ``addressee_numbers`` are those of whom a letter is written to.
    """
    return Manuscript(
        title=manifest.title,
        body=manifest.text,
        attachments=tuple(one.name for one in manifest.attachments),
        attachment_texts=tuple(_attachment_texts(manifest, files)) if files is not None else (),
        addressee_numbers=addressee_numbers,
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
