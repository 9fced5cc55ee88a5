"""What cannot be read is refused at once, with a reason and a next step in both languages."""

import os
import zipfile
from pathlib import Path

import pytest

from bot.language.phrasebook import phrasebook
from config.errors import Unreadable
from storage.register_import import csv, xlsx
from storage.register_import.errors import REASONS
from storage.register_import.opener import SIZE_LIMIT_MB, read_sheet
from tests.storage.register_import.samples import change_part, header, read, rules, write_book, write_csv

HEADER = ",".join(header("disputes"))
GOOD = "1,行政复议,2024-02-01,,"


def reason(path):
    with pytest.raises(Unreadable) as caught:
        read_sheet(path)
    assert caught.value.words["file"] == path.name
    assert "{" not in str(caught.value)
    return caught.value.words["reason"].removeprefix("register.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n , ,\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xef\xbb\xbf<html><table>", "web_page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"a,b\x00c\r\n", "not_text"),
        (HEADER.encode() + b"\r\n\xff\xff,1", "encoding"),
        (b"\xef\xbb\xbfa" + HEADER.encode("gb18030"), "encoding"),
        (f'{HEADER}\n{GOOD}\n2,"行政复议,2024-02-01,,\n{GOOD}\n'.encode(), "quotes"),
        (f'{HEADER}\n"1"x,行政复议,2024-02-01,,\n'.encode(), "quotes"),
        (f'{HEADER}\n"{GOOD * 20000}"\n'.encode(), "quotes"),
        ((HEADER + '\n"' + "\n" * 1100 + '"').encode(), "quotes"),
        (HEADER.encode() + b"\n" + b"," * 300 + b"x\n", "too_wide"),
        (HEADER.encode() + b"\n" + b"x" * 1_000_100, "too_wide"),
    ],
)
def test_damaged_content_is_refused(tmp_path, content, why):
    (tmp_path / "a.csv").write_bytes(content)
    assert reason(tmp_path / "a.csv") == why


def test_an_open_quotation_mark_is_named_by_its_line(tmp_path):
    (tmp_path / "a.csv").write_bytes(f'{HEADER}\n{GOOD}\n2,"行政复议,2024-02-01,,\n{GOOD}\n'.encode())
    with pytest.raises(Unreadable) as caught:
        read_sheet(tmp_path / "a.csv")
    assert caught.value.words["line"] == "3"


def test_what_is_no_file_is_refused(tmp_path):
    assert reason(tmp_path / "none.csv") == "missing"
    assert reason(tmp_path / ("长" * 300)) == "denied"
    assert reason(tmp_path) == "no_file"
    os.mkfifo(tmp_path / "pipe.csv")
    assert reason(tmp_path / "pipe.csv") == "no_file"


@pytest.mark.usefixtures("reading_here")
def test_two_hundred_megabytes_are_refused_unread(tmp_path, monkeypatch):
    for name in ("a.csv", "a.xlsx"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(2 * SIZE_LIMIT_MB * 1024 * 1024)
        with monkeypatch.context() as shut:
            shut.setattr(Path, "open", lambda *_args, **_more: pytest.fail("it was read"))
            assert reason(tmp_path / name) == "too_big"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet9.xml", "xl/styles.xml", "xl/media/picture.png"])
@pytest.mark.usefixtures("reading_here")
def test_a_zip_bomb_is_refused_unpacked(tmp_path, part, monkeypatch):
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(part, "w") as stream,
    ):
        for _ in range(201):
            stream.write(bytes(1024 * 1024))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_args: pytest.fail("it was unpacked"))
    assert reason(tmp_path / "a.xlsx") == "bomb"


def test_a_row_of_endless_cells_is_refused(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [header("disputes")])
    endless = b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>"
    change_part(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"</sheetData>", endless))
    assert reason(path) == "bomb"


def test_endless_blank_lines_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(HEADER.encode() + b"\n" * 1_100_000)
    assert reason(tmp_path / "a.csv") == "too_long"


def test_a_half_written_workbook_is_refused(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [header("disputes"), GOOD.split(",")])
    path.write_bytes(path.read_bytes()[:-2000])
    assert reason(path) == "damaged"


def test_a_blank_workbook_is_empty(tmp_path):
    assert reason(write_book(tmp_path / "a.xlsx", [[], ["  "]])) == "empty"


@pytest.mark.usefixtures("reading_here")
def test_too_many_lines_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv, "LINES_LIMIT", 2)
    monkeypatch.setattr(xlsx, "ROWS_LIMIT", 2)
    table = [header("disputes"), *[GOOD.split(",")] * 2]
    assert reason(write_csv(tmp_path / "a.csv", table)) == "too_long"
    assert reason(write_book(tmp_path / "a.xlsx", table)) == "too_long"
    assert len(read_sheet(write_csv(tmp_path / "a.csv", table[:2])).records) == 1


def test_too_many_columns_are_refused(tmp_path):
    assert reason(write_book(tmp_path / "a.xlsx", [header("disputes"), ["x"] * 300])) == "too_wide"


def test_the_content_decides_not_the_name(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [header("disputes"), GOOD.split(",")])
    rows, findings = read("disputes", path.rename(tmp_path / "a.csv"))
    assert (len(rows), findings) == (1, [])


def test_another_kinds_file_lacks_its_columns(tmp_path):
    rows, findings = read("requests", write_csv(tmp_path / "a.csv", [header("disputes"), GOOD.split(",")]))
    assert rows == []
    assert set(rules(findings)) == {"missing_column", "unknown_column"}


@pytest.mark.parametrize("why", REASONS)
def test_each_reason_is_said_in_both_languages(why):
    chinese, english = phrasebook("zh").phrases, phrasebook("en").phrases
    key = f"unreadable.register.{why}"
    assert (english[f"{key}.why"], english[f"{key}.next_step"]) == REASONS[why]
    words = {"detail": "d", "size": "1", "limit": "2", "line": "3"}
    for part in ("why", "next_step"):
        assert "{" not in chinese[f"{key}.{part}"].format_map(words)
        assert chinese[f"{key}.{part}"].count("{") == english[f"{key}.{part}"].count("{")
