"""The prose of 2023 is the town's own, slips and all; the default is the same text in good form."""

import re
from decimal import Decimal

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import BadInput
from config.office.loader import load_office
from config.reporting.case_figures import CASE_FIGURES
from config.reporting.form import SECTION_KEYS
from config.reporting.registers import ACTIVITIES
from config.shipped_data import data_dir, load_form
from storage.reporting.narrative import TEMPLATE_KEYS, choose_templates, in_wan, render_prose
from tests.paths import SHARED

OFFICE_FILES = data_dir() / "office"
OFFICE = load_office((OFFICE_FILES / "sample.toml").read_text("utf-8"), "office.toml")
ZEROS = dict.fromkeys(load_form().cells, 0)
SEED = (SHARED / "seed" / "zhaoduba-2023.txt").read_text("utf-8")
HELD = {name: 0 for one in ACTIVITIES for name in (one.times, one.people)} | dict.fromkeys(CASE_FIGURES, 0)
NO_FEE = {**HELD, "fee_yuan": 0}

# Where the default differs from the town's report of 2023: section one is written anew from the year's facts, there is
# one line more, and these slips are mended, (theirs, ours) by the page.
ADDED = "本报告数据统计范围为召都巴镇人民政府本级，统计期限为2023年1月1日至12月31日。"
MENDED = [
    ("（一)", "（一）"),
    ("覆盖全街", "覆盖全镇"),
    ("公开平合", "公开平台"),
]


def shipped(folder):
    return {f"prose/{file.name}": file.read_text("utf-8") for file in (OFFICE_FILES / folder).iterdir()}


def seed_paragraphs():
    """The seed's prose by section; a table's cells are indented, and so no prose."""
    rows = [row for row in SEED.split("\n")[1:] if row and not row.startswith("\t")]
    found = {key: [] for key in TEMPLATE_KEYS}
    keys = iter(TEMPLATE_KEYS)
    key = next(keys)
    for row in rows:
        if re.match("[一二三四五六]、", row):
            key = next(keys)
        else:
            found[key].append(row)
    return {key: tuple(paragraphs) for key, paragraphs in found.items()}


def render(templates, figures=None, extra=None, year=2023, office=OFFICE):
    preamble, sections = render_prose(
        templates, ZEROS if figures is None else figures, office, year, NO_FEE if extra is None else extra
    )
    return {"preamble": preamble, **sections}


def render_line(text, **options):
    return render({"prose/other.txt": text}, **options)["other"]


def faults(text):
    with pytest.raises(BadInput) as caught:
        render_line(text)
    return caught.value.findings


def whole(paragraphs):
    return "\n".join(row for key in TEMPLATE_KEYS for row in paragraphs[key])


def test_the_prose_of_2023_is_the_seed_s_word_for_word():
    seed = seed_paragraphs()
    assert len(seed["overview"]) == 15
    assert len(seed["problems"]) == 7
    assert len(seed["other"]) == 9
    assert render(shipped("prose-2023")) == seed


def test_the_default_differs_from_2023_only_where_listed():
    theirs, ours = render(shipped("prose-2023")), render(shipped("prose"))
    expected = whole({**theirs, "preamble": (*theirs["preamble"], ADDED), "overview": ours["overview"]})
    for slip, mended in MENDED:
        assert expected.count(slip) == 1, slip
        expected = expected.replace(slip, mended)
    assert whole(ours) == expected


def test_the_default_knows_no_year_and_no_town():
    text = "".join(shipped("prose").values())
    for fixed in ("2023", "召都巴", "莱山", "镇长", "书记", "全街", "全区"):
        assert fixed not in text


def test_the_default_names_one_head():
    heads = re.findall("以(.+?)为组长", whole(render(shipped("prose"))))
    assert heads == [OFFICE.leading_group_head_post]


def test_section_five_is_never_empty():
    assert len(render(shipped("prose"), year=2031)["problems"]) > 2


def test_requests_are_told_from_the_figures():
    figures = {
        **ZEROS,
        "table3.received.total": 5,
        "table3.carried_in.total": 1,
        "table3.results_total.total": 4,
        "table3.granted.total": 3,
        "table3.partly_granted.total": 1,
        "table3.carried_out.total": 2,
    }
    overview = render(shipped("prose"), figures=figures)["overview"]
    told = overview[overview.index("（二）依申请公开情况。") + 1]
    assert told == (
        "本年新收政府信息公开申请5件，上年结转1件；本年办结4件，"
        "其中予以公开3件、部分公开1件；结转下年度继续办理2件。"
    )
    assert "无" not in overview


def test_requests_carried_in_alone_are_told():
    overview = render(shipped("prose"), figures={**ZEROS, "table3.carried_in.total": 1})["overview"]
    assert "上年结转1件" in overview[overview.index("（二）依申请公开情况。") + 1]


