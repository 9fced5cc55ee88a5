"""Sentences of published reports, right and wrong ones, each judged as its line of the table says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from config.reporting.form import SECTION_KEYS
from storage.reporting.report import Report, Section
from tests.storage.report_checks.made import CLEAN_TEXTS, FORM, found, report_of, rules, situations

FREE = {
    "table3.granted.natural_person": 55,
    "table3.granted.business": 7,
    "table3.partly_granted.natural_person": 15,
    "table3.partly_granted.business": 7,
    "table3.not_held.natural_person": 4,
    "table3.carried_in.natural_person": 6,
    "table3.carried_out.natural_person": 7,
    "table3.received.natural_person": 75,
    "table3.received.business": 14,
    "table3.results_total.natural_person": 74,
    "table3.results_total.business": 14,
    "table3.received.total": 89,
    "table3.carried_in.total": 6,
    "table3.granted.total": 62,
    "table3.partly_granted.total": 22,
    "table3.not_held.total": 4,
    "table3.results_total.total": 88,
    "table3.carried_out.total": 7,
    "table2.licences.decisions": 20000,
    "table2.penalties.decisions": 1472,
    "table2.normative_documents.issued": 4,
    "table2.normative_documents.repealed": 5,
    "table2.normative_documents.in_force": 33,
    "table4.reconsideration.upheld": 12,
    "table4.reconsideration.pending": 1,
    "table4.reconsideration.total": 13,
    "table4.litigation_direct.upheld": 1,
    "table4.litigation_direct.total": 1,
}
NEUTRAL = "本机关按规定开展主动公开、依申请公开、政府信息管理、平台建设和监督保障工作。"


@cache
def county() -> Report:
    """A county's report whose tables are right and in which nothing is to be found."""
    texts = {**CLEAN_TEXTS, "overview": (NEUTRAL,)}
    sections = tuple(
        Section(key=key, heading=heading, paragraphs=texts.get(key, ("按规定开展。",)))
        for key, heading in zip(SECTION_KEYS, FORM.headings, strict=True)
    )
    figures = {cell: FREE.get(cell, 0) for cell in FORM.cells}
    return report_of(
        figures, agency="某县人民政府", title="某县人民政府2025年政府信息公开工作年度报告", sections=sections
    )


def with_sentence(report: Report, text: str) -> Report:
    """The report with one paragraph more in section one."""
    first, *rest = report.sections
    return replace(report, sections=(replace(first, paragraphs=(*first.paragraphs, text)), *rest))


def test_the_report_itself_is_clean():
    assert rules(found(county())) == []


@pytest.mark.parametrize("case", situations("published_sentences"), ids=lambda case: case["text"][:24])
def test_each_sentence_is_judged_as_its_line_says(case):
    findings = found(with_sentence(county(), case["text"]))
    assert [f"{item.rule} {item.found}" for item in findings] == case.get("rules", [])
