"""Writes the annual report as docx, xlsx, html, json or csv, once it is complete.

The docx, xlsx and html files are the official paper: findings of the checks are printed only in the JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib import import_module

from config.errors import Refusal
from config.reporting.form import SECTION_KEYS, ReportForm
from storage.documents.layout.text import printable
from storage.reporting.report import Figure, Report, Section

WRITERS: Mapping[str, tuple[str, str]] = {
    "json": ("storage.documents.annual_report.json_csv", "json_bytes"),
    "docx": ("storage.documents.annual_report.word", "docx_bytes"),
    "xlsx": ("storage.documents.annual_report.excel", "xlsx_bytes"),
    "html": ("storage.documents.annual_report.html", "html_bytes"),
    "csv": ("storage.documents.annual_report.json_csv", "csv_bytes"),
}
"""The module and function that write each format. They are imported when needed: the libraries behind Word and
Excel files take half a second."""
MAX_NAMED_CELLS = 5  # a refusal names so many empty cells; the rest are counted


def write_report(report: Report, form: ReportForm, format: str) -> bytes:  # noqa: A002 - the contract's own word
    """The report in one format, the same bytes for the same report; refused while a cell is empty."""
    if format not in WRITERS:
        raise Refusal(what=f"写成“{format}”格式", next_step="可用的格式：" + "、".join(WRITERS))
    _refuse_empty(report, form)
    module, name = WRITERS[format]
    writer: Callable[[Report, ReportForm], bytes] = getattr(import_module(module), name)
    return writer(_printable_report(report, form), form)


def _refuse_empty(report: Report, form: ReportForm) -> None:
    """Refuse a report with an empty cell (国办公开办函〔2021〕30号): a person who counted nothing enters 0."""
    empty = [cell for cell in form.cells if _is_empty(report.figures.get(cell))]
    if not empty:
        return
    names = "、".join(f"{form.label(cell)}（{cell}）" for cell in empty[:MAX_NAMED_CELLS])
    more = f"等{len(empty)}格" if len(empty) > MAX_NAMED_CELLS else ""
    raise Refusal(
        what=f"{report.year}年度报告有空格未填，写成文件：{names}{more}",
        next_step="请逐格填上数字；确实没有的填 0。",
    )


def _is_empty(figure: Figure) -> bool:
    if isinstance(figure, Decimal):
        return not figure.is_finite()
    return figure is None or (isinstance(figure, str) and not printable(figure).strip())


def _printable_report(report: Report, form: ReportForm) -> Report:
    """The report with a title, all six sections in order, and text that every format can carry."""
    return replace(
        report,
        agency=printable(report.agency),
        title=printable(report.display_title),
        scope=printable(report.scope),
        preamble=_texts(report.preamble),
        sections=tuple(
            _section(report.section(key), key, heading)
            for key, heading in zip(SECTION_KEYS, form.headings, strict=True)
        ),
    )


def _section(section: Section | None, key: str, heading: str) -> Section:
    if section is None:
        return Section(key=key, heading=heading)
    return Section(
        key=key, heading=printable(section.heading) or heading, paragraphs=_texts(section.paragraphs)
    )


def _texts(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(printable(paragraph) for paragraph in paragraphs)
