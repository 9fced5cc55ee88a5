"""Draws reports as other agencies do: other merges, spaces, split labels, nested tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docx import Document
from openpyxl import Workbook

from storage.reporting.report import Report, format_figure
from tests.storage.report_checks.made import FORM

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A cell: its text, and how many columns and rows it covers."""

    text: str
    wide: int = 1
    high: int = 1


Table = list[list[Box]]


def boxes(*texts: str) -> list[Box]:
    return [Box(text=text) for text in texts]


def table2(report: Report, say: Callable[[str], str] = str) -> Table:
    rows: Table = []
    for block in FORM.table2:
        wide = 3 // len(block.columns)
        rows.append([Box(text=say(block.heading), wide=4)])
        rows.append(
            [Box(text=block.first_label), *(Box(text=say(c.label), wide=wide) for c in block.columns)]
        )
        for line in block.rows:
            cells = [
                format_figure(report.figures[f"table2.{line.key}.{column.key}"]) for column in block.columns
            ]
            rows.append([Box(text=say(line.label)), *(Box(text=cell, wide=wide) for cell in cells)])
    return rows


def _head3(labels: int) -> Table:
    first, *organisations, last = (column.label for column in FORM.columns3)
    return [
        [Box(text=FORM.caption3, wide=labels, high=3), Box(text="申请人情况", wide=7)],
        [
            Box(text=first, high=2),
            Box(text="法人或其他组织", wide=len(organisations)),
            Box(text=last, high=2),
        ],
        boxes(*organisations),
    ]


def _figures3(report: Report, key: str) -> list[Box]:
    return boxes(*(format_figure(report.figures[f"table3.{key}.{column.key}"]) for column in FORM.columns3))


def table3(report: Report, say: Callable[[str], str] = str) -> Table:
    """As on the form: section and group merged downwards."""
    rows, begun = _head3(3), set()
    for line in FORM.rows3:
        row: list[Box] = []
        for above, rest in ((line.section, "section"), (line.group, "group")):
            if above and above not in begun:
                high = sum(1 for other in FORM.rows3 if getattr(other, rest) == above)
                row.append(Box(text=say(above), high=high))
                begun.add(above)
        depth = (line.section is not None) + (line.group is not None)
        rows.append([*row, Box(text=say(line.label), wide=3 - depth), *_figures3(report, line.key)])
    return rows


def table3_plain(report: Report, say: Callable[[str], str] = str) -> Table:
    """Without a group column."""
    rows = _head3(1)
    rows += [[Box(text=say(line.label)), *_figures3(report, line.key)] for line in FORM.rows3]
    return rows


def table3_split(report: Report, say: Callable[[str], str] = str) -> Table:
    """Number and words in two cells, group and label in one, a remark column behind the total."""
    rows = _head3(2)
    rows[0].append(Box(text="备注", high=3))
    for line in FORM.rows3:
        number, sign, words = line.label.partition(".")
        pair = [number + sign, words] if sign else [line.group or line.section or "", line.label]
        rows.append([*boxes(say(pair[0]), say(pair[1])), *_figures3(report, line.key), Box(text="")])
    return rows


def table4(report: Report, say: Callable[[str], str] = str) -> Table:
    parts = [Box(text=say(column.label), high=2) for column in FORM.columns4]
    low = [Box(text=say(column.label)) for column in FORM.columns4]
    figures = [
        format_figure(report.figures[f"table4.{group.key}.{column.key}"])
        for group, _ in FORM.groups4
        for column in FORM.columns4
    ]
    return [
        [Box(text="行政复议", wide=5), Box(text="行政诉讼", wide=10)],
        [*parts, Box(text="未经复议直接起诉", wide=5), Box(text="复议后起诉", wide=5)],
        [*low, *low],
        boxes(*figures),
    ]


def table4_upright(report: Report, say: Callable[[str], str] = str) -> Table:
    """One row for each group."""
    rows = [[Box(text="类别"), *(Box(text=say(column.label)) for column in FORM.columns4)]]
    for group, _parent in FORM.groups4:
        figures = (
            format_figure(report.figures[f"table4.{group.key}.{column.key}"]) for column in FORM.columns4
        )
        rows.append([Box(text=say(group.label)), *boxes(*figures)])
    return rows


def placed(table: Table) -> Iterator[tuple[int, int, Box]]:
    """Each cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(table):
        x = 0
        for box in row:
            while (y, x) in taken:
                x += 1
            taken |= {(y + down, x + right) for down in range(box.high) for right in range(box.wide)}
            yield y, x, box


def draw_docx(path: Path, blocks: list[str | Table]) -> Path:
    paper = Document()
    for block in blocks:
        if isinstance(block, str):
            paper.add_paragraph(block)
            continue
        cells = list(placed(block))
        wide = max(x + box.wide for _, x, box in cells)
        # The library reads the whole table anew for each cell that is asked of it.
        grid = [row.cells for row in paper.add_table(rows=len(block), cols=wide).rows]
        for y, x, box in cells:
            corner = grid[y][x]
            if box.wide > 1 or box.high > 1:
                corner = corner.merge(grid[y + box.high - 1][x + box.wide - 1])
            corner.text = box.text
    paper.save(path)
    return path


def draw_xlsx(path: Path, blocks: list[str | Table]) -> Path:
    """Everything on one sheet, with an empty column in front and a hidden sheet of old figures."""
    book = Workbook()
    sheet, row = book.active, 1
    for block in blocks:
        if isinstance(block, str):
            sheet.cell(row, 2, block)
            row += 1
            continue
        for y, x, box in placed(block):
            text = box.text
            sheet.cell(row + y, 2 + x, int(text) if text.isdecimal() else text)
            if box.wide > 1 or box.high > 1:
                sheet.merge_cells(
                    start_row=row + y,
                    start_column=2 + x,
                    end_row=row + y + box.high - 1,
                    end_column=1 + x + box.wide,
                )
        row += len(block)
    old = book.create_sheet("旧", 0)
    book.active = 1
    old.sheet_state = "hidden"
    old.append(["一、本年新收政府信息公开申请数量", *[99] * 7])
    book.save(path)
    return path


def page(blocks: list[str | Table]) -> str:
    parts = []
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p>&emsp;&emsp;{escape(block)}</p>")
            continue
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td colspan={box.wide} rowspan={box.high}><p>{escape(box.text)}</p></td>" for box in row
            )
            + "</tr>"
            for row in block
        )
        parts.append(f"<table>{rows}</table>")
    return "".join(parts)


def draw_html(path: Path, blocks: list[str | Table], charset: str = "utf-8") -> Path:
    """Inside a layout table, under a portal's furniture."""
    text = (
        f"<html><head><meta charset='{charset}'><title>某网站</title>"
        "<script>var a='一、总体情况';</script></head><body><nav>首页 &gt; 政府信息公开年报</nav>"
        "<table><tr><td>发布时间：2026-01-20 浏览次数：12</td></tr><tr><td>"
        f"{page(blocks)}</td></tr></table><footer>版权所有</footer></body></html>"
    )
    path.write_bytes(text.encode("gb18030" if charset.startswith("gb") else charset))
    return path
