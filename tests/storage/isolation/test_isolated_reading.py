"""Foreign files are read in a child process: none of them stops, fills or slows the program."""

import os
import pickle
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from docx import Document
from lxml import etree, html
from PIL import Image

from bot.language.phrasebook import LANGUAGES, phrasebook
from config import shipped_data
from config.errors import BadInput, Unreadable
from config.findings import Severity
from storage.content.pictures import prepare_picture
from storage.documents.report_review.findings_word import PlacedComment, commented_docx
from storage.isolation.isolated_reading import ReaderFault, read_answer
from storage.reading.formats import zip_archive
from storage.reading.formats.docx import read_docx, read_margins
from storage.reading.formats.html import read_html
from storage.reading.formats.xlsx import read_xlsx
from storage.reading.report.reader import read_document, read_report, unpack_reports
from storage.reading.texts.attachments import AttachmentFile, read_attachment
from storage.reading.texts.manuscript import manuscript_in, read_manuscript
from storage.register_import.opener import read_sheet
from storage.web.http_results import FetchedPage
from storage.web.publication_check import PublicationState, check_publication
from tests.storage.isolation import readers
from tests.storage.report_checks.made import clean


def refusal(reader, *arguments):
    with pytest.raises(Unreadable) as caught:
        reader(*arguments)
    assert not any("unreadable." in phrasebook(each).error(caught.value) for each in LANGUAGES)
    return caught.value.words["reason"], caught.value.words["file"]


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (readers.never_ending, "too_slow"),
        (readers.never_returning_from_its_library, "too_slow"),
        (readers.greedy, "too_much_memory"),
        (readers.breaking_off, "reader_ended"),
        (readers.refusing, "too_large"),
    ],
)
def test_a_reader_is_stopped_at_its_limits_and_the_next_file_is_read(reader, reason):
    began = time.monotonic()
    assert refusal(reader, "年报.docx") == (reason, "年报.docx")
    assert time.monotonic() - began < 60  # it ended, however busy the machine is
    assert readers.process_of("next") != os.getpid()


def test_a_reader_ends_at_its_time_though_the_program_was_killed_meanwhile():
    """The program's own clock ends with it; the system then counts the seconds of the child."""
    assert 0 < readers.processor_time_left("a") <= readers.PATIENT.seconds + 2


def test_one_process_reads_one_file_after_another():
    assert len({readers.process_of("a") for _ in range(5)}) == 1


def test_a_slow_file_holds_up_nobody_elses(tmp_path):
    with ThreadPoolExecutor(1) as beside:
        slow = beside.submit(readers.ending_when, "slow", tmp_path / "marker")
        assert readers.process_of("quick")
        assert not slow.done()
        (tmp_path / "marker").touch()
        assert slow.result() == "slow"


def test_a_process_that_had_gone_to_rest_is_started_anew(tmp_path):
    assert readers.ending_quietly("a", tmp_path / "marker") != os.getpid()


def test_what_a_reader_finds_and_where_it_fails_comes_back(tmp_path, monkeypatch):
    with pytest.raises(BadInput) as found:
        readers.finding_faults("a")
    assert [finding.rule for finding in found.value.findings] == ["text.weekday"]
    with pytest.raises(ReaderFault, match="ZeroDivisionError"):
        readers.faulty("a")
    assert readers.printing("a") == "a"
    (tmp_path / "a").write_bytes(b"1234")
    monkeypatch.chdir(tmp_path)
    assert readers.size_of(tmp_path.joinpath("a").relative_to(tmp_path)) == 4


