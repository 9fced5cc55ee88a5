"""Builds the annual report: figures from the counted rows, prose from the office's templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from config.declarations.duty import Duties
from config.office.model import Office
from config.reporting.form import SECTION_KEYS, ReportForm
from storage.reporting.narrative import choose_templates, render_prose
from storage.reporting.report import Figure, Report, Section
from storage.reporting.sealed_years import CarryOver
from storage.reporting.statistics import ProjectionReader, ReportCounts, count_year, figures_of, period_of


def build_annual_report(
    rows: ProjectionReader,
    duties: Duties,
    form: ReportForm,
    office: Office,
    templates: Mapping[str, str],
    *,
    year: int,
    as_of: date | None = None,
    carry_over: CarryOver | None = None,
    last: Mapping[str, Figure] | None = None,
) -> tuple[Report, ReportCounts]:
    """A year's report with its figures as of the end of ``as_of``, and the counts with their sources.

    ``carry_over`` is what an open year takes over from a sealed one; ``last`` the published figures of the year
    before, with which the prose compares.
    Raises BadInput when a template of the office is faulty.
    """
    tally = count_year(rows, duties, period_of(year, as_of))
    if carry_over:
        carry_over.apply_to(tally)
    figures = figures_of(tally, form)
    chosen = choose_templates(templates, year)
    preamble, prose = render_prose(chosen, figures, office, year, tally.prose_figures, last=last)
    report = Report(
        agency=office.report.heading or office.name,
        year=year,
        edition=form.edition,
        figures=figures,
        preamble=preamble,
        sections=tuple(
            Section(key=key, heading=heading, paragraphs=prose[key])
            for key, heading in zip(SECTION_KEYS, form.headings, strict=True)
        ),
        findings=tuple(tally.findings),
        scope=office.scope_words,
    )
    return report, tally
