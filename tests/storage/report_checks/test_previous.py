"""This year against last year."""

from dataclasses import replace

import pytest

from config.findings import Severity
from tests.storage.report_checks.made import (
    FORM,
    clean,
    found,
    report_of,
    rules,
    settled,
    with_cell,
    with_text,
)


def _two_years():
    """Last year carries 3 + 2 out; this year carries them in and closes them."""
    last = report_of(
        {
            **settled({"table3.carried_out.business": 3, "table3.carried_out.natural_person": 2}),
            "table2.normative_documents.issued": 4,
            "table2.normative_documents.in_force": 9,
        },
        year=2024,
    )
    figures = settled({"table3.granted.business": 3, "table3.granted.natural_person": 2})
    for column in (*FORM.kinds, "total"):
        figures[f"table3.carried_in.{column}"] = figures[f"table3.received.{column}"]
        figures[f"table3.received.{column}"] = 0
    figures["table2.normative_documents.repealed"] = 2
    figures["table2.normative_documents.in_force"] = 7
    return last, report_of(figures)


def test_two_years_that_fit_are_silent():
    last, this = _two_years()
    assert found(this, previous=last) == ()


@pytest.mark.parametrize("column", [*FORM.kinds, "total"])
def test_carried_in_must_be_what_was_carried_out(column):
    last, this = _two_years()
    cell = f"table3.carried_out.{column}"
    findings = found(this, previous=with_cell(last, cell, last.figures[cell] + 1))
    assert rules(findings) == [("previous.carried_in", f"table3.carried_in.{column}")]
    assert findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("row", ["regulations", "normative_documents"])
def test_in_force_must_follow_from_last_year(row):
    last, this = _two_years()
    cell = f"table2.{row}.in_force"
    findings = found(this, previous=with_cell(last, cell, last.figures[cell] + 5))
    assert rules(findings) == [("previous.in_force", cell)]
    assert int(findings[0].expected) == this.figures[cell] + 5


@pytest.mark.parametrize("year", [2023, 2025, 2026, 0])
def test_only_the_year_before_will_do(year):
    findings = found(clean(), previous=replace(_two_years()[0], year=year))
    assert rules(findings, Severity.ERROR) == [("previous.year", "year")]
    assert findings[0].expected == "2024"


def test_another_agency_is_a_warning():
    last, this = _two_years()
    findings = found(this, previous=replace(last, agency="浑水镇人民政府"))
    assert rules(findings) == [("previous.agency", "agency")]
    assert found(this, previous=replace(last, agency="清水镇（汇总）")) == ()


def test_cells_missing_from_a_part_are_not_compared():
    last, this = _two_years()
    part = {cell: n for cell, n in last.figures.items() if not cell.startswith("table3.carried_out")}
    assert found(this, previous=replace(last, figures=part)) == ()


def test_a_dispute_that_last_year_left_pending_must_be_taken_up():
    last, now = _two_years()
    waiting = {"table4.reconsideration.pending": 3, "table4.reconsideration.total": 3}
    told = found(now, previous=replace(last, figures=last.figures | waiting))
    assert [(item.rule, item.place, item.found, item.expected, item.severity) for item in told] == [
        ("previous.unfinished", "table4.reconsideration.total", "0", "3", Severity.WARNING)
    ]
    taken_up = replace(now, figures=now.figures | waiting)
    assert rules(found(taken_up, previous=replace(last, figures=last.figures | waiting))) == []


def test_a_contact_is_missed_only_where_last_year_s_report_gave_one():
    last, now = _two_years()
    contact = "对本报告有疑问的，请与本机关办公室联系。"
    given = with_text(last, contact, "other")
    assert rules(found(now, previous=given)) == [("previous.no_contact", "section.preamble")]
    assert rules(found(with_text(now, contact, "other"), previous=given)) == []
