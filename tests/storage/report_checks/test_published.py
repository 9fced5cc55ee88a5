"""What four real agencies published, and the report the project starts from."""

from config.findings import Severity
from storage.reading.report.reader import read_report
from tests.storage.report_checks.made import FORM, SEED, found, published, rules

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def test_two_wrong_totals_are_the_only_errors_of_04():
    findings = found(published("04"))
    errors = [item for item in findings if item.severity is ERROR]
    assert [(item.rule, item.place, item.found, item.expected) for item in errors] == [
        ("table4.total", "table4.reconsideration.total", "0", "11"),
        ("table4.total", "table4.litigation_after_reconsideration.total", "0", "5"),
    ]
    assert rules(findings, WARNING) == [("cells.absent", "table3")]
    assert rules(findings, NOTE) == [("sections.none", "sections"), ("report.no_scope", "scope")]


def test_05_adds_up_but_lacks_two_rows():
    findings = found(published("05"))
    assert rules(findings) == [
        ("cells.absent", "table3"),
        ("sections.none", "sections"),
        ("report.no_scope", "scope"),
    ]
    assert findings[0].words["count"] == "14"


def test_10_is_whole_and_says_whose_numbers_they_are():
    assert rules(found(published("10"))) == [("sections.none", "sections")]


def test_16_is_a_part_and_a_bureau_with_regulations():
    findings = found(published("16"))
    assert rules(findings) == [
        ("cells.absent", "table3"),
        ("cells.no_table", "table4"),
        ("table2.in_force_too_few", "table2.regulations.in_force"),
        ("sections.none", "sections"),
        ("table2.regulations", "table2.regulations.issued"),
        ("report.no_scope", "scope"),
    ]
    assert rules(findings, ERROR) == [("cells.no_table", "table4")]


def test_two_published_years_of_one_agency_fit():
    errors = rules(found(published("05"), previous=published("04")), ERROR)
    assert errors == []  # 5 in force + 3 issued − 0 repealed = 8; nothing carried over


def test_seed_is_read_whole():
    seed = read_report(SEED, FORM)
    assert (seed.agency, seed.year, seed.title) == ("召都巴镇", 2023, "公开工作年度报告")
    assert tuple(seed.figures) == FORM.cells
    assert set(seed.figures.values()) == {0}
    assert not seed.labels
    assert [len(section.paragraphs) for section in seed.sections] == [15, 0, 0, 0, 7, 9]
    assert len(seed.preamble) == 1


def test_seed_has_its_five_slips_a_sixth_and_nothing_invented():
    findings = found(read_report(SEED, FORM))
    assert [(item.severity, item.rule, item.place, item.found, item.expected) for item in findings] == [
        (
            WARNING,
            "labels.heading",
            "section.problems",
            "五、存在问题及改进情况",
            "五、存在的主要问题及改进情况",
        ),
        (NOTE, "report.no_scope", "scope", "", ""),
        (WARNING, "text.slip", "section.overview#13", "制做", "制作"),
        (WARNING, "text.slip", "section.other#5", "平合", "平台"),
        (WARNING, "text.inconsistent", "section.overview#15", "镇长", "书记"),
        (NOTE, "text.higher_area", "section.overview#2", "全区", "全镇"),
        (WARNING, "text.area", "section.overview#4", "全街", "全镇"),
        (WARNING, "text.area", "section.other#5", "全街", "全镇"),
        (WARNING, "text.bracket_width", "section.other#1", "（一)", "（一）"),
    ]
