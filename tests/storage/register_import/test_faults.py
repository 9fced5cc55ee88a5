"""Every fault a clerk can make is said once, at its line, with what is allowed instead."""

import ast
import tomllib

import pytest

from bot.language.phrasebook import phrasebook
from storage.register_import.columns import ImportedCase
from tests.paths import ROOT
from tests.storage.register_import.samples import HERE, header, read, rules, write_book, write_csv

FAULTS = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))["fault"]
ONLY_IN_BOOKS = {"unread_sheets", "not_calculated", "number_became_date"}  # test_books.py has them


def write_fault(path, fault):
    lines = [fault.get("header") or ",".join(header(fault["kind"])), *fault["rows"]]
    path.write_bytes("\r\n".join(lines).encode())
    return path


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['rule']}-{fault['rows'][-1][:24]}")
def test_each_fault_is_said_once(tmp_path, fault):
    rows, findings = read(fault["kind"], write_fault(tmp_path / "a.csv", fault))
    assert rules(findings) == [fault["rule"]]
    assert findings[0].place == f"line {fault['line']}"
    assert findings[0].column == fault.get("column", findings[0].column)
    assert len(rows) == fault.get("kept", 0)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['rule']}-{fault['rows'][-1][:24]}")
def test_each_sentence_names_place_and_value(tmp_path, fault):
    _, findings = read(fault["kind"], write_fault(tmp_path / "a.csv", fault))
    chinese, english = (phrasebook(language).finding(findings[0]) for language in ("zh", "en"))
    assert f"第 {fault['line']} 行" in chinese
    for piece in fault["says"]:
        assert piece in chinese
    assert f"ine {fault['line']}" in english
    assert not {"{", "}", "["} & set(chinese + english)


def test_every_rule_has_a_fault_and_a_phrase():
    spoken = {
        key.removeprefix("finding.register.")
        for key in phrasebook("zh").phrases
        if key.startswith("finding.register.")
    }
    assert spoken == {fault["rule"] for fault in FAULTS} | ONLY_IN_BOOKS
    assert {f"finding.register.{rule}" for rule in spoken} <= set(phrasebook("en").phrases)


def test_no_rule_in_the_code_is_without_words():
    written = set()
    for file in (ROOT / "storage" / "register_import").glob("*.py"):
        words = (
            node.value
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Constant)
        )
        written |= {word for word in words if isinstance(word, str)}
    spoken = {
        key.rpartition(".")[2] for key in phrasebook("zh").phrases if key.startswith("finding.register.")
    }
    assert spoken <= written


def test_all_bad_rows_are_named_at_once(tmp_path):
    table = [
        header("requests"),
        ["1", "2024-02-31", "自燃人", "2024-03-01", "公布", "", "某日", "99", ""],
        ["2", "2024-01-31", "自然人", "", "", "", "", "", ""],
        ["1", "2024-01-31", "自然人", "", "", "", "", "", ""],
    ]
    rows, findings = read("requests", write_csv(tmp_path / "a.csv", table))
    assert [row.reference for row in rows] == ["2"]
    assert [(finding.place, finding.rule.partition(".")[2]) for finding in findings] == [
        ("line 2", "impossible_date"),
        ("line 2", "unknown_term"),
        ("line 2", "unknown_term"),
        ("line 2", "not_a_date"),
        ("line 2", "extended_range"),
        ("line 4", "duplicate_number"),
    ]


def test_same_day_penalties_are_two_entries(tmp_path):
    table = [header("registers"), *[["2024-03-01", "行政处罚", "1", ""]] * 2]
    rows, findings = read("registers", write_csv(tmp_path / "a.csv", table))
    assert (len(rows), findings) == (2, [])


def test_a_faulty_partner_is_not_complained_of_twice(tmp_path):
    table = [header("requests")[:5], ["1", "2024-01-31", "自然人", "2024-02-31", "予以公开"]]
    _, findings = read("requests", write_csv(tmp_path / "a.csv", table))
    assert rules(findings) == ["impossible_date"]


def test_closing_on_the_day_of_receipt_is_fine(tmp_path):
    table = [header("requests")[:5], ["1", "2025-01-15", "自然人", "2025-01-15", "予以公开"]]
    rows, findings = read("requests", write_csv(tmp_path / "a.csv", table))
    assert (len(rows), findings) == (1, [])


def test_a_due_day_may_lie_ahead(tmp_path):
    table = [header("requests"), ["1", "2025-01-15", "自然人", "", "", "", "2025-02-20", "20", ""]]
    rows, findings = read("requests", write_book(tmp_path / "a.xlsx", table))
    assert findings == []
    assert isinstance(rows[0], ImportedCase)
    assert rows[0].due_on.isoformat() == "2025-02-20"