@pytest.mark.parametrize(("fee", "printed"), [(0, "0"), (110, "110"), (Decimal("1E+2"), "100")])
def test_the_fee_line_stands_at_any_sum(fee, printed):
    other = render(shipped("prose"), extra={**HELD, "fee_yuan": fee})["other"]
    assert other[0] == f"（一）收取信息处理费{printed}元。"


def test_a_new_office_s_prose_claims_nothing_that_was_not_logged():
    """No meeting, group, campaign, training or rule is told of; what was logged is told with its figures."""
    silent = whole(render(shipped("prose-blank")))
    for claim in (
        "会议",
        "领导小组",
        "宣传",
        "培训",
        "考核",
        "制度",
        "加强",
        "成效",
        "热线",
        "发布会",
        "三审",
    ):
        assert claim not in silent
    held = {
        **NO_FEE,
        "training_times": 2,
        "training_people": 61,
        "publicity_times": 1,
        "publicity_people": 300,
    }
    told = whole(render(shipped("prose-blank"), extra=held))
    assert "本年开展业务培训2次，参加61人次。" in told
    assert "本年开展政务公开宣传1次，受众300人次。" in told
    assert "由本单位在送审前填写" in silent  # what its problems are, no program knows


def _overview(figures, extra, last, year=2026):
    _, sections = render_prose(
        shipped("prose-blank"), {**ZEROS, **figures}, OFFICE, year, {**NO_FEE, **extra}, last=last
    )
    return "\n".join(sections["overview"])


def test_what_differs_from_last_year_is_said_with_figures():
    figures = {"table3.received.total": 5, "table3.results_total.total": 5, "table3.granted.total": 5}
    held = {"training_times": 2, "training_people": 61}
    last = {**ZEROS, **NO_FEE, "table3.received.total": 3, "table3.granted.total": 6, "training_times": 2}
    told = _overview(figures, held, {**last, "publicity_times": 1})
    assert "本年新收政府信息公开申请5件（比上年增加2件），" in told
    assert "予以公开5件（比上年减少1件）" in told
    assert "本年开展业务培训2次（与上年持平），参加61人次。" in told
    assert "上年开展政务公开宣传1次，本年没有登记。" in told
    assert "部分公开0件；" in told  # none in both years is no news


def test_an_unknown_last_year_is_compared_with_nothing():
    told = _overview({"table3.received.total": 5, "table3.results_total.total": 5}, {}, None)
    assert "上年结转0件" in told
    assert "比上年" not in told
    assert "持平" not in told


@pytest.mark.parametrize("folder", ["prose", "prose-blank"])
def test_section_one_has_the_five_aspects_as_its_headings(folder):
    headings = [line[3:-1] for line in render(shipped(folder))["overview"] if line.startswith("（")]
    assert headings == ["主动公开情况", "依申请公开情况", "政府信息管理", "政府信息公开平台建设", "监督保障"]


@pytest.mark.parametrize(
    ("template", "rule", "found"),
    [
        ("{{ since('recieved', '件') }}", "misspelt_name", "recieved"),
        ("{% if before('trainings') %}甲{% endif %}", "misspelt_name", "trainings"),
    ],
)
def test_a_comparison_with_a_misspelt_figure_is_named(template, rule, found):
    (finding,) = faults(template)
    assert (finding.rule, finding.found) == (f"prose.{rule}", found)


def test_a_comparison_prints_money_exactly():
    line = {"prose/other.txt": "{{ since('fee_yuan', '元') }}"}
    extra, last = {**HELD, "fee_yuan": Decimal("12.50")}, {**ZEROS, **HELD, "fee_yuan": Decimal(20)}
    assert render_prose(line, ZEROS, OFFICE, 2026, extra, last=last)[1]["other"] == ("（比上年减少7.5元）",)


@pytest.mark.parametrize("folder", ["prose", "prose-2023", "prose-blank"])
def test_there_is_a_file_for_every_section(folder):
    assert set(shipped(folder)) == {f"prose/{key}.txt" for key in TEMPLATE_KEYS}


def test_a_year_s_own_template_wins():
    files = {
        "prose/other.txt": "every year",
        "prose/problems.txt": "always",
        "prose/2023/other.txt": "that year",
        "prose/2022/other.txt": "another",
        "prose/readme.md": "no template",
        "office.toml": "",
    }
    assert choose_templates(files, 2023) == {
        "prose/2023/other.txt": "that year",
        "prose/problems.txt": "always",
    }
    assert choose_templates(files, 2024)["prose/other.txt"] == "every year"


def test_a_section_without_template_is_empty():
    assert render({}) == dict.fromkeys(("preamble", *SECTION_KEYS), ())


def test_a_line_is_a_paragraph_and_empty_lines_go():
    assert render_line("\ufeff  甲 \r\n\r\n{# 说明 #}\n乙\n") == ("甲", "乙")


