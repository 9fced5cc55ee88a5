"""A text is read through: places, gates, masks, the office's own rules, and the report's check beside it."""

from dataclasses import replace

import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import BadInput
from config.findings import Severity
from config.office.model import Contacts
from storage.proofread.review import Manuscript, has_blocking_findings, proofread_text
from storage.reading.texts.manuscript import read_manuscript
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from tests.storage.proofread import generated
from tests.storage.proofread.labelled import corpus, read, sample_office
from tests.storage.report_checks.made import FORM, SEED, clean, with_text

OFFICE, RULES = sample_office(), load_wordlist()
FIVE = {
    ("slip", "五、存在问题及改进情况"),
    ("inconsistent", "镇长"),
    ("area", "全街"),
    ("higher_area", "全区"),
    ("slip", "公开平合"),
    ("bracket_width", "（一)"),
}


def rules(findings):
    return [finding.rule.removeprefix("proofread.") for finding in findings]


def text(body="", title="", attachments=(), office=OFFICE, own=RULES):
    return proofread_text(Manuscript(title=title, body=body, attachments=attachments), office, own)


def test_the_seeds_five_slips_are_found():
    findings = proofread_text(read_manuscript(SEED), OFFICE, RULES)
    said = {(finding.rule.removeprefix("proofread."), finding.words["near"]) for finding in findings}
    for rule, words in FIVE:
        assert any(rule == spoken and words in near for spoken, near in said), (rule, words)
    assert sorted(rules(findings)) == sorted(
        ["slip", "slip", "slip", "inconsistent", "higher_area", "area", "area", "bracket_width"]
    )
    assert not has_blocking_findings(findings)


def test_places_count_paragraphs_and_characters_from_one():
    number = generated.mobile(generated.drawn(1))
    findings = text(
        title="关于公开平合的通知",
        body=f"首段。\n\n联系电话{number}。",
        attachments=("名单.xlsx", f"表{number}.xlsx"),
    )
    assert [(finding.rule, finding.place) for finding in findings] == [
        ("proofread.mobile", "body#3@5"),
        ("proofread.mobile", "attachment#2@2"),
        ("proofread.slip", "title@5"),
    ]


def test_only_personal_data_and_marks_are_gates():
    for line in corpus():
        gates = {finding.rule for finding in read(line.text) if finding.severity is Severity.ERROR}
        allowed = {"identity", "identity_old", "mobile", "home_phone", "bank_card", "plate", "passport"}
        allowed |= {"mark_secret", "mark_work_secret", "mark_internal"}
        assert {rule.removeprefix("proofread.") for rule in gates} <= allowed


@pytest.mark.parametrize("kind", sorted(generated.GROUPS))
def test_no_finding_of_any_rule_holds_the_number(kind):
    chance = generated.drawn(5)
    for _ in range(50):
        number = generated.MADE[kind](chance)
        # A bracket, a doubled word and a wrong one right beside it: their excerpts reach over the number.
        findings = text(
            body=f"的的(号码{number}）公开平合，，秘密★1年 {number}",
            title=number,
            attachments=(f"（{number}）",),
        )
        said = repr([finding.as_dict() for finding in findings])
        assert number not in said
        assert number[1:-1] not in said
        assert len(findings) > 4
        for language in LANGUAGES:
            assert number[1:-1] not in "".join(phrasebook(language).finding_lines(findings))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_said_in_full(language):
    book, said = phrasebook(language), set()
    for line in corpus():
        findings = read(line.text)
        said |= {finding.rule for finding in findings}
        for sentence in book.finding_lines(findings):
            assert not {"{", "}", "["} & set(sentence.replace(line.text, "")), sentence
    shipped = {key.removeprefix("finding.") for key in book.phrases if key.startswith("finding.proofread.")}
    of_files = {"proofread.unread", "proofread.lost_digits"}  # no line of the corpus is one
    assert said | of_files == shipped


def test_what_the_office_gives_out_for_applicants_is_left_alone():
    giving = replace(OFFICE, contacts=Contacts(contact="党政办公室 0535-6123456"))
    assert rules(text("咨询电话0535-6123456。", office=OFFICE)) == ["landline"]
    assert text("咨询电话（0535）6123456。", office=giving) == ()


def test_an_empty_text_has_nothing_to_find():
    assert text() == ()
    assert text("\n\n", title=" ") == ()


def test_without_an_office_only_what_is_wrong_everywhere_is_found():
    assert rules(text("全街公开平合，我街道", office=None)) == ["slip"]


def test_another_level_has_other_wrong_words():
    street = replace(OFFICE, name="甲街道办事处")
    assert rules(text("我镇党委高度重视，全街一盘棋。", office=street)) == ["slip"]
    assert rules(text("我街道高度重视，全街一盘棋。", office=street)) == []


