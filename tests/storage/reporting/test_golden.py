"""The real report it all starts from: a year of zeros, its prose, and its slips."""

from pathlib import Path

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from config.shipped_data import load_form
from storage.documents.annual_report.writer import write_report
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from storage.reporting.report import format_figure
from tests.paths import SHARED

SEED = SHARED / "seed" / "zhaoduba-2023.txt"
PRINTED_OTHERWISE = "五、存在问题及改进情况"  # the seed's one heading that is not the official one


def test_a_year_without_a_request_gives_the_seed_s_sections(app: OfficeApp) -> None:
    seed, made = read_report(SEED, load_form()), annual_report(app, 2023).report
    assert made.preamble == seed.preamble
    for mine, theirs in zip(made.sections, seed.sections, strict=True):
        assert mine.paragraphs == theirs.paragraphs
        assert mine.heading == theirs.heading or theirs.heading == PRINTED_OTHERWISE


def test_a_year_without_a_request_gives_the_seed_s_tables(app: OfficeApp) -> None:
    seed, made = read_report(SEED, load_form()), annual_report(app, 2023).report
    assert len(seed.figures) == len(load_form().cells) == 200
    assert {cell: format_figure(figure) for cell, figure in made.figures.items()} == {
        cell: format_figure(figure) for cell, figure in seed.figures.items()
    }


def test_every_format_reads_back_without_loss(app: OfficeApp, tmp_path: Path) -> None:
    made = annual_report(app, 2023).report
    for suffix in ("docx", "xlsx", "html", "json"):
        file = tmp_path / f"report.{suffix}"
        file.write_bytes(write_report(made, load_form(), suffix))
        read = read_report(file, load_form())
        assert read.figures == made.figures, suffix
        assert read.sections == made.sections, suffix
        assert (read.preamble, read.year, read.labels) == (made.preamble, 2023, {}), suffix


def test_the_check_points_at_what_the_original_got_wrong() -> None:
    findings = check_report(read_report(SEED, load_form()), load_form(), wording=load_wordlist())
    assert not [finding for finding in findings if finding.severity == "error"]
    found = {(finding.rule, finding.found) for finding in findings if finding.severity == "warning"}
    assert found == {
        ("labels.heading", PRINTED_OTHERWISE),
        ("text.inconsistent", "镇长"),  # the leading group's head is 书记 in one place
        ("text.area", "全街"),
        ("text.slip", "平合"),
        ("text.slip", "制做"),
        ("text.bracket_width", "（一)"),
    }
    assert "report.no_scope" in {finding.rule for finding in findings if finding.severity == "note"}


def test_our_own_report_of_that_year_has_the_official_heading(app: OfficeApp) -> None:
    made = annual_report(app, 2023).report
    findings = check_report(made, load_form(), wording=load_wordlist())
    assert "labels.heading" not in {finding.rule for finding in findings}
