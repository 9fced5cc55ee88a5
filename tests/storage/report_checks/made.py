"""Reports made for the tests: a whole one that adds up, and copies with single cells changed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from config.findings import Finding, Severity
from config.reporting.form import FEE_CELL, SECTION_KEYS
from config.shipped_data import load_form
from storage.reading.report.reader import read_report
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from storage.reporting.report import Figure, Report, Section
from tests.paths import SHARED

HERE = Path(__file__).parent
FORM = load_form()
WORDING = load_wordlist()
SEED = SHARED / "seed" / "zhaoduba-2023.txt"
CLEAN_TEXTS = {
    "overview": ("本机关按规定开展主动公开、依申请公开、政府信息管理、平台建设和监督保障工作。",),
    "problems": ("存在的主要问题：公开不够及时。", "改进情况：按月检查。"),
    "other": ("本年度收取信息处理费0元。", "本报告数据仅含本机关。"),
}


def published(number: str) -> Report:
    return read_report(SHARED / "reports" / f"{number}.json", FORM)


def situations(name: str) -> list[dict]:
    """A table of situations a clerk can write."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))["case"]


def settled(inner: Mapping[str, int]) -> dict[str, Figure]:
    """Figures that add up, from the cells that are free: kinds × rows of table 3, outcomes of table 4."""
    figures: dict[str, Figure] = {cell: Decimal(0) if cell == FEE_CELL else 0 for cell in FORM.cells}
    figures.update(inner)
    for kind in FORM.kinds:
        results = sum(figures[f"table3.{row}.{kind}"] for row in FORM.results)
        open_ = figures[f"table3.carried_out.{kind}"]
        figures[f"table3.results_total.{kind}"] = results
        figures[f"table3.received.{kind}"] = results + open_
        figures[f"table3.carried_in.{kind}"] = 0
    for row in FORM.rows3:
        figures[f"table3.{row.key}.total"] = sum(figures[f"table3.{row.key}.{kind}"] for kind in FORM.kinds)
    for group, _parent in FORM.groups4:
        parts = ("upheld", "corrected", "other", "pending")
        figures[f"table4.{group.key}.total"] = sum(figures[f"table4.{group.key}.{part}"] for part in parts)
    return figures


def report_of(figures: Mapping[str, Figure], **parts: object) -> Report:
    """A town's report with every section and nothing to find but what the figures say."""
    sections = tuple(
        Section(key=key, heading=heading, paragraphs=CLEAN_TEXTS.get(key, ("按规定开展。",)))
        for key, heading in zip(SECTION_KEYS, FORM.headings, strict=True)
    )
    given = {"agency": "清水镇人民政府", "year": 2025, "edition": "2021", "sections": sections, **parts}
    return Report(figures=dict(figures), **given)


@cache
def clean() -> Report:
    """A year with every cell of its own number, so that no mistake can hide behind a zero."""
    free = [f"table3.{row}.{kind}" for row in (*FORM.results, "carried_out") for kind in FORM.kinds]
    free += [f"table4.{group.key}.{part}" for group, _ in FORM.groups4 for part in ("upheld", "corrected")]
    inner = {cell: at + 1 for at, cell in enumerate(free)}
    return report_of(settled(inner) | {FEE_CELL: Decimal("12.50")})


def with_cell(report: Report, cell: str, figure: Figure) -> Report:
    return replace(report, figures={**report.figures, cell: figure})


def with_text(report: Report, text: str, key: str = "requests") -> Report:
    """The same report with one paragraph more in a section."""
    return replace(
        report,
        sections=tuple(
            replace(section, paragraphs=(*section.paragraphs, text)) if section.key == key else section
            for section in report.sections
        ),
    )


def found(report: Report, **options: object) -> tuple[Finding, ...]:
    return check_report(report, FORM, wording=WORDING, **options)


def rules(findings: tuple[Finding, ...], severity: Severity | None = None) -> list[tuple[str, str]]:
    """Rule and place of each, in order."""
    return [(item.rule, item.place) for item in findings if severity in {None, item.severity}]
