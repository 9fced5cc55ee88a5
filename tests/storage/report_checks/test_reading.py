"""Whatever an agency does to the form, the same figures are read from it."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reporting.form import FEE_CELL
from storage.reading.formats.document import DocumentTable, expand_spans
from storage.reading.report.figures import read_figure
from storage.reading.report.label_matching import label_core, match_label
from storage.reading.report.reader import read_report
from tests.draws import examples
from tests.storage.report_checks.drawn import (
    WIDE,
    Box,
    boxes,
    draw_docx,
    draw_html,
    draw_xlsx,
    table2,
    table3,
    table3_plain,
    table3_split,
    table4,
    table4_upright,
)
from tests.storage.report_checks.made import CLEAN_TEXTS, FORM, SEED, clean, published

TITLE = "清水镇人民政府2025年政府信息公开工作年度报告"
DRAW = {"docx": draw_docx, "xlsx": draw_xlsx, "html": draw_html}


def _blocks(two, three, four, title=TITLE):
    """A report's blocks in the order of the page."""
    heads = list(FORM.headings)
    return [
        *([title] if title else []),
        "根据条例编制本报告。",
        *(heads[0], "按规定开展。", heads[1], two, heads[2], three, heads[3], four),
        *(heads[4], *CLEAN_TEXTS["problems"], heads[5], *CLEAN_TEXTS["other"]),
    ]


def _spaced(label):
    """As it looks when a cell is narrow: broken, padded, in half width."""
    broken = label[:2] + "\n" + label[2:4] + "\u3000" + label[4:]
    return broken.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"')


LAYOUTS = {
    "official": lambda r: (table2(r), table3(r), table4(r)),
    "no groups": lambda r: (table2(r), table3_plain(r), table4_upright(r)),
    "split labels": lambda r: (table2(r), table3_split(r), table4(r)),
    "spaces": lambda r: (table2(r, _spaced), table3(r, _spaced), table4(r, _spaced)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", DRAW)
def test_every_layout_reads_the_same(kind, layout, tmp_path):
    path = DRAW[kind](tmp_path / f"x.{kind}", _blocks(*LAYOUTS[layout](clean())))
    report = read_report(path, FORM)
    assert dict(report.figures) == dict(clean().figures)
    assert not report.labels
    assert (report.agency, report.year, report.title) == ("清水镇人民政府", 2025, TITLE)
    assert report.preamble == ("根据条例编制本报告。",)
    assert [section.heading for section in report.sections] == list(FORM.headings)
    assert report.section("other").paragraphs == CLEAN_TEXTS["other"]


@pytest.mark.parametrize("kind", DRAW)
def test_real_figures_survive_each_kind(kind, tmp_path):
    real = published("10")
    path = DRAW[kind](tmp_path / f"x.{kind}", _blocks(table2(real), table3(real), table4(real)))
    assert dict(read_report(path, FORM).figures) == dict(real.figures)


@pytest.mark.parametrize("kind", DRAW)
def test_changed_labels_are_kept_for_the_checker(kind, tmp_path):
    def say(label):
        renamed = {"（一）予以公开": "（一）同意公开", "其他结果": "其它结果", "行政处罚": "行政处罚决定"}
        return renamed.get(label, label.replace("1.属于国家秘密", "1、属于国家机密"))

    three = [
        [replace(b, text=b.text.replace("商业企业", "企业")) for b in row] for row in table3(clean(), say)
    ]
    blocks = _blocks(table2(clean(), say), three, table4(clean(), say))
    report = read_report(DRAW[kind](tmp_path / f"x.{kind}", blocks), FORM)
    missing = {cell for cell in FORM.cells if cell not in report.figures}
    assert {cell.rpartition(".")[0] for cell in missing} == {"table3.granted"}  # 同意公开 is not taken for it
    assert report.labels == {
        "table2.penalties": "行政处罚决定",
        "table3.state_secret": "三、本年度办理结果（三）不予公开1、属于国家机密",
        "table3.columns.business": "企业",
        "table4.columns.other": "其它结果",
    }


def test_a_missing_row_is_absent_not_empty(tmp_path):
    three = [row for row in table3_plain(clean()) if "2.重复申请" not in row[0].text]
    report = read_report(
        draw_docx(tmp_path / "x.docx", _blocks(table2(clean()), three, table4(clean()))), FORM
    )
    missing = [cell for cell in FORM.cells if cell not in report.figures]
    assert missing == [f"table3.repeated.{column.key}" for column in FORM.columns3]


@pytest.mark.parametrize("kind", DRAW)
def test_empty_and_struck_cells_are_told_apart(kind, tmp_path):
    three = table3(clean())
    three[3][1:4] = boxes("", "/", "1,234件")
    three[4][1:3] = boxes("12".translate(WIDE), "—")
    report = read_report(
        DRAW[kind](tmp_path / f"x.{kind}", _blocks(table2(clean()), three, table4(clean()))), FORM
    )
    row = [report.figures[f"table3.received.{column.key}"] for column in FORM.columns3[:3]]
    assert row == [None, "/", 1234]
    assert report.figures["table3.carried_in.natural_person"] == 12
    assert report.figures["table3.carried_in.business"] == "—"


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("2025年度清水镇政府信息公开工作年度报告", "清水镇", 2025),
        ("清水县人民政府关于2024年政府信息公开工作的年度报告", "清水县人民政府", 2024),
        ("二〇二三年清水镇人民政府信息公开年度报告", "清水镇人民政府", 2023),
        ("沭阳县人民政府（全县汇总）2025年政府信息公开工作年度报告", "沭阳县人民政府（全县汇总）", 2025),
        ("清水县财政局 2025 年政府信息公开工作年度报告", "清水县财政局", 2025),
    ],
)
def test_agency_and_year_stand_in_the_title(title, agency, year, tmp_path):
    blocks = _blocks(table2(clean()), table3(clean()), table4(clean()), title)
    report = read_report(draw_docx(tmp_path / "x.docx", blocks), FORM)
    assert (report.agency, report.year) == (agency, year)


