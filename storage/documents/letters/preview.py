"""Says how a letter reads by a template, with the names of its facts in place of facts."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn

from storage.documents.letters.catalogue import LetterSource, template_names
from storage.documents.letters.writer import write_letter
from storage.isolation.isolated_reading import isolated

STAND_IN = "〔{}〕"
"""How a fact is shown that is not known yet."""


@isolated("name")
def preview_letter(
    paper: LetterSource,
    template: bytes | None,
    name: str,  # noqa: ARG001 - a refusal of the child process names the file by it
    day: date,
) -> tuple[str, ...]:
    """The lines of a letter written by a template, or by the default one; empty lines are left out.

    Raises LetterNotWritten for a template that no letter could be written by, and Unreadable where ``name`` is no
    Word file.
    """
    facts = {key: STAND_IN.format(label) for key, label in template_names(paper.kind).items()}
    written = Document(BytesIO(write_letter(paper, template, facts, day)))
    lines = (
        "".join(part.text or "" for part in line.iter(qn("w:t")))
        for line in written.element.body.iter(qn("w:p"))
    )
    return tuple(line for line in lines if line.strip())
