"""The prose that a new office gets stands the check: its figures agree, and two years do not read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from config.findings import Severity
from config.office.loader import load_office
from config.reporting.case_figures import CASE_FIGURES
from config.reporting.form import SECTION_KEYS
from config.reporting.registers import ACTIVITIES
from config.shipped_data import data_dir
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import ReportCheck, inspect_report
from storage.reporting.narrative import render_prose
from storage.reporting.report import Report, Section
from tests.storage.report_checks.made import FORM, clean, settled

FILES = data_dir() / "office"
OFFICE = load_office((FILES / "sample.toml").read_text("utf-8"), "office.toml")
NEUTRAL = {f"prose/{file.name}": file.read_text("utf-8") for file in (FILES / "prose-blank").iterdir()}
SAMPLE = {f"prose/{file.name}": file.read_text("utf-8") for file in (FILES / "prose").iterdir()}
NOTHING = {
    "fee_yuan": 0,
    **dict.fromkeys(CASE_FIGURES, 0),
    **{name: 0 for one in ACTIVITIES for name in (one.times, one.people)},
}
UNFILLED = "sections.unfilled"  # what an office's problems are, no program knows


def _year(
    year: int,
    received: int,
    issued: int,
    held: Mapping[str, int],
    last: Report | None = None,
    *,
    templates: Mapping[str, str] = NEUTRAL,
) -> Report:
    figures = settled({}) | {
        f"table3.{row}.{column}": received
        for row in ("received", "granted", "results_total")
        for column in ("natural_person", "total")
    }
    figures |= {"table2.normative_documents.issued": issued, "table2.normative_documents.in_force": issued}
    figures |= {"table2.licences.decisions": 2 * received}
    before = {**last.figures, **NOTHING} if last else None
    preamble, prose = render_prose(templates, figures, OFFICE, year, {**NOTHING, **held}, last=before)
    sections = zip(SECTION_KEYS, FORM.headings, strict=True)
    return replace(
        clean(),
        agency=OFFICE.name,
        year=year,
        title=f"{OFFICE.name}{year}年政府信息公开工作年度报告",
        figures=figures,
        preamble=preamble,
        sections=tuple(Section(key=key, heading=heading, paragraphs=prose[key]) for key, heading in sections),
        scope=OFFICE.scope_words,
    )


def _check(report: Report, previous: Report | None = None) -> ReportCheck:
    return inspect_report(report, FORM, previous=previous, wording=load_wordlist())


def test_every_number_agrees_and_only_the_office_s_own_section_is_left_to_write() -> None:
    first = _year(2025, 3, 2, {"training_times": 1, "training_people": 20})
    second = _year(2026, 5, 0, {"publicity_times": 2, "publicity_people": 90}, first)
    found = _check(second)
    assert [(finding.rule, finding.severity) for finding in found.findings] == [(UNFILLED, Severity.ERROR)]
    assert len(found.comparisons) > 8
    assert all(one.agrees for one in found.comparisons)  # 比上年增加2件 is no figure of the tables


def test_two_busy_years_do_not_read_alike() -> None:
    held = {"training_times": 1, "training_people": 20, "publicity_times": 1, "publicity_people": 50}
    first = _year(2025, 3, 2, held)
    second = _year(2026, 5, 1, held | {"training_times": 2}, first)
    third = _year(2027, 4, 3, held, second)
    for report, before in ((second, first), (third, second)):
        assert "previous.repeated" not in {finding.rule for finding in _check(report, before).findings}


def test_two_years_in_which_nothing_was_recorded_say_so_in_few_words() -> None:
    first = _year(2025, 0, 0, {})
    second = _year(2026, 0, 0, {}, first)
    (overview,) = (section for section in second.sections if section.key == "overview")
    assert len("".join(overview.paragraphs)) < 200
    assert [finding.rule for finding in _check(second, first).findings] == [UNFILLED]


def test_the_sample_town_s_prose_stands_the_check_and_only_its_problems_are_left_to_write_anew() -> None:
    held = {name: 12 for one in ACTIVITIES for name in (one.times, one.people)}
    first = _year(2025, 123, 0, held, templates=SAMPLE)
    second = _year(2026, 245, 21, dict.fromkeys(held, 34), first, templates=SAMPLE)
    assert _check(first).findings == ()
    (repeated,) = _check(second, first).findings
    assert (repeated.rule, repeated.place) == ("previous.repeated", "section.problems")
    assert all(one.agrees for one in _check(second).comparisons)
