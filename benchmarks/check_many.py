"""A folder of 300 reports checked by the command, with table and comments, beside opening the same files alone.

Run with ``python -m benchmarks.check_many``. The issue allows 2 minutes of wall-clock time. A quarter each is docx,
doc, pdf and html; those of doc and pdf are the samples of the tests, one report under many names.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import olefile
import pdfplumber
from docx import Document
from lxml import html

from config.shipped_data import load_form
from storage.documents.annual_report.writer import write_report
from tests.storage.report_checks.kinds import sample
from tests.storage.report_checks.made import clean

COUNT = 300
KINDS = ("docx", "doc", "pdf", "html")


def write_files(folder: Path) -> list[Path]:
    """Write ``COUNT`` reports, a quarter of each kind."""
    form, paths = load_form(), []
    for number in range(COUNT):
        kind = KINDS[number % len(KINDS)]
        agency = f"第{number}镇人民政府"
        report = replace(clean(), agency=agency, title=f"{agency}2025年政府信息公开工作年度报告")
        path = folder / f"{number:03d}.{kind}"
        made = sample(kind)(report) if kind in {"doc", "pdf"} else write_report(report, form, kind)
        path.write_bytes(made)
        paths.append(path)
    return paths


def _pages(content: bytes) -> None:
    with pdfplumber.open(BytesIO(content)) as book:
        for page in book.pages:
            page.extract_text()


OPEN: dict[str, Callable[[bytes], object]] = {
    ".docx": lambda content: Document(BytesIO(content)),
    ".doc": lambda content: olefile.OleFileIO(BytesIO(content)).openstream("WordDocument").read(),
    ".pdf": _pages,
    ".html": html.document_fromstring,
}


def open_alone(paths: list[Path]) -> None:
    """Open every file with its library, and read no report from it."""
    for path in paths:
        OPEN[path.suffix](path.read_bytes())


def check(reports: Path, home: Path) -> None:
    """Check the folder as a person does. Raises CalledProcessError where a report could not be read."""
    command = [sys.executable, "-m", "bot", "check", str(reports)]
    command += ["--out", str(home / "table.xlsx"), "--comments", str(home / "comments")]
    environment = {"GONGKAI_HOME": str(home), "PYTHONUTF8": "1"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def main() -> None:
    """Print both times, their ratio, and the processor time of the command with its readers."""
    with tempfile.TemporaryDirectory() as folder:
        reports, home = Path(folder) / "reports", Path(folder) / "home"
        reports.mkdir()
        home.mkdir()
        paths = write_files(reports)
        began = time.perf_counter()
        open_alone(paths)
        alone = time.perf_counter() - began
        began = time.perf_counter()
        check(reports, home)
        took = time.perf_counter() - began
        papers = len([*(home / "comments").iterdir()])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{papers} of {COUNT} reports checked and written in {took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of "
        f"processor; opening them alone {alone:.1f} s; ratio {took / alone:.1f}; peak {used.ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    main()
