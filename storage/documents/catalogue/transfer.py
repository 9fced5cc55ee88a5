"""Writes the list with which published texts are handed to the archive and the library (条例 art. 25): 移送明细表."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.keys import ADDRESS_FIELD, MATTER_FIELD, PUBLISHED_STEP, SUBJECT_FIELD, TITLE_FIELD
from storage.documents.layout.deterministic_zip import repack
from storage.events.case import Case

HEADER = ("序号", "标题", "目录事项", "条例的类别", "公开日期", "网页地址", "份数", "接收人签字")
WIDTHS = (8, 44, 18, 34, 14, 44, 8, 16)
SIGN_LINES = ("移送单位（盖章）：", "接收单位（盖章）：", "移送日期：")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedText:
    """A text that was published: what a list of what is handed over says of it."""

    title: str
    matter: str
    subject: str
    published_on: date
    address: str


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


def transfer_list(texts: Iterable[PublishedText], agency: str, year: int) -> bytes:
    """The list as a workbook; the same bytes for the same texts."""
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that an idle program does not need
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    book = Workbook()
    sheet = book.active
    sheet.title = "移送明细"
    sheet.append([f"{agency}{year}年主动公开政府信息移送明细表"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADER))
    sheet.append(HEADER)
    for at, text in enumerate(texts, start=1):
        day = text.published_on.isoformat()
        sheet.append([at, text.title, text.matter, text.subject, day, text.address, "", ""])
    sheet.append([])
    for line in SIGN_LINES:
        sheet.append([line])
    sheet["A1"].font = Font(name="宋体", size=16, bold=True)
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    written = BytesIO()
    book.save(written)
    return repack(written.getvalue())
