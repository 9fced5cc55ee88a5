"""The web page read back: outline, tables a screen reader can say, nothing from outside."""

from __future__ import annotations

import pytest
from lxml import html

from storage.documents.layout.grid import CellRole, table_grids
from tests.storage.documents.annual_report.papers import AWKWARD, FORM, sample_report, written

GRIDS = table_grids(sample_report(), FORM)


@pytest.fixture(scope="module")
def page():
    return html.document_fromstring(written("html").decode())


def text_of(element):
    return element.text_content()


def test_the_outline_is_one_title_and_six_sections(page):
    assert page.get("lang") == "zh-CN"
    assert [text_of(found) for found in page.iter("h1")] == ["东山镇人民政府2025年政府信息公开工作年度报告"]
    assert [text_of(found) for found in page.iter("h2")] == list(FORM.headings)
    assert [text_of(table.getparent().getparent().find("h2")) for table in page.iter("table")] == list(
        FORM.headings[1:4]
    )


@pytest.mark.parametrize("key", list(GRIDS))
def test_cells_span_and_say_what_the_form_says(page, key):
    table, grid = page.get_element_by_id(key), GRIDS[key]
    rows = [list(row) for row in table.iter("tr")]
    assert len(rows) == grid.height
    for drawn, expected in zip(rows, grid.by_row(), strict=True):
        for element, cell in zip(drawn, expected, strict=True):
            assert text_of(element) == cell.text
            assert int(element.get("colspan", 1)) == cell.columns
            assert int(element.get("rowspan", 1)) == cell.rows
            assert element.tag == ("th" if cell.role in {CellRole.COLUMN, CellRole.ROW} else "td")


def test_every_figure_names_its_headings(page):
    said = {}
    for element in page.xpath("//td[@headers]"):
        names = [text_of(page.get_element_by_id(name)) for name in element.get("headers").split()]
        assert all(page.get_element_by_id(name).get("scope") for name in element.get("headers").split())
        said[text_of(element)] = names
    assert len(said) == 200
    fee = ["第二十条第（八）项", "本年收费金额（单位：万元）", "行政事业性收费"]
    assert said["7730.28"] == fee
    last = str(1000 + FORM.cells.index("table4.litigation_after_reconsideration.total"))
    assert said[last] == ["行政诉讼", "复议后起诉", "总计"]


def test_tables_have_captions_and_scroll_alone(page):
    for table, heading in zip(page.iter("table"), FORM.headings[1:4], strict=True):
        assert text_of(table.find("caption")) == heading
        frame = table.getparent()
        assert (frame.get("class"), frame.get("tabindex"), frame.get("role")) == ("scroll", "0", "region")


def test_nothing_runs_and_nothing_is_fetched(page):
    assert not page.xpath("//script | //link | //img | //iframe | //*[@src] | //*[@href]")
    style = page.findtext(".//style")
    assert "url(" not in style
    assert "@import" not in style
    assert "size: A4" in style


def test_awkward_signs_survive_in_the_page(page):
    assert [text_of(found) for found in page.iter("p")].count(AWKWARD) == 6
    assert "<丙>" not in written("html").decode()


def test_ids_are_unique(page):
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
