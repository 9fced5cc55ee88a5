"""Checks the prose of a report: numbers that differ from the tables, and wrong expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from config.findings import Finding
from config.reporting.form import PREAMBLE, ReportForm
from storage.proofread.expressions import half_width_digits, review_wording
from storage.proofread.passages import Passage
from storage.proofread.wordlist import AgencyLevel, Wordlist
from storage.report_checks.counting.comparisons import Comparison, ProseComparer, comparison_finding
from storage.report_checks.counting.counts import REQUEST
from storage.report_checks.counting.lexicon import load_count_lexicon
from storage.report_checks.figures import check_figures
from storage.reporting.report import Report

_AREA = re.compile(r"全(?:国|省|市|州|盟|县|区|旗|镇|乡|街)(?!道)")
_SENTENCE_END = re.compile(r"(?<=[。！？\n])")
_MAX_SENTENCE_LENGTH = (
    2_000  # characters: no sentence is so long, and reading one takes the square of its length
)
_SECTION_TOPICS = {"requests": REQUEST}
"""What a section counts where its sentences do not say."""


def report_passages(report: Report) -> tuple[Passage, ...]:
    """Return every paragraph with its place: the preamble, then the sections; paragraphs are numbered from 1."""
    parts = [(PREAMBLE, report.title, report.preamble)]
    parts += [(section.key, section.heading, section.paragraphs) for section in report.sections]
    return tuple(
        Passage(
            place=f"section.{key}#{number}", text=text, words={"section": heading, "paragraph": str(number)}
        )
        for key, heading, texts in parts
        for number, text in enumerate(texts, start=1)
    )


def check_prose(
    report: Report, form: ReportForm, wording: Wordlist, comparisons: Iterable[Comparison]
) -> Iterator[Finding]:
    """Yield everything in the prose that a person should look at, and the comparisons that do not agree."""
    yield from review_wording(report_passages(report), wording, agency_level(report, wording))
    for comparison in comparisons:
        if not comparison.agrees:
            yield comparison_finding(comparison, form)


def compare_prose(report: Report, form: ReportForm, wording: Wordlist) -> list[Comparison]:
    """Return every comparison of a number in the prose with the tables, in the order of the text."""
    faulty = frozenset(finding.place for finding in check_figures(report.figures, form))
    level = agency_level(report, wording)
    comparer = ProseComparer(
        figures=report.figures,
        form=form,
        lexicon=load_count_lexicon(),
        year=report.year,
        faulty=faulty,
        own_levels=frozenset(area.removeprefix("全") for area in (level.own if level else ())),
    )
    own = _own_areas(report, level)
    found: list[Comparison] = []
    for passage in report_passages(report):
        topic = _SECTION_TOPICS.get(passage.place.removeprefix("section.").partition("#")[0], "")
        for sentence in _SENTENCE_END.split(half_width_digits(passage.text)):
            if len(sentence) <= _MAX_SENTENCE_LENGTH and set(_AREA.findall(sentence)) <= own:
                more, topic = comparer.compare(passage, sentence, topic)
                found += more
    return found


def agency_level(report: Report, wording: Wordlist) -> AgencyLevel | None:
    """Return the level of the agency by its name, or by the title where the report names it nowhere else."""
    return wording.level(report.agency) or wording.level(_agency_in_title(report))


def _agency_in_title(report: Report) -> str:
    """Return the agency at the begin of the title, for a report that names it nowhere else."""
    return re.split(r"20\d{2}|政府信息公开|政务公开", report.title)[0].strip()


def _own_areas(report: Report, level: AgencyLevel | None) -> frozenset[str]:
    """Return the words for areas whose numbers the tables may contain."""
    claimed = _AREA.findall(report.agency + report.scope + report.title)
    return frozenset([*claimed, *(level.own if level else ())])
