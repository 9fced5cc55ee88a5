"""``gongkai check`` on a folder, an archive and several files: a table, a workbook, and each report with comments."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from config.clock import ManualClock
from storage.documents.annual_report.writer import write_report
from storage.reading.report.reader import read_report
from tests.command_line import command_line
from tests.storage.report_checks.made import FORM, clean, settled, with_cell, with_text

TOWN, OTHER = "清水镇人民政府", "白沙镇人民政府"


def _report(agency=TOWN, year=2025, **cells):
    title = f"{agency}{year}年政府信息公开工作年度报告"
    return replace(clean(), agency=agency, year=year, title=title, figures=clean().figures | cells)


@pytest.fixture
def gongkai(tmp_path, monkeypatch, capfd):
    clock = ManualClock(datetime(2026, 1, 20, 9, tzinfo=UTC))
    return command_line(tmp_path, clock, monkeypatch, capfd)


@pytest.fixture
def folder(tmp_path):
    """Three reports of two towns, one of them with a wrong total, and one file that is none."""
    place = tmp_path / "各单位"
    place.mkdir()
    last = replace(_report(year=2024), figures=settled({}) | {"table3.carried_out.business": 4})
    wrong = with_text(_report(OTHER), "收到政府信息公开申请7件。", "overview")
    for name, report in (
        ("清水2025.docx", _report()),
        ("清水2024.docx", last),
        ("白沙2025.docx", with_cell(wrong, "table3.received.total", 1)),
    ):
        (place / name).write_bytes(write_report(report, FORM, "docx"))
    (place / "说明.docx").write_bytes(b"PK\x03\x04 broken")
    (place / "~$清水2025.docx").write_bytes(b"lock")
    return place


def test_a_folder_becomes_a_table_a_workbook_and_commented_reports(gongkai, folder, tmp_path):
    table, comments = tmp_path / "汇总.xlsx", tmp_path / "批注"
    done = gongkai("check", folder, "--out", table, "--comments", comments)
    assert done.code == 2  # one file could not be read
    assert "清水镇人民政府" in done.out.replace("\n", "")
    units = [[cell.value for cell in row] for row in load_workbook(table)["汇总"].iter_rows(min_row=2)]
    assert [row[1] for row in units] == ["清水2024.docx", "清水2025.docx", "白沙2025.docx", "说明.docx"]
    assert [row[3] for row in units] == ["200/200", "200/200", "200/200", None]
    assert "损坏" in units[3][8]
    assert all("损坏" not in str(row[8]) for row in units[:3])
    found = [[cell.value for cell in row] for row in load_workbook(table)["全部问题"].iter_rows(min_row=2)]
    assert {row[1] for row in found} <= {row[1] for row in units}
    papers = sorted(path.name for path in comments.iterdir())
    assert papers == ["001-清水2024.docx", "002-清水2025.docx", "003-白沙2025.docx"]


def test_comments_stand_at_the_cell_and_the_paragraph_they_are_about(gongkai, folder, tmp_path):
    gongkai("check", folder, "--comments", tmp_path / "批注")
    paper = Document(str(tmp_path / "批注" / "003-白沙2025.docx"))
    said = [comment.text for comment in paper.comments]
    assert any("读作 7" in text for text in said)
    marked = [
        "".join(run.text for run in paragraph.runs)
        for paragraph in paper.paragraphs
        if paragraph._p.xpath(".//w:commentRangeStart")
    ]
    assert "收到政府信息公开申请7件。" in marked
    cells = [
        cell.text
        for table in paper.tables
        for row in table.rows
        for cell in row.cells
        if cell._tc.xpath(".//w:commentRangeStart")
    ]
    assert "1" in cells
    again = read_report(tmp_path / "批注" / "003-白沙2025.docx", FORM)
    assert again.figures == read_report(folder / "白沙2025.docx", FORM).figures


def test_last_years_report_of_the_same_agency_is_paired_by_itself(gongkai, folder):
    done = gongkai("check", folder, "--json")
    reports = {one["file"].rpartition("/")[2]: one for one in json.loads(done.out)["reports"]}
    assert reports["清水2025.docx"]["previous"].endswith("清水2024.docx")
    assert reports["白沙2025.docx"]["previous"] is None
    rules = [finding["rule"] for finding in reports["清水2025.docx"]["findings"]]
    assert "previous.carried_in" in rules
    assert "previous.carried_in" not in [each["rule"] for each in reports["白沙2025.docx"]["findings"]]
    assert "损坏" in reports["说明.docx"]["unreadable"]
    assert reports["清水2025.docx"]["cells"] == {"read": 200, "of": 200}


def test_an_archive_with_names_of_an_old_program_is_read_as_a_folder_is(gongkai, folder, tmp_path):
    packed = tmp_path / "上报.zip"
    names = {path.name.encode("gb18030"): path for path in sorted(folder.iterdir())}
    with zipfile.ZipFile(packed, "w") as archive:
        for number, (name, path) in enumerate(names.items()):
            archive.writestr(str(number) * len(name), path.read_bytes())
    content = packed.read_bytes()
    for number, name in enumerate(names):  # such programs write the bytes of GB18030 and no mark of it
        content = content.replace(str(number).encode() * len(name), name)
    packed.write_bytes(content)
    done = gongkai("check", packed, "--json")
    names = [one["file"].rpartition("/")[2] for one in json.loads(done.out)["reports"]]
    assert sorted(names) == ["清水2024.docx", "清水2025.docx", "白沙2025.docx", "说明.docx"]


def test_one_file_says_first_what_was_read(gongkai, folder):
    done = gongkai("check", folder / "清水2025.docx")
    first = done.out.splitlines()[0]
    assert "清水镇人民政府" in first
    assert "200/200" in first
    assert "6/6" in first


def test_an_empty_folder_says_what_is_looked_for(gongkai, tmp_path):
    done = gongkai("check", tmp_path)
    assert done.code == 2
    assert ".docx" in done.err


def test_two_reports_in_one_file_are_asked_about(gongkai, tmp_path):
    two = BytesIO()
    paper = Document(BytesIO(write_report(_report(), FORM, "docx")))
    other = Document(BytesIO(write_report(_report(OTHER, 2024), FORM, "docx")))
    for element in list(other.element.body)[:-1]:
        paper.element.body.insert(len(paper.element.body) - 1, element)
    paper.save(two)
    path = tmp_path / "两份.docx"
    path.write_bytes(two.getvalue())
    done = gongkai("check", path)
    assert done.code == 2
    assert "--part 1" in done.err
    assert OTHER in done.err
    second = json.loads(gongkai("check", path, "--part", "2", "--json").out)
    assert (second["agency"], second["year"]) == (OTHER, 2024)
    assert second["cells"] == {"read": 200, "of": 200}