def test_a_table_of_contents_is_no_text(tmp_path):
    blocks = [TITLE, *FORM.headings, *_blocks(table2(clean()), table3(clean()), table4(clean()), "")]
    report = read_report(draw_docx(tmp_path / "x.docx", blocks), FORM)
    assert report.preamble == ("根据条例编制本报告。",)
    assert report.section("other").paragraphs == CLEAN_TEXTS["other"]


def test_headings_are_kept_as_printed(tmp_path):
    blocks = _blocks(table2(clean()), table3(clean()), table4(clean()))
    printed = "五、政府信息公开工作存在的问题和改进措施"
    blocks[blocks.index(FORM.headings[4])] = printed
    report = read_report(draw_docx(tmp_path / "x.docx", blocks), FORM)
    assert report.section("problems").heading == printed


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "utf-16"])
def test_pages_in_chinese_encodings(charset, tmp_path):
    path = draw_html(tmp_path / "x.html", _blocks(table2(clean()), table3(clean()), table4(clean())), charset)
    assert read_report(path, FORM).figures == clean().figures


def test_text_in_gb18030_reads_like_utf8(tmp_path):
    path = tmp_path / "zhaoduba-2023.txt"
    path.write_bytes(SEED.read_text("utf-8").encode("gb18030"))
    assert read_report(path, FORM) == read_report(SEED, FORM)


@pytest.mark.parametrize(
    ("cell", "text", "figure"),
    [
        ("table3.granted.total", "１，２３４", 1234),
        ("table3.granted.total", " 12 件 ", 12),
        ("table3.granted.total", "3.0", 3),
        ("table3.granted.total", "-3", -3),
        ("table3.granted.total", "3.5", "3.5"),
        ("table3.granted.total", "1 2", "1 2"),
        ("table3.granted.total", "12,34", "12,34"),
        ("table3.granted.total", "约5", "约5"),
        ("table3.granted.total", "9" * 40, "9" * 40),
        ("table3.granted.total", "", None),
        ("table3.granted.total", "\u3000", None),
        (FEE_CELL, "7,730.28", Decimal("7730.28")),
        (FEE_CELL, "7730. 28万元", Decimal("7730.28")),
        (FEE_CELL, "77元", "77元"),
        (FEE_CELL, "0", Decimal(0)),
    ],
)
def test_cells_are_numbers_only_beyond_doubt(cell, text, figure):
    read = read_figure(cell, text)
    assert read == figure
    assert type(read) is type(figure)


def test_a_group_is_never_taken_for_a_row():
    options = {label_core(line.label): line.key for line in FORM.rows3}
    assert match_label("不予公开", {**options, label_core("（三）不予公开"): ""}) == ""
    assert (
        match_label("（三）不予公开1.属于国家秘密", {**options, label_core("（三）不予公开"): ""})
        == "state_secret"
    )
    assert match_label("3.其他", options) == "other_result"
    assert match_label("随便什么", options) is None


def test_only_close_likeness_makes_a_row():
    options = {label_core(line.label): line.key for line in FORM.rows3}
    assert match_label("8.属于行政查询事宜", options) == "inquiry_matter"
    assert match_label("8.属于行政许可事项", options) is None


def test_spans_are_laid_as_a_browser_does():
    rows = [[("a", 2, 2), ("b", 1, 1)], [("c", 1, 1)], [("d", 1, 1), ("e", 2, 9)]]
    table = expand_spans(rows)
    assert table.rows == (("a", "a", "b"), ("a", "a", "c"), ("d", "e", "e"))
    assert table.cells == (("a", "b"), ("a", "c"), ("d", "e"))


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=7, max_size=7))
def test_text_rows_read_from_their_tail(numbers):
    from storage.reading.report.table_finder import extract_tables

    row = ("三、本年度办理结果", "（五）不予处理", "2.重复申请", *map(str, numbers))
    found = extract_tables(DocumentTable(rows=(row,), regular=False), FORM).figures
    assert list(found.values()) == numbers


@pytest.mark.parametrize("kind", DRAW)
def test_reading_takes_a_moment(kind, tmp_path):
    path = DRAW[kind](tmp_path / f"x.{kind}", _blocks(table2(clean()), table3(clean()), table4(clean())))
    started = time.perf_counter()
    read_report(path, FORM)
    assert time.perf_counter() - started < 2  # some 40 ms here; the room is for a busy machine


def test_a_box_is_one_cell_by_itself():
    assert Box(text="a") == boxes("a")[0]
