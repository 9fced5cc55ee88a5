"""What only workbooks do: date cells, numbers, formulas, several sheets, rows out of reach."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from bot.language.phrasebook import phrasebook
from config.errors import Unreadable
from storage.register_import.opener import read_sheet
from tests.storage.register_import.samples import change_part, header, read, rules, write_book

GOOD = ["1", date(2024, 2, 1), "自然人", date(2024, 2, 20), "予以公开"]


def test_date_cells_and_numbers_are_read_as_shown(tmp_path):
    stamped = datetime(2024, 2, 1, 15, 30)  # noqa: DTZ001 - a workbook's cells know no zone
    table = [
        header("requests")[:5],
        [2024001.0, stamped, "自然人", date(2024, 2, 20), "予以公开"],
    ]
    rows, findings = read("requests", write_book(tmp_path / "a.xlsx", table))
    assert findings == []
    assert (rows[0].reference, rows[0].opened_on, rows[0].closed_on) == (
        "2024001",
        date(2024, 2, 1),
        date(2024, 2, 20),
    )


def test_binary_dust_of_a_sum_is_not_an_amount(tmp_path):
    table = [header("registers"), [date(2024, 2, 1), "信息处理费", None, 0.1 + 0.2]]
    rows, findings = read("registers", write_book(tmp_path / "a.xlsx", table))
    assert (rows[0].amount_yuan, findings) == (Decimal("0.30"), [])


def test_the_visible_sheet_with_a_header_is_read(tmp_path):
    book = Workbook()
    book.active.append(["说明", "本簿为台账"])
    for title, number in (("旧", "hidden"), ("台账", "shown"), ("副本", "later")):
        page = book.create_sheet(title)
        page.append(header("requests")[:5])
        page.append([number, *GOOD[1:]])
    book["旧"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert read_sheet(tmp_path / "a.xlsx").title == "台账"
    assert [row.reference for row in read("requests", tmp_path / "a.xlsx")[0]] == ["shown"]


def test_row_numbers_are_excels(tmp_path):
    table = [[], ["登记台账"], header("requests")[:5], GOOD, [], ["2", "2024-02-30", *GOOD[2:]]]
    rows, findings = read("requests", write_book(tmp_path / "a.xlsx", table))
    assert [row.line for row in rows] == [4]
    assert [finding.place for finding in findings] == ["line 2", "line 6"]


def test_a_number_that_became_a_date_is_told(tmp_path):
    rows, findings = read(
        "requests", write_book(tmp_path / "a.xlsx", [header("requests")[:5], [date(2024, 1, 1), *GOOD[1:]]])
    )
    assert (rows, rules(findings)) == ([], ["number_became_date"])


def test_a_number_beyond_excels_digits_is_told(tmp_path):
    table = [header("requests")[:5], [3.70602202400001e17, *GOOD[1:]]]
    rows, findings = read("requests", write_book(tmp_path / "a.xlsx", table))
    assert (rows, rules(findings)) == ([], ["number_rounded"])


def test_formulas_give_their_stored_results(tmp_path):
    path = write_book(
        tmp_path / "a.xlsx", [header("requests")[:5], ["1", GOOD[1], "自然人", '=IF(1,"","")', "=1"]]
    )

    def calculate(content):
        stored = re.sub(
            rb"<c r=\"D2\"[^>]*><f>(.*?)</f><v ?/?>(</v>)?</c>",
            rb'<c r="D2" t="str"><f>\1</f><v></v></c>',
            content,
        )
        return re.sub(
            rb"<c r=\"E2\"[^>]*><f>(.*?)</f><v ?/?>(</v>)?</c>",
            rb'<c r="E2" t="str"><f>\1</f><v></v></c>',
            stored,
        )

    rows, findings = read("requests", change_part(path, "xl/worksheets/sheet1.xml", calculate))
    assert findings == []
    assert (rows[0].closed_on, rows[0].outcome) == (None, None)


def test_a_formula_without_result_is_not_taken_for_empty(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [header("requests")[:5], [*GOOD[:3], "=B2+5", "予以公开"]])
    rows, findings = read("requests", path)
    assert (rows, rules(findings)) == ([], ["not_calculated"])
    assert findings[0].column == "办结日期"


@pytest.mark.parametrize("size", [b"A1", b"A1:XFD1048576"])
def test_a_wrong_size_in_the_file_harms_nothing(tmp_path, size):
    path = write_book(tmp_path / "a.xlsx", [header("requests")[:5], GOOD])
    change_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + size + b'"', part),
    )
    rows, findings = read("requests", path)
    assert (len(rows), findings) == (1, [])


def test_a_row_beyond_excels_last_is_refused(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [header("requests")[:5], GOOD])
    change_part(
        path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b'<row r="2"', b'<row r="99999999999"')
    )
    with pytest.raises(Unreadable) as caught:
        read_sheet(path)
    assert caught.value.words["reason"] == "register.too_long"


def test_the_sheets_that_were_not_read_are_said_and_an_empty_one_is_passed_over(tmp_path):
    book = Workbook()
    book.active.title = "空表"
    for title in ("2025年", "2026年"):
        page = book.create_sheet(title)
        page.append(header("requests")[:5])
        page.append(GOOD)
    book.save(tmp_path / "a.xlsx")
    rows, findings = read("requests", tmp_path / "a.xlsx")
    assert len(rows) == 1
    (unread,) = [one for one in findings if one.rule == "register.unread_sheets"]
    assert (unread.found, unread.words) == ("2026年", {"sheet": "2025年", "sheets": "2"})
    assert "2 张表里的 1 张" in phrasebook("zh").finding(unread)
    del book["2026年"]
    book.save(tmp_path / "b.xlsx")
    assert read("requests", tmp_path / "b.xlsx")[1] == []
