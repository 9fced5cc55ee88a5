"""The tables behind a signature: versions, their writers, who signed which, what went out, and the contents.

All but ``document`` are derived from the log (``storage/eventlog/approval_projection.py``). They repeat what the rules keep, so that
the database itself refuses a signature by a writer or on another text, and a release without enough different
people (``migrations/versions/0004_signoff.py``): whoever writes past the rules is stopped there.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage.database import tables  # noqa: F401 - first: it sets how constraints are named


class VersionRow(SQLModel, table=True):
    """One version of a case's text (derived)."""

    __tablename__ = "text_version"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    manifest: str
    needed: int
    """How many different people must have signed it, one for each stage of its route."""


class ContributionRow(SQLModel, table=True):
    """A person wrote a version of a case's text, this one first, and signs none from then on (derived)."""

    __tablename__ = "contribution"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int


class SignatureRow(SQLModel, table=True):
    """A signature that holds, or one of the two that let a stage pass: a person gives one for a version (derived)."""

    __tablename__ = "signature"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    person: str = Field(primary_key=True)
    stage: str
    manifest: str
    deputy_for: str
    override: bool


class ReleaseRow(SQLModel, table=True):
    """A version went out by the fact at this position of the log (derived)."""

    __tablename__ = "release"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    version: int
    manifest: str


class DocumentRow(SQLModel, table=True):
    """A content by its SHA-256 (``storage/content/content_store.py``): kept beside the log, not derived from it."""

    __tablename__ = "document"

    office: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


VERSIONS = SQLModel.metadata.tables["text_version"]
CONTRIBUTIONS = SQLModel.metadata.tables["contribution"]
SIGNATURES = SQLModel.metadata.tables["signature"]
RELEASES = SQLModel.metadata.tables["release"]
DOCUMENTS = SQLModel.metadata.tables["document"]
