"""A text that came back is read beside its earlier version; its files are seen in the page; a report's check stands first."""

import re
from io import BytesIO

import pytest
from docx import Document
from PIL import Image

from bot.channels.web.texts.file_text import file_lines
from bot.publishing.version_comparison import compare_lines
from bot.services.app import OfficeApp
from config.errors import Unreadable
from storage.reading.other_formats import pdf
from storage.reading.other_formats.pdf import PICTURE_EDGE, count_pages, draw_page
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


SAMPLES = ROOT / "tests" / "storage" / "report_checks" / "samples"


def test_a_pdf_is_seen_page_by_page_with_its_words_beside_it(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go(f"/texts/{request_case}/draft")
    files = [("年报.pdf", (SAMPLES / "report.pdf").read_bytes()), ("扫描.pdf", _scan())]
    clerk.send("check", title="答复书", decision="granted", body="见附件", files=files)
    clerk.send("check", press="lay", files=files)
    clerk.go(f"/texts/{request_case}")
    looks = re.findall(rf'href="(/texts/{request_case}/files/\w+)/text"', clerk.shown.text)
    report, scan = looks
    clerk.go(f"{report}/text")
    assert "政府信息公开工作年度报告" in clerk.text
    pictures = re.findall(r'<img class="paper" src="([^"]+)" loading="lazy" alt="([^"]+)"', clerk.shown.text)
    assert pictures[0] == (f"{report}/pages/1", "第 1 页")
    shown = clerk.client.get(pictures[0][0])
    assert shown.headers["content-type"] == "image/jpeg"
    assert max(Image.open(BytesIO(shown.content)).size) <= PICTURE_EDGE + 1
    for page in (0, len(pictures) + 1, 2**63):
        clerk.go(f"{report}/pages/{page}", 404)
    clerk.go(f"{scan}/text")
    assert "没有文字" in clerk.text  # nobody can read it as text, and it is seen all the same
    assert f'src="{scan}/pages/1"' in clerk.shown.text
    for who in ("jia_reporter", "mayor"):
        Visitor(app).join(who).go(f"{report}/pages/1", 404)


def _scan() -> bytes:
    content = BytesIO()
    Image.new("RGB", (400, 600), "white").save(content, "PDF")
    return content.getvalue()


@pytest.mark.usefixtures("reading_here")
def test_a_drawn_page_is_bounded_whatever_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = _scan().replace(b"/MediaBox [ 0 0 400.0 600.0 ]", b"/MediaBox [ 0 0 4000000 6 ]")
    assert wide != _scan()
    assert max(Image.open(BytesIO(draw_page(wide, "宽.pdf", 1))).size) <= PICTURE_EDGE + 1
    assert count_pages(_scan(), "扫描.pdf") == 1
    for spoilt in (b"%PDF-1.4 nothing", _scan()[:200]):
        with pytest.raises(Unreadable):
            draw_page(spoilt, "坏.pdf", 1)
    monkeypatch.setattr(pdf, "MAX_DRAWING_BYTES", 5)
    with pytest.raises(Unreadable) as refused:
        draw_page(_scan(), "画不完.pdf", 1)
    assert refused.value.words["reason"] == "bomb"
