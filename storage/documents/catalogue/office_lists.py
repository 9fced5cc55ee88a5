"""Writes the lists that an office owes once a year as workbooks, each to be completed and signed on paper.

移送明细表: what was published, handed to the archive and the library (条例 art. 25). 不予公开评估审查清单: what was
withheld, with what its last review said (art. 18). 保管期限和销毁清册: closed cases with how long their papers are
kept; nothing is disposed of. The same bytes for the same cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.duty import REVIEW_VERDICTS, CaseOutcome, Duties, Duty
from config.declarations.keys import (
    ADDRESS_FIELD,
    ARTICLE_FIELD,
    CONTENT_FIELD,
    DISCLOSURE_FIELD,
    MATTER_FIELD,
    PUBLISHED_STEP,
    REOPENED_STEP,
    SUBJECT_FIELD,
    TITLE_FIELD,
    WITHHELD,
    WITHHELD_REVIEWED_STEP,
)
from storage.documents.layout.deterministic_zip import repack
from storage.events.case import Case, CaseLine
from storage.events.events import Closed

LINE_NUMBER = "序号"
TRANSFER = {
    LINE_NUMBER: 8,
    "标题": 44,
    "目录事项": 18,
    "条例的类别": 34,
    "公开日期": 14,
    "网页地址": 44,
    "份数": 8,
    "接收人签字": 16,
}
"""The columns of each list with their widths in characters."""
REVIEW = {
    LINE_NUMBER: 8,
    "案件号": 10,
    "种类": 14,
    "编号": 24,
    "内容": 44,
    "结论": 26,
    "依据": 26,
    "办结日期": 14,
    "上次审查": 14,
    "上次结论": 16,
    "本年": 12,
    "审查意见": 24,
    "审查人签字": 16,
}
RETENTION_BASIS = "国家档案局令第8号（待核实）"  # its table of permanent, thirty and ten years was not read
DISPOSAL = {
    "案件号": 10,
    "种类": 18,
    "编号": 28,
    "办结日期": 14,
    "保管期限": 12,
    "保管到": 14,
    "是否到期": 12,
    "鉴定意见": 20,
    "鉴定人签字": 16,
}
TRANSFER_SIGNATURES = ("移送单位（盖章）：", "接收单位（盖章）：", "移送日期：")
REVIEW_SIGNATURES = ("审查单位（盖章）：", "负责人：", "审查日期：")
REVIEWED, TO_REVIEW = "已审查", "待审查"
EXPIRED, KEPT = "到期，待鉴定", "保管中"
CellValue = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedText:
    """A text that was published: what a list of what is handed over says of it."""

    title: str
    matter: str
    subject: str
    published_on: date
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldInformation:
    """Something that was not disclosed, with its last review; ``reviewed_on`` is None where there was none."""

    case: int
    kind: str
    reference: str
    content: str
    outcome: str
    basis: str
    closed_on: date
    reviewed_on: date | None = None
    verdict: str = ""

    def is_reviewed_in(self, year: int) -> bool:
        """Whether it was reviewed in a year."""
        return self.reviewed_on is not None and self.reviewed_on.year == year


def published_texts(cases: Iterable[Case], year: int) -> list[PublishedText]:
    """The texts that were first published in a year, by day and title."""
    found = []
    for case in cases:
        steps = case.steps_taken(PUBLISHED_STEP)
        if steps and steps[0].happened_on.year == year:
            found.append(
                PublishedText(
                    title=str(case.facts.get(TITLE_FIELD, "")),
                    matter=str(case.facts.get(MATTER_FIELD, "")),
                    subject=SUBJECTS.get(str(case.facts.get(SUBJECT_FIELD, "")), ""),
                    published_on=steps[0].happened_on,
                    address=str(steps[-1].facts.get(ADDRESS_FIELD, "")),
                )
            )
    return sorted(found, key=lambda text: (text.published_on, text.title))


def withheld_information(cases: Iterable[Case], duties: Duties, year: int) -> list[WithheldInformation]:
    """What was withheld by the end of a year and was not found open to disclosure before it, by day and number."""
    found = (_withheld(case, duties[case.opening.kind], year) for case in cases if case.opening)
    return sorted((one for one in found if one), key=lambda one: (one.closed_on, one.case))


def _withheld(case: Case, duty: Duty, year: int) -> WithheldInformation | None:
    last = date(year, 12, 31)
    ended = next((one for one in reversed(case.records) if isinstance(one, Closed)), None)
    outcome = duty.outcome(ended.outcome) if ended and ended.happened_on <= last else None
    reopened = case.last_step(REOPENED_STEP)
    if ended is None or outcome is None or not outcome.withholds or _is_other_class(case):
        return None
    if reopened and reopened.happened_on > ended.happened_on:
        return None
    reviews = [one for one in case.steps_taken(WITHHELD_REVIEWED_STEP) if one.happened_on <= last]
    verdict = str(reviews[-1].facts.get("verdict", "")) if reviews else ""
    if verdict == "open" and reviews[-1].happened_on.year < year:
        return None
    return WithheldInformation(
        case=case.number,
        kind=duty.label,
        reference=case.opening.reference if case.opening else "",
        content=str(case.facts.get(CONTENT_FIELD) or case.facts.get(TITLE_FIELD, "")),
        outcome=outcome.label,
        basis=_basis(case, outcome),
        closed_on=ended.happened_on,
        reviewed_on=reviews[-1].happened_on if reviews else None,
        verdict=REVIEW_VERDICTS.get(verdict, ""),
    )


def _is_other_class(case: Case) -> bool:
    """Whether it is of a class that is disclosed on request: that is not withheld."""
    return str(case.facts.get(DISCLOSURE_FIELD, WITHHELD)) != WITHHELD


def _basis(case: Case, outcome: CaseOutcome) -> str:
    """The article by which it is withheld: the case's own, or its outcome's."""
    return str(case.facts.get(ARTICLE_FIELD, "")) or outcome.article


def transfer_list(texts: Iterable[PublishedText], agency: str, year: int) -> bytes:
    """The list with which a year's published texts are handed to the archive and the library."""
    rows: Iterator[Sequence[CellValue]] = (
        (at, text.title, text.matter, text.subject, text.published_on.isoformat(), text.address, "", "")
        for at, text in enumerate(texts, start=1)
    )
    heading = f"{agency}{year}年主动公开政府信息移送明细表"
    return _workbook("移送明细", heading, TRANSFER, rows, TRANSFER_SIGNATURES)


