"""What holds for every format: whole or refused, always the same bytes, any text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook

from config.errors import Refusal
from storage.documents.annual_report.writer import WRITERS, write_report
from storage.documents.layout.text import printable, split_lead, title_lines
from tests.draws import examples
from tests.storage.documents.annual_report.papers import FORM, sample_report, with_figure, written

CELL = "table3.granted.business"


@pytest.mark.parametrize("format_name", list(WRITERS))
def test_the_same_report_gives_the_same_bytes(format_name):
    assert write_report(sample_report(), FORM, format_name) == written(format_name)


@pytest.mark.parametrize("format_name", ["docx", "xlsx"])
def test_no_time_stands_in_the_file(format_name):
    with ZipFile(BytesIO(written(format_name))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not re.search(rb"dcterms:(created|modified)", archive.read("docProps/core.xml"))


@pytest.mark.parametrize("format_name", list(WRITERS))
@pytest.mark.parametrize("figure", [None, "", " \n", Decimal("NaN")])
def test_an_empty_cell_is_refused_by_name(format_name, figure):
    with pytest.raises(Refusal, match=r"（一）予以公开 商业企业（table3\.granted\.business）"):
        write_report(with_figure(CELL, figure), FORM, format_name)


def test_a_missing_cell_is_refused_too():
    report = sample_report()
    figures = {cell: figure for cell, figure in report.figures.items() if not cell.startswith("table4")}
    with pytest.raises(Refusal, match="等15格"):
        write_report(replace(report, figures=figures), FORM, "html")


@pytest.mark.parametrize("format_name", ["pdf", "", "DOCX"])
def test_an_unknown_format_is_refused_with_the_known_ones(format_name):
    with pytest.raises(Refusal, match="json、docx、xlsx、html、csv"):
        write_report(sample_report(), FORM, format_name)


@pytest.mark.parametrize("format_name", ["docx", "xlsx", "html", "csv"])
def test_zero_is_printed(format_name):
    report = replace(sample_report(), figures=dict.fromkeys(FORM.cells, 0))
    content = write_report(report, FORM, format_name)
    found = {
        "docx": lambda: sum(
            cell.text == "0" for table in Document(BytesIO(content)).tables for cell in _drawn(table)
        ),
        "xlsx": lambda: sum(
            cell.value == 0 and cell.data_type == "n"
            for sheet in load_workbook(BytesIO(content))
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ),
        "html": lambda: sum(
            cell.text_content() == "0" for cell in html.document_fromstring(content).iter("td")
        ),
        "csv": lambda: content.decode().count(",0\r\n"),
    }
    assert found[format_name]() == 200


def _drawn(table):
    return {cell._tc: cell for row in table.rows for cell in row.cells}.values()


@pytest.mark.parametrize("format_name", ["docx", "xlsx", "html"])
def test_findings_are_not_printed_on_the_paper(format_name):
    plain = replace(sample_report(), findings=())
    assert write_report(plain, FORM, format_name) == written(format_name)


@pytest.mark.parametrize("format_name", ["json", "docx", "xlsx", "html"])
def test_a_report_without_sections_has_the_official_headings(format_name):
    content = write_report(replace(sample_report(), sections=(), preamble=()), FORM, format_name)
    texts = {
        "json": lambda: [part["heading"] for part in json.loads(content)["sections"].values()],
        "docx": lambda: [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs[1:]],
        "xlsx": lambda: [cell.value for cell in load_workbook(BytesIO(content))["正文"]["A"]][1:],
        "html": lambda: [
            found.text_content() for found in html.document_fromstring(content.decode()).iter("h2")
        ],
    }
    assert texts[format_name]() == list(FORM.headings)


@given(text=st.text(alphabet=st.characters(codec=None, exclude_categories=()), min_size=1, max_size=40))
@settings(max_examples=examples(8), deadline=None)
def test_any_text_can_be_written(text):
    report = replace(sample_report(), agency=text, title=text, preamble=(text, text))
    clean = printable(text)
    paper = Document(BytesIO(write_report(report, FORM, "docx")))
    assert paper.paragraphs[1].text == clean
    assert json.loads(write_report(report, FORM, "json"))["preamble"] == [clean, clean]
    for format_name in ("html", "xlsx", "csv"):
        assert write_report(report, FORM, format_name)


@given(text=st.text(alphabet="（）()一二三。，甲\n", max_size=70))
def test_a_lead_and_its_rest_are_the_paragraph(text):
    assert "".join(split_lead(text)) == text


@pytest.mark.parametrize(
    ("paragraph", "lead"),
    [
        ("（一）主动公开情况。", "（一）主动公开情况。"),
        ("（一)收取信息处理费0元。", "（一)收取信息处理费0元。"),
        ("（十一）创新情况。无", "（十一）创新情况。"),
        ("（二）改进情况", "（二）改进情况"),
        ("1.深化公开内容。", ""),
        ("（略）", ""),
        ("（一）" + "长" * 60 + "。", ""),
    ],
)
def test_second_headings_are_recognised(paragraph, lead):
    assert split_lead(paragraph)[0] == lead


def test_a_long_title_breaks_after_the_agency():
    assert title_lines("东山镇2025年报告", "东山镇") == ["东山镇2025年报告"]
    long = "某某省某某市东山镇人民政府2025年政府信息公开工作年度报告"
    assert title_lines(long, "某某省某某市东山镇人民政府") == [
        "某某省某某市东山镇人民政府",
        "2025年政府信息公开工作年度报告",
    ]
    assert title_lines(long, "别的机关") == [long]
