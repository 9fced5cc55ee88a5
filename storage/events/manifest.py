"""What a signature binds: everything there is to a text, in one spelling, and the fingerprint of it.

    manifest = Manifest(title="…", text="…", decision="published", disclosure="proactive", origin="finance")
    manifest.canonical()   # the bytes, which are kept (storage/content/content_store.py), so that they can be read again
    manifest.digest        # SHA-256 of them: what every signature names

One form for every chain: an answer to a request is its one attachment and no text. Line ends are spelled one
way; beyond that every byte is the writer's, and any changed one is another text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Self

MANIFEST_VERSION = 1  # of the spelling
DESCRIPTION_KEYS = ("origin", "disclosure", "article", "subject", "made_on")
"""What the case knows of its text too, by the same keys: neither may say otherwise than the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestAttachment:
    """A file that belongs to the text: how it is called, and its bytes by their fingerprint."""

    name: str
    sha256: str
    size: int


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
    """Which item of art. 20 or 21 it falls under."""
    made_on: str = ""
    """The day it was made, from which the 20 days of art. 26 run."""
    origin: str = ""
    """The department or village it comes from, by its id."""
    decision: str = ""
    """What is asked for: the step or outcome that lets it out."""

    def canonical(self) -> bytes:
        """Its bytes: ASCII, sorted keys, one spelling."""
        data: dict[str, Any] = {
            field.name: _normalize_line_ends(getattr(self, field.name))
            for field in fields(self)
            if field.name != "attachments"
        }
        files = [[one.name, one.sha256, one.size] for one in self.attachments]
        data |= {"v": MANIFEST_VERSION, "attachments": files}
        return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    @property
    def digest(self) -> str:
        """What a signature names."""
        return sha256(self.canonical()).hexdigest()

    @property
    def description(self) -> dict[str, str]:
        """What it says of itself besides its words, without what it leaves empty."""
        return {key: value for key in DESCRIPTION_KEYS if (value := getattr(self, key))}

    @property
    def words(self) -> str:
        """Everything in it that people read, for whoever looks for what must not stand in it."""
        names = "\n".join(one.name for one in self.attachments)
        return f"{self.title}\n{self.text}\n{names}\n{self.article}"

    @classmethod
    def read(cls, content: bytes) -> Self:
        """The manifest behind its bytes. ValueError, KeyError or TypeError where they are none."""
        data = json.loads(content)
        if data.pop("v") != MANIFEST_VERSION:
            raise ValueError(MANIFEST_VERSION)
        files = (
            ManifestAttachment(name=name, sha256=digest, size=size)
            for name, digest, size in data.pop("attachments")
        )
        return cls(attachments=tuple(files), **data)


def manifest_attachment(name: str, content: bytes) -> ManifestAttachment:
    """A file as the manifest knows it."""
    return ManifestAttachment(name=name, sha256=sha256(content).hexdigest(), size=len(content))


def description_from(facts: Mapping[str, str | int]) -> dict[str, str]:
    """What a case's facts say of its text, as the manifest's own words."""
    return {key: str(facts[key]) for key in DESCRIPTION_KEYS if facts.get(key)}


def _normalize_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
