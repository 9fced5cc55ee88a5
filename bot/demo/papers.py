"""The year's papers: report, bulletins, assessment, a sheet and its proof, somebody's dates, and what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.cli.server.personal_calendar import person_ics
from bot.demo.channel import Line
from bot.demo.texts import TEXTS
from bot.demo.town import Town
from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.texts import laid_down, proof_data, sheet_of
from bot.services.bulletins import draw_assessment, draw_bulletin, telling_of
from config import shipped_data
from config.clock import OFFICE_ZONE
from config.duties.publication import DUTY
from config.findings import Severity
from scheduler.villages.months import reference_month
from storage.documents.annual_report.writer import write_report
from storage.documents.bulletin.assessment_excel import assessment_xlsx
from storage.documents.bulletin.picture import bulletin_png
from storage.documents.bulletin.word import assessment_docx
from storage.documents.layout.processing_sheet import sheet_docx
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import wording
from storage.report_checks.check import check

FORMATS = ("docx", "xlsx", "html", "json", "csv")
DATED = "clerk"  # whose dates are written as a calendar
TALKS = "对话"
BULLETINS = "月度通报"
LOOKED_BACK = 2000  # signs: more than the last messages hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written, and what the report's check says of it."""

    papers: tuple[Path, ...]
    errors: int
    warnings: int


def write_papers(town: Town, out: Path) -> Written:
    """Everything; the report is read back from Word and checked."""
    report = list(_report(town, out))
    findings = check(read_report(report[0], shipped_data.form()), shipped_data.form(), wording=wording())
    papers = (
        *report,
        *_bulletins(town, out / BULLETINS),
        *_assessment(town, out),
        *_sheet(town, out),
        _put(out / f"{town.year}年办理日期.ics", person_ics(town.works, DATED)),
        *_talks(town, out / TALKS),
    )
    return Written(
        papers=papers,
        errors=sum(finding.severity is Severity.ERROR for finding in findings),
        warnings=sum(finding.severity is Severity.WARNING for finding in findings),
    )


def _report(town: Town, out: Path) -> Iterator[Path]:
    """The annual report in every format; it is sealed, so it stays as it is."""
    made, _ = town.works.report(town.year)
    for suffix in FORMATS:
        paper = out / f"{town.year}年政府信息公开工作年度报告.{suffix}"
        yield _put(paper, write_report(made, shipped_data.form(), suffix))


def _bulletins(town: Town, folder: Path) -> Iterator[Path]:
    """Each month's bulletin to the byte as it was signed, and its picture for telephones."""
    duty, say = telling_of(town.works).told_by, phrasebook("zh").say
    for month in (date(town.year, number, 1) for number in range(1, 13)):
        name = reference_month(month)
        laid = laid_down(town.works, town.case(town.find(duty.kind, name)), duty)
        yield _put(folder / f"{name}.docx", next(iter(laid.files.values())))
        yield _put(folder / f"{name}.png", bulletin_png(draw_bulletin(town.works, month), say))


def _assessment(town: Town, out: Path) -> Iterator[Path]:
    made, say = draw_assessment(town.works, town.year), phrasebook("zh").say
    yield _put(out / f"{town.year}年村级信息报送考核.xlsx", assessment_xlsx(made, say))
    yield _put(out / f"{town.year}年村级信息报送考核.docx", assessment_docx(made, say))


def _sheet(town: Town, out: Path) -> Iterator[Path]:
    """The sheet and the proof of the text that a deputy signed; of the last one, where none did."""
    works, book = town.works, phrasebook("zh")
    chosen = next(text for text in TEXTS if text.kind == "deputy")
    case = town.case(town.find(DUTY.kind, f"{town.year}-{chosen.month:02}{chosen.title}"))
    laid = laid_down(works, case, DUTY)
    labels = Labels(book=book, office=works.office)
    yield _put(out / f"公文处理单-{chosen.title}.docx", sheet_docx(sheet_of(laid, labels), book.say))
    proof = json.dumps(proof_data(works, laid), ensure_ascii=True, indent=1)
    yield _put(out / f"审签证明-{chosen.title}.json", proof.encode("ascii"))


def _talks(town: Town, folder: Path) -> Iterator[Path]:
    """What each post heard and said, to be read."""
    for person in town.works.office.people:
        lines = town.channel.chats.get(person.id, [])
        if lines:
            text = "\n\n".join(_spoken(person.post, line) for line in _news(lines))
            yield _put(folder / f"{person.post}.txt", f"{text}\n".encode())


def _news(lines: list[Line]) -> Iterator[Line]:
    """Without the changes that only took buttons away: a reader sees the same words."""
    said = ""
    for line in lines:
        if not (line.edited and line.text in said):
            yield line
        said = said if line.own else f"{said[-LOOKED_BACK:]}\n{line.text}"


def _spoken(post: str, line: Line) -> str:
    at = line.at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    if line.own:
        return f"{at}  {post}：{line.text}"
    mark = "（改）" if line.edited else ""
    buttons = "\n" + " ".join(f"［{label}］" for label in line.buttons) if line.buttons else ""
    indented = (line.text + buttons).replace("\n", "\n    ")
    return f"{at}  公开{mark}：\n    {indented}"


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
