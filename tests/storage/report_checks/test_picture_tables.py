"""A table that is a picture is said to be one, by its number where the rest is text."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from PIL import Image

from config.errors import Unreadable
from storage.reading.report.reader import read_report
from tests.storage.report_checks.drawn import draw_docx, draw_html, table2, table3, table4
from tests.storage.report_checks.kinds import SAMPLES, fixed_layout, rich_text
from tests.storage.report_checks.made import FORM, clean, found, rules

TITLE = "清水镇人民政府2025年政府信息公开工作年度报告"
MARK = "（此处是表）"


def _with_pictures(kind, path, *pictured):
    """A report in which the tables of these sections are pictures."""
    tables = {"二": table2(clean()), "三": table3(clean()), "四": table4(clean())}
    blocks = [TITLE, "根据条例编制本报告。"]
    for heading in FORM.headings:
        blocks += [heading, "按规定开展。"]
        if heading[0] in tables:
            blocks.append(MARK if heading[0] in pictured else tables[heading[0]])
    return {"docx": _docx, "html": _html}[kind](path, blocks)


def _docx(path, blocks):
    draw_docx(path, blocks)
    paper, picture = Document(str(path)), BytesIO()
    Image.new("RGB", (600, 300), "white").save(picture, "PNG")
    for paragraph in paper.paragraphs:
        if paragraph.text == MARK:
            paragraph.clear()
            paragraph.add_run().add_picture(picture)
    paper.save(str(path))
    return path


def _html(path, blocks):
    draw_html(path, blocks)
    path.write_text(path.read_text("utf-8").replace(MARK, '<img src="table.png" width="600">'), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_one_table_as_a_picture_is_named(kind, tmp_path):
    report = read_report(_with_pictures(kind, tmp_path / f"x.{kind}", "四"), FORM)
    assert rules(found(report))[0] == ("cells.picture_table", "table4")
    assert "cells.no_table" not in {rule for rule, _place in rules(found(report))}


MADE = {"ofd": fixed_layout, "rtf": rich_text}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize(("section", "table"), [("proactive", "table2"), ("disputes", "table4")])
def test_one_table_as_a_picture_is_named_where_texts_only_have_places(kind, section, table, tmp_path):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(MADE[kind](replace(clean(), title=TITLE), section))
    told = rules(found(read_report(path, FORM)))
    assert ("cells.picture_table", table) in told
    assert "cells.no_table" not in {rule for rule, _place in told}


def test_one_table_as_a_picture_is_named_in_a_pdf_and_the_rest_is_read():
    report = read_report(SAMPLES / "table4_picture.pdf", FORM)
    assert {
        cell: figure for cell, figure in clean().figures.items() if "table4" not in cell
    } == report.figures
    assert rules(found(report)) == [("cells.picture_table", "table4")]


@pytest.mark.parametrize("kind", MADE)
def test_of_such_a_file_whose_every_table_is_a_picture_the_same_is_said(kind, tmp_path):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(MADE[kind](clean(), "proactive", "requests", "disputes"))
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    assert (refused.value.words["reason"], refused.value.exit_code) == ("picture_tables", 2)


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_where_every_table_is_a_picture_the_file_is_refused_with_what_to_ask_for(kind, tmp_path):
    path = _with_pictures(kind, tmp_path / f"x.{kind}", "二", "三", "四")
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    assert refused.value.words["reason"] == "picture_tables"
    assert "tables were written" in refused.value.words["next_step"]


def test_a_table_that_is_left_out_is_no_picture_and_an_icon_is_no_table(tmp_path):
    path = _with_pictures("html", tmp_path / "x.html", "四")
    page = path.read_text("utf-8")
    path.write_text(
        page.replace('<img src="table.png" width="600">', '<img src="i.png" width="16">'), "utf-8"
    )
    assert rules(found(read_report(path, FORM)))[0] == ("cells.no_table", "table4")
