"""Checks the prose of a report: numbers that differ from the tables, and wrong expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from config.findings import Finding, Severity
from config.reporting.form import PREAMBLE, ReportForm
from storage.proofread.expressions import half_width_digits, review_wording
from storage.proofread.findings import excerpt
from storage.proofread.wordlist import AgencyLevel, NumberStatement, Passage, Wordlist
from storage.report_checks.figures import as_numbers
from storage.reporting.report import Report, format_figure

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_YEAR = re.compile(r"(20\d{2})年")
_AREA = re.compile(r"全(?:国|省|市|州|盟|县|区|旗|镇|乡|街)")
YUAN_IN_10K = 10_000


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


def check_prose(report: Report, form: ReportForm, wording: Wordlist) -> Iterator[Finding]:
    """Yield everything in the prose that a person should look at."""
    level = wording.level(report.agency) or wording.level(_agency_in_title(report))
    read = report_passages(report)
    yield from review_wording(read, wording, level)
    own = _own_areas(report, level)
    for passage in read:
        for sentence in re.split(r"(?<=[。；！？\n])", half_width_digits(passage.text)):
            if _is_of_this_report(sentence, report.year, own):
                yield from _check_statements(sentence, passage, report, form, wording)


def _agency_in_title(report: Report) -> str:
    """Return the agency at the begin of the title, for a report that names it nowhere else."""
    return re.split(r"20\d{2}|政府信息公开|政务公开", report.title)[0].strip()


def _own_areas(report: Report, level: AgencyLevel | None) -> frozenset[str]:
    """Return the words for areas whose numbers the tables may contain."""
    claimed = _AREA.findall(report.agency + report.scope + report.title)
    return frozenset([*claimed, *(level.own if level else ())])


def _is_of_this_report(sentence: str, year: int, own: frozenset[str]) -> bool:
    """Whether a sentence is about the year and the area of the tables."""
    years = {int(found) for found in _YEAR.findall(sentence)}
    return not (years - {year}) and not (set(_AREA.findall(sentence)) - own)


def _check_statements(
    sentence: str, passage: Passage, report: Report, form: ReportForm, wording: Wordlist
) -> Iterator[Finding]:
    for statement in wording.statements:
        at_home = bool(statement.section) and f"section.{statement.section}#" in passage.place
        if statement.within and not at_home and not statement.within.search(sentence):
            continue
        for clause in re.split(r"[，。；：:\n]", sentence):
            if not _is_excluded(clause, statement, wording):
                yield from _compare(clause, statement, passage, report, form)


def _is_excluded(clause: str, statement: NumberStatement, wording: Wordlist) -> bool:
    if wording.clause_unless.search(clause):
        return True
    return statement.unless is not None and bool(statement.unless.search(clause))


def _compare(
    clause: str, statement: NumberStatement, passage: Passage, report: Report, form: ReportForm
) -> Iterator[Finding]:
    cells = as_numbers(report.figures, statement.cells)
    if cells is None:
        return
    expected: Decimal = sum((Decimal(cell) for cell in cells), start=Decimal(0))
    for said, start, end in _stated_numbers(clause, statement):
        if said != (_rounded_like(said, expected) if statement.money else expected):
            yield Finding(
                rule="prose.number",
                severity=Severity.WARNING,
                place=passage.place,
                column="、".join(form.label(cell) for cell in statement.cells),
                found=format_figure(said),
                expected=format_figure(expected),
                basis=form.source,
                words={**passage.words, "near": excerpt(clause, start, end), "cell": statement.cells[0]},
            )


def _rounded_like(said: Decimal, exact: Decimal) -> Decimal:
    """Return the exact amount with as many decimals as stated: 4068.21 does not contradict 4068.208."""
    exponent = said.as_tuple().exponent
    return exact.quantize(said, ROUND_HALF_UP) if isinstance(exponent, int) and exponent < 0 else exact


def _stated_numbers(clause: str, statement: NumberStatement) -> Iterator[tuple[Decimal, int, int]]:
    for found in statement.pattern.finditer(clause):
        value = read_number(found.group("n"))
        if statement.money and found.group("unit") == "元":
            value /= YUAN_IN_10K
        yield value, found.start(), found.end()
    silent = statement.none.search(clause) if statement.none else None
    if silent:
        yield Decimal(0), silent.start(), silent.end()


def read_number(text: str) -> Decimal:
    """Read a number such as 1,234 or 一千二百三十四 or 二〇二三."""
    if text[0].isdecimal():
        return Decimal(text.replace(",", ""))
    if not set(text) & {*_TENS, "万"}:
        return Decimal("".join(str(_DIGITS[sign]) for sign in text))
    high, _wan, low = text.rpartition("万")
    return Decimal(_below_10k(high) * YUAN_IN_10K + _below_10k(low))


def _below_10k(text: str) -> int:
    total, digit = 0, 0
    for sign in text:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + digit
