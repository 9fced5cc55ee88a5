"""Parts a document that holds several reports: a page of all years, or reports pasted together."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from config.reporting.form import ReportForm
from storage.reading.formats.document import Document, DocumentBlock, DocumentParagraph, DocumentTable
from storage.reading.formats.errors import read_error
from storage.reading.report.sections import is_title
from storage.reading.report.table_finder import extract_tables

_FIRST_ROW = "table3.received."


def one_report(document: Document, form: ReportForm, part: int = 0) -> Document:
    """Return the only report of a document, or the one at ``part``, counted from 1.

    Raises Unreadable with the titles of all where there are several and none was named, or no such part.
    """
    reports = split_reports(document, form)
    if len(reports) < 2 and not part:  # noqa: PLR2004 - several
        return document
    if not 1 <= part <= len(reports):
        titles = "；".join(f"{number} {_title(each)}" for number, each in enumerate(reports, start=1))
        raise read_error(document.name, "several_reports", count=len(reports), titles=titles)
    return reports[part - 1]


def split_reports(document: Document, form: ReportForm) -> list[Document]:
    """Return the reports of a document: each begins with its title and has its own first row of table 3."""
    begins = [at for at, block in enumerate(document.blocks) if _is_title_block(block)]
    parts: list[list[DocumentBlock]] = [list(document.blocks[: begins[0]] if begins else document.blocks)]
    for begin, end in pairwise([*begins, len(document.blocks)]):
        blocks = list(document.blocks[begin:end])
        if any(isinstance(block, DocumentTable) for block in blocks) and _has_requests(parts[-1], form):
            parts.append(blocks)
        else:
            parts[-1] += blocks
    if len(parts) == 1:
        return [document]
    whole = [part for part in parts if _has_requests(part, form)]
    return (
        [replace(document, blocks=tuple(part), title="") for part in whole] if len(whole) > 1 else [document]
    )


def _is_title_block(block: DocumentBlock) -> bool:
    return isinstance(block, DocumentParagraph) and is_title("".join(block.text.split()))


def _has_requests(blocks: list[DocumentBlock], form: ReportForm) -> bool:
    tables = (block for block in blocks if isinstance(block, DocumentTable))
    return any(
        cell.startswith(_FIRST_ROW) for table in tables for cell in extract_tables(table, form).figures
    )


def _title(document: Document) -> str:
    found = (
        block.text
        for block in document.blocks
        if isinstance(block, DocumentParagraph) and _is_title_block(block)
    )
    return " ".join(next(found, "").split())
