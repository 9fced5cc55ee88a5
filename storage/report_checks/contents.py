"""Checks what a report must say somewhere, and what it must not contain: 规章, aspects, problems, fees, contact.

Section one has the five aspects of 国办公开办函〔2021〕30号, section five both problems and improvements
(政府信息公开条例 第五十条), section six the fee, also where it is 0 yuan (国办函〔2020〕109号).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from config.findings import Finding, Severity
from config.reporting.form import FEE_CELL, ReportForm
from config.shipped_data import data_dir
from storage.proofread.expressions import half_width_digits
from storage.proofread.wordlist import Wordlist
from storage.report_checks.counting.comparisons import YUAN_IN_10K
from storage.report_checks.counting.lexicon import load_count_lexicon
from storage.report_checks.figures import as_number
from storage.report_checks.prose import report_passages
from storage.reporting.report import Report, Section, format_figure

ARTICLE_50 = "《中华人民共和国政府信息公开条例》第五十条"
INFORMATION_FEE = "information_fee"  # its key among the counted words
FEES = "国办函〔2020〕109号"
REGULATIONS = "《中华人民共和国立法法》第九十一条、第九十三条"
INFERRED_FEE = "皖财综〔2021〕28号 [inferred]"
UNFILLED = "由本单位在送审前填写"
"""The sentence of the shipped prose (``config/data/office/prose-blank``) in whose place the office writes its own."""
MAX_OVERVIEW_LENGTH = 1000  # characters


def check_contents(report: Report, form: ReportForm, wording: Wordlist, level: str) -> Iterator[Finding]:
    """Yield what the report must not contain, and what it must contain and lacks."""
    yield from _check_regulations(report, form, wording, level)
    yield from _check_scope(report, form, wording)
    yield from _check_unfilled(report)
    if report.sections:
        yield from _check_overview(report.section("overview"), form, wording)
        yield from _check_problems(report.section("problems"), wording)
        yield from _check_fee(report, wording)
        yield from _check_fee_amounts(report)


def check_contact(report: Report, previous: Report, wording: Wordlist) -> Iterator[Finding]:
    """Note that nobody is named who answers questions about the report, where last year's named one."""
    contact = wording.said["contact"]
    given = [any(contact.search(text) for text in _texts(one)) for one in (report, previous)]
    if given == [False, True] and report.sections:
        yield _note("previous.no_contact", "section.preamble")


def _warning(rule: str, place: str, *, found: str = "", expected: str = "", basis: str = "") -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, place=place, found=found, expected=expected, basis=basis
    )


def _note(rule: str, place: str, *, expected: str = "", basis: str = "") -> Finding:
    return Finding(rule=rule, severity=Severity.NOTE, place=place, expected=expected, basis=basis)


def _check_regulations(report: Report, form: ReportForm, wording: Wordlist, level: str) -> Iterator[Finding]:
    """Warn of 规章 counted by an agency that cannot make them: only departments, provinces and some cities can."""
    if level in wording.makers and not _is_county_level_city(report.agency, level):
        return
    cells = [cell for cell in form.cells if cell.startswith("table2.regulations.")]
    counted = [cell for cell in cells if as_number(report.figures.get(cell))]
    if counted:
        found = "、".join(f"{form.label(cell)} {format_figure(report.figures[cell])}" for cell in counted)
        yield _warning("table2.regulations", counted[0], found=found, expected="0", basis=REGULATIONS)


@cache
def _regulation_making_cities() -> tuple[str, ...]:
    """Return the names of the cities that make 规章, without 市."""
    data = tomllib.loads((data_dir() / "regulation_makers.toml").read_text("utf-8"))
    return tuple(name for names in data["cities"].values() for name in names)


def _is_county_level_city(agency: str, level: str) -> bool:
    """Whether an agency is a city's and the city none of those that make 规章; 州 and 盟 are no cities."""
    name = re.sub(r"(?:人民)?政府$|\s", "", agency)
    if level != "city" or not name.endswith("市"):
        return False
    return not name.removesuffix("市").endswith(_regulation_making_cities())


def _check_scope(report: Report, form: ReportForm, wording: Wordlist) -> Iterator[Finding]:
    said = (report.scope, report.agency, report.title, *_texts(report))
    if not report.scope and not any(wording.said["scope"].search(text) for text in said):
        yield _note("report.no_scope", "scope", basis=form.source)


def _texts(report: Report) -> Iterator[str]:
    yield from report.preamble
    for section in report.sections:
        yield from section.paragraphs


