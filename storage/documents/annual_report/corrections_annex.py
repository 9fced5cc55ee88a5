"""Writes the annex of corrections to a sealed report as an official paper in Word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from storage.documents.layout.official_paper import new_paper, paper_bytes, write_body, write_title
from storage.documents.layout.text import printable
from storage.reporting.report import Report, format_figure
from storage.reporting.sealed_years import Correction

TITLE = "年度报告数据更正说明"
LEAD = "《{title}》公布以后，发现下列数据与登记不符。已公布的数字不改动，更正如下；多计、少计的数量已计入其后的年度。"


def corrections_annex_bytes(
    report: Report, corrections: Sequence[Correction], label: Callable[[str], str]
) -> bytes:
    """The annex as a Word file: the same bytes for the same corrections."""
    title = f"{report.agency}{report.year}年{TITLE}"
    paper = new_paper(printable(title), printable(report.agency))
    write_title(paper, (printable(report.agency), f"{report.year}年{TITLE}"))
    name = report.display_title
    write_body(paper, printable(LEAD.format(title=name)))
    for number, each in enumerate(corrections, 1):
        write_body(paper, printable(f"{number}.{correction_line(each, label)}"))
    return paper_bytes(paper)


def correction_line(correction: Correction, label: Callable[[str], str]) -> str:
    """The line of one correction: the figure as published, as it is now, its entries and their reasons."""
    places = "、".join(f"№{place}" for place in correction.entries)
    return (
        f"{label(correction.figure)}：公布{format_figure(correction.published)}，现为{format_figure(correction.now)}"
        f"（记录{places}；{'；'.join(correction.reasons)}）。"
    )
