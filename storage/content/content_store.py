"""File contents under their fingerprints: the files submitted to signers, and every manifest that was signed.

They lie in the office's database and are written in the transaction that records the draft, so a backup has them
and no signature ever stands over missing bytes. Secret matter never enters: only the register number of the paper
file is stored. A file that names an applicant is deleted when their data are erased; the manifest, which names
nobody, stays, and with it the proof of what was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, func
from sqlmodel import col, select

from config.errors import Damage, Refusal
from storage.database.store import orm_session
from storage.database.tables import StoredContent, chunks
from storage.events.manifest import Manifest

MAX_FILE_BYTES = 20 * 1024 * 1024  # of one file: what an office's site takes as an attachment [practice]
MEGABYTE = 1024 * 1024


class FileTooLarge(Refusal):
    """{name} has {size} MB; a file laid before signers has at most {most}. Make it smaller, or split it."""


class NotKept(Refusal):
    """The content {hash} is not kept here: it was erased with an applicant's particulars, or never laid down."""


class DamagedDocument(Damage):
    """The content kept as {hash} is not what was laid down: {why}. Restore it from a backup."""


class ContentSize(NamedTuple):
    """How much an office's content store holds."""

    number: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class ContentStore:
    """One office's file contents over an open connection."""

    connection: Connection
    office: str

    def save(self, content: bytes, name: str = "") -> str:
        """Store a content. Returns its SHA-256; a content that is stored already stays. FileTooLarge."""
        if len(content) > MAX_FILE_BYTES:
            words = {"size": f"{len(content) / MEGABYTE:.1f}", "most": MAX_FILE_BYTES // MEGABYTE}
            raise FileTooLarge(name=name or "—", **words)
        digest = sha256(content).hexdigest()
        if not self.known([digest]):
            with orm_session(self.connection) as session:
                session.add(StoredContent(office=self.office, hash=digest, content=content))
        return digest

    def known(self, digests: Iterable[str]) -> set[str]:
        """Which of these are stored."""
        found: set[str] = set()
        ours = select(StoredContent.hash).where(col(StoredContent.office) == self.office)
        with orm_session(self.connection) as session:
            for chunk in chunks(sorted(set(digests))):
                found.update(session.exec(ours.where(col(StoredContent.hash).in_(chunk))))
        return found

    def read(self, digest: str) -> bytes:
        """A content. NotKept; DamagedDocument if it does not match its fingerprint."""
        with orm_session(self.connection) as session:
            stored = session.get(StoredContent, (self.office, digest))
        if stored is None:
            raise NotKept(hash=digest)
        if sha256(stored.content).hexdigest() != digest:
            raise DamagedDocument(hash=digest, why="SHA-256")
        return stored.content

    def files(self, manifest: Manifest) -> dict[str, bytes]:
        """The files of a text that are stored, by their fingerprints."""
        return {digest: self.read(digest) for digest in sorted(self.known(_digests(manifest)))}

    def manifest(self, digest: str) -> Manifest:
        """The manifest that was signed under this fingerprint."""
        return Manifest.read(self.read(digest))

    def forget(self, digests: Iterable[str]) -> None:
        """Delete contents. Inside ``ApplicantStore.erase`` their pages are overwritten too."""
        ours = delete(StoredContent).where(col(StoredContent.office) == self.office)
        with orm_session(self.connection) as session:
            for chunk in chunks(sorted(set(digests))):
                session.exec(ours.where(col(StoredContent.hash).in_(chunk)))

    def size(self) -> ContentSize:
        """How many contents are stored, and how many bytes they have; no content is read for it."""
        sizes = select(func.count(), func.coalesce(func.sum(func.length(StoredContent.content)), 0))
        with orm_session(self.connection) as session:
            count, total = session.exec(sizes.where(col(StoredContent.office) == self.office)).one()
        return ContentSize(number=count, total_bytes=int(total))

    def damaged(self) -> Iterator[str]:
        """The fingerprints whose content does not match them."""
        query = select(StoredContent.hash, StoredContent.content)
        query = query.where(col(StoredContent.office) == self.office)
        with self.connection.execute(query.execution_options(yield_per=10)) as rows:
            yield from (digest for digest, content in rows if sha256(content).hexdigest() != digest)


def _digests(manifest: Manifest) -> Iterator[str]:
    return (one.sha256 for one in manifest.attachments)
