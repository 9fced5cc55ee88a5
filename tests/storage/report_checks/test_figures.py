"""Each rule of the form, broken one by one in a report that is otherwise right."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.findings import Severity
from config.reporting.form import FEE_CELL
from tests.draws import examples
from tests.storage.report_checks.made import FORM, clean, found, report_of, rules, settled, with_cell

FRAME = ("received", "carried_in", "results_total", "carried_out")
SUMMED = [cell for cell in FORM.cells if not cell.startswith("table2.")]


def _broken_by(cell: str) -> set[tuple[str, str]]:
    """The rules a change of this cell alone must break, by the form's own words."""
    table, row, column = cell.split(".")
    if table == "table4":
        return {("table4.total", f"table4.{row}.total")}
    broken = {("table3.row_total", f"table3.{row}.total")}
    if row in FRAME:
        broken.add(("table3.balance", f"table3.carried_out.{column}"))
    if row == "results_total" or row in FORM.results:
        broken.add(("table3.results_total", f"table3.results_total.{column}"))
    return broken


def test_a_right_report_has_no_findings():
    assert found(clean()) == ()


@pytest.mark.parametrize("cell", SUMMED)
def test_one_changed_cell_breaks_exactly_its_rules(cell):
    findings = found(with_cell(clean(), cell, clean().figures[cell] + 1))
    assert set(rules(findings)) == _broken_by(cell)
    assert len(findings) == len(_broken_by(cell))
    assert all(item.severity is Severity.ERROR and item.basis for item in findings)


def test_balance_names_both_sides():
    cell = "table3.carried_in.business"
    finding = found(with_cell(clean(), cell, 7))[0]
    assert finding.rule == "table3.balance"
    assert finding.column == "商业企业"
    assert int(finding.expected) == int(finding.found) + 7
    assert set(finding.words) == set(FRAME)


@pytest.mark.parametrize(
    ("figure", "rule"),
    [(None, "cells.empty"), ("/", "cells.not_a_number"), ("无", "cells.not_a_number")],
)
@pytest.mark.parametrize("cell", ["table2.licences.decisions", "table3.granted.business", FEE_CELL])
def test_a_cell_without_a_number_is_one_error(cell, figure, rule):
    assert rules(found(with_cell(clean(), cell, figure))) == [(rule, cell)]


def test_a_negative_number_is_an_error():
    findings = found(with_cell(clean(), FEE_CELL, Decimal("-0.01")))
    assert rules(findings) == [("cells.negative", FEE_CELL)]


def test_a_part_is_told_once_and_its_sums_are_left_alone():
    figures = {cell: n for cell, n in clean().figures.items() if not cell.startswith("table3.granted.")}
    findings = found(report_of(figures))
    assert rules(findings) == [("cells.absent", "table3")]
    assert findings[0].words["rows"] == "（一）予以公开"


def test_a_part_already_too_large_is_proven_wrong():
    figures = {cell: n for cell, n in clean().figures.items() if not cell.startswith("table3.granted.")}
    figures["table3.results_total.business"] = 1
    assert ("table3.results_total", "table3.results_total.business") in rules(found(report_of(figures)))


@pytest.mark.parametrize(
    ("agency", "level", "warned"),
    [
        ("清水镇人民政府", "", True),
        ("沭阳县人民政府（全县汇总）", "", True),
        ("西宁市城中区城乡建设局", "", True),
        ("", "", True),
        ("南京市人民政府", "", False),
        ("青海省人民政府", "", False),
        ("国家税务总局", "", False),
        ("国家税务总局沭阳县税务局", "", True),
        ("清水镇人民政府", "city", False),
        ("南京市人民政府", "county", True),
    ],
)
def test_only_some_may_make_regulations(agency, level, warned):
    figures = {**clean().figures, "table2.regulations.issued": 2, "table2.regulations.in_force": 2}
    findings = found(report_of(figures, agency=agency), level=level)
    assert (("table2.regulations", "table2.regulations.issued") in rules(findings)) is warned


def test_fewer_in_force_than_made_this_year_cannot_be():
    figures = {**clean().figures, "table2.normative_documents.issued": 3}
    cell = "table2.normative_documents.in_force"
    assert rules(found(report_of(figures))) == [("table2.in_force_too_few", cell)]
    assert found(report_of({**figures, cell: 3})) == ()
    assert found(report_of({**figures, "table2.normative_documents.repealed": 3})) == ()


FREE = [f"table3.{row}.{kind}" for row in (*FORM.results, "carried_out") for kind in FORM.kinds]
FREE += [cell for cell in FORM.cells if cell.startswith("table4.") and not cell.endswith(".total")]
INNER = st.dictionaries(st.sampled_from(FREE), st.integers(0, 10**6), max_size=40)


@settings(max_examples=examples(60), deadline=None)
@given(INNER)
def test_any_consistent_report_is_free_of_errors(inner):
    assert found(report_of(settled(inner))) == ()


@settings(max_examples=examples(100), deadline=None)
@given(INNER, st.sampled_from(SUMMED), st.integers(-(10**6), 10**6).filter(bool))
def test_any_single_change_is_found(inner, cell, by):
    figures = settled(inner)
    changed = found(report_of({**figures, cell: figures[cell] + by}))
    assert _broken_by(cell) <= set(rules(changed, Severity.ERROR))


def test_a_check_takes_milliseconds():
    started = time.perf_counter()
    for _ in range(20):
        found(clean())
    assert (time.perf_counter() - started) / 20 < 0.1
