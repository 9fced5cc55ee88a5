"""Published figures turned back into the registers an office would have kept."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from config.shipped_data import load_form

FORM = load_form()
REQUEST_HEADER = ("编号", "收到日期", "申请人类型", "办结日期", "办理结果")
REGISTER_HEADER = ("日期", "事项", "数量", "金额（元）")
DISPUTE_HEADER = ("编号", "途径", "受理日期", "审结日期", "结果")
Row = tuple[str, ...]


def request_rows(report: Mapping[str, Any]) -> Iterator[Row]:
    """One row a request: those carried in were received the year before, and are concluded first."""
    year, table = report["year"], report["table3"]
    for kind in FORM.kinds:
        carried = table.get("carried_in", {}).get(kind, 0)
        received = [date(year - 1, 12, 1 + n % 28) for n in range(carried)]
        received += [date(year, 1, 2) + timedelta(days=n % 330) for n in range(table["received"][kind])]
        results = [row for row in FORM.results for _ in range(table.get(row, {}).get(kind, 0))]
        assert len(results) <= len(received), "published columns that do not balance cannot be expanded"
        labels = {row.key: row.label for row in FORM.rows3} | {
            column.key: column.label for column in FORM.columns3
        }
        for number, day in enumerate(received):
            result = results[number] if number < len(results) else None
            closed = max(day, date(year, 1, 1)) + timedelta(days=20) if result else ""
            yield (f"{kind}-{number}", f"{day}", labels[kind], f"{closed}", labels[result] if result else "")


def register_rows(report: Mapping[str, Any]) -> Iterator[Row]:
    """Table 2 as a handful of entries; the stock as counted on the last evening."""
    year, table = report["year"], report["table2"]
    for row, name in (("regulations", "规章"), ("normative_documents", "行政规范性文件")):
        yield f"{year}/6/1", f"制发{name}", str(table[row]["issued"]), ""
        yield f"{year}/7/1", f"废止{name}", str(table[row]["repealed"]), ""
        yield f"{year}/12/31", f"现行有效{name}", str(table[row]["in_force"]), ""
    for row, name in (("licences", "行政许可"), ("penalties", "行政处罚"), ("coercive_measures", "行政强制")):
        total = table[row]["decisions"]
        yield f"{year}年3月1日", name, str(total // 2), ""
        yield f"{year}年9月1日", name, str(total - total // 2), ""
    yuan = Decimal(table["administrative_fees"]["amount_10k_yuan"]) * 10_000
    yield f"{year}-05-05", "行政事业性收费", "", f"{yuan / 3:.2f}"
    yield f"{year}-05-06", "行政事业性收费", "", f"{yuan - Decimal(f'{yuan / 3:.2f}'):.2f}"


def dispute_rows(report: Mapping[str, Any]) -> Iterator[Row]:
    """One row a dispute; every second concluded one was filed the year before."""
    year, labels = report["year"], {group.key: group.label for group, _ in FORM.groups4}
    outcomes = {column.key: column.label for column in FORM.columns4}
    for route, cells in report["table4"].items():
        for outcome in ("upheld", "corrected", "other"):
            for number in range(cells[outcome]):
                filed = date(year - number % 2, 11, 3)
                yield (
                    f"{route}-{outcome}-{number}",
                    labels[route],
                    f"{filed}",
                    f"{year}-12-15",
                    outcomes[outcome],
                )
        for number in range(cells["pending"]):
            yield f"{route}-pending-{number}", labels[route], f"{year}-10-10", "", ""


REGISTERS = (
    ("requests", REQUEST_HEADER, request_rows),
    ("registers", REGISTER_HEADER, register_rows),
    ("disputes", DISPUTE_HEADER, dispute_rows),
)


def as_csv(header: Row, rows: list[Row], encoding: str = "utf-8") -> bytes:
    """A register as an office would save it."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(header: Row, rows: list[Row]) -> bytes:
    """The same as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