def test_signs_of_other_formats_stay_plain():
    office = load_office(
        (OFFICE_FILES / "sample.toml").read_text("utf-8").replace('"召都巴镇"', '"甲<&>乙"'), "office.toml"
    )
    assert render_line("{{ office.short_name }} & <b>", office=office) == ("甲<&>乙 & <b>",)


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ cell('table3.received.total') }}", "7"),
        ("{{ received }}", "7"),
        ("{{ table3.received.total }}", "7"),
        ("{{ table2.normative_documents.issued }}", "2"),
        ("{{ table4.reconsideration.upheld }}", "1"),
        ("{{ table2.administrative_fees.amount_10k_yuan }}", "0.5"),
        ("{{ fee_yuan|wan }}", "1.23456"),
        ("{{ year - 1 }}", "2022"),
    ],
)
def test_a_figure_is_the_cell_s(template, printed):
    figures = {
        **ZEROS,
        "table3.received.total": 7,
        "table2.normative_documents.issued": 2,
        "table4.reconsideration.upheld": 1,
        "table2.administrative_fees.amount_10k_yuan": Decimal("0.50"),
    }
    assert render_line(template, figures=figures, extra={"fee_yuan": Decimal("12345.60")}) == (printed,)


def test_every_row_of_table_3_has_a_short_name():
    for row in load_form().rows3:
        figures = {**ZEROS, f"table3.{row.key}.total": 41}
        assert render_line("{{ " + row.key + " }}", figures=figures) == ("41",)


def test_wan_rounds_nothing():
    assert in_wan(1) == Decimal("0.0001")


@pytest.mark.parametrize(
    ("template", "rule", "line", "found", "expected"),
    [
        ("甲\n{{ recieved }}", "misspelt_name", 2, "recieved", "received"),
        ("{{ range(9) }}", "unknown_name", 1, "range", ""),
        ("\n\n{{ office.naem }}", "misspelt_name", 3, "naem", "office.name"),
        (
            "{{ table2.normative_document.issued }}",
            "misspelt_name",
            1,
            "normative_document",
            "table2.normative_documents",
        ),
        (
            "{{ cell('table3.receved.total') }}",
            "misspelt_name",
            1,
            "table3.receved.total",
            "table3.received.total",
        ),
        ("甲\n{{ year", "syntax", 2, "{{ year", ""),
        ("甲\n{% if year %}\n乙", "syntax", 2, "{% if year %}", ""),
        ("{{ year|wann }}", "syntax", 1, "{{ year|wann }}", ""),
        ("甲\r\n{{ year / 0 }}", "template", 2, "{{ year / 0 }}", ""),
        ("{{ '三'|wan }}", "template", 1, "{{ '三'|wan }}", ""),
        ("{% include 'x' %}", "template", 1, "{% include 'x' %}", ""),
    ],
)
def test_a_faulty_template_is_named(template, rule, line, found, expected):
    (finding,) = faults(template)
    assert (finding.rule, finding.place) == (f"prose.{rule}", f"line {line}")
    assert (finding.found, finding.expected) == (found, expected)
    assert finding.words["file"] == "prose/other.txt"
    for language in LANGUAGES:
        sentence = phrasebook(language).finding(finding)
        assert "prose/other.txt" in sentence
        assert str(line) in sentence
        assert not re.search(r"\{(found|expected|file|line|problem|names)\}", sentence)
        assert rule == "syntax" or "fee_yuan" in sentence, "the names that exist are told"


@pytest.mark.parametrize(
    "template",
    [
        "{{ office.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cell.__globals__ }}",
        "{{ cell.__closure__ }}",
        "{{ table3.__dict__ }}",
        "{{ office['__class__'].__base__ }}",
        "{{ ('%s'|attr('__class__')) }}",
        "{{ '{0.__class__}'.format(office) }}",
        "{{ self.__init__ }}",
        "{{ lipsum.__globals__ }}",
    ],
)
def test_a_template_cannot_leave_the_sandbox(template):
    (finding,) = faults(template)
    assert finding.rule in {"prose.template", "prose.unknown_name"}


def test_faults_of_all_templates_are_told_at_once():
    templates = {"prose/other.txt": "{{ a }}", "prose/2023/problems.txt": "{{", "prose/overveiw.txt": "甲"}
    with pytest.raises(BadInput) as caught:
        render(templates)
    assert [finding.rule for finding in caught.value.findings] == [
        "prose.unknown_name",
        "prose.syntax",
        "prose.unknown_file",
    ]
    assert caught.value.findings[2].expected == "overview.txt"
    assert all(path in str(caught.value) for path in templates)


def test_a_figure_nobody_gave_is_not_guessed():
    with pytest.raises(BadInput) as caught:
        render(shipped("prose"), extra={})
    found = {finding.found for finding in caught.value.findings}  # the first of each section
    assert found == {"fee_yuan", "texts_published", "survey_times"}
