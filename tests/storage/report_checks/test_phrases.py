"""Every finding and every refusal has its sentence in both languages, with every word filled in."""

import re
import string
import tomllib
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import Unreadable
from config.reporting.form import FEE_CELL
from storage.reading.formats.errors import REASONS, read_error
from storage.reading.report.reader import read_report
from tests.paths import ROOT
from tests.storage.report_checks.made import (
    FORM,
    SEED,
    clean,
    found,
    published,
    report_of,
    settled,
    with_cell,
    with_text,
)

SENTENCES = (
    "2025年收到政府信息公开申请9件。",
    "见附件（一，二。以书记为组长的公开小组，以镇长为组长的公开小组。",
    "全街全县公开平合，，(附件)。",
    '称为"窗口",做到结果公开,决策公开、执行公开。结果公开、管理公开。',
    "2025年2月30日、2025年11月24日（星期日），自2025年3月1日至2024年12月31日。",
)


def _everything():
    """Reports that between them break every rule."""
    report = clean()
    for sentence in SENTENCES:
        report = with_text(report, sentence)
    yield found(report)
    yield found(with_cell(clean(), "table3.received.total", 1))
    yield found(with_cell(clean(), "table3.granted.total", 1))
    yield found(with_cell(clean(), "table3.results_total.business", -1))
    yield found(
        with_cell(with_cell(clean(), "table4.reconsideration.total", None), "table3.carried_in.total", "/")
    )
    yield found(published("16"), previous=published("10"))
    yield found(published("04"))
    last = replace(report_of({**settled({}), "table2.regulations.in_force": 3}), year=2024, agency="别处")
    yield found(clean(), previous=with_cell(last, "table3.carried_out.business", 1))
    yield found(read_report(SEED, FORM))
    nothing = tuple(replace(section, paragraphs=()) for section in clean().sections[1:])
    yield found(
        replace(clean(), sections=nothing, labels={"table3.granted": "甲", "a": "b"}, agency="", year=0)
    )
    yield found(replace(clean(), sections=nothing, figures=settled({})))
    fee = tuple(replace(s, paragraphs=("未收取信息处理费",)) for s in clean().sections)
    yield found(replace(clean(), sections=fee))
    yield from _copied()


def _copied():
    """Reports with what copying leaves behind, and with what each section must not lack."""
    copied = replace(clean(), title="清水镇人民政府2025年政府信息公开工作年度报告")
    for sentence in (
        "统计期限为2024年1月1日至12月31日。截至2024年底。数据截至2025年12月30日。",
        "现公布邻县林业局2025年度报告。我局认真落实国办公开办函〔2019〕60号。",
        "收到31件，其中线上26件、线下6件。收取信息处理费5元。",
        "2024年，2024年，2024年。",
        "长" * 1001,
    ):
        copied = with_text(copied, sentence, "overview")
    year = replace(copied, figures=copied.figures | {FEE_CELL: Decimal(0)})
    yield found(_with_section(year, "other", "收取信息处理费300元。"))
    before = replace(with_text(copied, "联系电话：0931—0000000。", "other"), year=2024)
    pending = {cell: 9999 for cell in before.figures if cell.endswith(".pending")}
    yield found(copied, previous=replace(before, figures=before.figures | pending))
    yield found(_with_section(clean(), "overview", "按规定开展。"))
    yield found(_with_section(clean(), "problems", "公开不够及时。"))
    yield found(_with_section(clean(), "problems", "加强培训。"))
    yield found(_with_section(clean(), "problems", "由本单位在送审前填写。"))
    blank = {cell: None for cell in clean().figures if cell.startswith(("table4.", "table3.granted."))}
    yield found(replace(clean(), figures=clean().figures | blank))
    yield found(replace(clean(), figures=dict.fromkeys(FORM.cells)))
    yield found(replace(clean(), edition="2019"))
    without = {cell: figure for cell, figure in clean().figures.items() if not cell.startswith("table4.")}
    yield found(replace(clean(), figures=without, pictured=("disputes",)))


def _with_section(report, key, text):
    sections = (replace(one, paragraphs=(text,)) if one.key == key else one for one in report.sections)
    return replace(report, sections=tuple(sections))


FINDINGS = {item.rule: item for findings in _everything() for item in findings}


def _keys(language):
    return {key for key in phrasebook(language).phrases if key.startswith("finding.")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", sorted(FINDINGS))
def test_each_finding_is_said_in_full(rule, language):
    sentence = phrasebook(language).finding(FINDINGS[rule])
    assert not sentence.startswith("[")
    assert not re.search(r"[{}]", sentence)
    assert FINDINGS[rule].found in sentence


def test_every_shipped_sentence_belongs_to_a_rule_that_speaks():
    for language in LANGUAGES:
        topics = tomllib.loads((ROOT / "bot" / "phrases" / language / "check.toml").read_text("utf-8"))[
            "finding"
        ]
        keys = {f"{group}.{key}" for group, phrases in topics.items() for key in phrases}
        assert keys == set(FINDINGS)


def _fields(phrase):
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_both_languages_have_the_same_words():
    books = [
        tomllib.loads((ROOT / "bot" / "phrases" / language / "check.toml").read_text("utf-8"))
        for language in LANGUAGES
    ]

    def flat(table, prefix=""):
        for key, value in table.items():
            yield from (
                flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
            )

    first, second = (dict(flat(book)) for book in books)
    assert set(first) == set(second)
    assert {key: _fields(phrase) for key, phrase in first.items()} == {
        key: _fields(phrase) for key, phrase in second.items()
    }


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_each_refusal_can_be_said_in_both_languages(reason):
    words = {
        "extra": "readers",
        "known": ".docx",
        "count": 2,
        "titles": "…",
        "limit": 50,
        "extension": ".x",
        "kind": "pdf",
        "detail": "…",
        "line": 3,
    }
    refusal = read_error("a.docx", reason, **words)
    assert isinstance(refusal, Unreadable)
    for part in ("why", "next_step"):
        english = phrasebook("en").say(f"unreadable.{reason}.{part}", **words)
        assert english == refusal.words[part]
        assert not phrasebook("zh").say(f"unreadable.{reason}.{part}", **words).startswith("[")
