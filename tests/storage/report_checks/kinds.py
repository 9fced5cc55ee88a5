"""One report in every kind of file that is read.

The samples in ``samples/`` are the same report, converted once from our own docx and xlsx by an office program: they
are what such programs write; in ``table4_picture.pdf`` table 4 was a picture before. The other kinds are made here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from storage.documents.annual_report.writer import write_report
from storage.reporting.report import Report
from tests.storage.report_checks.drawn import Box, Table, placed, table2, table3, table4
from tests.storage.report_checks.made import FORM

SAMPLES = Path(__file__).with_name("samples")
_COLUMN, _ROW = 30.0, 8.0  # millimetres


def written(kind: str) -> Callable[[Report], bytes]:
    return lambda report: write_report(report, FORM, kind)


def sample(kind: str) -> Callable[[Report], bytes]:
    return lambda _report: (SAMPLES / f"report.{kind}").read_bytes()


def saved_page(report: Report) -> bytes:
    """A page with its parts in one message, as browsers save it."""
    page = write_report(report, FORM, "html")
    head = (
        "From: <Saved by a browser>\r\nSubject: report\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="part"\r\n\r\n--part\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + page + b"\r\n--part--\r\n"


def copied_text(report: Report) -> bytes:
    """What is left when a page is selected and pasted: cells set apart by tabs, merges lost."""
    lines = [report.title]
    tables = {"proactive": table2(report), "requests": table3(report), "disputes": table4(report)}
    for section in report.sections:
        lines += [section.heading, *section.paragraphs]
        lines += ["\t".join(box.text for box in row) for row in tables.get(section.key, [])]
    return "\n".join(lines).encode()


def rich_text(report: Report, *pictured: str) -> bytes:
    """An RTF file; the tables of ``pictured`` sections are pictures, each stored twice as Word does."""
    tables = {"proactive": table2(report), "requests": table3(report), "disputes": table4(report)}
    parts = [rf"{_escaped(report.title)}\par "]
    for section in report.sections:
        parts += [rf"{_escaped(text)}\par " for text in (section.heading, *section.paragraphs)]
        if section.key in pictured:
            parts.append(r"{\*\shppict{\pict\pngblip 00}}{\nonshppict{\pict\wmetafile8 00}}\par ")
        else:
            parts += [_rich_row(row) for row in tables.get(section.key, [])]
    return rf"{{\rtf1\ansi\uc1 {''.join(parts)}}}".encode("ascii")


def _rich_row(row: list[Box]) -> str:
    edges = "".join(rf"\cellx{at}000" for at in range(1, len(row) + 1))
    cells = "".join(rf"\intbl {_escaped(box.text)}\cell " for box in row)
    return rf"\trowd {edges}{cells}\row "


def _escaped(text: str) -> str:
    return "".join(sign if sign.isascii() else rf"\u{ord(sign)} ?" for sign in text)


def fixed_layout(report: Report, *pictured: str) -> bytes:
    """An OFD file: each text and ruling line at its place; the tables of ``pictured`` sections are pictures."""
    parts: list[str] = []
    top = 20.0
    tables = {"proactive": table2(report), "requests": table3(report), "disputes": table4(report)}
    parts.append(_text(report.title, 60, top))
    for section in report.sections:
        top += 12
        parts.append(_text(section.heading, 20, top))
        for paragraph in section.paragraphs:
            top += 12
            parts.append(_text(paragraph, 28, top))
        if section.key in pictured:
            top += 12
            parts.append(f'<ofd:ImageObject Boundary="20 {top} 170 60" ResourceID="9"/>')
            top += 60
        elif section.key in tables:
            top = _draw(tables[section.key], top + 12, parts)
    page = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer>{"".join(parts)}</ofd:Layer></ofd:Content></ofd:Page>'
    files = {
        "OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": page,
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def _draw(table: Table, top: float, parts: list[str]) -> float:
    bottom = top
    for y, x, box in placed(table):
        left, up = 20 + x * _COLUMN, top + y * _ROW
        right, down = left + box.wide * _COLUMN, up + box.high * _ROW
        bottom = max(bottom, down)
        for ends in (
            (left, up, right, up),
            (left, down, right, down),
            (left, up, left, down),
            (right, up, right, down),
        ):
            data = "M {} {} L {} {}".format(*ends)
            parts.append(
                f'<ofd:PathObject Boundary="0 0 900 2000"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'
            )
        parts.append(_text(box.text, left + 1, (up + down) / 2 - 2))
    return bottom


def _text(text: str, left: float, top: float) -> str:
    return f'<ofd:TextObject Boundary="{left} {top} {4.2 * len(text):.1f} 4"><ofd:TextCode X="0" Y="3">{escape(text)}</ofd:TextCode></ofd:TextObject>'


KINDS: dict[str, Callable[[Report], bytes]] = {
    **{kind: written(kind) for kind in ("docx", "xlsx", "html", "json", "csv")},
    **{kind: sample(kind) for kind in ("doc", "rtf", "odt", "ods", "xls", "pdf")},
    "wps": sample("doc"),
    "et": sample("xls"),
    "shtml": written("html"),
    "aspx": written("html"),
    "mhtml": saved_page,
    "txt": copied_text,
    "ofd": fixed_layout,
}
WITHOUT_PROSE = frozenset({"csv"})
