"""Writes the annex on stages that two people let pass unsigned in a year, as an official paper in Word."""

from __future__ import annotations

from collections.abc import Sequence

from storage.documents.layout.official_paper import new_paper, paper_bytes, write_body, write_title
from storage.documents.layout.text import printable
from storage.eventlog.overrides import Override
from storage.reporting.report import Report

TITLE = "审签环节两人放行情况"
LEAD = "本年度有{count}个审签环节未经签署，由两人各自确认放行，情况如下。"
RELEASED_LABEL, UNRELEASED_LABEL = "已发出", "未发出"


def override_annex_bytes(report: Report, overrides: Sequence[Override]) -> bytes:
    """The annex as a Word file: the same bytes for the same overrides."""
    title = f"{report.year}年{TITLE}"
    paper = new_paper(printable(f"{report.agency}{title}"), printable(report.agency))
    write_title(paper, (printable(report.agency), title))
    write_body(paper, LEAD.format(count=len(overrides)))
    for number, each in enumerate(overrides, 1):
        write_body(paper, printable(f"{number}.{override_line(each)}"))
    return paper_bytes(paper)


def override_line(override: Override) -> str:
    """The line of one override: its day, case, stage, people, reasons, and whether the text was released."""
    who = "；".join(f"{post}：{why}" for post, why in zip(override.posts, override.reasons, strict=True))
    state = RELEASED_LABEL if override.out else UNRELEASED_LABEL
    name = override.reference or str(override.case)
    return f"{override.happened_on.isoformat()}，{name}（案件{override.case}）“{override.stage}”（{who}；{state}）。"
