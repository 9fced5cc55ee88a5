"""Writes a grid of cells as a ruled table in a Word paper.

The table is written element by element: the library's own merging looks up every cell again, and leaves behind
the empty paragraphs of the merged cells.
"""

from __future__ import annotations

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt, Twips
from docx.text.paragraph import Paragraph

from storage.documents.layout.grid import CellRole, GridCell, TableGrid, is_row_label
from storage.documents.layout.official_paper import TABLE_TEXT, TEXT_WIDTH, add_text

TWIPS_PER_MM = 1440 / 25.4  # in a millimetre
CELL_MARGIN = 40  # twips: 0.7 mm, so that six digits fit a column of table 3
CHARACTER_TWIPS = (
    180  # twips: one sign of the table's text; a narrow heading is broken in pairs (商业 / 企业)
)
WIDEST_DIGIT = 0.64  # of the font's size, in the serif fonts that stand in where Times New Roman is missing
MIN_POINTS = 5  # points
TABLE_STYLE = TABLE_TEXT.replace(" ", "")  # the id of the style (official-styles.xml)


def write_table(paper: Paper, grid: TableGrid, *, followed: bool = False) -> None:
    """Write the grid at the end of the paper, over the full width of the text.

    Every row but the last stays with the next one, so that a table that fits on a page is not cut in two; the last
    stays with the paragraph after it where the table is ``followed``, so that no signature is alone on a page.
    """
    widths = _twips(grid.widths)
    table, rows = _table(widths), _rows(grid)
    for row, cells in enumerate(rows):
        line = _row(repeated=row < grid.heads)
        for cell in cells:
            width = sum(widths[cell.column : cell.column + cell.columns])
            line.append(
                _cell(paper, cell, width, begins=cell.row == row, kept=followed or row < len(rows) - 1)
            )
        table.append(line)
    paper.element.body.insert(len(paper.element.body) - 1, table)  # the last element is the page's


def _twips(widths: tuple[int, ...]) -> list[int]:
    """The columns' widths in twips, stretched to the text block."""
    scale = TEXT_WIDTH * TWIPS_PER_MM / sum(widths)
    return [int(width * scale) for width in widths]


def _rows(grid: TableGrid) -> list[list[GridCell]]:
    """For each row the cells that cover it from left to right, begun in it or above."""
    rows: list[list[GridCell]] = [[] for _ in range(grid.height)]
    for cell in sorted(grid.cells, key=lambda cell: cell.column):
        for row in rows[cell.row : cell.row + cell.rows]:
            row.append(cell)
    return rows


def _element(tag: str, **attributes: object) -> BaseOxmlElement:
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _table(widths: list[int]) -> BaseOxmlElement:
    table, properties, columns = _element("tbl"), _element("tblPr"), _element("tblGrid")
    margins = _element("tblCellMar")
    margins.extend(_element(side, w=CELL_MARGIN, type="dxa") for side in ("left", "right"))
    properties.extend(
        (
            _element("tblStyle", val="TableGrid"),
            _element("tblW", w=sum(widths), type="dxa"),
            _element("jc", val="center"),
            _element("tblLayout", type="fixed"),
            margins,
        )
    )
    columns.extend(_element("gridCol", w=width) for width in widths)
    table.extend((properties, columns))
    return table


def _row(*, repeated: bool) -> BaseOxmlElement:
    row, properties = _element("tr"), _element("trPr")
    properties.append(_element("cantSplit"))
    properties.append(_element("trHeight", val=320, hRule="atLeast"))  # 5.6 mm: a line of small text with air
    if repeated:
        properties.append(_element("tblHeader"))
    row.append(properties)
    return row


def _cell(paper: Paper, cell: GridCell, width: int, *, begins: bool, kept: bool) -> BaseOxmlElement:
    element, properties = _element("tc"), _element("tcPr")
    properties.append(_element("tcW", w=width, type="dxa"))
    if cell.columns > 1:
        properties.append(_element("gridSpan", val=cell.columns))
    if cell.rows > 1:
        properties.append(_element("vMerge", val="restart") if begins else _element("vMerge"))
    properties.append(_element("vAlign", val="center"))
    element.extend((properties, _element("p")))
    paragraph = Paragraph(element[-1], paper._body)  # noqa: SLF001 - a paragraph needs its part to know the styles
    paragraph._p.style = TABLE_STYLE  # noqa: SLF001 - looked up by name for each cell, it costs half the table
    paragraph.paragraph_format.keep_with_next = kept or None
    if begins:
        _set_text(paragraph, cell, width)
    return element


def _set_text(paragraph: Paragraph, cell: GridCell, width: int) -> None:
    add_text(paragraph, cell.text)
    if is_row_label(cell):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    if cell.role is CellRole.FIGURE:
        _shrink_to_fit(paragraph, cell.text, width - 2 * CELL_MARGIN)
    if cell.role is CellRole.COLUMN and len(cell.text) % 2 == 0 and width < 4 * CHARACTER_TWIPS:
        room = Twips(int((width - 2 * CELL_MARGIN - 2.4 * CHARACTER_TWIPS) / 2))
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = room


def _shrink_to_fit(paragraph: Paragraph, figure: str, room: int) -> None:
    """Set a long number smaller: broken over two lines it would be read as two."""
    size = room / (len(figure) * WIDEST_DIGIT) / 20  # points
    if size < CHARACTER_TWIPS / 20:
        paragraph.runs[0].font.size = Pt(max(MIN_POINTS, int(size * 2) / 2))
