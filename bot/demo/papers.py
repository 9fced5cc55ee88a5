"""Writes the papers of the demo's year: report, bulletins, assessment, sheet, proof, calendar and chats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.demo.channel import ChatLine
from bot.demo.texts import TEXTS
from bot.demo.town import DemoTown
from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import load_submitted_text, proof_data
from bot.services.annual_reports import annual_report
from bot.services.bulletins import bulletin_kinds, draw_assessment, draw_bulletin
from bot.services.catalogue.coverage import year_coverage
from bot.services.personal_calendar import person_ics
from config import shipped_data
from config.clock import clock_time
from config.duties.publication import DUTY
from config.findings import Severity
from scheduler.villages.months import month_reference
from storage.documents.bulletin.assessment_excel import assessment_xlsx
from storage.documents.bulletin.picture import bulletin_png
from storage.documents.bulletin.word import assessment_docx
from storage.documents.catalogue.picture import coverage_png
from storage.documents.layout.processing_sheet_word import sheet_docx
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report

FORMATS = ("docx", "xlsx", "html", "json", "csv")
CALENDAR_PERSON = "clerk"  # the person whose dates are written as a calendar
CHATS_FOLDER = "对话"
BULLETINS_FOLDER = "月度通报"
MAX_ENTRIES_READ = 2000  # characters: more than the last messages hold


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPapers:
    """The files that were written, and how many errors and warnings the report's check found."""

    papers: tuple[Path, ...]
    errors: int
    warnings: int


def write_papers(town: DemoTown, out: Path) -> WrittenPapers:
    """Write every paper; the report is read back from Word and checked."""
    report = list(_write_report(town, out))
    findings = check_report(
        read_report(report[0], shipped_data.load_form()), shipped_data.load_form(), wording=load_wordlist()
    )
    papers = (
        *report,
        *_write_bulletins(town, out / BULLETINS_FOLDER),
        *_write_assessment(town, out),
        *_write_coverage(town, out),
        *_write_sheet(town, out),
        _write_file(out / f"{town.year}年办理日期.ics", person_ics(town.app, CALENDAR_PERSON)),
        *_write_chats(town, out / CHATS_FOLDER),
    )
    return WrittenPapers(
        papers=papers,
        errors=sum(finding.severity is Severity.ERROR for finding in findings),
        warnings=sum(finding.severity is Severity.WARNING for finding in findings),
    )


def _write_report(town: DemoTown, out: Path) -> Iterator[Path]:
    """Write the sealed annual report in every format."""
    annual = annual_report(town.app, town.year)
    for suffix in FORMATS:
        paper = out / f"{town.year}年政府信息公开工作年度报告.{suffix}"
        yield _write_file(paper, annual.content(suffix))


def _write_bulletins(town: DemoTown, folder: Path) -> Iterator[Path]:
    """Write each month's bulletin, byte for byte as signed, and its picture for phones."""
    duty, say = bulletin_kinds(town.app).bulletin_duty, phrasebook("zh").say
    for month in (date(town.year, number, 1) for number in range(1, 13)):
        name = month_reference(month)
        laid = load_submitted_text(town.app, town.case(town.find(duty.kind, name)), duty)
        yield _write_file(folder / f"{name}.docx", next(iter(laid.files.values())))
        yield _write_file(folder / f"{name}.png", bulletin_png(draw_bulletin(town.app, month), say))


def _write_assessment(town: DemoTown, out: Path) -> Iterator[Path]:
    made, say = draw_assessment(town.app, town.year), phrasebook("zh").say
    yield _write_file(out / f"{town.year}年村级信息报送考核.xlsx", assessment_xlsx(made, say))
    yield _write_file(out / f"{town.year}年村级信息报送考核.docx", assessment_docx(made, say))


def _write_coverage(town: DemoTown, out: Path) -> Iterator[Path]:
    """How far the year covered the office's catalogue, as a picture."""
    found = year_coverage(town.app, town.year)
    content = coverage_png(found, town.app.office.name, town.year, phrasebook("zh").say)
    yield _write_file(out / f"{town.year}年公开目录覆盖情况.png", content)


def _write_sheet(town: DemoTown, out: Path) -> Iterator[Path]:
    """Write the processing sheet and the proof of the text that a deputy signed."""
    app, book = town.app, phrasebook("zh")
    chosen = next(text for text in TEXTS if text.kind == "deputy")
    case = town.case(town.find(DUTY.kind, f"{town.year}-{chosen.month:02}{chosen.title}"))
    laid = load_submitted_text(app, case, DUTY)
    labels = Labels(book=book, office=app.office)
    yield _write_file(
        out / f"公文处理单-{chosen.title}.docx", sheet_docx(build_processing_sheet(laid, labels), book.say)
    )
    proof = json.dumps(proof_data(app, laid), ensure_ascii=True, indent=1)
    yield _write_file(out / f"审签证明-{chosen.title}.json", proof.encode("ascii"))


def _write_chats(town: DemoTown, folder: Path) -> Iterator[Path]:
    """Write each post's chat as a text."""
    for person in town.app.office.people:
        lines = town.channel.chats.get(person.id, [])
        if lines:
            text = "\n\n".join(_chat_line_text(person.post, line) for line in _without_button_edits(lines))
            yield _write_file(folder / f"{person.post}.txt", f"{text}\n".encode())


def _without_button_edits(lines: list[ChatLine]) -> Iterator[ChatLine]:
    """The chat without the edits that only removed buttons."""
    said = ""
    for line in lines:
        if not (line.edited and line.text in said):
            yield line
        said = said if line.own else f"{said[-MAX_ENTRIES_READ:]}\n{line.text}"


def _chat_line_text(post: str, line: ChatLine) -> str:
    at = clock_time(line.at)
    if line.own:
        return f"{at}  {post}：{line.text}"
    mark = "（改）" if line.edited else ""
    buttons = "\n" + " ".join(f"［{label}］" for label in line.buttons) if line.buttons else ""
    indented = (line.text + buttons).replace("\n", "\n    ")
    return f"{at}  公开{mark}：\n    {indented}"


def _write_file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
