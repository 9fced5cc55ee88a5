"""A report in which no two figures are alike, so that a cell in the wrong place is seen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

from config.findings import Finding, Severity
from config.reporting.form import FEE_CELL, SECTION_KEYS
from config.shipped_data import load_form
from storage.documents.annual_report.writer import write_report
from storage.reporting.report import Report, Section

FORM = load_form()
AWKWARD = "甲 & 乙 <丙> \"丁\" '戊' &amp; ]]>"
FEE = Decimal("7730.28")


def sample_report() -> Report:
    figures = {cell: 1000 + number for number, cell in enumerate(FORM.cells)} | {FEE_CELL: FEE}
    headings = zip(SECTION_KEYS, FORM.headings, strict=True)
    sections = tuple(
        Section(key=key, heading=heading, paragraphs=(f"（一）{key}情况。细节{key}。", AWKWARD))
        for key, heading in headings
    )
    return Report(
        agency="东山镇人民政府",
        year=2025,
        edition="2021",
        figures=figures,
        preamble=("今年以来，“五公开”稳步推进。",),
        sections=sections,
        findings=(
            Finding(rule="table3.balance", severity=Severity.WARNING, place="table3.received.business"),
        ),
    )


@cache
def written(format_name: str) -> bytes:
    return write_report(sample_report(), FORM, format_name)


def with_figure(cell: str, figure: object) -> Report:
    report = sample_report()
    return replace(report, figures={**report.figures, cell: figure})
