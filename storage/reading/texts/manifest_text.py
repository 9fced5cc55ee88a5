"""A manifest as the text checks read it: its words, the names of its files, and what stands in those that go out.

Only what is classed goes to the website; a letter is for its applicant, whom it names, and is read by nobody here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storage.events.manifest import Manifest
from storage.proofread.attachment_text import AttachmentText
from storage.proofread.review import Manuscript


def manuscript_of(manifest: Manifest, files: Mapping[str, bytes]) -> Manuscript:
    """The text with the files that are at hand, by their fingerprints."""
    return Manuscript(
        title=manifest.title,
        body=manifest.text,
        attachments=tuple(one.name for one in manifest.attachments),
        attachment_texts=tuple(_attachment_texts(manifest, files)) if manifest.disclosure else (),
    )


def _attachment_texts(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[AttachmentText]:
    if manifest.attachments:
        # The readers cost a third of a second, which only a reading should pay.
        from storage.reading.texts.attachments import AttachmentFile, read_attachment  # noqa: PLC0415

        for one in manifest.attachments:
            content = files.get(one.sha256)
            if content is None:
                yield AttachmentText(name=one.name, lines=None)
            else:
                yield read_attachment(AttachmentFile(name=one.name, sha256=one.sha256, content=content))
