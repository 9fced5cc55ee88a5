"""json by the contract, csv for a spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from config.reporting.form import FEE_CELL, SECTION_KEYS
from storage.documents.annual_report.writer import write_report
from storage.documents.layout.text import escape_formula
from tests.paths import SHARED
from tests.storage.documents.annual_report.papers import AWKWARD, FORM, sample_report, with_figure, written

ORDER = "agency year edition title scope preamble table2 table3 table4 sections findings".split()  # noqa: SIM905 - a sentence of keys

TABLES = ("table2", "table3", "table4")


@pytest.fixture(scope="module")
def content():
    return json.loads(written("json"))


def test_json_has_the_keys_of_the_contract(content):
    assert list(content) == ORDER
    assert (content["year"], content["edition"]) == (2025, "2021")
    assert list(content["sections"]) == list(SECTION_KEYS)
    assert content["sections"]["overview"]["heading"] == "一、总体情况"
    assert content["sections"]["overview"]["paragraphs"][1] == AWKWARD
    assert content["findings"] == [
        {"rule": "table3.balance", "severity": "warning", "place": "table3.received.business"}
    ]


def test_json_counts_are_numbers_in_official_order(content):
    figures = sample_report().figures
    found = [
        (f"{table}.{row}.{column}", value)
        for table in TABLES
        for row, line in content[table].items()
        for column, value in line.items()
    ]
    assert [cell for cell, _value in found] == list(FORM.cells)
    assert all(value == figures[cell] for cell, value in found if cell != FEE_CELL)
    assert dict(found)[FEE_CELL] == "7730.28"


@pytest.mark.parametrize(("figure", "text"), [("4068.2080", "4068.208"), ("0.00", "0"), ("1E+3", "1000")])
def test_the_amount_is_an_exact_string(figure, text):
    content = json.loads(write_report(with_figure(FEE_CELL, Decimal(figure)), FORM, "json"))
    assert content["table2"]["administrative_fees"]["amount_10k_yuan"] == text


def test_a_published_report_keeps_its_figures():
    published = json.loads((SHARED / "reports" / "10.json").read_text("utf-8"))
    figures = {
        cell: published[table][row][column] for cell in FORM.cells for table, row, column in [cell.split(".")]
    }
    figures[FEE_CELL] = Decimal(figures[FEE_CELL])
    again = json.loads(write_report(replace(sample_report(), figures=figures), FORM, "json"))
    assert [again[table] for table in TABLES] == [published[table] for table in TABLES]


def test_csv_opens_in_a_spreadsheet():
    content = written("csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert list(rows[0]) == ["table", "row", "column", "label", "value"]
    assert [f"{row['table']}.{row['row']}.{row['column']}" for row in rows] == list(FORM.cells)
    figures = sample_report().figures
    assert all(row["value"] == str(figures[cell]) for row, cell in zip(rows, FORM.cells, strict=True))
    assert rows[0]["label"] == "规章 本年制发件数"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_csv_runs_no_formula(sign):
    assert escape_formula(f"{sign}1+1") == f"'{sign}1+1"
    cell = "table3.received.business"
    content = write_report(with_figure(cell, f"{sign}1+1"), FORM, "csv").decode("utf-8-sig")
    assert f",'{sign}1+1\r\n" in content
