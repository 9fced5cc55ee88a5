"""The coverage of an office's catalogue in a year, for command and page alike: table, sentence and picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.services.app import OfficeApp
from config.declarations.keys import MATTER_KIND, PUBLICATION_KIND, WITHHELD_REVIEWED_STEP
from storage.documents.catalogue.office_lists import (
    PublishedText,
    WithheldInformation,
    published_texts,
    withheld_information,
)
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case, CaseLine
from storage.reporting.coverage import SubjectCoverage, all_matters, coverage


def year_coverage(app: OfficeApp, year: int) -> tuple[SubjectCoverage, ...]:
    """Read the coverage of a year from the matters of the log."""
    with app.log() as log:
        return index_coverage(CaseProjections(log.connection, log.office, app.duties), year)


def index_coverage(index: CaseProjections, year: int) -> tuple[SubjectCoverage, ...]:
    """Read the coverage of a year from the rows of a transaction."""
    numbers = [line.number for line in index.lines_of_kind(MATTER_KIND, date.min)]
    return coverage(index.cases(numbers).values(), year)


def year_texts(app: OfficeApp, year: int) -> list[PublishedText]:
    """Read the texts that were published in a year."""
    return published_texts(_cases_of_kind(app, PUBLICATION_KIND), year)


def year_withheld(app: OfficeApp, year: int) -> list[WithheldInformation]:
    """Read what was withheld and is to be reviewed in a year (条例 art. 18)."""
    kinds = (kind for kind, duty in app.duties.items() if duty.step(WITHHELD_REVIEWED_STEP))
    cases = (case for kind in kinds for case in _cases_of_kind(app, kind))
    return withheld_information(cases, app.duties, year)


def closed_cases(app: OfficeApp) -> list[CaseLine]:
    """Read the rows of every closed case."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        lines = (line for kind in app.duties for line in index.lines_of_kind(kind, date.min))
        return [line for line in lines if line.closed_on]


def _cases_of_kind(app: OfficeApp, kind: str) -> list[Case]:
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        numbers = [line.number for line in index.lines_of_kind(kind, date.min)]
        return list(index.cases(numbers).values())


def coverage_words(found: Sequence[SubjectCoverage]) -> dict[str, Any]:
    """The figures of the sentence for section six (三), by the names of its phrase."""
    matters = list(all_matters(found))
    return {
        "subjects": len(found),
        "matters": len(matters),
        "covered": sum(bool(matter.published) for matter in matters),
        "texts": sum(matter.published for matter in matters),
        "declared": sum(matter.declared and not matter.published for matter in matters),
        "silent": "、".join(matter.name for matter in matters if matter.is_silent),
    }
