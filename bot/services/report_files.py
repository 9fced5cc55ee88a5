"""Checks many reports: a folder, several files or an archive, each paired with last year's of the same agency."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import GongkaiError, Unreadable
from config.findings import Finding, Severity
from config.reporting.form import ReportForm
from storage.proofread.wordlist import Wordlist
from storage.reading.report.reader import is_report_name, read_report, unpack_reports
from storage.report_checks.check import ReportCheck, inspect_report
from storage.reporting.report import Report

READERS = 2  # files read at once, each in a process of its own
MAX_FILES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReport:
    """One file: its report and check, or why it could not be read."""

    path: Path
    report: Report | None = None
    check: ReportCheck | None = None
    refusal: GongkaiError | None = None
    previous: Path | None = None
    """The file of last year's report that it was compared with."""

    def count(self, severity: Severity) -> int:
        """How many findings of a severity there are."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, errors first."""
        found = self.check.findings if self.check else ()
        return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))

    @property
    def exit_code(self) -> int:
        """0 clean or warnings only, 1 errors, 2 unreadable."""
        return 2 if self.refusal else int(self.count(Severity.ERROR) > 0)


@contextmanager
def report_files(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The files that paths stand for: folders are searched, archives unpacked for the time of the check."""
    with tempfile.TemporaryDirectory(prefix="gongkai-check-") as folder:
        found: list[Path] = []
        for number, path in enumerate(paths):
            found += _files_of(path, Path(folder) / str(number))
        yield found[:MAX_FILES]


def _files_of(path: Path, unpacked: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file() and is_report_name(each.name))
    if path.suffix.lower() == ".zip" and path.is_file():
        return unpack_reports(path, unpacked)
    return [path]


def check_files(
    paths: Iterable[Path],
    form: ReportForm,
    wording: Wordlist,
    *,
    previous: Path | None = None,
    part: int = 0,
    done: Callable[[], object] = lambda: None,
) -> list[CheckedReport]:
    """Check every file, in the order given; ``done`` is called after each file is read and after it is checked."""
    with ThreadPoolExecutor(READERS) as pool:
        files = list(pool.map(lambda path: _read(path, form, part, done), paths))
    last = _read(previous, form, 0, lambda: None) if previous else None
    if last and last.refusal:
        raise last.refusal
    checked = []
    for file in files:
        before = last or _last_years(file, files)
        checked.append(_check(file, before, form, wording))
        done()
    return checked


def _read(path: Path, form: ReportForm, part: int, done: Callable[[], object]) -> CheckedReport:
    try:
        return CheckedReport(path=path, report=read_report(path, form, part))
    except Unreadable as refused:
        return CheckedReport(path=path, refusal=refused)
    finally:
        done()


def _last_years(file: CheckedReport, files: Sequence[CheckedReport]) -> CheckedReport | None:
    """The file among those given with the same agency's report of the year before."""
    if file.report is None or not file.report.agency:
        return None
    wanted = (_plain(file.report.agency), file.report.year - 1)
    return next(
        (each for each in files if each.report and (_plain(each.report.agency), each.report.year) == wanted),
        None,
    )


def _plain(agency: str) -> str:
    return re.sub(r"[（(][^）)]{0,20}[）)]|(?:人民)?政府$|\s", "", agency)


def _check(
    file: CheckedReport, before: CheckedReport | None, form: ReportForm, wording: Wordlist
) -> CheckedReport:
    if file.report is None:
        return file
    last = before.report if before else None
    check = inspect_report(file.report, form, previous=last, wording=wording)
    return replace(file, check=check, previous=before.path if before else None)
