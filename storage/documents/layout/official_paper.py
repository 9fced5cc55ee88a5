"""Creates a blank official paper by GB/T 9704-2012, and writes its title, headings and body.

Every paper of the office starts here: the annual report, bulletins, notices, processing sheets. Fonts and sizes
are in ``config/data/templates/official-styles.xml``; the page is declared below, in millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section as PaperSection
from docx.section import _Footer
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from config.shipped_data import data_dir
from storage.documents.layout.deterministic_zip import archive_part, repack
from storage.documents.layout.text import split_lead

PAGE_WIDTH, PAGE_HEIGHT = 210, 297  # A4, in mm
TOP, LEFT = 37, 28  # 天头 and 订口, in mm
TEXT_WIDTH, TEXT_HEIGHT = 156, 225  # 版心, in mm
LINE_PITCH = 579  # twips: 22 lines in 225 mm (12 756 twips)
PAGE_NUMBER_DROP = (
    10  # [unconfirmed] mm from the text block to the foot of the page number, whose dash is 7 mm below
)
BODY, HEADING, TITLE, TABLE_TEXT, LEAD = "Body Text", "Heading 1", "Title", "Table Text", "Lead"
FANGSONG = "仿宋_GB2312"
THEME, FONT_TABLE = "word/theme/theme1.xml", "word/fontTable.xml"
UNUSED_RELATIONS = (
    "/thumbnail",
    "/stylesWithEffects",
    "/customXml",
)  # of the library's blank, in Western styles

HYPERLINK = RELATIONSHIP_TYPE.HYPERLINK


def new_paper(title: str, author: str) -> Paper:
    """A blank paper with the page, the grid, the styles and the page numbers set."""
    paper = Document()
    _apply_styles(paper)
    _set_page_layout(paper.sections[0])
    _number_pages(paper)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    properties.language = "zh-CN"
    return paper


def write_title(paper: Paper, lines: Sequence[str]) -> Paragraph:
    """Write the title centred, on the given lines."""
    return _write(paper, "\n".join(lines), TITLE)


def write_heading(paper: Paper, text: str) -> Paragraph:
    """Write a heading “一、”."""
    return _write(paper, text, HEADING)


def write_body(paper: Paper, text: str) -> Paragraph:
    """Write a paragraph; its own heading （一）…。 is set in 楷体."""
    lead, rest = split_lead(text)
    paragraph = paper.add_paragraph(style=BODY)
    if lead:
        add_text(paragraph, lead, style=LEAD)
    if rest or not lead:
        add_text(paragraph, rest)
    else:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def write_linked(paper: Paper, text: str, address: str) -> Paragraph:
    """Write a paragraph that opens a page; a plain one where the address is empty."""
    if not address:
        return write_body(paper, text)
    paragraph = paper.add_paragraph(style=BODY)
    add_text(paragraph, text)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paper.part.relate_to(address, HYPERLINK, is_external=True))
    link.extend(list(paragraph._p.findall(qn("w:r"))))  # noqa: SLF001 - the library writes no links
    paragraph._p.append(link)  # noqa: SLF001
    return paragraph


def add_text(paragraph: Paragraph, text: str, style: str | None = None) -> None:
    """Add a run of Chinese text; the hint keeps quotation marks and dashes in the Chinese font."""
    run = paragraph.add_run(text, style)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")  # noqa: SLF001 - no public way


def paper_bytes(paper: Paper) -> bytes:
    """The file: the same bytes whenever the same paper is written."""
    written = BytesIO()
    paper.save(written)
    archive = written.getvalue()
    theme = archive_part(archive, THEME).replace(
        b'<a:ea typeface=""/>', f'<a:ea typeface="{FANGSONG}"/>'.encode()
    )
    return repack(archive, {THEME: theme, FONT_TABLE: _template("official-fonts.xml")})


def _write(paper: Paper, text: str, style: str) -> Paragraph:
    paragraph = paper.add_paragraph(style=style)
    add_text(paragraph, text)
    return paragraph


def _template(name: str) -> bytes:
    return (data_dir() / "templates" / name).read_bytes()


def _apply_styles(paper: Paper) -> None:
    """Replace the library's styles by the office's, and its Japanese by Chinese."""
    styles = paper.styles.element
    styles[:] = list(parse_xml(_template("official-styles.xml")))
    settings = paper.settings.element
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # Word 2013 and later: no “compatibility mode” in the title bar
    for holder in (paper.part, paper.part.package):
        for key, relation in list(holder.rels.items()):
            if relation.reltype.endswith(UNUSED_RELATIONS):
                del holder.rels[key]


def _set_page_layout(section: PaperSection) -> None:
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.top_margin, section.left_margin = Mm(TOP), Mm(LEFT)
    section.bottom_margin = Mm(PAGE_HEIGHT - TOP - TEXT_HEIGHT)
    section.right_margin = Mm(PAGE_WIDTH - LEFT - TEXT_WIDTH)
    section.footer_distance = Mm(PAGE_HEIGHT - TOP - TEXT_HEIGHT - PAGE_NUMBER_DROP)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - the library has no grid of its own
    grid.set(qn("w:type"), "lines")  # the styles set the 28 characters of a line
    grid.set(qn("w:linePitch"), str(LINE_PITCH))


def _number_pages(paper: Paper) -> None:
    """Number pages “— 1 —” in size 4, one character from the edge: right on odd ones, left on even [unconfirmed]."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    _write_page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _write_page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _write_page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    add_text(paragraph, "— ")
    paragraph._p.append(_field("PAGE"))  # noqa: SLF001 - the library writes no fields
    add_text(paragraph, " —")


def _field(instruction: str) -> BaseOxmlElement:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field
