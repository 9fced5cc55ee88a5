"""Checks report files that are dropped onto the page: a table of units, the findings of each, and papers to download.

Nothing is recorded. The files are on disk only while they are checked; the result stays in memory for half an hour,
for the browser that sent them.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.held_results import HELD_SECONDS
from bot.channels.web.request.request import NoSuchPage, PageRequest, UploadedFile
from bot.channels.web.texts.downloads import (
    DOCUMENT_LANGUAGE,
    DOCX_MEDIA_TYPE,
    XLSX_MEDIA_TYPE,
    as_download,
)
from bot.language.phrasebook import office_phrasebook
from bot.services.report_files import CheckedReport, check_files, report_files
from config import shipped_data
from config.errors import Refusal
from config.findings import Severity
from storage.reading.formats.errors import read_error
from storage.reading.report.reader import KIND_BY_SUFFIX

MAX_REPORTS = 60  # reports in one form, those in archives counted: seven seconds for short ones
WAIT_SECONDS = 60.0  # for the check of somebody else to end: each takes both processors
ZIP_MEDIA_TYPE = "application/zip"
_ONE_AT_A_TIME = threading.Lock()
_RESULT_BYTES = 200_000  # of a report in memory, its papers not counted


class TooManyReports(Refusal):
    """Those are {count} reports, and the page checks {most} at once. Send them in parts."""


class ChecksBusy(Refusal):
    """Somebody else's reports are being checked. Send yours again in a minute; nothing of them was kept."""


class CheckRanOut(NoSuchPage):
    """A check is shown for {minutes} minutes, and only where it was asked for. Drop the files again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPaper:
    """A paper about checked reports: the name of its file, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """What one form was answered with."""

    checked: tuple[CheckedReport, ...]
    workbook: CheckPaper
    papers: tuple[CheckPaper | None, ...]
    """The paper of each report, in their order; None where a file could not be read."""

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        made = [self.workbook, *(paper for paper in self.papers if paper)]
        return sum(len(paper.content) for paper in made) + _RESULT_BYTES * len(self.checked)


def checks_page(page: PageRequest) -> Response:
    """The form onto which reports are dropped."""
    return _form_page(page)


def check_dropped_reports(page: PageRequest) -> Response:
    """Check the files of the form, and go to their table. A refusal stands above the form."""
    if page.session is None:
        raise NoSuchPage
    try:
        result = _check(page)
    except Refusal as refused:
        return _form_page(page, page.labels.book.error(refused), 422)
    token = page.web_app.held_results.hold(page.session.id, result, result.size)
    return page.redirect(f"/checks/{token}")


def check_page(page: PageRequest) -> Response:
    """The table of a check, and the findings of each report. CheckRanOut where it is no longer there."""
    result = _held(page)
    lines = list(zip(result.checked, result.papers, strict=True))
    return page.render(
        "check.html",
        lines=lines,
        severity=Severity,
        token_of_check=page.request.path_params["token"],
        errors=sum(one.count(Severity.ERROR) for one in result.checked),
        warnings=sum(one.count(Severity.WARNING) for one in result.checked),
        unreadable=sum(one.refusal is not None for one in result.checked),
        minutes=_minutes(),
    )


def findings_file(page: PageRequest) -> Response:
    """The workbook of all findings."""
    workbook = _held(page).workbook
    return as_download(workbook.content, workbook.name, XLSX_MEDIA_TYPE)


def all_papers_file(page: PageRequest) -> Response:
    """The workbook and every paper in one archive."""
    result = _held(page)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(result.workbook.name, result.workbook.content)
        for number, paper in enumerate(result.papers, start=1):
            if paper:
                archive.writestr(f"{number:03d}-{paper.name}", paper.content)
    name = page.say("page.check.archive")
    return as_download(packed.getvalue(), f"{name}.zip", ZIP_MEDIA_TYPE)


def paper_file(page: PageRequest) -> Response:
    """The paper of one report: itself with comments, or a sheet of its findings."""
    papers = _held(page).papers
    place = page.path_number("position") - 1
    paper = papers[place] if 0 <= place < len(papers) else None
    if paper is None:
        raise NoSuchPage
    return as_download(paper.content, paper.name, DOCX_MEDIA_TYPE)


def _form_page(page: PageRequest, problem: str = "", status: int = 200) -> Response:
    return page.render(
        "checks.html",
        status,
        problem=problem,
        most=MAX_REPORTS,
        minutes=_minutes(),
        endings=",".join([*KIND_BY_SUFFIX, ".zip"]),
    )


def _minutes() -> int:
    return round(HELD_SECONDS / 60)


def _held(page: PageRequest) -> PageCheck:
    owner = page.session.id if page.session else ""
    found = page.web_app.held_results.find(owner, page.request.path_params["token"])
    if not isinstance(found, PageCheck):
        raise CheckRanOut(minutes=_minutes())
    return found


def _check(page: PageRequest) -> PageCheck:
    if not page.files:
        raise NotFilled(label=page.say("page.check.files"))
    if not _ONE_AT_A_TIME.acquire(timeout=WAIT_SECONDS):
        raise ChecksBusy
    try:
        with _on_disk(page.files) as sent, report_files(sent) as paths:
            return _checked(page, paths)
    finally:
        _ONE_AT_A_TIME.release()


def _checked(page: PageRequest, paths: Sequence[Path]) -> PageCheck:
    # The word lists and the libraries of Word and Excel are for those who check.
    from bot.services.report_review import findings_workbook, review_paper  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415

    if not paths:
        names = "、".join(file.name for file in page.files)
        raise read_error(names, "no_reports", known="、".join(KIND_BY_SUFFIX))
    if len(paths) > MAX_REPORTS:
        raise TooManyReports(count=len(paths), most=MAX_REPORTS)
    checked = check_files(paths, shipped_data.load_form(), load_wordlist())
    book = office_phrasebook(page.app.office, DOCUMENT_LANGUAGE)
    papers = [_paper(review_paper(one, book)) if one.check else None for one in checked]
    workbook = CheckPaper(
        name=f"{book.say('check.sheet.findings')}.xlsx", content=findings_workbook(checked, book)
    )
    return PageCheck(checked=tuple(checked), workbook=workbook, papers=tuple(papers))


def _paper(made: tuple[str, bytes]) -> CheckPaper:
    name, content = made
    return CheckPaper(name=name, content=content)


@contextmanager
def _on_disk(files: Sequence[UploadedFile]) -> Iterator[list[Path]]:
    """The files under their own names, each in a folder of its own, until they are checked."""
    with tempfile.TemporaryDirectory(prefix="gongkai-sent-") as folder:
        paths = []
        for number, file in enumerate(files):
            name = re.sub(r'[\\/:*?"<>|\0]|^\.+', "_", file.name)[-80:]
            path = Path(folder, str(number), name)
            path.parent.mkdir()
            path.write_bytes(file.content)
            paths.append(path)
        yield paths
