"""Contents by their fingerprint: the files that were laid before signers, and every manifest that was signed.

They lie in the office's database, written in the transaction that records the draft, so a backup has them and no
signature ever stands over bytes that are gone. Secret matter never enters: of it the register number of the paper
file is kept, and nothing else. A file that names an applicant is forgotten when their particulars are erased; the
manifest, which names none, stays, and with it what was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from config.errors import Damage, Refusal
from storage.database.queries import chunks
from storage.database.tables_approvals import DOCUMENTS
from storage.events.manifest import Manifest

MAX_FILE_BYTES = 20 * 1024 * 1024  # of one file: what an office's site takes as an attachment [practice]
MEGABYTE = 1024 * 1024


class FileTooLarge(Refusal):
    """{name} has {size} MB; a file laid before signers has at most {most}. Make it smaller, or split it."""


class NotKept(Refusal):
    """The content {hash} is not kept here: it was erased with an applicant's particulars, or never laid down."""


class DamagedDocument(Damage):
    """The content kept as {hash} is not what was laid down: {why}. Restore it from a backup."""


@dataclass(frozen=True, slots=True)
class ContentStore:
    """One office's contents over an open connection."""

    connection: Connection
    office: str

    def save(self, content: bytes, name: str = "") -> str:
        """Keep a content under its fingerprint, which is returned; what is kept already stays."""
        if len(content) > MAX_FILE_BYTES:
            words = {"size": f"{len(content) / MEGABYTE:.1f}", "most": MAX_FILE_BYTES // MEGABYTE}
            raise FileTooLarge(name=name or "—", **words)
        digest = sha256(content).hexdigest()
        if not self.known([digest]):
            row = {"office": self.office, "hash": digest, "content": content}
            self.connection.execute(insert(DOCUMENTS).values(row))
        return digest

    def known(self, digests: Iterable[str]) -> set[str]:
        """Which of these are kept."""
        found: set[str] = set()
        for some in chunks(sorted(set(digests))):
            here = (DOCUMENTS.c.office == self.office, DOCUMENTS.c.hash.in_(some))
            found.update(self.connection.execute(select(DOCUMENTS.c.hash).where(*here)).scalars())
        return found

    def read(self, digest: str) -> bytes:
        """A content. NotKept, or DamagedDocument where it is not what its fingerprint says."""
        here = (DOCUMENTS.c.office == self.office, DOCUMENTS.c.hash == digest)
        content: bytes | None = self.connection.execute(select(DOCUMENTS.c.content).where(*here)).scalar()
        if content is None:
            raise NotKept(hash=digest)
        if sha256(content).hexdigest() != digest:
            raise DamagedDocument(hash=digest, why="SHA-256")
        return content

    def files(self, manifest: Manifest) -> dict[str, bytes]:
        """The files of a text that are kept, by their fingerprints."""
        return {digest: self.read(digest) for digest in sorted(self.known(_digests(manifest)))}

    def manifest(self, digest: str) -> Manifest:
        """The manifest that was signed under this fingerprint."""
        return Manifest.read(self.read(digest))

    def forget(self, digests: Iterable[str]) -> None:
        """Take contents away, overwriting them where the engine can (``storage/content/applicant_store.py`` says when)."""
        for some in chunks(sorted(set(digests))):
            here = (DOCUMENTS.c.office == self.office, DOCUMENTS.c.hash.in_(some))
            self.connection.execute(delete(DOCUMENTS).where(*here))

    def damaged(self) -> Iterator[str]:
        """The fingerprints whose content is another one."""
        query = select(DOCUMENTS.c.hash, DOCUMENTS.c.content).where(DOCUMENTS.c.office == self.office)
        with self.connection.execute(query.execution_options(yield_per=10)) as rows:
            yield from (digest for digest, content in rows if sha256(content).hexdigest() != digest)


def _digests(manifest: Manifest) -> Iterator[str]:
    return (one.sha256 for one in manifest.attachments)
