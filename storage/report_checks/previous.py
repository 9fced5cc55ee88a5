"""This year's report against last year's: what was carried out must be carried in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.findings import Finding, Severity
from config.reporting.form import Form
from storage.report_checks.figures import cell_finding, numbers
from storage.reporting.report import Report, plain


def check_previous(report: Report, previous: Report, form: Form) -> Iterator[Finding]:
    """Every break between two years; only one finding where the other report is not last year's."""
    if report.year == 0 or previous.year != report.year - 1:
        yield Finding(
            rule="previous.year",
            place="year",
            found=str(previous.year or "?"),
            expected=str(report.year - 1 if report.year else "?"),
            basis=form.source,
        )
        return
    yield from _agency(report, previous)
    yield from _carried(report, previous, form)
    yield from _in_force(report, previous, form)


def _agency(report: Report, previous: Report) -> Iterator[Finding]:
    names = [re.sub(r"[（(].*|(?:人民)?政府$|\s", "", name) for name in (previous.agency, report.agency)]
    if all(names) and names[0] != names[1]:
        yield Finding(
            rule="previous.agency",
            severity=Severity.WARNING,
            place="agency",
            found=previous.agency,
            expected=report.agency,
        )


def _carried(report: Report, previous: Report, form: Form) -> Iterator[Finding]:
    for column in form.columns3:
        cell = f"table3.carried_in.{column.key}"
        now = numbers(report.figures, [cell])
        last = numbers(previous.figures, [f"table3.carried_out.{column.key}"])
        if now and last and now != last:
            yield cell_finding(
                "previous.carried_in", cell, form, found=plain(now[0]), expected=plain(last[0])
            )


def _in_force(report: Report, previous: Report, form: Form) -> Iterator[Finding]:
    for row in ("regulations", "normative_documents"):
        cell = f"table2.{row}.in_force"
        now = numbers(report.figures, [f"table2.{row}.{key}" for key in ("in_force", "issued", "repealed")])
        last = numbers(previous.figures, [cell])
        if not now or not last:
            continue
        expected = last[0] + now[1] - now[2]
        if now[0] != expected:
            words = {"last": plain(last[0]), "issued": plain(now[1]), "repealed": plain(now[2])}
            yield Finding(
                rule="previous.in_force",
                place=cell,
                column=form.label(cell),
                found=plain(now[0]),
                expected=plain(expected),
                basis=form.source,
                words=words,
            )
