"""Files that cannot be read are refused with a reason and a next step, never with a trace."""

import io
import json
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from config.errors import Unreadable
from storage.reading.formats import zip_archive
from storage.reading.report import reader
from storage.reading.report.reader import read_report
from tests.draws import examples
from tests.storage.report_checks.drawn import draw_docx, draw_xlsx, table2, table3, table4
from tests.storage.report_checks.made import FORM, clean


def _refusal(path):
    with pytest.raises(Unreadable) as caught:
        read_report(path, FORM)
    words = caught.value.words
    assert words["file"] == path.name
    assert words["why"]
    assert words["next_step"]
    assert "{" not in str(caught.value)
    assert caught.value.exit_code == 2
    return words["reason"]


def _zip(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def _docx(*texts):
    made = io.BytesIO()
    paper = Document()
    for text in texts:
        paper.add_paragraph(text)
    paper.save(made)
    return made.getvalue()


def _xlsx(*rows):
    made = io.BytesIO()
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")
TABLE = b"<table><tr><td>a</td><td>b</td></tr></table>"

BAD = [
    ("x.docx", b"", "empty"),
    ("x.txt", b" \n\n", "empty"),
    ("x.docx", b"not a zip at all", "damaged"),
    ("x.xlsx", b"PK\x03\x04 cut off", "damaged"),
    ("x.docx", _docx("a")[:-100], "damaged"),
    ("x.docx", _zip(word__document_dot_xml="<broken"), "damaged"),
    ("x.xlsx", _zip(xl__workbook_dot_xml="<broken"), "damaged"),
    ("x.docx", _docx("没有表格"), "no_tables"),
    ("x.xlsx", _xlsx(("姓名", "电话"), ("甲", "乙")), "no_form"),
    ("x.xlsx", _xlsx(), "no_tables"),
    ("x.html", "<p>没有表格</p>".encode(), "no_tables"),
    ("x.html", TABLE, "no_form"),
    ("x.htm", b"<!-- nothing -->", "damaged"),
    ("x.txt", "只有一段话".encode(), "no_tables"),
    ("x.txt", "\t甲\n\t乙\n".encode(), "no_form"),
    ("x.txt", b"\xff\xff\x80\x00\x81", "encoding"),
    ("x.html", b"<table>\xff\xff\x80\x00</table>", "encoding"),
    ("x.json", b"{", "not_json"),
    ("x.json", b"[" * 100_000, "not_json"),
    ("x.json", b"9" * 5000, "not_json"),
    ("x.json", b"[1, 2]", "not_report"),
    ("x.json", b'{"agency": "a"}', "not_report"),
    ("x.json", b'{"table2": {}, "table3": [], "table4": {}}', "not_report"),
    ("x.json", b'{"table2": {"licences": 3}}', "not_report"),
    ("x.json", b'{"table2": {}}', "no_form"),
    ("x.pdf", b"%PDF-1.7", "damaged"),
    ("x.doc", OLD, "damaged"),
    ("x.docx", LOCKED, "old_office"),
    ("x", b"text", "no_tables"),
    ("x.docx", _xlsx(("a",)), "no_form"),
    ("x.xlsx", _docx("a"), "no_tables"),
    ("x.docx", _zip(a="b"), "other_kind"),
    ("x.html", _docx("a"), "no_tables"),
    ("x.txt", b"%PDF-1.7", "damaged"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD)
def test_each_bad_file_has_its_reason(name, content, reason, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    assert _refusal(path) == reason


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert _refusal(tmp_path / "none.docx") == "missing"
    (tmp_path / "folder.docx").mkdir()
    assert _refusal(tmp_path / "folder.docx") == "folder"


@pytest.mark.usefixtures("reading_here")
def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "x.docx"
    with path.open("wb") as file:
        file.truncate(reader.MAX_REPORT_BYTES + 1)
    monkeypatch.setattr(type(path), "read_bytes", lambda _self: pytest.fail("it was read"))
    assert _refusal(path) == "too_large"


BOMBS = {
    "docx": {"word__document_dot_xml": b"0" * 300_000},
    "xlsx": {"xl__workbook_dot_xml": b"0" * 300_000},
    "ofd": {"OFD_dot_xml": b"0" * 300_000},
    "odt": {"mimetype": b"application/vnd.oasis.opendocument.text", "content_dot_xml": b"0" * 300_000},
    "ods": {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content_dot_xml": b"0" * 300_000},
}


@pytest.mark.usefixtures("reading_here")
@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_before_it_is_unpacked(kind, tmp_path, monkeypatch):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(_zip(**BOMBS[kind]))
    monkeypatch.setattr(zip_archive, "MAX_UNPACKED_BYTES", 200_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    assert _refusal(path) == "bomb"


def test_a_merge_over_a_whole_sheet_is_refused(tmp_path):
    book = Workbook()
    book.active["A1"] = "a"
    book.active.merge_cells("A1:B2")
    book.save(tmp_path / "small.xlsx")
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(tmp_path / "small.xlsx") as small, zipfile.ZipFile(path, "w") as made:
        for entry in small.namelist():
            made.writestr(entry, small.read(entry).replace(b"A1:B2", b"A1:XFD1048576"))
    assert _refusal(path) == "merged"


def test_a_stray_cell_at_the_far_edge_does_no_harm(tmp_path):
    path = draw_xlsx(tmp_path / "x.xlsx", [table2(clean()), table3(clean()), table4(clean())])
    book = load_workbook(path)
    book.active["XFD1048576"] = " "
    book.save(path)
    assert read_report(path, FORM).figures == clean().figures


def test_entities_are_not_expanded(tmp_path):
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{lines}]><d>&a11;</d>'
    path = tmp_path / "x.docx"
    path.write_bytes(_zip(word__document_dot_xml=text))
    assert _refusal(path) == "damaged"


def test_no_other_file_is_drawn_in(tmp_path):
    (tmp_path / "secret.txt").write_text("秘密", "utf-8")
    path = draw_docx(tmp_path / "a.docx", ["甲", table2(clean()), table3(clean()), table4(clean())])
    source = zipfile.ZipFile(path)
    door = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'.encode()
    with zipfile.ZipFile(tmp_path / "x.docx", "w") as made:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                start = part.index(b"<w:document")
                part = part[:start] + door + part[start:].replace("甲".encode(), "甲&s;".encode())
            made.writestr(name, part)
    assert read_report(tmp_path / "x.docx", FORM).preamble == ("甲",)


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "NaN", "Infinity", "true", "[1]", '"/"'])
def test_odd_json_values_are_text(number, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(f'{{"year": "2025", "table2": {{"licences": {{"decisions": {number}}}}}}}', "utf-8")
    report = read_report(path, FORM)
    assert isinstance(report.figures["table2.licences.decisions"], str)
    assert report.year == 2025


@pytest.mark.parametrize(
    "sections",
    [
        {"problems": "五、不一样的标题"},
        {"problems": {"heading": "五、不一样", "paragraphs": ["甲", "乙"]}},
        {"五、存在的主要问题及改进情况": "甲\n乙"},
        {"problems": ["甲", 5, None]},
        [],
        None,
    ],
)
def test_json_sections_come_in_many_shapes(sections, tmp_path):
    path = tmp_path / "x.json"
    data = {"table2": {"licences": {"decisions": 1}}, "sections": sections, "findings": [{"rule": "a"}, 3]}
    path.write_text(json.dumps(data), "utf-8")
    report = read_report(path, FORM)
    assert [section.key for section in report.sections] == (["problems"] if sections else [])
    assert [item.rule for item in report.findings] == ["a"]


def test_unknown_json_cells_are_told(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"table2": {"licences": {"decisions": 1}, "permits": {"n": 2}}}', "utf-8")
    assert read_report(path, FORM).labels == {"table2.permits.n": "table2.permits.n"}


def test_a_formula_nobody_computed_shows_itself(tmp_path):
    book = Workbook()
    book.active.append(["一、本年新收政府信息公开申请数量", 1, 2, 3, 4, 5, 6, "=SUM(B1:G1)"])
    book.save(tmp_path / "x.xlsx")
    assert read_report(tmp_path / "x.xlsx", FORM).figures["table3.received.total"] == "=SUM(B1:G1)"


def _whole(kind):
    draw = {"docx": draw_docx, "xlsx": draw_xlsx}[kind]

    def make(folder):
        return draw(folder / f"x.{kind}", [table2(clean()), table3(clean()), table4(clean())]).read_bytes()

    return make


@pytest.fixture(scope="module", params=["docx", "xlsx"])
def whole_file(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return request.param, _whole(request.param)(folder), folder


def _outcome(path):
    """How reading ends; anything but a refusal flies and fails the test."""
    try:
        read_report(path, FORM)
    except Unreadable as refusal:
        return refusal.words["reason"]
    return "read"


@settings(max_examples=examples(20), deadline=None)
@given(place=st.integers(0, 10**6), damage=st.binary(min_size=1, max_size=20))
def test_any_damage_is_refused_or_read(whole_file, place, damage):
    """Whatever a broken disk or a bad transfer does, nothing but the refusal comes out."""
    kind, content, folder = whole_file
    at = place % len(content)
    path = folder / f"broken.{kind}"
    path.write_bytes(content[:at] + damage + content[at + len(damage) :])
    assert _outcome(path) in {"read", "damaged", "bomb", "other_kind", "no_tables", "no_form"}


INNER_DAMAGE = [b"", b"<", b">", b"\x00", b'"', b"9" * 30, b"</a>", b"-1", b"x"]


@settings(max_examples=examples(20), deadline=None)
@given(which=st.integers(0, 100), place=st.integers(0, 10**6), damage=st.sampled_from(INNER_DAMAGE))
def test_any_damage_inside_a_part_is_refused_or_read(whole_file, which, place, damage):
    """The same inside the packed text, where no checksum helps."""
    kind, content, folder = whole_file
    source = zipfile.ZipFile(io.BytesIO(content))
    names = [n for n in source.namelist() if n.endswith((".xml", ".rels"))]
    name = names[which % len(names)]
    part = source.read(name)
    at = place % len(part)
    path = folder / f"inside.{kind}"
    with zipfile.ZipFile(path, "w") as made:
        for entry in source.namelist():
            made.writestr(entry, part[:at] + damage + part[at + 1 :] if entry == name else source.read(entry))
    assert _outcome(path) in {"read", "damaged", "bomb", "other_kind", "no_tables", "no_form"}
