"""The manifest that a signature binds: everything about a text in one canonical form, and its digest.

    manifest = Manifest(title="…", text="…", decision="published", disclosure="proactive", origin="finance")
    manifest.canonical()   # its bytes, which the content store (storage/content/content_store.py) keeps
    manifest.digest        # their SHA-256, which every signature names

Every chain uses the same form: an answer to a request is one attachment and no text. Line ends are normalized; every
other byte is the writer's, and a changed one makes another text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Self

MANIFEST_VERSION = 1  # of the canonical form
DESCRIPTION_KEYS = ("origin", "disclosure", "article", "subject", "made_on")
"""The fields that case and manifest share by the same keys: both must have the same values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestAttachment:
    """A file that belongs to the text: its name, and the SHA-256 and size in bytes of its content."""

    name: str
    sha256: str
    size: int
    alt: str = ""
    """What a photograph shows, for people who do not see it."""
    original: str = ""
    """The SHA-256 of the photograph as it came, which is kept here and never leaves; empty for any other file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A text with all that is decided about it."""

    title: str = ""
    text: str = ""
    attachments: tuple[ManifestAttachment, ...] = ()
    """In their order."""
    disclosure: str = ""
    """Its class: 主动公开, 依申请公开 or 不予公开, by the key of the duty's choices; ``article`` is the reason."""
    article: str = ""
    subject: str = ""
    """The item of 条例 art. 20 or 21 it falls under, by key."""
    made_on: str = ""
    """The day it was made, in ISO form, from which the 20 days of 条例 art. 26 run."""
    origin: str = ""
    """The department or village it comes from, by its id."""
    decision: str = ""
    """The step or outcome that releases it."""

    def canonical(self) -> bytes:
        """Return its canonical bytes: ASCII JSON with sorted keys."""
        data: dict[str, Any] = {
            field.name: _normalize_line_ends(getattr(self, field.name))
            for field in fields(self)
            if field.name != "attachments"
        }
        files = [[one.name, one.sha256, one.size, one.alt, one.original] for one in self.attachments]
        data |= {"v": MANIFEST_VERSION, "attachments": files}
        return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    @property
    def digest(self) -> str:
        """The SHA-256 of its canonical bytes, which a signature names."""
        return sha256(self.canonical()).hexdigest()

    @property
    def description(self) -> dict[str, str]:
        """Its shared description fields, without the empty ones."""
        return {key: value for key in DESCRIPTION_KEYS if (value := getattr(self, key))}

    @property
    def words(self) -> str:
        """Everything in it that people read, as the input of the text checks."""
        names = "\n".join(f"{one.name} {one.alt}".strip() for one in self.attachments)
        return f"{self.title}\n{self.text}\n{names}\n{self.article}"

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read a manifest from its canonical bytes. Raises ValueError, KeyError or TypeError for other bytes."""
        data = json.loads(content)
        if data.pop("v") != MANIFEST_VERSION:
            raise ValueError(MANIFEST_VERSION)
        files = (
            ManifestAttachment(name=name, sha256=digest, size=size, alt=alt, original=original)
            for name, digest, size, alt, original in data.pop("attachments")
        )
        return cls(attachments=tuple(files), **data)


def manifest_attachment(
    name: str, content: bytes, *, alt: str = "", original: bytes = b""
) -> ManifestAttachment:
    """Return the manifest's entry for a file; ``original`` are the bytes a photograph was made from."""
    return ManifestAttachment(
        name=name,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        alt=alt,
        original=sha256(original).hexdigest() if original else "",
    )


def pictures_of(manifest: Manifest) -> tuple[ManifestAttachment, ...]:
    """Return the photographs of a text, in their order."""
    return tuple(one for one in manifest.attachments if one.original)


def description_from(facts: Mapping[str, str | int]) -> dict[str, str]:
    """Return the description fields among a case's facts."""
    return {key: str(facts[key]) for key in DESCRIPTION_KEYS if facts.get(key)}


def _normalize_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
