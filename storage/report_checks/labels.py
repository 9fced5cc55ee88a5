"""The frame of the report against the form: headings, labels, and what must be said somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.findings import Finding, Severity
from config.reporting.form import SECTION_KEYS, ReportForm
from storage.proofread.wordlist import Wordlist
from storage.report_checks.figures import as_number
from storage.reporting.report import Report, Section, format_figure

ARTICLE_50 = "《中华人民共和国政府信息公开条例》第五十条"
FEES = "国办函〔2020〕109号"
REGULATIONS = "《中华人民共和国立法法》第九十一条、第九十三条"


def check_labels(report: Report, form: ReportForm) -> Iterator[Finding]:
    """Yield headings and labels that differ from the official ones, and a missing year or agency."""
    if not report.year:
        yield _warning("report.no_year", "year")
    if not report.agency:
        yield _warning("report.no_agency", "agency")
    yield from _check_headings(report, form)
    for place, found in report.labels.items():
        official = official_label(place, form)
        rule = "labels.changed" if official else "labels.unknown"
        yield _warning(rule, place, found=found, expected=official, basis=form.source)


def _warning(rule: str, place: str, *, found: str = "", expected: str = "", basis: str = "") -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, place=place, found=found, expected=expected, basis=basis
    )


def _check_headings(report: Report, form: ReportForm) -> Iterator[Finding]:
    """Yield a warning for each heading that is missing or differs; one note where a file has figures only."""
    if not report.sections:
        yield Finding(rule="sections.none", severity=Severity.NOTE, place="sections", basis=form.source)
        return
    for key, official in zip(SECTION_KEYS, form.headings, strict=True):
        section = report.section(key)
        if section is None:
            yield _warning("sections.absent", f"section.{key}", expected=official, basis=form.source)
        elif _without_spaces(section.heading) != _without_spaces(official):
            found = section.heading
            yield _warning(
                "labels.heading", f"section.{key}", found=found, expected=official, basis=form.source
            )


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def official_label(place: str, form: ReportForm) -> str:
    """Return the official label of a place such as ``table3.granted_days``; empty where the form has none."""
    labels = {f"table3.columns.{column.key}": column.label for column in form.columns3}
    labels |= {f"table4.columns.{column.key}": column.label for column in form.columns4}
    labels |= {f"table3.{line.key}": line.label for line in form.rows3}
    labels |= {f"table4.{group.key}": group.label for group, _parent in form.groups4}
    for block in form.table2:
        labels |= {f"table2.columns.{column.key}": column.label for column in block.columns}
        labels |= {f"table2.{line.key}": line.label for line in block.rows}
    return labels.get(place, "")


def check_contents(report: Report, form: ReportForm, wording: Wordlist, level: str) -> Iterator[Finding]:
    """Yield what the report must not contain, and what it must contain and lacks."""
    yield from _check_regulations(report, form, wording, level)
    yield from _check_scope(report, form, wording)
    if report.sections:
        yield from _check_problems(report.section("problems"), wording)
        yield from _check_fee(report, wording)


def _check_regulations(report: Report, form: ReportForm, wording: Wordlist, level: str) -> Iterator[Finding]:
    """Warn of 规章 counted by an agency that cannot make them: only departments, provinces and cities can."""
    if level in wording.makers:
        return
    cells = [cell for cell in form.cells if cell.startswith("table2.regulations.")]
    counted = [cell for cell in cells if as_number(report.figures.get(cell))]
    if counted:
        found = "、".join(f"{form.label(cell)} {format_figure(report.figures[cell])}" for cell in counted)
        yield _warning("table2.regulations", counted[0], found=found, expected="0", basis=REGULATIONS)


def _check_scope(report: Report, form: ReportForm, wording: Wordlist) -> Iterator[Finding]:
    said = (report.scope, report.agency, report.title, *_texts(report))
    if not report.scope and not any(wording.said["scope"].search(text) for text in said):
        yield _warning("report.no_scope", "scope", basis=form.source)


def _texts(report: Report) -> Iterator[str]:
    yield from report.preamble
    for section in report.sections:
        yield from section.paragraphs


def _check_problems(section: Section | None, wording: Wordlist) -> Iterator[Finding]:
    """Warn where the section on problems and improvements is empty or says 无: they must be named."""
    if section is None:
        return  # reported already as a missing heading
    nothing = wording.said["nothing"]
    if all(nothing.match(text.strip()) for text in section.paragraphs):
        found = " ".join(section.paragraphs)
        yield _warning("sections.problems_empty", "section.problems", found=found, basis=ARTICLE_50)


def _check_fee(report: Report, wording: Wordlist) -> Iterator[Finding]:
    """Warn where section six does not state the amount of information fees, which it must even for 0 yuan."""
    section = report.section("other")
    texts = section.paragraphs if section else ()
    if any(wording.said["fee_figure"].search(text) for text in texts):
        return
    told = next((text for text in texts if wording.said["fee"].search(text)), "")
    unpaid = as_number(report.figures.get("table3.fee_unpaid.total")) or 0
    collected = next((text for text in _texts(report) if wording.said["fee_collected"].search(text)), "")
    if not told and (collected or unpaid > 0):
        yield _warning(
            "sections.fee_silent", "section.other", found=collected[:60] or format_figure(unpaid), basis=FEES
        )
    else:
        rule = "sections.fee_without_figure" if told else "sections.fee_missing"
        yield _warning(rule, "section.other", found=told[:60], expected="0元", basis=FEES)
