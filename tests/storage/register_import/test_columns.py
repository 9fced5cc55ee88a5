"""A further field of a request is one row of the import's table: it is then read, checked, recorded and compared."""

from datetime import date
from pathlib import Path

import pytest

from bot.services.lists.request_register import REQUESTS
from bot.services.records.register_files import ImportKind, import_file
from config.duties.request import ARRIVED, DUTY
from config.errors import BadInput
from storage.register_import.columns import LAYOUTS, CellKind, RegisterColumn, fact_columns
from storage.register_import.sheet import COLUMNS_BY_NAME
from tests.storage.register_import.samples import write_csv
from tests.town import case_by_number, open_town

COLUMN = RegisterColumn(
    key="arrived_on", chinese="平信到达日期", reads=CellKind.DAY, fact=ARRIVED, required=False
)
HEAD = ["编号", "收到日期", "申请人类型", "办结日期", "办理结果", "收到方式", "平信到达日期"]


@pytest.fixture
def further_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYOUTS, "requests", (*LAYOUTS["requests"], COLUMN))
    monkeypatch.setitem(COLUMNS_BY_NAME["requests"], COLUMN.chinese, COLUMN)


@pytest.mark.usefixtures("further_column")
def test_a_further_field_is_one_row_of_the_table(home: Path, tmp_path: Path) -> None:
    app = open_town(home, date(2026, 11, 23))
    row = ["A-1", "2026-11-20", "自然人", "", "", "平信", "2026-11-18"]
    file = write_csv(tmp_path / "a.csv", [HEAD, row])
    assert import_file(app, ImportKind.REQUESTS, file, dry_run=False)[0].opened == 1
    assert case_by_number(app, 1).facts[ARRIVED] == "2026-11-18"
    assert import_file(app, ImportKind.REQUESTS, file, dry_run=False)[0].unchanged == 1
    file = write_csv(tmp_path / "b.csv", [HEAD, [*row[:-1], "2026-11-17"]])
    with pytest.raises(BadInput) as clash:
        import_file(app, ImportKind.REQUESTS, file, dry_run=False)
    assert [(one.rule, one.column) for one in clash.value.findings] == [("import.clash", ARRIVED)]


def test_each_field_of_the_import_is_declared_and_stands_in_the_register() -> None:
    fields = [column.fact for column in fact_columns("requests")]
    assert set(fields) <= {field.key for field in DUTY.fields}
    assert set(fields) <= set(REQUESTS.register)
