"""A text that came back is read beside its earlier version; its files are read in the page; a report's check stands first."""

from io import BytesIO

import pytest
from docx import Document

from bot.channels.web.texts.file_text import file_lines
from bot.publishing.version_comparison import compare_lines
from bot.services.app import OfficeApp
from tests.bot.channels.web.visitor import Visitor
from tests.paths import ROOT


def _docx(*lines: str) -> bytes:
    document, content = Document(), BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.save(content)
    return content.getvalue()


def lay_down(clerk: Visitor, case: int, *lines: str) -> None:
    """Lay down a version that is one file alone, in place of the files before it."""
    clerk.go(f"/texts/{case}/draft")
    kept = {name.replace(".", "__"): "" for name in clerk.forms()["check"].fields if name.startswith("keep.")}
    files = [("答复.docx", _docx(*lines))]
    clerk.send("check", title="答复书", decision="granted", files=files, **kept)
    clerk.send("check", press="lay", files=files)


def test_a_returned_answer_stands_beside_its_next_version(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    lay_down(clerk, request_case, "予以公开", "电子文件")
    reviewer = Visitor(app).join("secrecy_officer")
    reviewer.go(f"/texts/{request_case}")
    assert "电子文件" in reviewer.text  # the words of the file, without opening it
    assert "页眉" not in reviewer.text
    reviewer.go(f"/texts/{request_case}/versions", 404)
    reviewer.go(f"/texts/{request_case}")
    reviewer.send("return", reason="写明获取途径", to="writer")
    clerk.go("/")
    assert f'href="/texts/{request_case}"' in clerk.shown.text  # it stands in its writer's list
    lay_down(clerk, request_case, "予以公开", "到政务大厅领取")
    shown = reviewer.go(f"/texts/{request_case}/versions")
    assert "<del>电子文件</del>" in shown
    assert "<ins>到政务大厅领取</ins>" in shown
    assert "<del>予以公开</del>" not in shown
    assert "写明获取途径" in reviewer.text
    for who in ("jia_reporter", "mayor"):  # the mayor reads every case, but signs no answer
        Visitor(app).join(who).go(f"/texts/{request_case}/versions", 404)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (["a", "b"], ["a", "b"], 0),
        (["a", "b"], ["a", "c"], 1),
        (["a"], ["a", "b", "c"], 2),
        ([], ["a"], 1),
        (["a", "b", "c"], ["c"], 2),
    ],
)
def test_only_what_changed_is_marked(before: list[str], after: list[str], changed: int) -> None:
    rows = list(compare_lines(before, after))
    assert sum(row.changed for row in rows) == changed
    assert [row.before for row in rows if row.before] == before
    assert [row.after for row in rows if row.after] == after


def test_a_file_that_no_reader_knows_is_not_shown() -> None:
    assert file_lines("附图.bin", b"\x00\x01\x02") == []
    assert file_lines("说明.txt", "第一行\n\n第二行".encode()) == ["第一行", "第二行"]


def test_a_pdf_is_read_in_the_page() -> None:
    sample = ROOT / "tests" / "storage" / "report_checks" / "samples" / "report.pdf"
    lines = file_lines("年报.pdf", sample.read_bytes())
    assert any("政府信息公开工作年度报告" in line for line in lines)
