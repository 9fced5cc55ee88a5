"""The document processing sheet (公文处理单) as a value: the text, its reviews, signatures and fingerprint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSignature:
    """One signature, return, or override as printed."""

    stage: str
    meaning: str
    who: str
    """The post; a deputy with whom they stood in for."""
    at: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingSheet:
    """A processing sheet as a value."""

    agency: str
    title: str
    rows: tuple[tuple[str, str], ...]
    """Label and value, in the order in which they are printed."""
    signatures: tuple[SheetSignature, ...]
    digest: str
    note: str
