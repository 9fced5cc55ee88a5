"""What is said in words: numbers against the tables, slips, and what must be said somewhere."""

from dataclasses import replace
from decimal import Decimal

import pytest

from config.reporting.form import FEE_CELL
from storage.proofread.expressions import review_wording
from storage.proofread.passages import Passage
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.counting.lexicon import read_number
from storage.reporting.report import Report
from tests.storage.report_checks.made import (
    CLEAN_TEXTS,
    FORM,
    clean,
    found,
    report_of,
    rules,
    settled,
    situations,
    with_text,
)

SAID = {
    "table3.received.total": 12,
    "table3.carried_in.total": 2,
    "table3.results_total.total": 13,
    "table3.carried_out.total": 1,
    "table3.granted.total": 5,
    "table3.partly_granted.total": 3,
    "table3.state_secret.total": 1,
    "table3.internal_affairs.total": 1,
    "table3.not_held.total": 3,
    "table2.licences.decisions": 850,
    "table2.penalties.decisions": 4,
    "table2.normative_documents.issued": 6,
    "table2.normative_documents.repealed": 1,
    "table2.normative_documents.in_force": 32,
    "table4.reconsideration.total": 2,
    "table4.litigation_direct.total": 1,
    "table4.litigation_after_reconsideration.total": 2,
    FEE_CELL: Decimal("7730.28"),
}


def _stated() -> Report:
    return report_of({cell: SAID.get(cell, 0) for cell in FORM.cells})


@pytest.mark.parametrize("case", situations("statements"), ids=lambda case: case["text"][:24])
def test_numbers_in_prose_are_compared(case):
    findings = [item for item in found(with_text(_stated(), case["text"])) if item.rule == "prose.number"]
    assert [item.found for item in findings] == case.get("wrong", [])
    assert all(item.place == "section.requests#2" and item.column for item in findings)


def test_a_whole_area_is_compared_when_the_tables_hold_it():
    text = "全县共收到政府信息公开申请2000件。"
    whole = replace(_stated(), agency="清水县人民政府（全县汇总）")
    assert [item.found for item in found(with_text(whole, text)) if item.rule == "prose.number"] == ["2000"]


@pytest.mark.parametrize("case", situations("slips"), ids=lambda case: case["text"][:24])
def test_slips_in_words_are_found(case):
    findings = [item for item in found(with_text(clean(), case["text"])) if item.rule.startswith("text.")]
    assert [item.rule for item in findings] == case.get("rules", [])
    assert all(item.place == "section.requests#2" for item in findings)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("1,234", "1234"),
        ("3.5", "3.5"),
        ("零", "0"),
        ("十", "10"),
        ("十五", "15"),
        ("两百零三", "203"),
        ("一千二百三十四", "1234"),
        ("三万零五", "30005"),
        ("二〇二五", "2025"),
    ],
)
def test_numbers_are_read_as_written(text, value):
    assert read_number(text) == Decimal(value)


def _with(**texts: tuple[str, ...]) -> Report:
    sections = tuple(
        replace(section, paragraphs=texts.get(section.key, section.paragraphs))
        for section in clean().sections
    )
    return replace(clean(), sections=sections)


@pytest.mark.parametrize(
    "texts",
    [(), ("无",), ("无。",), ("（一）存在的问题：", "无", "（二）改进情况", "暂无。"), ("存在问题：无",)],
)
def test_section_five_must_say_something(texts):
    assert rules(found(_with(problems=texts))) == [("sections.problems_empty", "section.problems")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("开展宣传活动。", "sections.fee_missing"),
        ("未收取信息处理费。", "sections.fee_without_figure"),
        ("收取信息处理费0元。", None),
        ("本年度依申请公开信息处理费共计收取１２０元。", None),
        ("本年度信息处理费收取金额为零元。", None),
    ],
)
def test_section_six_must_state_the_fee(text, rule):
    figures = settled({}) | {FEE_CELL: Decimal("0.012")}
    report = replace(_with(other=(text, CLEAN_TEXTS["other"][1])), figures=figures)
    findings = rules(found(report))
    assert findings == ([(rule, "section.other")] if rule else [])


def test_an_unpaid_fee_in_the_table_must_be_told():
    findings = found(_with(other=CLEAN_TEXTS["other"][1:]))
    assert rules(findings) == [("sections.fee_silent", "section.other")]
    assert findings[0].found == str(clean().figures["table3.fee_unpaid.total"])


def test_a_fee_told_elsewhere_must_stand_in_section_six():
    told = _with(requests=("全年收取信息处理费300元。",), other=CLEAN_TEXTS["other"][1:])
    report = replace(told, figures=settled({}))
    assert rules(found(report)) == [("sections.fee_silent", "section.other")]


def test_scope_must_be_said_somewhere():
    silent = _with(other=CLEAN_TEXTS["other"][:1])
    assert rules(found(silent)) == [("report.no_scope", "scope")]
    assert found(replace(silent, scope="本机关")) == ()
    assert found(replace(silent, preamble=("本报告数据统计范围为镇机关及所属单位。",))) == ()


def test_headings_must_be_the_official_ones():
    sections = tuple(
        replace(section, heading=section.heading.replace("情况", "状况")) for section in clean().sections[:5]
    )
    findings = rules(found(replace(clean(), sections=(*sections, clean().sections[5]))))
    places = [f"section.{key}" for key in ("overview", "proactive", "requests", "disputes", "problems")]
    assert findings == [("labels.heading", place) for place in places]


def test_a_missing_section_is_named():
    report = replace(clean(), sections=clean().sections[:3] + clean().sections[4:])
    assert rules(found(report)) == [("sections.absent", "section.disputes")]


def test_year_and_agency_must_be_named():
    findings = rules(found(replace(clean(), year=0, agency="")))
    assert findings == [("report.no_year", "year"), ("report.no_agency", "agency")]


def test_an_office_adds_words_of_its_own():
    own = '[[slips]]\nkey = "own"\npattern = "清水真"\nright = "清水镇"\nwhy = "镇名"\n'
    passage = Passage(place="draft#1", text="清水真公开平合", words={})
    found_own = list(review_wording([passage], load_wordlist(own)))
    assert [(item.found, item.expected) for item in found_own] == [("平合", "平台"), ("清水真", "清水镇")]
    assert [item.found for item in review_wording([passage], load_wordlist())] == ["平合"]