def _check_overview(section: Section | None, form: ReportForm, wording: Wordlist) -> Iterator[Finding]:
    """Warn where section one lacks one of its five aspects, or is longer than the form allows."""
    if section is None:
        return
    text = re.sub(r"\s", "", "".join(section.paragraphs))
    for aspect, pattern in wording.aspects.items():
        if not pattern.search(text):
            yield _warning("sections.aspect", "section.overview", expected=aspect, basis=form.source)
    if len(text) > MAX_OVERVIEW_LENGTH:
        yield _warning(
            "sections.overview_long",
            "section.overview",
            found=str(len(text)),
            expected=str(MAX_OVERVIEW_LENGTH),
            basis=form.source,
        )


def _check_unfilled(report: Report) -> Iterator[Finding]:
    """Yield an error for each section in which the office has not written its own words yet."""
    for section in report.sections:
        if any(UNFILLED in text for text in section.paragraphs):
            yield Finding(
                rule="sections.unfilled",
                place=f"section.{section.key}",
                found=UNFILLED,
                basis=ARTICLE_50,
                words={"section": section.heading},
            )


def _check_problems(section: Section | None, wording: Wordlist) -> Iterator[Finding]:
    """Warn where section five says nothing, denies all problems, or names only one of problems and improvements."""
    if section is None:
        return  # reported already as a missing heading
    text = " ".join(section.paragraphs)
    if UNFILLED in text:
        return  # reported already as not written yet
    nothing = wording.said["nothing"]
    if all(nothing.match(one.strip()) for one in section.paragraphs) or wording.said["no_problems"].search(
        text
    ):
        yield _warning("sections.problems_empty", "section.problems", found=text[:60], basis=ARTICLE_50)
        return
    body = wording.said["problem_headings"].sub("", text)
    if not wording.said["problem"].search(body):
        yield _warning("sections.problems_missing", "section.problems", found=text[:60], basis=ARTICLE_50)
    elif not wording.said["improvement"].search(body):
        yield _warning("sections.improvements_missing", "section.problems", found=text[:60], basis=ARTICLE_50)


def _check_fee(report: Report, wording: Wordlist) -> Iterator[Finding]:
    """Say where section six does not state the amount of information fees, which it must even for 0 yuan."""
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
    elif told:
        denied = wording.said["no_fee"].search(told) is not None
        yield Finding(
            rule="sections.fee_without_figure",
            severity=Severity.NOTE if denied else Severity.WARNING,
            place="section.other",
            found=told[:60],
            expected="0元",
            basis=FEES,
        )
    else:
        yield _warning("sections.fee_missing", "section.other", expected="0元", basis=FEES)


def _check_fee_amounts(report: Report) -> Iterator[Finding]:
    """Yield amounts of the information fee that contradict each other, or are missing from table 2."""
    stated = list(_fee_amounts(report))
    own = next((amount for place, amount, _near in stated if place.startswith("section.other#")), None)
    for place, amount, near in stated:
        if own is not None and amount != own:
            yield Finding(
                rule="sections.fee_contradiction",
                place=place,
                found=f"{format_figure(amount)}元",
                expected=f"{format_figure(own)}元",
                basis=FEES,
                words={"near": near},
            )
    charged = as_number(report.figures.get(FEE_CELL))
    if own and charged is not None and Decimal(charged) * YUAN_IN_10K < own:
        yield _warning(
            "sections.fee_table",
            FEE_CELL,
            found=f"{format_figure(charged)}万元",
            expected=f"{format_figure(own)}元",
            basis=INFERRED_FEE,
        )


def _fee_amounts(report: Report) -> Iterator[tuple[str, Decimal, str]]:
    """Yield each stated amount of the information fee collected this year in yuan, with its place."""
    lexicon = load_count_lexicon()
    names = lexicon.words_of(INFORMATION_FEE)
    for passage in report_passages(report):
        for clause in re.split(r"[，。；;！？\n]", re.sub(r"\s", "", half_width_digits(passage.text))):
            if not any(name in clause for name in names):
                continue  # few clauses speak of it, and taking one apart costs much more than looking
            tokens = lexicon.tokens(clause)
            kinds = {token.kind for token in tokens}
            about = any(token.key == INFORMATION_FEE for token in tokens)
            other = any(token.kind == "year" and int(token.value) != report.year for token in tokens)
            if (
                not about
                or other
                or kinds & {"past", "change", "near", "each"}
                or "charged" in {t.key for t in tokens}
            ):
                continue
            for token in tokens:
                if token.kind == "number" and token.key in {"元", "万元"}:
                    value = token.value * (YUAN_IN_10K if token.key == "万元" else 1)
                    yield passage.place, value, clause[:60]
