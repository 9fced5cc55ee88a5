"""The same report in every kind of file: the same cells and findings, whatever its name says it is."""

from __future__ import annotations

import resource
import time
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from config.errors import Unreadable
from storage.reading.report.reader import KIND_BY_SUFFIX, MAX_REPORT_BYTES, read_report
from tests.storage.report_checks.kinds import KINDS, WITHOUT_PROSE
from tests.storage.report_checks.made import FORM, clean, found, rules

TITLE = "清水镇人民政府2025年政府信息公开工作年度报告"


def _report():
    return replace(clean(), title=TITLE)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_returns_the_same_cells_and_findings(kind, tmp_path):
    path = tmp_path / f"2025.{kind}"
    path.write_bytes(KINDS[kind](_report()))
    report = read_report(path, FORM)
    assert dict(report.figures) == dict(clean().figures)
    assert report.year == 2025
    if kind not in WITHOUT_PROSE:
        assert report.agency == "清水镇人民政府"
        assert [section.heading for section in report.sections] == list(FORM.headings)
        assert rules(found(report)) == rules(found(_report()))


def test_every_ending_that_a_folder_is_searched_for_is_tried_here():
    assert {suffix.removeprefix(".") for suffix in KIND_BY_SUFFIX} <= {*KINDS, "htm", "mht"}


@pytest.mark.parametrize(
    "kind", ["docx", "xlsx", "html", "doc", "xls", "rtf", "odt", "ods", "pdf", "ofd", "mhtml"]
)
@pytest.mark.parametrize("ending", [".doc", ".xls", ".docx", ".html", ".pdf", ""])
def test_a_file_whose_name_says_another_kind_is_read_as_what_it_is(kind, ending, tmp_path):
    path = tmp_path / f"年报2025{ending}"
    path.write_bytes(KINDS[kind](_report()))
    assert dict(read_report(path, FORM).figures) == dict(clean().figures)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "doc", "rtf", "odt", "ods", "xls", "pdf", "ofd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_refused_with_a_sentence_or_read(kind, share, tmp_path):
    whole = KINDS[kind](_report())
    path = tmp_path / f"x.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])
    report, refusal = _read(path)
    if report is None:
        assert refusal["why"]
        assert refusal["next_step"]
    else:
        wrong = {cell: figure for cell, figure in report.figures.items() if figure != clean().figures[cell]}
        assert len(report.figures) < len(FORM.cells) or not wrong


def _read(path):
    """The report in a file, or the words of the refusal."""
    try:
        return read_report(path, FORM), {}
    except Unreadable as refused:
        return None, refused.words


def _locked_word(content):
    at = content.index(b"\xec\xa5")  # the header of the text; the bit after 0x0A says that it is encrypted
    flags = int.from_bytes(content[at + 10 : at + 12], "little") | 0x0100
    return content[: at + 10] + flags.to_bytes(2, "little") + content[at + 12 :]


def _locked_page(content):
    return content.replace(b"trailer\n<<", b"trailer\n<</Encrypt <</Filter/Standard/V 9/R 9>>", 1)


def _locked_open_document(content):
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as whole, zipfile.ZipFile(out, "w") as locked:
        for name in whole.namelist():
            mark = b"<manifest:encryption-data/>" if name == "META-INF/manifest.xml" else b""
            locked.writestr(name, whole.read(name) + mark)
    return out.getvalue()


def _locked_container(_content):
    """What Word, Excel and WPS write today for any kind: a container of an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 20


def _locked_workbook(content):
    """The workbook with a FILEPASS record over the one behind its first, as Excel 97 marks what it encrypts."""
    at = content.index(b"\x09\x08\x10\x00")  # the first record, of 16 bytes
    return content[: at + 20] + b"\x2f\x00\x02\x00\x00\x00" + content[at + 26 :]


LOCKED = {
    "docx": _locked_container,
    "xlsx": _locked_container,
    "xls": _locked_workbook,
    "et": _locked_workbook,
    "wps": _locked_word,
    "doc": _locked_word,
    "odt": _locked_open_document,
    "ods": _locked_open_document,
    "pdf": _locked_page,
}


@pytest.mark.parametrize("kind", LOCKED)
def test_a_locked_file_says_to_take_the_password_away(kind, tmp_path):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(LOCKED[kind](KINDS[kind](_report())))
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    words = refused.value.words
    assert (words["reason"], refused.value.exit_code) == ("old_office", 2)
    assert words["why"]
    assert "password" in words["next_step"]


@pytest.mark.parametrize("ending", [".wps", ".et", ".doc", ".xls"])
def test_what_is_locked_today_s_way_is_told_under_every_old_ending(ending, tmp_path):
    path = tmp_path / f"x{ending}"
    path.write_bytes(_locked_container(b""))
    report, refusal = _read(path)
    assert report is None
    assert "password" in refusal["next_step"]


def test_a_scan_says_what_to_ask_for(tmp_path):
    path = tmp_path / "x.pdf"
    Image.new("RGB", (400, 600), "white").save(path, "PDF")
    report, refusal = _read(path)
    assert report is None
    assert "scan" in refusal["why"]


@pytest.mark.usefixtures("reading_here")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_bad_file_is_refused_within_two_seconds_and_300_megabytes(kind, tmp_path):
    whole = KINDS[kind](_report())
    path = tmp_path / f"x.{kind}"
    path.write_bytes(whole[: len(whole) // 3] + b"\0\xff" * 200_000)
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _read(path)
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def _pdf_that_draws(content: bytes) -> bytes:
    """A page of one stream, packed; the library finds its objects without a table of places."""
    packed = zlib.compress(content, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF"
        % (len(packed), packed)
    )


def test_a_page_that_draws_without_end_is_refused_before_it_is_drawn(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(_pdf_that_draws(b"0 0 m 9 9 l S\n" * 9_000_000))
    began = time.process_time()
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    assert (refused.value.words["reason"], refused.value.exit_code) == ("bomb", 2)
    assert time.process_time() - began < 2
    path.write_bytes(_pdf_that_draws(b"0 0 m 9 9 l S\n"))
    report, refusal = _read(path)
    assert report is None
    assert "scan" in refusal["why"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_huge_file_of_each_kind_is_refused_before_it_is_read(kind, tmp_path):
    path = tmp_path / f"x.{kind}"
    with path.open("wb") as file:
        file.write(KINDS[kind](_report())[:4096])
        file.truncate(MAX_REPORT_BYTES + 1)  # a hole: nothing is written
    began = time.process_time()
    with pytest.raises(Unreadable) as refused:
        read_report(path, FORM)
    assert (refused.value.words["reason"], refused.value.exit_code) == ("too_large", 2)
    assert refused.value.words["next_step"]
    assert time.process_time() - began < 2