@pytest.mark.parametrize(
    "line",
    [
        line
        for line in corpus()
        if line.rule in {"slip", "doubled", "order", "area", "bracket_width", "weekday", "span"}
    ],
    ids=lambda line: line.text[:16],
)
def test_a_report_is_read_by_the_same_rules(line):
    report = with_text(replace(clean(), agency=OFFICE.name), line.text)
    before = check_report(replace(clean(), agency=OFFICE.name), FORM, wording=RULES)
    found = [item.rule for item in check_report(report, FORM, wording=RULES) if item not in before]
    assert [f"text.{rule}" for rule in rules(read(line.text)) if rule == line.rule] == [
        rule for rule in found if rule == f"text.{line.rule}"
    ]


OWN = """
off = ["involves", "全区", "stop_width"]
[[slips]]
key = "our_name"
pattern = '召都吧镇'
right = "召都巴镇"
why = "镇名写错"
[[orders]]
key = "villages"
items = ["甲村", "乙村", "丙村"]
why = "按行政区划"
[[innocent]]
text = "公开平合影展"
why = "展览的名称"
[[public_numbers]]
number = "138-0013-8000"
why = "防汛值班手机"
"""


def test_an_office_adds_and_switches_off_rules():
    said = "召都吧镇,涉及到全区乙村、甲村，公开平合影展，值班手机138 0013 8000"
    assert rules(text(said, own=load_wordlist("\ufeff" + OWN))) == ["slip", "order"]
    assert sorted(set(rules(text(said)))) == ["higher_area", "mobile", "slip", "stop_width"]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("off = [", "syntax"),
        ('off = ["involve"]', "unknown_key"),
        ('off = "involves"', "wrong_kind"),
        ("[[slip]]\nkey = 'a'", "unknown_part"),
        ("[slips]\nkey = 'a'", "not_entries"),
        ("slips = ['a']", "not_entries"),
        ("[[slips]]\nkey = 'a'\npattern = 'b'\nright = ''", "missing"),
        ("[[slips]]\nkey = 'a'\npattern = 'b'\nright = ''\nwhy = 'c'\ncolour = 'd'", "unknown_part"),
        ("[[slips]]\nkey = 'a'\npattern = '(b'\nright = ''\nwhy = 'c'", "bad_pattern"),
        ("[[slips]]\nkey = 'a'\npattern = '\\\\Ab'\nright = ''\nwhy = 'c'", "bad_pattern"),
        ("[[slips]]\nkey = 'a'\npattern = 'b*'\nright = ''\nwhy = 'c'", "fits_nothing"),
        ("[[slips]]\nkey = 'a'\npattern = 'a+b'\nright = ''\nwhy = 'c'", "slow_pattern"),
        ("[[slips]]\nkey = 'a'\npattern = 'x(?:a|aa){9}b'\nright = ''\nwhy = 'c'", "slow_pattern"),
        ("[[slips]]\nkey = 'a'\npattern = 'a{0,9}b{0,9}c{0,9}d'\nright = ''\nwhy = 'c'", "slow_pattern"),
        ("[[slips]]\nkey = 'a'\npattern = 'a{0,99}b'\nright = ''\nwhy = 'c'", "slow_pattern"),
        ("[[slips]]\nkey = 'until'\npattern = 'b'\nright = ''\nwhy = 'c'", "twice"),
        ("[[slips]]\nkey = 'a'\npattern = 'b'\nright = ''\nwhy = 'c'\nnote = 'yes'", "wrong_kind"),
        ("[[agreements]]\nkey = 'a'\npattern = 'b'\nwithin = 'c'\nwhy = 'd'", "no_said"),
        ("[[orders]]\nkey = 'a'\nitems = 'b'\nwhy = 'd'", "wrong_kind"),
        ("[[public_numbers]]\nnumber = 5\nwhy = 'd'", "wrong_kind"),
    ],
)
def test_what_cannot_stand_in_the_offices_file_is_named(written, fault):
    with pytest.raises(BadInput) as refused:
        load_wordlist(written)
    (finding,) = refused.value.findings
    assert finding.rule == f"expressions.{fault}"
    for language in LANGUAGES:
        sentence = phrasebook(language).finding(finding)
        assert not sentence.startswith("[finding"), sentence


def test_the_example_every_new_office_gets_changes_nothing(empty_home):
    assert load_wordlist((empty_home / "expressions.toml").read_text("utf-8")) == RULES


def test_each_entry_has_its_own_key_and_says_where_it_comes_from():
    keys = [entry.key for entry in (*RULES.slips, *RULES.orders, *RULES.agreements)]
    assert len(keys) == len(set(keys))
    assert all(entry.why for entry in (*RULES.slips, *RULES.orders, *RULES.agreements))
