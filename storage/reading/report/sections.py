"""Finds the prose of a report: its title, agency and year, the preamble, and the six sections.

A heading is recognised by its Chinese number and its similarity to the official one, and is kept as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from config.reporting.form import SECTION_KEYS, ReportForm
from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentPicture,
    SheetBreak,
)
from storage.reading.report.label_matching import label_core, label_similarity, normalize_label
from storage.reporting.report import Section

MAX_HEADING_LENGTH = 40  # the longest official one has 21 characters; a sentence runs longer
MAX_TITLE_LENGTH = 60
MIN_NUMBERED_SIMILARITY, MIN_UNNUMBERED_SIMILARITY = (
    0.35,
    0.75,
)  # how alike a heading must be, with its number and without
_ORGANISATION = r"(?:政府|镇|乡|街道|办事处|局|厅|委员会|委|办公室|办|中心|县|区|市|院|队)"
_TITLE = re.compile(r"公开.{0,12}(?:报告|年报)|年度报告")
_YEAR = re.compile(r"(20\d{2}|二[〇○零O0][一二三四五六七八九〇○零O]{2})\s*年")
_FROM_TITLE = re.compile(r"\d{4}\s*年?度?|二[〇○零O][一二三四五六七八九〇○零O]{2}年?度?|关于|\s")
_FROM_PROSE = re.compile(
    rf"(?:20\d{{2}}年度?|组长的)([\u4e00-\u9fff]{{2,20}}?{_ORGANISATION})(?:政府信息公开|政务公开)"
)
_DIGITS = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")


@dataclass(slots=True, kw_only=True)
class ReportText:
    """The prose of a report, collected while reading."""

    title: str = ""
    preamble: list[str] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    paragraphs: dict[str, list[str]] = field(default_factory=dict)
    pictured: set[str] = field(default_factory=set)
    """The sections in which a picture stands."""

    def sections(self) -> tuple[Section, ...]:
        """Return the sections that were found, in the order of the form."""
        return tuple(
            Section(key=key, heading=self.headings[key], paragraphs=tuple(self.paragraphs[key]))
            for key in SECTION_KEYS
            if key in self.headings
        )

    def texts(self) -> Iterator[str]:
        """Yield the title, preamble and paragraphs, in order."""
        yield self.title
        yield from self.preamble
        for section in self.sections():
            yield from section.paragraphs


def heading_key(text: str, form: ReportForm) -> str | None:
    """Return the key of the section whose heading this line is; None where it is no heading."""
    line = normalize_label(text)
    if not line or len(line) > MAX_HEADING_LENGTH:
        return None
    if line.endswith(("。", ";", ":")):  # a sentence, unless it is a heading word for word
        line = line.rstrip("。;:")
        if label_core(line) not in {label_core(heading) for heading in form.headings}:
            return None
    scored = max(
        (_heading_score(line, heading), key) for key, heading in zip(SECTION_KEYS, form.headings, strict=True)
    )
    return scored[1] if scored[0] > 0 else None


def _heading_score(line: str, official: str) -> float:
    """Return a score for the line being this heading; 0 where it is not."""
    alike = label_similarity(line, official)
    number = normalize_label(official)[0]
    if line[0] in "123456" and line[1:2] in {"、", ".", ","} and alike >= MIN_UNNUMBERED_SIMILARITY:
        return 1 + alike if "一二三四五六"[int(line[0]) - 1] == number else 0
    if line[0] in "一二三四五六" and line[1:2] in {"、", ".", ",", ":"}:
        contained = len(label_core(line)) > 1 and label_core(line) in label_core(official)
        return 1 + alike if line[0] == number and (alike >= MIN_NUMBERED_SIMILARITY or contained) else 0
    return alike if alike >= MIN_UNNUMBERED_SIMILARITY and line[0] not in "(0123456789" else 0


def read_prose(document: Document, known: Iterable[str], form: ReportForm) -> ReportText:
    """Read the prose of a document. ``known`` are the labels of the form, which are no paragraphs."""
    found, front, current = ReportText(), [""], ""
    labels = {normalize_label(label) for label in known}
    for block in _split_at_headings(document.blocks, form):
        if isinstance(block, SheetBreak):
            current = ""
        elif isinstance(block, DocumentPicture):
            found.pictured |= {current} - {""}
        elif isinstance(block, DocumentParagraph):
            key = heading_key(block.text, form)
            if key is not None:
                current = _begin_section(found, front, key, block.text)
            elif normalize_label(block.text) not in labels:
                (found.paragraphs[current] if current else front).append(block.text)
    found.title, found.preamble = _title_and_preamble([text for text in front if text])
    return found


def _split_at_headings(blocks: Iterable[DocumentBlock], form: ReportForm) -> Iterator[DocumentBlock]:
    """Yield the blocks; a paragraph with line breaks is split only where one of its lines is a heading."""
    for block in blocks:
        lines = block.text.split("\n") if isinstance(block, DocumentParagraph) else []
        if len(lines) > 1 and any(heading_key(line, form) for line in lines):
            yield from (DocumentParagraph(text=line.strip()) for line in lines if line.strip())
        else:
            yield block


def _begin_section(found: ReportText, front: list[str], key: str, heading: str) -> str:
    """Begin a section and return its key; a second section one, while it is empty, ends a table of contents."""
    if key == SECTION_KEYS[0] and found.paragraphs.get(key) == []:
        for texts in found.paragraphs.values():
            front.extend(texts)
        found.headings.clear()
        found.paragraphs.clear()
    found.headings.setdefault(key, heading)
    found.paragraphs.setdefault(key, [])
    return key


def _title_and_preamble(texts: list[str]) -> tuple[str, list[str]]:
    """Return the title and the preamble from the texts before section one."""
    flat = ["".join(text.split("\n")) for text in texts]
    titles = [at for at, text in enumerate(flat) if is_title(text)]
    if not titles:
        return "", texts
    at = titles[-1]
    above = flat[at - 1] if at else ""
    split = at and _is_name(above) and above not in flat[at] and not is_title(above)
    return (above if split else "") + flat[at], texts[at + 1 :]


def is_title(text: str) -> bool:
    """Whether a line is the title of a report."""
    return len(text) <= MAX_TITLE_LENGTH and not set("。，；：") & set(text) and bool(_TITLE.search(text))


def _is_name(text: str) -> bool:
    return len(text) <= MAX_HEADING_LENGTH and re.fullmatch(rf"[\w（）()]+{_ORGANISATION}", text) is not None


def find_agency(prose: ReportText, author: str) -> str:
    """Return the agency by the title, else by the file's author, else by the text; empty where none is named."""
    agency = agency_of_title(prose.title)
    if agency:
        return agency
    if _is_name(author) and len(author) > len("党政办"):
        return author
    found = (match for text in prose.texts() for match in _FROM_PROSE.finditer(text))
    return next((match.group(1) for match in found if match.group(1)[0] not in "我本各该了以"), "")


def agency_of_title(title: str) -> str:
    """Return the agency that a title begins with; empty where it names none."""
    name = _FROM_TITLE.sub("", title)
    at = min(
        (name.find(word) for word in ("政府信息公开", "政务公开", "信息公开", "公开") if word in name),
        default=0,
    )
    agency = name[:at].removesuffix("的")
    return agency + "政府" if agency.endswith("人民") else agency


def find_year(prose: ReportText, name: str) -> int:
    """Return the report's year by its title, else by its text, else by the file's name; 0 where none is named."""
    for text in (prose.title, *prose.texts()):
        found = _YEAR.search(text)
        if found:
            return int(found.group(1).translate(_DIGITS))
    found = re.search(r"(?<!\d)(20\d{2})(?!\d)", name)
    return int(found.group(1)) if found else 0
