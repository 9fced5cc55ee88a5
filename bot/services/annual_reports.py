"""Makes a year's annual report for the command, the page and the chat alike: figures, sources, files and annexes.

The office's own report is checked before it is submitted or sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from bot.services.app import OfficeApp
from config import shipped_data
from config.clock import OFFICE_ZONE
from config.declarations.duty import Step
from config.errors import Refusal
from config.findings import Finding
from scheduler.recording.sealing import figure_label
from storage.eventlog.derived_rows import projection_snapshot
from storage.eventlog.log import Log, position_at
from storage.eventlog.overrides import Override, overrides_of_year
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import office_events
from storage.reporting.builder import build_annual_report
from storage.reporting.report import Figure, Report
from storage.reporting.sealed_years import (
    Correction,
    SealedYear,
    SealedYears,
    decode_published,
    encode_published,
    fold_sealed_years,
)
from storage.reporting.statistics import (
    FEE_NAME,
    ProjectionReader,
    ReportCounts,
    count_year,
    period_of,
    sources_of,
)

JSON_FORMAT = "json"
CORRECTIONS_SUFFIX, OVERRIDES_SUFFIX = "更正", "放行"


class Annex(NamedTuple):
    """A paper beside the report: the suffix of its file's name, and its bytes in Word."""

    suffix: str
    content: bytes


class ReportFaulty(Refusal):
    """The report of {year} has {count} errors. Put them right, or correct what was recorded; then try again."""


@dataclass(frozen=True, kw_only=True)
class AnnualReport:
    """A year's report with everything that belongs to it.

    A sealed year's report is the published one, unless it was asked for as of a day or as known on a day.
    """

    app: OfficeApp
    report: Report
    counts: ReportCounts
    """What was counted; of a sealed year only the figures of the prose."""
    corrections: tuple[Correction, ...] = ()
    """What was recorded after the year was sealed and would change a published figure."""
    is_published: bool = False

    @cached_property
    def overrides(self) -> tuple[Override, ...]:
        """The stages that two people let pass unsigned in the year. Reads every such case of the log."""
        with self.app.log() as log:
            return tuple(overrides_of_year(log, self.app.duties, self.report.year))

    @cached_property
    def source_counts(self) -> ReportCounts:
        """The counts with their cases and entries; for a sealed year this reads the whole log."""
        return sealed_tally(self.app, self.report.year) if self.is_published else self.counts

    def sources(self, figure: str) -> tuple[list[int], list[int]]:
        """The case numbers and the positions in the log that a figure counts."""
        return sources_of(figure, self.source_counts, shipped_data.load_form())

    def content(self, format_name: str) -> bytes:
        """The report in a format; as JSON with its corrections and overrides. Refusal while a cell is empty."""
        # Only who writes a report pays for the libraries behind it.
        from storage.documents.annual_report.json_csv import json_with_corrections, json_with_overrides  # noqa: PLC0415
        from storage.documents.annual_report.writer import write_report  # noqa: PLC0415

        content = write_report(self.report, shipped_data.load_form(), format_name)
        if format_name == JSON_FORMAT:
            content = json_with_corrections(content, self.corrections) if self.corrections else content
            content = json_with_overrides(content, self.overrides) if self.overrides else content
        return content

    def annexes(self) -> Iterator[Annex]:
        """The papers that go with the report: its corrections, then the overrides; neither where there are none."""
        if self.corrections:
            from storage.documents.annual_report.annexes import corrections_annex_bytes  # noqa: PLC0415

            yield Annex(
                CORRECTIONS_SUFFIX, corrections_annex_bytes(self.report, self.corrections, figure_name)
            )
        if self.overrides:
            from storage.documents.annual_report.annexes import override_annex_bytes  # noqa: PLC0415

            yield Annex(OVERRIDES_SUFFIX, override_annex_bytes(self.report, self.overrides))


