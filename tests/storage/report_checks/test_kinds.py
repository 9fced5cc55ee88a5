"""The same report in every kind of file: the same cells and findings, whatever its name says it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.errors import Unreadable
from storage.reading.report.reader import KIND_BY_SUFFIX, read_report
from tests.storage.report_checks.kinds import KINDS, WITHOUT_PROSE
from tests.storage.report_checks.made import FORM, clean, found, rules

TITLE = "清水镇人民政府2025年政府信息公开工作年度报告"


def _report():
    return replace(clean(), title=TITLE)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_returns_the_same_cells_and_findings(kind, tmp_path):
    path = tmp_path / f"2025.{kind}"
    path.write_bytes(KINDS[kind](_report()))
    report = read_report(path, FORM)
    assert dict(report.figures) == dict(clean().figures)
    assert report.year == 2025
    if kind not in WITHOUT_PROSE:
        assert report.agency == "清水镇人民政府"
        assert [section.heading for section in report.sections] == list(FORM.headings)
        assert rules(found(report)) == rules(found(_report()))


def test_every_ending_that_a_folder_is_searched_for_is_tried_here():
    assert {suffix.removeprefix(".") for suffix in KIND_BY_SUFFIX} <= {*KINDS, "htm", "mht"}


@pytest.mark.parametrize(
    "kind", ["docx", "xlsx", "html", "doc", "xls", "rtf", "odt", "ods", "pdf", "ofd", "mhtml"]
)
@pytest.mark.parametrize("ending", [".doc", ".xls", ".docx", ".html", ".pdf", ""])
def test_a_file_whose_name_says_another_kind_is_read_as_what_it_is(kind, ending, tmp_path):
    path = tmp_path / f"年报2025{ending}"
    path.write_bytes(KINDS[kind](_report()))
    assert dict(read_report(path, FORM).figures) == dict(clean().figures)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "doc", "rtf", "odt", "ods", "xls", "pdf", "ofd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_refused_with_a_sentence_or_read(kind, share, tmp_path):
    whole = KINDS[kind](_report())
    path = tmp_path / f"x.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])
    report, refusal = _read(path)
    if report is None:
        assert refusal["why"]
        assert refusal["next_step"]
    else:
        wrong = {cell: figure for cell, figure in report.figures.items() if figure != clean().figures[cell]}
        assert len(report.figures) < len(FORM.cells) or not wrong


def _read(path):
    """The report in a file, or the words of the refusal."""
    try:
        return read_report(path, FORM), {}
    except Unreadable as refused:
        return None, refused.words
