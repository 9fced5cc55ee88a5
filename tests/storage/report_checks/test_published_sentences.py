"""Sentences of published reports, right and wrong ones, each judged as its line of the table says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from config.findings import Severity
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


def _named(agency: str, text: str) -> Report:
    return replace(
        with_sentence(county(), text), agency=agency, title=f"{agency}2025年政府信息公开工作年度报告"
    )


def _saying(**texts: str) -> Report:
    """The county's report with the paragraphs of some sections written otherwise."""
    sections = (
        replace(one, paragraphs=(texts[one.key],)) if one.key in texts else one for one in county().sections
    )
    return replace(county(), sections=tuple(sections))


REGULATIONS = {"table2.regulations.in_force": 3}
WHOLE_REPORTS = {
    "a bureau's 我镇": (_named("某县财政局", "我镇认真落实公开要求。"), "copied.own_word"),
    "a town's 我局": (_named("清水镇人民政府", "我局认真落实公开要求。"), "copied.own_word"),
    "another town's name": (_named("清水镇人民政府", "石桥镇人民政府认真落实公开要求。"), "copied.agency"),
    "a fee that section six denies": (
        _saying(
            overview=f"{NEUTRAL}收取信息处理费1200元。", other="收取信息处理费0元。本报告数据仅含本机关。"
        ),
        "sections.fee_contradiction",
    ),
    "a fee that table 2 lacks": (
        _saying(other="收取信息处理费300元。本报告数据仅含本机关。"),
        "sections.fee_table",
    ),
    "a county-level city's regulations": (
        replace(_named("某市人民政府", "按规定开展。"), figures=county().figures | REGULATIONS),
        "table2.regulations",
    ),
    "no scope": (
        _saying(other="收取信息处理费0元。本报告包括总体情况、主动公开等六部分。"),
        "report.no_scope",
    ),
    "no problems": (_saying(problems="不存在问题。"), "sections.problems_empty"),
    "problems alone": (_saying(problems="存在的主要问题：公开不够及时。"), "sections.improvements_missing"),
    "section one without an aspect": (
        _saying(overview="本机关按规定开展主动公开、依申请公开、平台建设和监督保障工作。"),
        "sections.aspect",
    ),
    "a long section one": (_saying(overview=NEUTRAL + "公布了办事流程。" * 130), "sections.overview_long"),
    "another year throughout than the title's": (
        _saying(overview=f"{NEUTRAL}2024年持续公开。", proactive="2024年更新目录。2024年培训3场。"),
        "copied.title_year",
    ),
    "improvements alone": (_saying(problems="改进情况：按月检查。"), "sections.problems_missing"),
}


@pytest.mark.parametrize("what", WHOLE_REPORTS)
def test_what_a_whole_report_shows_is_found(what):
    report, rule = WHOLE_REPORTS[what]
    assert rule in {found_rule for found_rule, _place in rules(found(report))}


@pytest.mark.parametrize(
    ("agency", "severity"),
    [
        ("某县人民政府", Severity.WARNING),
        ("清水镇人民政府", None),
        ("某县财政局", None),
        ("某市人民政府", None),
    ],
)
def test_documents_of_a_county_s_government_and_departments_are_its_own_alone(agency, severity):
    """A warning only: the towns below it may have issued the rest."""
    findings = found(_named(agency, "县政府及部门新出台的2件规范性文件全部同步解读。"))
    assert [item.severity for item in findings if item.rule == "prose.number"] == [severity] * bool(severity)


def test_section_one_that_is_last_year_s_is_found():
    text = "".join(f"本机关第{number}次公布了办事流程和服务承诺。" for number in "一二三四五六七八九十" * 2)
    last = replace(with_sentence(county(), text), year=2024)
    told = rules(found(with_sentence(county(), text), previous=last))
    assert ("previous.repeated", "section.overview") in told
