"""The sample year's annual report and a month's bulletin, word by word: kept here, read by a person when they change.

To renew them after a change that was meant: GONGKAI_RENEW=yes pytest tests/scheduler/recording/test_golden.py, then read the diff.
"""

import json
import os
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from docx import Document

from bot.language.bulletin_text import bulletin_pages
from bot.language.phrasebook import phrasebook
from bot.services.annual_reports import annual_report
from bot.services.bulletins import draw_bulletin
from config import shipped_data
from storage.documents.annual_report.writer import write_report
from storage.documents.bulletin.word import bulletin_docx
from storage.reporting.sealed_years import encode_published
from tests.scheduler.recording.stories import FACTS, YEAR, played, sealed
from tests.town import open_town, recorded

GOLDEN = Path(__file__).parent / "report-2025.txt"
BULLETIN = Path(__file__).parent / "bulletin-2026-11.txt"


def year_of_the_town(app):
    """A request of each sort, registers, disputes and activities: few, and enough to fill every section."""
    played(app)
    recorded(app, lambda uow: uow.cases.open("request", "3", date(2024, 12, 25), FACTS))
    recorded(app, lambda uow: uow.cases.close(3, "partly_granted", date(2025, 1, 10), {"source": "register"}))
    recorded(app, lambda uow: uow.registers.count("penalty", date(2025, 4, 4), quantity=3))
    recorded(
        app,
        lambda uow: uow.registers.count(
            "administrative_fee", date(2025, 4, 5), amount_yuan=Decimal("12345.60")
        ),
    )
    recorded(app, lambda uow: uow.registers.count("normative_document_issued", date(2025, 4, 6), quantity=2))
    recorded(
        app, lambda uow: uow.cases.open("dispute", "复议1", date(2025, 5, 11), {"route": "reconsideration"})
    )
    recorded(app, lambda uow: uow.cases.close(4, "upheld", date(2025, 7, 9)))
    recorded(
        app, lambda uow: uow.registers.record_activity("publicity", date(2025, 5, 15), "政务公开日", 120)
    )


def text_of(content):
    """Every paragraph and every cell, in the order of the page."""
    paper = Document(BytesIO(content))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    for table in paper.tables:
        lines += ["｜".join(cell.text.replace("\n", "") for cell in row.cells) for row in table.rows]
    return "\n".join(lines) + "\n"


def test_the_sealed_report_of_the_sample_year_reads_as_it_did(app):
    year_of_the_town(app)
    tally = annual_report(app, YEAR).counts
    report = sealed(app)
    annual = annual_report(app, YEAR)
    published, again = annual.report, annual.counts
    assert encode_published(published, again.prose_figures) == encode_published(report, tally.prose_figures)
    written = text_of(write_report(published, shipped_data.load_form(), "docx"))
    assert written == kept(GOLDEN, written)


def kept(file, written):
    """What was read and kept; renewed first where that was asked for."""
    if os.environ.get("GONGKAI_RENEW") == "yes":
        file.write_text(written, "utf-8")
    return file.read_text("utf-8")


ACTS = {
    date(2026, 11, 18): (
        *(
            ("report", "jia", "2026-11", "--title", title)
            for title in ("村委会换届公告", "秋收进展", "村道硬化完工")
        ),
        ("adopt", "村委会换届公告", "--level", "county", "--points", 12),
        ("report", "yi", "2026-11", "--zero"),
        ("report", "bing", "2026-11", "--title", "低保名单公示"),
    ),
    date(2026, 11, 27): (
        *(("report", "ding", "2026-11", "--title", title) for title in ("三季度财务公开", "河道清理")),
    ),
}
"""A village of each sort: adopted, one declaring nothing, one short of the minimum, one late, two silent."""


def item_number(gongkai, title):
    """The number of the month's item with this title."""
    listed = json.loads(gongkai("month", "items", "2026-11", "--json").out)["items"]
    return next(line["number"] for line in listed if line["title"] == title)


def month_of_the_town(gongkai, town):
    """November, from the sweep that opens it to the one that tells it."""
    gongkai("tick")
    for day, acts in ACTS.items():
        town.clock.set_day(day)
        for act in acts:
            verb, first, *rest = act
            done = gongkai("month", verb, item_number(gongkai, first) if verb == "adopt" else first, *rest)
            assert (done.code, done.err) == (0, "")
    town.clock.set_day(date(2026, 11, 30))
    assert "2026-11" in gongkai("tick").out


def test_the_bulletin_of_a_sample_month_reads_as_it_did(home, clock, gongkai):
    town, say = open_town(home, date(2026, 11, 2), clock=clock), phrasebook("zh").say
    month_of_the_town(gongkai, town)
    made = draw_bulletin(town, date(2026, 11, 1))
    told = "\n\n".join(bulletin_pages(made, phrasebook("zh")))
    written = f"{text_of(bulletin_docx(made, say))}\n—— 群里发的 ——\n{told}\n"
    assert written == kept(BULLETIN, written)
