"""What the letters say: one for every outcome, each with what the law demands of it on its day."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document

import config.duties
from config.declarations.requests.consultation import OPINION_TERMS
from config.duties.dispute import DUTY as DISPUTE
from config.duties.request import DUTY, PAYMENT_TERM
from config.shipped_data import load_duties
from storage.documents.letters.catalogue import letter_sources, needed_fields, template_names, word_for_reader
from storage.documents.letters.template_layout import default_template
from storage.documents.letters.writer import write_letter
from tests.storage.documents.letters.desk import DAY, FACTS, PAPERS, lines, words, written

NOTICES = {
    "receipt",
    "correction",
    "correction_identity",
    "reasons",
    "third_party",
    "other_organ",
    "asked_organ",
    "consultation_told",
    "third_party_told",
    "assistance",
    "extension",
    "later_date",
    "fee",
    "announcement",
    "register_sheet",
    "approval_sheet",
}
REFUSALS = [
    outcome
    for outcome in DUTY.outcomes
    if any(s.key == "reconsideration_first" for s in outcome.required_paragraphs)
]
OTHERS = [outcome for outcome in DUTY.outcomes if outcome not in REFUSALS]
FIRST = "应当自收到本答复之日起60日内先向东山县人民政府申请行政复议"
EITHER = "60日内向东山县人民政府申请行政复议，或者自收到本答复之日起6个月内向东山县人民法院提起行政诉讼"
DEMANDED = {
    "legal_basis": "《中华人民共和国政府信息公开条例》|国办公开办函",
    "remedy": "如对本答复不服",
    "reconsideration_first": FIRST,
}


def test_every_outcome_and_every_notice_has_a_letter():
    assert set(PAPERS) == NOTICES | {f"answer.{outcome.key}" for outcome in DUTY.outcomes}
    assert len(PAPERS) == len(NOTICES) + 23


def test_no_two_kinds_have_a_letter_of_one_key():
    """The office's own template of a letter is found by its key alone."""
    keys = [key for duty in load_duties(config.duties).values() for key in letter_sources(duty)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", ["register_sheet", "approval_sheet"])
def test_a_sheet_is_signed_in_its_rows_and_names_everything_it_uses(key):
    read = lines(written(key))
    assert read.count("签名：　　　　　　　　　　年　　月　　日") == 0  # the line before leaves room to write
    assert sum("签名：" in line for line in read) == (2 if key == "register_sheet" else 3)


def test_a_long_sheet_begins_below_its_title():
    """Rows that are kept together would leave the first page empty."""
    (table,) = Document(
        BytesIO(written("approval_sheet", history="；".join(["2026年11月4日　补正告知"] * 40)))
    ).tables
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept == [False] * 8 + [True, True, False]  # the rows that are signed stand together


def test_a_letter_says_beside_it_what_of_it_was_not_read():
    marked = {key for key, paper in PAPERS.items() if paper.unconfirmed}
    assert marked == {
        "fee",
        "third_party_told",
        "announcement",
        "answer.inquiry_matter",
        "answer.confirm_or_reissue",
    }
    assert not [
        key for key in marked if PAPERS[key].unconfirmed in words(written(key))
    ]  # nobody outside reads it


def test_a_duty_without_letters_has_none():
    assert letter_sources(DISPUTE) == {}


@pytest.mark.parametrize("key", PAPERS)
def test_a_letter_is_whole(key):
    paper = PAPERS[key]
    read = lines(written(key))
    assert read[0] == f"东山镇人民政府\n{paper.title}"
    assert read[1] == FACTS["number"]
    assert "2026年11月23日" in read
    assert not re.search(r"[{}@]|None", "".join(read))


@pytest.mark.parametrize("outcome", DUTY.outcomes, ids=lambda outcome: outcome.key)
@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2024, 1, 1)], ids=str)
def test_an_answer_says_what_its_outcome_demands(outcome, day):
    read = words(written(f"answer.{outcome.key}", day=day))
    for paragraph in outcome.required_paragraphs:
        if paragraph.applies_on(day):
            assert re.search(DEMANDED.get(paragraph.key) or re.escape(FACTS[paragraph.key]), read), (
                paragraph.key
            )


@pytest.mark.parametrize("outcome", DUTY.outcomes, ids=lambda outcome: outcome.key)
def test_an_answer_names_its_article(outcome):
    if outcome.key != "other_result":
        article = outcome.article.removeprefix("条例")
        assert article in words(written(f"answer.{outcome.key}"))


def test_there_are_refusals_to_try():
    assert len(REFUSALS) >= 8


@pytest.mark.parametrize("outcome", REFUSALS, ids=lambda outcome: outcome.key)
def test_a_refusal_goes_to_reconsideration_first_since_2024(outcome):
    before = words(written(f"answer.{outcome.key}", day=date(2023, 12, 31)))
    since = words(written(f"answer.{outcome.key}", day=date(2024, 1, 1)))
    assert EITHER in before
    assert FIRST not in before
    assert FIRST in since
    assert "15日内向东山县人民法院提起行政诉讼" in since
    assert EITHER not in since


