"""The sample year's annual report, word by word: its text is kept here and read by a person when it changes.

To renew it after a change that was meant: GONGKAI_RENEW=yes pytest tests/sealing/test_golden.py, then read the diff.
"""

import os
import random
from datetime import date
from io import BytesIO
from pathlib import Path

from docx import Document

from bot.compose import found_office, open_works
from bot.demo import year_of_acts
from config import library
from config.clock import hand_clock
from storage.documents.report import write_report
from storage.sealing import as_published

GOLDEN = Path(__file__).parent / "report-2025.txt"
YEAR, SEED = 2025, 1


def played(folder):
    clock = hand_clock(date(YEAR, 1, 1))
    works = open_works(found_office(folder, sample=True).path, clock=clock)
    for act in sorted(year_of_acts(YEAR, random.Random(SEED), works.calendar), key=lambda act: act.day):
        clock.set_day(act.day)
        with works.desk.sitting(actor=act.who, means="demo") as sitting:
            act.say(sitting)
    clock.set_day(date(YEAR + 1, 1, 15))
    with works.desk.sitting(actor="clerk", means="demo") as sitting:
        sitting.hold("training", date(YEAR, 9, 10), "业务培训", 32)
    return works


def text_of(content):
    """Every paragraph and every cell, in the order of the page."""
    paper = Document(BytesIO(content))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    for table in paper.tables:
        lines += ["｜".join(cell.text.replace("\n", "") for cell in row.cells) for row in table.rows]
    return "\n".join(lines) + "\n"


def test_the_sealed_report_of_the_sample_year_reads_as_it_did(tmp_path):
    works = played(tmp_path / "town")
    report, tally = works.report(YEAR)
    with works.desk.sitting(actor="clerk", means="test") as sitting:
        sitting.seal(report, tally.named)
    published, _ = works.report(YEAR)
    assert as_published(published, tally.named) == as_published(report, tally.named)
    written = text_of(write_report(published, library.form(), "docx"))
    if os.environ.get("GONGKAI_RENEW") == "yes":
        GOLDEN.write_text(written, "utf-8")
    assert written == GOLDEN.read_text("utf-8")
