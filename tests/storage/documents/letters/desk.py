"""A clerk's desk: the sample facts, letters written from them, and the words read back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from config.duties.request import DUTY
from config.findings import Finding
from storage.documents.letters.catalogue import LetterSource, letter_sources
from storage.documents.letters.template_layout import default_template
from storage.documents.letters.writer import LetterNotWritten, write_letter

FACTS: dict[str, str] = tomllib.loads((Path(__file__).parent / "sample.toml").read_text("utf-8"))
PAPERS = letter_sources(DUTY)
DAY = date(2026, 11, 23)


def written(paper: LetterSource | str, template: bytes | None = None, day: date = DAY, **facts: str) -> bytes:
    paper = PAPERS[paper] if isinstance(paper, str) else paper
    return write_letter(paper, template, {**FACTS, **facts}, day)


def lines(content: bytes) -> list[str]:
    """The paragraphs of the paper, those of its tables among them."""
    body = Document(BytesIO(content)).element.body
    return [Paragraph(line, None).text for line in body.iter(qn("w:p"))]


def words(content: bytes) -> str:
    return "\n".join(lines(content))


def edited(key: str, change: Callable[[Any], None]) -> bytes:
    """The default template as an office leaves it after an edit in Word."""
    paper = Document(BytesIO(default_template(PAPERS[key])))
    change(paper)
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


def paragraph_with(paper: Any, text: str) -> Any:
    return next(paragraph for paragraph in paper.paragraphs if text in paragraph.text)


def with_runs(key: str, xml: str) -> bytes:
    """A template with one more paragraph, written in the markup an editor leaves behind."""

    def change(paper: Any) -> None:
        paragraph = parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>")
        paper.paragraphs[3]._p.addnext(paragraph)

    return edited(key, change)


def refused(paper: LetterSource | str, template: bytes | None = None, **facts: str) -> tuple[Finding, ...]:
    with pytest.raises(LetterNotWritten) as refusal:
        written(paper, template, **facts)
    return refusal.value.findings
