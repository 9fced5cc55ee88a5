"""Tables and headings as offices make them: every cell is read, and only what is really wrong is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml import OxmlElement

from config.reporting.form import SECTION_KEYS
from config.shipped_data import load_form
from storage.reading.report.reader import read_report
from tests.storage.report_checks.drawn import (
    Box,
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
from tests.storage.report_checks.made import CLEAN_TEXTS, FORM, clean, found, report_of, rules

TITLE = "清水镇人民政府2025年政府信息公开工作年度报告"
DRAW = {"docx": draw_docx, "xlsx": draw_xlsx, "html": draw_html}
BODY = {
    "overview": CLEAN_TEXTS["overview"],
    "problems": CLEAN_TEXTS["problems"],
    "other": CLEAN_TEXTS["other"],
}


def _blocks(two, three, four, headings=FORM.headings, title=TITLE):
    tables = {"proactive": two, "requests": three, "disputes": four}
    blocks = [title, "根据条例编制本报告。"]
    for key, heading in zip(SECTION_KEYS, headings, strict=True):
        blocks += [heading, *BODY.get(key, ("按规定开展。",))]
        blocks += (
            tables.get(key, [])
            if isinstance(tables.get(key), tuple)
            else [tables[key]]
            if key in tables
            else []
        )
    return blocks


def _boxes(table, change):
    return [[change(box) for box in row] for row in table]


def _figures(table, write):
    """The table with its figures written otherwise."""
    return _boxes(
        table, lambda box: replace(box, text=write(box.text)) if re.fullmatch(r"\d+", box.text) else box
    )


def _dragged(row, by=0):
    """Table 3 after the border between label and first figure was dragged in one row, which adds a grid column."""

    def change(report):
        table = table3(report)
        for at, boxes in enumerate(table[3:]):
            label = len(boxes) - 8
            if at == row:
                boxes[label + 1 + by] = replace(boxes[label + 1 + by], wide=2)
            else:
                boxes[label] = replace(boxes[label], wide=boxes[label].wide + 1)
        table[0][0] = replace(table[0][0], wide=4)
        return table

    return change


def _two_tables(report):
    """Table 4 as one table for reconsideration and one for litigation."""
    head, groups, low, figures = table4(report)
    left = [[replace(head[0])], [replace(box, high=1) for box in groups[:5]], figures[:5]]
    right = [[head[1]], groups[5:], low[:10][5:] + low[:5], figures[5:]]
    right[2] = [Box(text=column.label) for column in FORM.columns4] * 2
    return left, right


TABLES = {
    "official": lambda r: (table2(r), table3(r), table4(r)),
    "without groups": lambda r: (table2(r), table3_plain(r), table4_upright(r)),
    "labels in two cells and a column of remarks": lambda r: (table2(r), table3_split(r), table4(r)),
    "border dragged in the first row": lambda r: (table2(r), _dragged(0)(r), table4(r)),
    "border dragged in a row of a group": lambda r: (table2(r), _dragged(7)(r), table4(r)),
    "border dragged in the last row": lambda r: (table2(r), _dragged(24)(r), table4(r)),
    "border dragged between two figures": lambda r: (table2(r), _dragged(5, by=3)(r), table4(r)),
    "table 4 as two tables": lambda r: (table2(r), table3(r), _two_tables(r)),
    "signs of no width": lambda r: tuple(
        _figures(t(r), lambda n: f"\u200b{n}\ufeff") for t in (table2, table3, table4)
    ),
    "full-width figures": lambda r: tuple(
        _figures(t(r), lambda n: n.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
        for t in (table2, table3, table4)
    ),
    "figures with their unit": lambda r: (table2(r), _figures(table3(r), lambda n: f"{n}件"), table4(r)),
    "figures with thousands": lambda r: (table2(r), _figures(table3(r), lambda n: f"{int(n):,}"), table4(r)),
    "figures in spaces": lambda r: tuple(
        _figures(t(r), lambda n: f" \u3000{n}\xa0") for t in (table2, table3, table4)
    ),
    "labels without their numbers": lambda r: (
        table2(r),
        _boxes(table3(r), lambda box: replace(box, text=re.sub(r"^(?:\d\.|[一二三四]、)", "", box.text))),
        table4(r),
    ),
}
SAID_OF_LABELS = {"labels without their numbers"}


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("way", TABLES)
def test_every_cell_is_read_however_the_table_is_made(way, kind, tmp_path):
    path = DRAW[kind](tmp_path / f"x.{kind}", _blocks(*TABLES[way](clean())))
    report = read_report(path, FORM)
    assert dict(report.figures) == dict(clean().figures)
    said = {rule for rule, _place in rules(found(report))}
    assert said <= ({"labels.changed"} if way in SAID_OF_LABELS else set())


HEADINGS = {
    "numbered by the program": lambda heading: heading.partition("、")[2],
    "with Arabic numbers": lambda heading: f"{'一二三四五六'.index(heading[0]) + 1}、{heading[2:]}",
    "with a full-width stop": lambda heading: heading.replace("、", "．", 1),
    "ending in a colon": lambda heading: f"{heading}：",
    "ending in a stop": lambda heading: f"{heading}。",
}


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("way", HEADINGS)
def test_every_section_is_found_however_its_heading_is_printed(way, kind, tmp_path):
    headings = tuple(map(HEADINGS[way], FORM.headings))
    path = DRAW[kind](
        tmp_path / f"x.{kind}", _blocks(table2(clean()), table3(clean()), table4(clean()), headings)
    )
    report = read_report(path, FORM)
    assert [section.key for section in report.sections] == list(SECTION_KEYS)
    assert {rule for rule, _place in rules(found(report))} <= {"labels.heading"}


def test_a_page_inside_a_form_and_with_its_title_in_meta_alone_is_read(tmp_path):
    path = draw_html(
        tmp_path / "x.html", _blocks(table2(clean()), table3(clean()), table4(clean()), title="2025年年报")
    )
    page = path.read_text("utf-8")
    page = page.replace("<body>", f"<body><form action='/x'><meta name='ArticleTitle' content='{TITLE}'>", 1)
    path.write_text(page.replace("</body>", "</form></body>"), "utf-8")
    report = read_report(path, FORM)
    assert (report.agency, report.year) == ("清水镇人民政府", 2025)
    assert dict(report.figures) == dict(clean().figures)


def test_what_is_hidden_is_not_read(tmp_path):
    path = draw_docx(tmp_path / "x.docx", _blocks(table2(clean()), table3(clean()), table4(clean())))
    paper = Document(str(path))
    cell = next(
        cell for table in paper.tables for row in table.rows for cell in row.cells if cell.text == "1408"
    )
    first = cell.paragraphs[0].runs[0]
    hidden = cell.paragraphs[0].add_run("9")
    first._r.addprevious(hidden._r)
    hidden._r.get_or_add_rPr().append(OxmlElement("w:vanish"))
    paper.save(str(path))
    assert dict(read_report(path, FORM).figures) == dict(clean().figures)


@pytest.mark.parametrize(
    ("kind", "year", "said"),
    [(k, y, s) for k in DRAW for y, s in ((2020, []), (2023, ["report.outdated_form"]))],
)
def test_the_form_of_2019_is_right_for_its_years_and_one_finding_afterwards(kind, year, said, tmp_path):
    form = load_form("2019")
    old = report_of(dict.fromkeys(form.cells, 0), edition="2019", year=year)
    title = TITLE.replace("2025", str(year))
    three = table3_of(old, form)
    four = table4(replace(old, figures=dict.fromkeys(FORM.cells, 0) | dict(old.figures)))
    path = DRAW[kind](tmp_path / f"x.{kind}", _blocks(table2_of(old, form), three, four, title=title))
    report = read_report(path, FORM)
    assert (report.edition, report.year) == ("2019", year)
    assert tuple(report.figures) == form.cells
    assert [rule for rule, _place in rules(found(report))] == said


def table2_of(report, form):
    """Table 2 of an edition."""
    table = []
    for block in form.table2:
        table.append([Box(text=block.heading, wide=4)])
        table.append([Box(text=block.first_label), *(Box(text=column.label) for column in block.columns)])
        for line in block.rows:
            cells = [f"table2.{line.key}.{column.key}" for column in block.columns]
            table.append([Box(text=line.label), *(Box(text=str(report.figures[cell])) for cell in cells)])
    return table


def table3_of(report, form):
    """Table 3 of an edition, without a column of groups."""
    head = table3_plain(clean())[:3]
    rows = [
        [
            Box(text=line.label),
            *(Box(text=str(report.figures[f"table3.{line.key}.{column.key}"])) for column in form.columns3),
        ]
        for line in form.rows3
    ]
    return [*head, *rows]


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_a_blank_table_and_a_blank_template_are_one_error_each(kind, tmp_path):
    def emptied(table):
        return _boxes(table, lambda box: replace(box, text="") if re.fullmatch(r"[\d.]+", box.text) else box)

    four = DRAW[kind](
        tmp_path / f"a.{kind}", _blocks(table2(clean()), table3(clean()), emptied(table4(clean())))
    )
    assert rules(found(read_report(four, FORM))) == [("cells.blank_table", "table4")]
    tables = (emptied(table(clean())) for table in (table2, table3, table4))
    template = DRAW[kind](tmp_path / f"b.{kind}", _blocks(*tables))
    assert [rule for rule, _place in rules(found(read_report(template, FORM)))] == ["cells.blank_form"]
