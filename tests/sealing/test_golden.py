"""The sample year's annual report, word by word: its text is kept here and read by a person when it changes.

To renew it after a change that was meant: GONGKAI_RENEW=yes pytest tests/sealing/test_golden.py, then read the diff.
"""

import os
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from docx import Document

from config import library
from storage.documents.report import write_report
from storage.sealing import as_published
from tests.sealing.stories import FACTS, YEAR, played, said, sealed

GOLDEN = Path(__file__).parent / "report-2025.txt"


def year_of_the_town(works):
    """A request of each sort, registers, disputes and activities: few, and enough to fill every section."""
    played(works)
    said(works, lambda desk: desk.open("request", "3", date(2024, 12, 25), FACTS))
    said(works, lambda desk: desk.close(3, "partly_granted", date(2025, 1, 10), {"source": "register"}))
    said(works, lambda desk: desk.count("penalty", date(2025, 4, 4), quantity=3))
    said(
        works,
        lambda desk: desk.count("administrative_fee", date(2025, 4, 5), amount_yuan=Decimal("12345.60")),
    )
    said(works, lambda desk: desk.count("normative_document_issued", date(2025, 4, 6), quantity=2))
    said(works, lambda desk: desk.open("dispute", "复议1", date(2025, 5, 11), {"route": "reconsideration"}))
    said(works, lambda desk: desk.close(4, "upheld", date(2025, 7, 9)))
    said(works, lambda desk: desk.hold("publicity", date(2025, 5, 15), "政务公开日", 120))


def text_of(content):
    """Every paragraph and every cell, in the order of the page."""
    paper = Document(BytesIO(content))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    for table in paper.tables:
        lines += ["｜".join(cell.text.replace("\n", "") for cell in row.cells) for row in table.rows]
    return "\n".join(lines) + "\n"


def test_the_sealed_report_of_the_sample_year_reads_as_it_did(works):
    year_of_the_town(works)
    _, tally = works.report(YEAR)
    report = sealed(works)
    published, again = works.report(YEAR)
    assert as_published(published, again.named) == as_published(report, tally.named)
    written = text_of(write_report(published, library.form(), "docx"))
    if os.environ.get("GONGKAI_RENEW") == "yes":
        GOLDEN.write_text(written, "utf-8")
    assert written == GOLDEN.read_text("utf-8")