class Foreign:
    """What a reader that was taken over could answer with: a call of any function."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


@pytest.mark.parametrize("call", [os.system, open, getattr, eval, read_docx, subprocess.Popen])
def test_an_answer_calls_nothing(call):
    with pytest.raises(pickle.UnpicklingError):
        read_answer(pickle.dumps(("returned", Foreign(call, "true"))))


def test_an_answer_holds_records_and_plain_values():
    value = (
        date(2026, 1, 1),
        Decimal("1.5"),
        {"a": (1, "b", None, 2.5)},
        Severity.ERROR,
        frozenset({1}),
        BadInput,
    )
    assert read_answer(pickle.dumps(("returned", value))) == ("returned", value)


def word() -> bytes:
    document, stream = Document(), BytesIO()
    document.add_paragraph("召都巴镇")
    document.save(stream)
    return stream.getvalue()


def workbook() -> bytes:
    book, stream = openpyxl.Workbook(), BytesIO()
    book.active.append(["召都巴镇", 5])
    book.save(stream)
    return stream.getvalue()


def test_no_reader_of_foreign_files_runs_in_the_program_itself(tmp_path, monkeypatch):
    texts, cells = word(), workbook()
    for name, content in {
        "a.docx": texts,
        "a.xlsx": cells,
        "a.html": b"<p>a",
        "a.csv": b"a,b\n1,2\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    archive, photograph = packed({"a.html": b"<p>a", "b.jpg": b"x"}), BytesIO()
    (tmp_path / "a.zip").write_bytes(archive)
    Image.new("RGB", (30, 20)).save(photograph, "PNG")
    for place, name in (
        (Image, "open"),
        (ZipFile, "__init__"),
        (etree, "fromstring"),
        (html, "document_fromstring"),
        (openpyxl, "load_workbook"),
    ):
        monkeypatch.setattr(place, name, lambda *_args, **_kwargs: pytest.fail("it was read here"))
    form = shipped_data.load_form()
    assert read_docx(texts, "a.docx").blocks
    assert read_margins(texts, "a.docx") == ()
    assert read_xlsx(cells, "a.xlsx").blocks
    assert read_html(b"<p>a", "a.html").blocks
    assert read_document("docx", texts, "a.docx").blocks
    assert commented_docx(texts, "a.docx", clean(), [PlacedComment(place="agency", text="核对")], "核对")
    assert manuscript_in("a.docx", texts) == read_manuscript(tmp_path / "a.docx")
    assert refusal(read_report, tmp_path / "a.html", form)[0] == "no_tables"
    assert len(read_sheet(tmp_path / "a.csv").records) == 1
    assert read_sheet(tmp_path / "a.xlsx").header.cells == ("召都巴镇", "5")
    for suffix, content in (("docx", texts), ("xlsx", cells)):
        assert read_attachment(AttachmentFile(name=f"a.{suffix}", sha256=suffix, content=content)).lines
    assert [each.name for each in unpack_reports(tmp_path / "a.zip", tmp_path / "unpacked")] == ["a.html"]
    assert prepare_picture("a.png", photograph.getvalue()).startswith(b"\xff\xd8")
    page = FetchedPage(
        url="https://a.gov.cn/1", status=200, headers={"content-type": "text/html"}, body=b"<p>abc"
    )
    assert check_publication(page, "", "abc").state is PublicationState.LIVE


def packed(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def shared_text(cells: int, length: int) -> bytes:
    """A workbook of a few kilobytes whose cells all show one long text."""
    book = openpyxl.load_workbook(BytesIO(workbook()))
    for row in range(cells):
        book.active.cell(row + 1, 1, "内" * length)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


SPANS = "<table><tr>" + '<td colspan="63" rowspan="63">a</td>' * 300 + "</tr>" + "<tr></tr>" * 80 + "</table>"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", lambda: packed({f"word/{at}.xml": b"" for at in range(6000)}), "too_many_parts"),
        ("a.docx", lambda: packed({"word/document.xml": bytes(210 * 1024 * 1024)}), "bomb"),
        ("a.html", SPANS.encode, "too_many_cells"),
        ("a.docx", lambda: packed({"_rels/.rels": b"<a>" * 300_000, "word/a.xml": b""}), "damaged"),
    ],
    ids=["parts", "zeros", "spans", "nested"],
)
def test_a_bomb_is_refused_by_what_it_unpacks_to(name, content, reason):
    assert refusal(read_document, name.rpartition(".")[2], content(), name)[0] == reason


def test_a_page_nested_ever_deeper_is_read_or_refused_and_stops_nothing():
    page = FetchedPage(url="a", status=200, headers={"content-type": "text/html"}, body=b"<div>" * 200_000)
    assert check_publication(page, "", "abc").state is not PublicationState.LIVE
    assert readers.process_of("next")


def test_bytes_are_counted_as_they_come(monkeypatch):
    archive = zip_archive.open_archive(packed({"a": b"0" * 3000}), "a.docx")
    monkeypatch.setattr(zip_archive, "MAX_UNPACKED_BYTES", 8000)
    assert [len(archive.read_part("a")) for _ in range(2)] == [3000, 3000]
    assert refusal(archive.read_part, "a") == ("bomb", "a.docx")


def test_cells_that_share_one_long_text_are_no_text_to_look_through():
    content = shared_text(100, 30_000)
    assert len(content) < 60_000
    assert read_attachment(AttachmentFile(name="a.xlsx", sha256="x", content=content)).lines is None
