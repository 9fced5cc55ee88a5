"""Nothing is left blank: what is missing or wrong is named, everything at once, in both languages."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import Unreadable
from storage.documents.letters.catalogue import needed_fields, template_names
from storage.documents.letters.writer import LetterNotWritten, write_letter
from tests.draws import examples
from tests.storage.documents.letters.desk import (
    DAY,
    PAPERS,
    edited,
    lines,
    paragraph_with,
    refused,
    with_runs,
    written,
)

LABELS = template_names("request")


@pytest.mark.parametrize("key", PAPERS)
def test_everything_missing_is_named_at_once(key):
    with pytest.raises(LetterNotWritten) as refusal:
        write_letter(PAPERS[key], None, {}, DAY)
    asked = {field.label for field in needed_fields(PAPERS[key]) if field.required}
    assert {finding.expected for finding in refusal.value.findings} == asked
    assert {finding.rule for finding in refusal.value.findings} == {"letters.missing"}


@settings(max_examples=examples(20), deadline=None)
@given(st.data())
def test_any_empty_fact_is_named_and_only_that(data):
    key = data.draw(st.sampled_from(sorted(PAPERS)))
    asked = [field for field in needed_fields(PAPERS[key]) if field.required]
    field = data.draw(st.sampled_from(asked))
    blank = data.draw(st.sampled_from(["", " ", "\n\t", "　", "。", "\x00"]))
    assert [finding.expected for finding in refused(key, **{field.key: blank})] == [field.label]


def test_an_unknown_name_is_answered_with_the_known_ones():
    (finding,) = refused("receipt", with_runs("receipt", "<w:r><w:t>{{ 天气 }}</w:t></w:r>"))
    assert (finding.rule, finding.found) == ("letters.unknown_name", "天气")
    assert all(label in finding.words["names"] for label in LABELS.values())


def test_a_misspelt_name_is_answered_with_the_nearest():
    (finding,) = refused("receipt", with_runs("receipt", "<w:r><w:t>{{ 申请内容物 }}</w:t></w:r>"))
    assert (finding.rule, finding.expected) == ("letters.misspelt_name", "申请内容")


def test_an_answer_without_its_remedy_is_refused():
    def cut(paper):
        paragraph_with(paper, "救济途径")._p.getparent().remove(paragraph_with(paper, "救济途径")._p)

    (finding,) = refused("answer.state_secret", edited("answer.state_secret", cut))
    assert (finding.rule, finding.expected, finding.basis) == ("letters.left_out", "救济途径", "条例第十四条")


def test_a_letter_that_must_not_name_a_remedy_need_not():
    def cut(paper):
        paragraph_with(paper, "救济途径")._p.getparent().remove(paragraph_with(paper, "救济途径")._p)

    assert "不服" not in "".join(lines(written("answer.granted", edited("answer.granted", cut))))


def test_two_names_of_one_fact_may_both_be_used():
    letter = written("receipt", with_runs("receipt", "<w:r><w:t>{{ applicant }}与{{申请人}}</w:t></w:r>"))
    assert "申请人甲与申请人甲" in lines(letter)


BROKEN = {
    "unpaired": ["{{ 申请人", "申请人 }}", "{{ 申请人 }", "{% if 申请人"],
    "syntax": [
        "{{ }}",
        "{{ 申请人 + }}",
        "{{r 申请人 }}",
        "{{p 申请人 }}",
        "{{ 申请 人 }}",
    ],
    "template": [
        "{% if 申请人 %}",
        "{{ 申请人.第一.第二 }}",
        "{{ 申请人 / 2 }}",
        "{{ 申请人|safe }}",
        "{% for %}",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_a_broken_template_is_refused_with_a_reason(rule, text):
    findings = refused("receipt", with_runs("receipt", f"<w:r><w:t>{text}</w:t></w:r>"))
    assert {finding.rule for finding in findings} == {f"letters.{rule}"}


def _workbook():
    saved = BytesIO()
    Workbook().save(saved)
    return saved.getvalue()


NO_WORD_FILES = [b"x", b"PK\x03\x04", b"{\\rtf1}", b"\xd0\xcf\x11\xe0", _workbook()]


@pytest.mark.parametrize("content", NO_WORD_FILES, ids=["text", "zip", "rtf", "doc", "xlsx"])
def test_what_is_no_word_file_is_refused(content):
    with pytest.raises(Unreadable, match="Open it in the program"):
        written("receipt", content)


def test_a_template_cannot_reach_beyond_the_facts():
    for text in ("{{ cycler }}", "{{ 申请人.__class__.__mro__ }}", "{{ ''.__class__ }}"):
        assert refused("receipt", with_runs("receipt", f"<w:r><w:t>{text}</w:t></w:r>"))


def test_each_refusal_is_said_in_full():
    templates = [text for texts in BROKEN.values() for text in texts[:1]] + ["{{ 天气 }}", "{{ 申请内容物 }}"]
    found = [refused("receipt", with_runs("receipt", f"<w:r><w:t>{t}</w:t></w:r>"))[0] for t in templates]
    found += refused("receipt", number="")
    for language in LANGUAGES:
        book = phrasebook(language)
        said = [book.finding(finding) for finding in found]
        assert not any(sentence.startswith("[") for sentence in said)
        assert len(set(said)) == len(found)
        with pytest.raises(LetterNotWritten) as refusal:
            written("receipt", number="")
        assert "登记回执" in book.error(refusal.value)
