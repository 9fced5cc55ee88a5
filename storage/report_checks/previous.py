"""Checks a report against last year's: requests carried over and stocks must continue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.findings import Finding, Severity
from config.reporting.form import ReportForm
from storage.report_checks.figures import as_numbers, cell_finding
from storage.reporting.report import Report, format_figure


def check_previous(report: Report, previous: Report, form: ReportForm) -> Iterator[Finding]:
    """Yield every break between two years; a single finding where the other report is not last year's."""
    if report.year == 0 or previous.year != report.year - 1:
        yield Finding(
            rule="previous.year",
            place="year",
            found=str(previous.year or "?"),
            expected=str(report.year - 1 if report.year else "?"),
            basis=form.source,
        )
        return
    yield from _check_agency(report, previous)
    yield from _check_carried_in(report, previous, form)
    yield from _check_in_force(report, previous, form)
    yield from _check_unfinished(report, previous, form)


def _check_agency(report: Report, previous: Report) -> Iterator[Finding]:
    names = [re.sub(r"[（(].*|(?:人民)?政府$|\s", "", name) for name in (previous.agency, report.agency)]
    if all(names) and names[0] != names[1]:
        yield Finding(
            rule="previous.agency",
            severity=Severity.WARNING,
            place="agency",
            found=previous.agency,
            expected=report.agency,
        )


def _check_carried_in(report: Report, previous: Report, form: ReportForm) -> Iterator[Finding]:
    for column in form.columns3:
        cell = f"table3.carried_in.{column.key}"
        now = as_numbers(report.figures, [cell])
        last = as_numbers(previous.figures, [f"table3.carried_out.{column.key}"])
        if now and last and now != last:
            yield cell_finding(
                "previous.carried_in",
                cell,
                form,
                found=format_figure(now[0]),
                expected=format_figure(last[0]),
            )


def _check_in_force(report: Report, previous: Report, form: ReportForm) -> Iterator[Finding]:
    for row in ("regulations", "normative_documents"):
        cell = f"table2.{row}.in_force"
        now = as_numbers(
            report.figures, [f"table2.{row}.{key}" for key in ("in_force", "issued", "repealed")]
        )
        last = as_numbers(previous.figures, [cell])
        if not now or not last:
            continue
        expected = last[0] + now[1] - now[2]
        if now[0] != expected:
            words = {
                "last": format_figure(last[0]),
                "issued": format_figure(now[1]),
                "repealed": format_figure(now[2]),
            }
            yield Finding(
                rule="previous.in_force",
                place=cell,
                column=form.label(cell),
                found=format_figure(now[0]),
                expected=format_figure(expected),
                basis=form.source,
                words=words,
            )


def _check_unfinished(report: Report, previous: Report, form: ReportForm) -> Iterator[Finding]:
    """Warn where fewer disputes are reported than last year left pending: they go on, and are counted again."""
    for group, _parent in form.groups4:
        cell = f"table4.{group.key}.total"
        now = as_numbers(report.figures, [cell])
        last = as_numbers(previous.figures, [f"table4.{group.key}.pending"])
        if now and last and now[0] < last[0]:
            yield Finding(
                rule="previous.unfinished",
                severity=Severity.WARNING,
                place=cell,
                column=form.label(cell),
                found=format_figure(now[0]),
                expected=format_figure(last[0]),
                basis=form.source,
            )
