"""Four agencies' published figures come back, cell by cell, from the registers behind them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from bot.services.records.register_files import ImportKind, import_file
from config.shipped_data import load_form
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from storage.reporting.report import format_figure
from tests.paths import SHARED
from tests.storage.reporting.expansion import REGISTERS, as_csv, as_xlsx

WRONG_IN_PRINT = {
    "04": {"table4.reconsideration.total": 11, "table4.litigation_after_reconsideration.total": 5},
}


def published(name: str) -> dict[str, Any]:
    return json.loads((SHARED / "reports" / f"{name}.json").read_text("utf-8"))


def cells(report: dict[str, Any]) -> dict[str, str]:
    return {
        f"{table}.{row}.{column}": str(figure)
        for table in ("table2", "table3", "table4")
        for row, columns in report[table].items()
        for column, figure in columns.items()
    }


def bring_registers(app: OfficeApp, report: dict[str, Any], folder: Path, suffix: str) -> None:
    for kind, header, expand in REGISTERS:
        rows = list(expand(report))
        if rows:
            file = folder / f"{kind}.{suffix}"
            file.write_bytes(as_xlsx(header, rows) if suffix == "xlsx" else as_csv(header, rows, "gb18030"))
            tidings, _ = import_file(app, ImportKind(kind), file, dry_run=False)
            assert tidings.rows == len(rows) == tidings.opened + tidings.counted


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["04", "05", "10", "16"])
def test_every_published_cell_returns(app: OfficeApp, tmp_path: Path, name: str, suffix: str) -> None:
    report = published(name)
    bring_registers(app, report, tmp_path, suffix)
    made = annual_report(app, report["year"]).report
    expected = cells(report) | {cell: str(right) for cell, right in WRONG_IN_PRINT.get(name, {}).items()}
    assert {cell: format_figure(made.figures[cell]) for cell in expected} == expected


@pytest.mark.parametrize("name", ["04", "05", "10", "16"])
def test_what_we_make_of_them_adds_up(app: OfficeApp, tmp_path: Path, name: str) -> None:
    report = published(name)
    bring_registers(app, report, tmp_path, "csv")
    made = annual_report(app, report["year"]).report
    before = annual_report(app, report["year"] - 1).report
    findings = check_report(made, load_form(), previous=before, wording=load_wordlist())
    # 16 counts two regulations issued and none in force, as published: the year before must then have had −2.
    expected = {"cells.negative", "previous.in_force"} if name == "16" else set()
    assert {finding.rule for finding in findings if finding.severity == "error"} <= expected


def test_the_checker_finds_the_two_totals_that_were_printed_wrong() -> None:
    findings = check_report(
        read_report(SHARED / "reports" / "04.json", load_form()), load_form(), wording=load_wordlist()
    )
    errors = {(finding.place, finding.expected) for finding in findings if finding.severity == "error"}
    assert errors == {(cell, str(right)) for cell, right in WRONG_IN_PRINT["04"].items()}


def test_the_same_files_again_change_nothing(app: OfficeApp, tmp_path: Path) -> None:
    report = published("10")
    bring_registers(app, report, tmp_path, "csv")
    with app.log() as log:
        end = log.end()
    for kind, _, _ in REGISTERS:
        tidings, _ = import_file(app, ImportKind(kind), tmp_path / f"{kind}.csv", dry_run=False)
        assert tidings.unchanged == tidings.rows
    with app.log() as log:
        assert log.end() == end
