"""Joins placeholders of a Word template that an editor split over several runs.

Word and WPS split text wherever a spelling mark, a tracked change or a format begins, also in the middle of
a name in braces. The template library mends most of that by cutting through the XML as text, which loses
words when the cut crosses an insertion; here the text is moved between the runs, and no element is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as PaperFile
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn

from storage.documents.layout.deterministic_zip import PROPERTIES_PART
from storage.reading.formats.errors import read_error
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, open_archive

# No tag holds the opening of another: without that a row of opening braces would be read anew from each of them.
_INSIDE = r"(?:(?!\{[{%#]).)*?"
TAG_PATTERN = re.compile(rf"\{{\{{{_INSIDE}\}}\}}|\{{%{_INSIDE}%\}}|\{{#{_INSIDE}#\}}", re.DOTALL)
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
_WIDE = str.maketrans("｛｝", "{}")  # typed with a Chinese keyboard; as wide as the plain ones in characters
_WIDE_PAIRS = re.compile("｛｛|｝｝")
_EXCERPT_LENGTH = 12  # characters shown on either side of a brace without its pair


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedTemplate:
    """A template with whole placeholders."""

    content: bytes
    tags: tuple[str, ...]
    unpaired: tuple[str, ...]
    """The words around each brace that has no pair."""
    can_split_paragraphs: bool
    """Whether every placeholder stands directly in its paragraph, which may then become several."""


@lru_cache(maxsize=32)  # an office writes most of its letters by a few templates
def join_split_placeholders(template: bytes, name: str) -> RepairedTemplate:
    """The template with its placeholders joined. Unreadable where it is no Word file."""
    open_archive(template, name).close()
    try:
        paper = Document(BytesIO(template))
        groups = [_text_runs(paragraph) for root in _roots(paper) for paragraph in root.iter(qn("w:p"))]
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    words = [_join_placeholders(group) for group in groups]
    _rename_properties_part(paper)
    mended = BytesIO()
    paper.save(mended)
    holders = [text for group in groups for text in group if TAG_PATTERN.search(text.text or "")]
    return RepairedTemplate(
        content=mended.getvalue(),
        tags=tuple(tag for text in words for tag in TAG_PATTERN.findall(text)),
        unpaired=tuple(near for text in words for near in _unpaired(text)),
        can_split_paragraphs=all(text.getparent().getparent().tag == qn("w:p") for text in holders),
    )


def _roots(paper: PaperFile) -> Iterator[Any]:
    """The roots of the body and of every header and footer of any section."""
    yield paper.element
    for relation in paper.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")):
            yield relation.target_part.element


def _rename_properties_part(paper: PaperFile) -> None:
    """Rename the properties part as ``deterministic_zip`` expects it: some programs name it otherwise."""
    for relation in paper.part.package.rels.values():
        if relation.reltype.endswith("/core-properties"):
            relation.target_part.partname = PackURI(f"/{PROPERTIES_PART}")


def _text_runs(paragraph: Any) -> list[Any]:
    """The paragraph's own runs of text, without those of a text box inside it."""
    found = paragraph.iter(qn("w:t"))
    return [text for text in found if next(text.iterancestors(qn("w:p"))) is paragraph]


def _join_placeholders(texts: list[Any]) -> str:
    """Move every placeholder into the run it begins in, and return the paragraph's text."""
    whole = "".join(text.text or "" for text in texts)
    whole = _WIDE_PAIRS.sub(lambda pair: pair.group().translate(_WIDE), whole)
    owners = [number for number, text in enumerate(texts) for _ in text.text or ""]
    for tag in TAG_PATTERN.finditer(whole):
        owners[tag.start() : tag.end()] = [owners[tag.start()]] * len(tag.group())
    for number, text in enumerate(texts):
        text.text = "".join(sign for sign, owner in zip(whole, owners, strict=True) if owner == number)
        text.set(qn("xml:space"), "preserve")
    return whole


def _unpaired(text: str) -> Iterator[str]:
    bare = TAG_PATTERN.sub(lambda tag: " " * len(tag.group()), text)
    for brace in _BRACES.finditer(bare):
        yield text[max(0, brace.start() - _EXCERPT_LENGTH) : brace.end() + _EXCERPT_LENGTH]
