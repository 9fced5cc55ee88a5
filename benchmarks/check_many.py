"""300 reports of three kinds checked at once, beside opening the same files with the libraries alone.

Run with ``python -m benchmarks.check_many``. The issue allows 2 minutes of wall-clock time.
"""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from docx import Document
from lxml import html
from openpyxl import load_workbook

from bot.services.report_files import check_files
from config.shipped_data import load_form
from storage.documents.annual_report.writer import write_report
from storage.reading.texts.wordlist_loader import load_wordlist
from tests.storage.report_checks.made import clean

COUNT = 300
KINDS = ("docx", "xlsx", "html")


def write_files(folder: Path) -> list[Path]:
    """Write the reports of ``COUNT`` towns, a third of each kind."""
    form, paths = load_form(), []
    for number in range(COUNT):
        kind = KINDS[number % len(KINDS)]
        agency = f"第{number}镇人民政府"
        title = f"{agency}2025年政府信息公开工作年度报告"
        path = folder / f"{number:03d}.{kind}"
        path.write_bytes(write_report(replace(clean(), agency=agency, title=title), form, kind))
        paths.append(path)
    return paths


def open_alone(paths: list[Path]) -> None:
    """Open every file with its library, and read no report from it."""
    readers = {
        ".docx": lambda content: Document(BytesIO(content)),
        ".xlsx": lambda content: load_workbook(BytesIO(content)),
        ".html": html.document_fromstring,
    }
    for path in paths:
        readers[path.suffix](path.read_bytes())


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder))
        began = time.perf_counter()
        open_alone(paths)
        alone = time.perf_counter() - began
        began = time.perf_counter()
        checked = check_files(paths, load_form(), load_wordlist())
        took = time.perf_counter() - began
    read = sum(each.check is not None for each in checked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{read} of {COUNT} reports checked in {took:.1f} s; opening them alone {alone:.1f} s; "
        f"ratio {took / alone:.1f}; peak {peak} MB beside the readers"
    )


if __name__ == "__main__":
    main()