def annual_report(
    app: OfficeApp,
    year: int,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    within: Connection | None = None,
    templates: Mapping[str, str] | None = None,
) -> AnnualReport:
    """A year's report: its figures as of a legal day, and as they were known at the end of a day of recording.

    Without either a sealed year's is the published one, and an open year takes over what came late to the sealed
    ones before it. ``within`` reads inside that connection's transaction; ``templates`` are tried in place of the
    office's own. BadInput where a template is faulty.
    """
    with _log(app, within) as log:
        upto = _position_known_on(log, known_on)
        known = fold_sealed_years(
            entry for entry in office_events(log) if upto is None or entry.position <= upto
        )
        if as_of is None and year in known.sealed:
            corrections = () if known_on else tuple(known.corrections(year, shipped_data.load_form()))
            return _published_report(app, known.sealed[year], corrections)
        report, counts = build_annual_report(
            _report_rows(app, log, upto),
            app.duties,
            shipped_data.load_form(),
            app.office,
            app.templates() if templates is None else templates,
            year=year,
            as_of=as_of,
            carry_over=None if as_of else known.carry_over(year, app.duties),
            last=None if as_of else _published_figures(known.sealed.get(year - 1)),
        )
        return AnnualReport(app=app, report=report, counts=counts)


def sealed_years(app: OfficeApp) -> SealedYears:
    """The years that were sealed, and what came late to them."""
    with app.log() as log:
        return fold_sealed_years(office_events(log))


def sealed_report(app: OfficeApp, year: int) -> Report | None:
    """A year's report as it was sealed; None while the year is open."""
    seal = sealed_years(app).sealed.get(year)
    return decode_published(seal.figures).report if seal else None


def sealed_tally(app: OfficeApp, year: int) -> ReportCounts:
    """What a sealed year counted and from which entries, as the log was when it was sealed; reads the whole log."""
    with app.log() as log:
        known = fold_sealed_years(office_events(log))
        seal = known.sealed[year]
        rows = projection_snapshot(log, app.duties, upto=seal.position)
        tally = count_year(rows, app.duties, period_of(year))
        known.before(seal.position).carry_over(year, app.duties).apply_to(tally)
        return tally


def figure_name(name: str) -> str:
    """What a figure is called on the form, or in the prose."""
    form = shipped_data.load_form()
    return form.label(name) if name in form.cells else figure_label(name)


def _log(app: OfficeApp, within: Connection | None) -> AbstractContextManager[Log]:
    return app.log() if within is None else nullcontext(Log(within, app.office.slug))


def _report_rows(app: OfficeApp, log: Log, upto: int | None) -> ProjectionReader:
    """The projections; up to an earlier position of the log, a snapshot folded in memory."""
    if upto is None:
        return CaseProjections(log.connection, app.office.slug, app.duties)
    return projection_snapshot(log, app.duties, upto=upto)


def _published_figures(seal: SealedYear | None) -> Mapping[str, Figure] | None:
    """The figures that a sealed year published, those of its prose with them; None while it is not sealed."""
    if seal is None:
        return None
    published = decode_published(seal.figures)
    return {**published.report.figures, **published.prose_figures}


def _published_report(app: OfficeApp, seal: SealedYear, corrections: tuple[Correction, ...]) -> AnnualReport:
    """The report as it was published."""
    published = decode_published(seal.figures)
    fee = Decimal(published.prose_figures[FEE_NAME])
    activities = {name: int(figure) for name, figure in published.prose_figures.items() if name != FEE_NAME}
    counts = ReportCounts(fee_yuan=fee, activity_counts=activities)
    return AnnualReport(
        app=app, report=published.report, counts=counts, corrections=corrections, is_published=True
    )


def _position_known_on(log: Log, known_on: date | None) -> int | None:
    """The last position of the log that was recorded by the end of a day; None for all of it."""
    if known_on is None:
        return None
    midnight = datetime.combine(known_on + timedelta(days=1), datetime.min.time(), OFFICE_ZONE)
    return position_at(log, midnight)


def report_findings(app: OfficeApp, report: Report) -> tuple[Finding, ...]:
    """All findings about the office's own report, also against last year's sealed one."""
    # Only who checks pays for the word lists.
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415
    from storage.report_checks.check import check_report  # noqa: PLC0415

    before = sealed_report(app, report.year - 1)
    found = check_report(report, shipped_data.load_form(), previous=before, wording=load_wordlist())
    return (*report.findings, *found)


def verified_report_facts(step: Step, content: bytes, annual: AnnualReport) -> dict[str, str]:
    """The facts that record a report without errors: the fingerprints of its file and of its content."""
    published = encode_published(annual.report, annual.counts.prose_figures).encode()
    found = {step.attested_field: sha256(content).hexdigest(), step.figures: sha256(published).hexdigest()}
    return {field: digest for field, digest in found.items() if field}
