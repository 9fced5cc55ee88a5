"""The Word paper read back: page, fonts, tables, words."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from storage.documents.annual_report.writer import write_report
from storage.documents.layout.grid import table_grids
from tests.storage.documents.annual_report.papers import AWKWARD, FORM, sample_report, with_figure, written

GRIDS = list(table_grids(sample_report(), FORM).values())
FONTS = {
    "Normal": ("仿宋_GB2312", 16),
    "Title": ("方正小标宋简体", 22),
    "Heading 1": ("黑体", None),
    "Lead": ("楷体_GB2312", None),
    "Table Text": ("宋体", 9),
    "Footer": ("宋体", 14),
}


@pytest.fixture(scope="module")
def paper():
    return Document(BytesIO(written("docx")))


def test_the_page_is_that_of_the_standard(paper):
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == 156
    assert round(section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm) == 225


def test_a_page_has_22_lines_of_28_signs(paper):
    grid = paper.sections[0]._sectPr.find(qn("w:docGrid"))
    normal = paper.styles["Normal"]
    pitch = int(grid.get(qn("w:linePitch")))
    assert grid.get(qn("w:type")) == "lines"
    assert normal.paragraph_format.line_spacing.twips == pitch
    assert 22 * pitch <= 225 / 25.4 * 1440 < 23 * pitch
    closer = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val")))
    sign = 16 * 20 + closer
    assert 28 * sign <= 156 / 25.4 * 1440 < 29 * sign


@pytest.mark.parametrize(("style", "font", "size"), [(name, *font) for name, font in FONTS.items()])
def test_styles_set_the_chinese_font(paper, style, font, size):
    element = paper.styles[style].element
    assert element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert paper.styles[style].font.size == (None if size is None else size * 12700)


def test_chinese_is_the_language_everywhere(paper):
    styles = paper.styles.element
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert defaults.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert defaults.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    assert paper.settings.element.find(qn("w:themeFontLang")).get(qn("w:eastAsia")) == "zh-CN"
    theme = ZipFile(BytesIO(written("docx"))).read("word/theme/theme1.xml").decode()
    assert theme.count('<a:ea typeface="仿宋_GB2312"/>') == 2


def test_digits_are_in_times_new_roman(paper):
    fonts = paper.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:ascii")) == fonts.get(qn("w:hAnsi")) == "Times New Roman"


def test_quotation_marks_stay_in_the_chinese_font(paper):
    text = next(paragraph for paragraph in paper.paragraphs if "“五公开”" in paragraph.text)
    assert {run._r.rPr.rFonts.get(qn("w:hint")) for run in text.runs} == {"eastAsia"}


def test_pages_are_numbered_between_dashes(paper):
    section = paper.sections[0]
    assert paper.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, 2), (section.even_page_footer, 0)):
        paragraph = footer.paragraphs[0]
        assert "".join(text.text for text in paragraph._p.iter(qn("w:t"))) == "— 1 —"
        assert paragraph._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
        assert paragraph.alignment == side


def test_words_stand_in_order(paper):
    texts = [(paragraph.style.name, paragraph.text) for paragraph in paper.paragraphs]
    report = sample_report()
    assert texts[0] == ("Title", "东山镇人民政府\n2025年政府信息公开工作年度报告")
    assert texts[1] == ("Body Text", report.preamble[0])
    expected = [
        pair
        for section in report.sections
        for pair in [("Heading 1", section.heading), *(("Body Text", text) for text in section.paragraphs)]
    ]
    assert texts[2:] == expected


def test_second_headings_are_set_apart(paper):
    paragraph = next(paragraph for paragraph in paper.paragraphs if paragraph.text.startswith("（一）"))
    assert [(run.text, run.style.name) for run in paragraph.runs] == [
        ("（一）overview情况。", "Lead"),
        ("细节overview。", "Default Paragraph Font"),
    ]


def test_tables_stand_in_their_sections(paper):
    order = ["表" if block.tag == qn("w:tbl") else block.pPr.pStyle.val for block in paper.element.body[:-1]]
    headings = [place for place, name in enumerate(order) if name == "Heading1"]
    tables = [place for place, name in enumerate(order) if name == "表"]
    assert [sum(heading < table for heading in headings) for table in tables] == [2, 3, 4]


@pytest.mark.parametrize("number", range(3))
def test_every_cell_is_where_the_form_has_it(paper, number):
    grid, rows = GRIDS[number], [row.cells for row in paper.tables[number].rows]
    for cell in grid.cells:
        corners = [
            rows[row][column]
            for row in (cell.row, cell.row + cell.rows - 1)
            for column in (cell.column, cell.column + cell.columns - 1)
        ]
        assert {corner.text for corner in corners} == {cell.text}
        assert len({id(corner._tc) for corner in corners}) == 1


def test_rows_stay_whole_and_headers_repeat(paper):
    for grid, table in zip(GRIDS, paper.tables, strict=True):
        properties = [row._tr.trPr for row in table.rows]
        assert all(found.find(qn("w:cantSplit")) is not None for found in properties)
        repeated = [found.find(qn("w:tblHeader")) is not None for found in properties]
        assert repeated == [row < grid.heads for row in range(grid.height)]


def test_tables_fit_the_text_block(paper):
    block = 156 / 25.4 * 1440
    for table in paper.tables:
        width = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid)
        assert block - 20 < width <= block


@pytest.mark.parametrize(("figure", "smaller"), [(1234, False), (123456, True), (1234567, True)])
def test_a_long_figure_is_set_smaller(figure, smaller):
    """Broken over two lines it would be read as two numbers."""
    report = with_figure("table4.reconsideration.total", figure)
    paper = Document(BytesIO(write_report(report, FORM, "docx")))
    run = paper.tables[2].rows[3].cells[4].paragraphs[0].runs[0]
    assert run.text == str(figure)
    size = run.font.size.pt if run.font.size else 9
    assert (size < 9) is smaller
    assert size * 0.64 * len(run.text) <= 10.4 / 25.4 * 72 - 4


def test_awkward_signs_survive_in_word(paper):
    assert sum(paragraph.text == AWKWARD for paragraph in paper.paragraphs) == 6


def test_nothing_is_left_of_the_blank(paper):
    names = ZipFile(BytesIO(written("docx"))).namelist()
    assert not [name for name in names if "thumbnail" in name or "WithEffects" in name]
    assert paper.core_properties.author == "东山镇人民政府"
    assert "python" not in paper.core_properties.comments
