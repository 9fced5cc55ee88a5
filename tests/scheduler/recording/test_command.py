"""``gongkai seal``: a year from before the log by the paper that went out, and what is shown of it afterwards."""

import json
from datetime import date

import pytest

from bot.services.annual_reports import sealed_years
from bot.services.app import open_app
from config.clock import manual_clock
from tests.scheduler.recording.stories import played
from tests.scheduler.recording.test_golden import text_of
from tests.town import log_end, recorded


@pytest.fixture(autouse=True)
def town(home):
    app = open_app(home, clock=manual_clock(date(2026, 1, 20)))
    played(app)
    return app


def printed(gongkai, folder, name="2025.docx", *more):
    """The year's report as it was published elsewhere."""
    assert gongkai("report", "2025", "--out", folder / name, *more).code == 0
    return folder / name


@pytest.mark.parametrize("name", ["2025.docx", "2025.xlsx", "2025.html", "2025.json"])
def test_a_year_from_before_the_log_is_sealed_by_its_paper(town, gongkai, tmp_path, name):
    paper, before = printed(gongkai, tmp_path, name), log_end(town)
    refused = gongkai("seal", "2025")
    assert (refused.code, "--published" in refused.err, log_end(town)) == (1, True, before)
    assert gongkai("seal", "2025", "--published", paper).code == 0
    assert 2025 in sealed_years(town).sealed


def test_it_stays_in_the_words_of_its_paper(town, gongkai, tmp_path):
    overview = town.home.path / "prose" / "overview.txt"
    (town.home.path / "prose" / "2025").mkdir()
    (town.home.path / "prose" / "2025" / "overview.txt").write_text("当年印出去的正文。", "utf-8")
    paper = printed(gongkai, tmp_path)
    (town.home.path / "prose" / "2025" / "overview.txt").unlink()
    overview.write_text("后来改过的正文。", "utf-8")
    assert gongkai("seal", "2025", "--published", paper).code == 0
    again = printed(gongkai, tmp_path, "again.docx")
    assert "当年印出去的正文。" in text_of(again.read_bytes())
    assert text_of(again.read_bytes()) == text_of(paper.read_bytes())


def test_a_paper_that_says_otherwise_seals_nothing(town, gongkai, tmp_path):
    paper = printed(gongkai, tmp_path)
    recorded(town, lambda uow: uow.registers.count("licence", date(2025, 8, 1), quantity=1))
    before = log_end(town)
    refused = gongkai("seal", "2025", "--published", paper)
    assert (refused.code, log_end(town)) == (1, before)
    assert "公布 7、台账 8" in refused.err
    assert "行政许可" in refused.err


def test_the_paper_of_another_year_seals_nothing(gongkai, tmp_path):
    assert gongkai("report", "2024", "--out", tmp_path / "2024.json").code == 0
    refused = gongkai("seal", "2025", "--published", tmp_path / "2024.json")
    assert (refused.code, "2024.json 是 2024 年的年报，不是 2025 年的" in refused.err) == (1, True)
    missing = gongkai("seal", "2025", "--published", tmp_path / "none.docx")
    assert (missing.code, "没有这个文件" in missing.err) == (2, True)


def test_what_came_late_is_shown_beside_what_was_sealed(gongkai, tmp_path):
    assert gongkai("seal", "2025", "--published", printed(gongkai, tmp_path)).code == 0
    refused = gongkai("activity", "add", "training", "--title", "培训", "--on", "2025-02-02", "--reached", 5)
    assert (refused.code, "--late" in refused.err) == (1, True)
    late = ("--late", "村里迟交")
    assert (
        gongkai(
            "activity", "add", "training", "--title", "培训", "--on", "2025-02-02", "--reached", 5, *late
        ).code
        == 0
    )
    shown = gongkai("report", "2025", "--format", "docx", "--out", tmp_path / "r.docx").out
    assert "业务培训参加人次：公布 30，现为 35" in shown
    assert (tmp_path / "r-更正.docx").stat().st_size > 0
    data = json.loads(gongkai("report", "2025").out)
    assert [each["figure"] for each in data["corrections"]] == ["training_times", "training_people"]
    assert gongkai("seal", "2025").code == 1


def test_a_report_with_errors_is_not_sealed(town, gongkai):
    (town.home.path / "prose" / "problems.txt").write_text("", "utf-8")
    recorded(
        town, lambda uow: uow.registers.count("normative_document_repealed", date(2025, 6, 6), quantity=9)
    )
    before = log_end(town)
    assert gongkai("seal", "2025").code == 1
    assert log_end(town) == before
