"""The table of file contents: the bytes of texts, attachments and evidence, neither log nor derived from it."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage.database import tables  # noqa: F401 - first: it sets how constraints are named


class StoredContent(SQLModel, table=True):
    """A file's bytes under their SHA-256 (``storage/content/content_store.py``): outside the log, not derived."""

    __tablename__ = "document"

    office: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


DOCUMENTS = SQLModel.metadata.tables["document"]
