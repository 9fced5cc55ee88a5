"""The tables behind a signature: versions, their writers, signatures and releases.

All are derived from the log (``storage/eventlog/approval_projection.py``). They repeat the core of
the sign-off rules so that the database itself, by its triggers (``storage/migrations/versions/0001_schema.py``),
refuses a signature by a writer or on other bytes, and a release without enough different signers.
"""

from __future__ import annotations

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
    """The first version of a case's text that a person wrote; they may sign none from then on (derived)."""

    __tablename__ = "contribution"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int


class SignatureRow(SQLModel, table=True):
    """A signature in force, or one of the two overrides of a stage; one per person and version (derived)."""

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
    """A version was released by the event at this position of the log (derived)."""

    __tablename__ = "release"

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    version: int
    manifest: str


VERSIONS = SQLModel.metadata.tables["text_version"]
CONTRIBUTIONS = SQLModel.metadata.tables["contribution"]
SIGNATURES = SQLModel.metadata.tables["signature"]
RELEASES = SQLModel.metadata.tables["release"]
