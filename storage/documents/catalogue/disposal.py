"""Writes the list of closed cases with how long their papers are kept, those to be proposed for disposal first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO

from config.reporting.retention import BASIS, RETENTION_YEARS, kept_until, period_words
from storage.documents.layout.deterministic_zip import repack
from storage.events.case import CaseLine

HEADER = ("案件号", "种类", "编号", "办结日期", "保管期限", "保管到", "是否到期", "鉴定意见", "鉴定人签字")
WIDTHS = (10, 18, 28, 14, 12, 14, 12, 20, 16)
EXPIRED, KEPT = "到期，待鉴定", "保管中"


def disposal_list(lines: Iterable[CaseLine], labels: Mapping[str, str], day: date) -> bytes:
    """The list as of a day: a case whose period is over stands first. The same bytes for the same cases."""
    rows = sorted(
        (kept_until(line.kind, line.closed_on) or date.max, line) for line in lines if line.closed_on
    )
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that an idle program does not need

    book = Workbook()
    sheet = book.active
    sheet.title = "保管期限和销毁清册"
    sheet.append([f"截至{day.isoformat()}；期限依据{BASIS}；本表只列，不销毁"])
    sheet.append(HEADER)
    for until, line in rows:
        if line.kind not in RETENTION_YEARS or line.closed_on is None:
            continue
        last = "" if until == date.max else until.isoformat()
        state = EXPIRED if until < day else KEPT
        kept = (period_words(line.kind), last, state, "", "")
        sheet.append([line.number, labels[line.kind], line.reference, line.closed_on.isoformat(), *kept])
    for letter, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    written = BytesIO()
    book.save(written)
    return repack(written.getvalue())
