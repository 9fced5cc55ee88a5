"""The same register gives the same rows, whichever way it was saved."""

import csv

import pytest

from config.shipped_data import load_form
from storage.register_import.columns import LAYOUTS, vocabularies
from storage.register_import.csv import _find_encoding
from storage.register_import.sheet import COLUMNS_BY_NAME
from tests.paths import SHARED
from tests.storage.register_import.samples import HERE, read, rules, without_lines, write_book, write_csv

KINDS = ("requests", "registers", "disputes")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def table_of(name):
    with (HERE / "good" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_say_the_same(kind):
    english, said = read(kind, HERE / "good" / f"{kind}-en.csv")
    chinese, heard = read(kind, HERE / "good" / f"{kind}-zh.csv")
    assert without_lines(chinese) == without_lines(english)
    assert said == []
    assert rules(heard) == (["above_header"] if kind == "requests" else [])
    assert len(english) == {"requests": 6, "registers": 9, "disputes": 4}[kind]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("kind", KINDS)
def test_encodings_and_delimiters_give_equal_rows(tmp_path, kind, encoding, delimiter):
    path = write_csv(tmp_path / "a.csv", table_of(f"{kind}-zh.csv"), encoding=encoding, delimiter=delimiter)
    assert read(kind, path) == read(kind, HERE / "good" / f"{kind}-zh.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_gives_equal_rows(tmp_path, kind):
    rows, _ = read(kind, write_book(tmp_path / "a.xlsx", table_of(f"{kind}-zh.csv")))
    assert without_lines(rows) == without_lines(read(kind, HERE / "good" / f"{kind}-en.csv")[0])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_the_person_sees_them(tmp_path, ending):
    lines = [
        "编号,途径,受理日期,审结日期,结果",
        "",
        "1,行政复议,2024-02-01,,",
        '"2',
        'x",行政复议,2024-02-01,,',
        "3,?,2024-02-01,,",
    ]
    (tmp_path / "a.csv").write_bytes(ending.join(lines).encode())
    rows, findings = read("disputes", tmp_path / "a.csv")
    assert [row.line for row in rows] == [3]
    assert [finding.place for finding in findings] == ["line 4", "line 6"]


@pytest.mark.parametrize(
    "head",
    [
        "NUMBER,Route,Filed on,CONCLUDED-ON,outcome",
        "　编号　,途 径,受理日期*,（审结日期）,结果：",
        "ｎｕｍｂｅｒ,ｒｏｕｔｅ,ｆｉｌｅｄ＿ｏｎ,concluded on,结果",
        "sep=,\r\n编号,途径,受理日期,审结日期,结果",
    ],
)
def test_headers_may_be_written_freely(tmp_path, head):
    (tmp_path / "a.csv").write_bytes(f"{head}\r\n1,行政复议,2024-02-01,,\r\n".encode())
    rows, findings = read("disputes", tmp_path / "a.csv")
    assert (len(rows), findings) == (1, [])


def test_amounts_in_ten_thousand_yuan_are_not_taken_for_yuan(tmp_path):
    table = [["日期", "事项", "数量", "金额（万元）"], ["2024-03-01", "信息处理费", "", "1"]]
    rows, findings = read("registers", write_csv(tmp_path / "a.csv", table))
    assert rows == []
    assert rules(findings) == ["unknown_column", "missing_column"]


def test_excel_guards_are_taken_off(tmp_path):
    (tmp_path / "a.csv").write_bytes(
        '编号,途径,受理日期,审结日期,结果\r\n="007",行政复议,2024-02-01,,\r\n'.encode()
    )
    assert read("disputes", tmp_path / "a.csv")[0][0].reference == "007"


def test_short_gb18030_is_not_taken_for_greek(tmp_path):
    text = "number,route,filed_on,concluded_on,outcome\n拢1,reconsideration,2024-02-01,,\n"
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    assert _find_encoding(tmp_path / "a.csv") == "gb18030"
    assert read("disputes", tmp_path / "a.csv")[0][0].reference == "拢1"


ADDED = {"content", "provided_as"}
"""Columns beside the contract's, which allows additions: a file without them is read as before."""


def test_headers_are_those_of_the_contract():
    contract = (SHARED / "contract.md").read_text("utf-8")
    for columns in LAYOUTS.values():
        for column in columns:
            pair = f"{column.key}/{column.chinese}"
            assert pair in contract or (column.key in ADDED and not column.required)


def test_every_official_label_is_a_word():
    terms = vocabularies("requests", load_form())
    assert [
        terms["result"].find(row.label) for row in load_form().rows3 if row.key in load_form().results
    ] == list(load_form().results)
    assert [
        terms["applicant_kind"].find(column.label) for column in load_form().columns3 if column.key != "total"
    ] == list(load_form().kinds)
    assert terms["applicant_kind"].find("其他") == "other_org"
    assert terms["result"].find("其他") == "other_result"
    assert terms["result"].find("其他处理") is None


def test_kinds_of_entry_are_those_of_the_contract():
    contract = (SHARED / "contract.md").read_text("utf-8")
    terms = vocabularies("registers", load_form())["kind"].terms
    assert all(term.key in contract for term in terms)
    assert len(terms) == 11


def test_names_are_not_shared_by_two_columns():
    assert all(len(COLUMNS_BY_NAME[kind]) == 2 * len(LAYOUTS[kind]) for kind in KINDS)
