"""Writes the annexes of an annual report as official papers in Word: corrections of a sealed one, and overrides.

An override is a stage that two people let pass unsigned in the year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from storage.documents.layout.official_paper import new_paper, paper_bytes, write_body, write_title
from storage.documents.layout.text import printable
from storage.eventlog.overrides import Override
from storage.reporting.report import Report, format_figure
from storage.reporting.sealed_years import Correction

CORRECTIONS_TITLE = "年度报告数据更正说明"
CORRECTIONS_LEAD = (
    "《{title}》公布以后，发现下列数据与登记不符。已公布的数字不改动，更正如下；"
    "多计、少计的数量已计入其后的年度。"
)
OVERRIDES_TITLE = "审签环节两人放行情况"
OVERRIDES_LEAD = "本年度有{count}个审签环节未经签署，由两人各自确认放行，情况如下。"
RELEASED_LABEL, UNRELEASED_LABEL = "已发出", "未发出"


def corrections_annex_bytes(
    report: Report, corrections: Sequence[Correction], label: Callable[[str], str]
) -> bytes:
    """The annex of corrections to a sealed report as a Word file: the same bytes for the same corrections."""
    title = f"{report.agency}{report.year}年{CORRECTIONS_TITLE}"
    paper = new_paper(printable(title), printable(report.agency))
    write_title(paper, (printable(report.agency), f"{report.year}年{CORRECTIONS_TITLE}"))
    name = report.display_title
    write_body(paper, printable(CORRECTIONS_LEAD.format(title=name)))
    for number, each in enumerate(corrections, 1):
        write_body(paper, printable(f"{number}.{_correction_line(each, label)}"))
    return paper_bytes(paper)


def _correction_line(correction: Correction, label: Callable[[str], str]) -> str:
    """The line of one correction: the figure as published, as it is now, its entries and their reasons."""
    places = "、".join(f"№{place}" for place in correction.entries)
    return (
        f"{label(correction.figure)}：公布{format_figure(correction.published)}，现为{format_figure(correction.now)}"
        f"（记录{places}；{'；'.join(correction.reasons)}）。"
    )


def override_annex_bytes(report: Report, overrides: Sequence[Override]) -> bytes:
    """The annex of overrides as a Word file: the same bytes for the same overrides."""
    title = f"{report.year}年{OVERRIDES_TITLE}"
    paper = new_paper(printable(f"{report.agency}{title}"), printable(report.agency))
    write_title(paper, (printable(report.agency), title))
    write_body(paper, OVERRIDES_LEAD.format(count=len(overrides)))
    for number, each in enumerate(overrides, 1):
        write_body(paper, printable(f"{number}.{_override_line(each)}"))
    return paper_bytes(paper)


def _override_line(override: Override) -> str:
    """The line of one override: its day, case, stage, people, reasons, and whether the text was released."""
    who = "；".join(f"{post}：{why}" for post, why in zip(override.posts, override.reasons, strict=True))
    state = RELEASED_LABEL if override.out else UNRELEASED_LABEL
    name = override.reference or str(override.case)
    return f"{override.happened_on.isoformat()}，{name}（案件{override.case}）“{override.stage}”（{who}；{state}）。"