@pytest.mark.parametrize("outcome", OTHERS, ids=lambda outcome: outcome.key)
def test_other_answers_leave_both_ways_open(outcome):
    assert EITHER in words(written(f"answer.{outcome.key}", day=date(2024, 1, 1)))


ITEMS = {"already_public": "一", "granted": "二", "not_existing": "四", "not_held": "五"}


@pytest.mark.parametrize(("outcome", "item"), ITEMS.items())
def test_an_answer_cites_one_item_of_article_36(outcome, item):
    read = words(written(f"answer.{outcome}"))
    assert f"《中华人民共和国政府信息公开条例》第三十六条第（{item}）项的规定" in read
    assert re.findall(r"第三十六条第（(.)）项", read) == [item]


def test_an_answer_of_another_organ_names_it():
    read = words(written("answer.not_held"))
    assert FACTS["responsible_organ"] in read
    assert FACTS["search_result"] not in read


def test_a_clerk_may_name_a_narrower_basis():
    read = words(written("answer.state_secret", legal_basis="条例第十四条，保守国家秘密法第十三条"))
    assert "根据《中华人民共和国政府信息公开条例》第十四条，保守国家秘密法第十三条的规定" in read


def test_the_referral_to_another_law_leaves_both_ways_open():
    assert EITHER in words(written("answer.inquiry_matter"))


def test_a_missing_proof_of_identity_is_no_unclear_content():
    read = words(written("correction_identity"))
    assert "没有提供身份证明" in read
    assert "第二十九条第二款第（一）项" in read
    assert "内容不明确" not in read
    assert "没有提供身份证明" not in words(written("correction"))


def test_the_third_party_does_not_learn_who_asked():
    assert "applicant" not in {field.key for field in needed_fields(PAPERS["third_party"])}
    assert FACTS["applicant"] not in words(written("third_party"))


@pytest.mark.parametrize("key", ["asked_organ", "third_party_told", "assistance", "consultation_told"])
def test_no_letter_to_others_names_the_applicant(key):
    named = FACTS["applicant"] in words(written(key))
    assert named == (key == "consultation_told")  # it is the applicant's own


def test_an_organ_that_only_is_asked_has_no_term_and_its_silence_no_meaning():
    read = words(written("asked_organ"))
    assert "不视为同意或者不同意公开" in read
    assert "工作日" not in read


def test_the_third_party_is_told_what_is_disclosed_and_why():
    read = words(written("third_party_told"))
    assert {FACTS["disclosed"], FACTS["reason"]} <= {part for part in FACTS.values() if part in read}
    assert "第三十二条" in read


def test_silence_means_the_opposite_to_an_organ():
    assert "逾期未提出意见的，视为同意公开" in words(written("other_organ"))
    assert "逾期未提出意见的，由本机关" in words(written("third_party"))


def test_the_terms_in_the_letters_are_the_declared_ones():
    for key, party in (("third_party", "third_party"), ("other_organ", "other_organ")):
        assert f"之日起{OPINION_TERMS[party].days}个工作日内" in words(written(key))
    assert f"次日起{PAYMENT_TERM.days}个工作日内缴清" in words(written("fee"))


@pytest.mark.parametrize("key", PAPERS)
def test_what_a_letter_needs_is_what_it_uses(key):
    paper = PAPERS[key]
    asked = needed_fields(paper)
    required = {field.key for field in asked if field.required}
    assert {field.key for field in asked} - required <= {"legal_basis"}
    facts = {name: value for name, value in FACTS.items() if name in required}
    assert words(written(key)) == words(write_letter(paper, None, facts, DAY))
    assert all(field.label == template_names("request")[field.key] for field in asked)


def test_an_applicant_is_addressed_by_what_the_program_knows_and_anybody_else_by_both_words():
    granted, third = PAPERS["answer.granted"], PAPERS["third_party"]
    for kind, word in (("natural_person", "你"), ("business", "你单位"), ("", "你（单位）")):
        said = word_for_reader(granted, kind)
        assert said == word
        told = words(write_letter(granted, None, FACTS | {"content": "“你（单位）”一词"}, DAY, reader=said))
        assert f"现向{word}提供" in told
        assert told.count("你（单位）") == (1 if kind else told.count(word))  # the applicant's own words stay
    assert word_for_reader(third, "natural_person") == "你（单位）"


def test_the_signature_never_stands_on_a_page_with_the_line_of_contact_alone():
    paragraphs = Document(BytesIO(default_template(PAPERS["answer.granted"]))).paragraphs
    kept = [bool(one.paragraph_format.keep_with_next) for one in paragraphs[-5:]]
    assert [one.text.strip("{} ") for one in paragraphs[-2:]] == ["机关名称", "落款日期"]
    assert kept == [False, True, True, True, False]  # remedy, contact, office, day
