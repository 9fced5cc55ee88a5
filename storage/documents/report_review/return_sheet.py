"""Writes the findings about a report as a paper of its own, for files that cannot bear comments."""

from __future__ import annotations

from collections.abc import Sequence

from storage.documents.layout.official_paper import new_paper, paper_bytes, write_body, write_title
from storage.documents.layout.text import printable


def return_sheet_docx(title: str, opening: str, sentences: Sequence[str]) -> bytes:
    """Return the paper: what was read, then each finding as a numbered paragraph."""
    paper = new_paper(title, "")
    write_title(paper, [title])
    write_body(paper, printable(opening))
    for number, sentence in enumerate(sentences, start=1):
        write_body(paper, printable(f"{number}. {sentence}"))
    return paper_bytes(paper)