def review_list(found: Iterable[WithheldInformation], agency: str, year: int) -> bytes:
    """The list by which what was withheld is reviewed in a year."""
    rows: Iterator[Sequence[CellValue]] = (
        (
            at,
            one.case,
            one.kind,
            one.reference,
            one.content,
            one.outcome,
            one.basis,
            one.closed_on.isoformat(),
            one.reviewed_on.isoformat() if one.reviewed_on else "",
            one.verdict,
            REVIEWED if one.is_reviewed_in(year) else TO_REVIEW,
            "",
            "",
        )
        for at, one in enumerate(found, start=1)
    )
    heading = f"{agency}{year}年不予公开政府信息评估审查清单（条例第十八条）"
    return _workbook("不予公开审查", heading, REVIEW, rows, REVIEW_SIGNATURES)


def kept_until(years: int, closed_on: date) -> date | None:
    """The last day of the period, the end of a year; None where the papers are kept for ever."""
    return date(closed_on.year + years, 12, 31) if years else None


def disposal_list(lines: Iterable[CaseLine], duties: Duties, day: date) -> bytes:
    """The list of closed cases as of a day: one whose period is over stands first."""
    kept = sorted(
        (kept_until(years, line.closed_on) or date.max, line, years)
        for line in lines
        if line.closed_on and (years := duties[line.kind].kept_years) is not None
    )
    rows: Iterator[Sequence[CellValue]] = (
        (
            line.number,
            duties[line.kind].label,
            line.reference,
            line.closed_on.isoformat() if line.closed_on else "",
            f"{years}年" if years else "永久",
            "" if until == date.max else until.isoformat(),
            EXPIRED if until < day else KEPT,
            "",
            "",
        )
        for until, line, years in kept
    )
    heading = f"截至{day.isoformat()}；期限依据{RETENTION_BASIS}；本表只列，不销毁"
    return _workbook("保管期限和销毁清册", heading, DISPOSAL, rows)


def _workbook(
    name: str,
    heading: str,
    columns: Mapping[str, int],
    rows: Iterable[Sequence[CellValue]],
    signatures: Sequence[str] = (),
) -> bytes:
    """A sheet with its heading, its columns, its rows and the lines to be signed; a text is never a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that an idle program does not need
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    book = Workbook()
    sheet = book.active
    sheet.title = name
    sheet.append([heading])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(columns))
    sheet.append(list(columns))
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    if signatures:
        sheet.append([])
        for line in signatures:
            sheet.append([line])
    sheet["A1"].font = Font(name="宋体", size=16, bold=True)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for at, width in enumerate(columns.values(), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    written = BytesIO()
    book.save(written)
    return repack(written.getvalue())
