"""An office's own template: edited in Word or WPS, split, formatted, and still filled in to the letter."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.declarations.requirements import RequiredParagraph
from storage.documents.letters.catalogue import NAME_PATTERN, chinese_day
from storage.documents.letters.template_layout import default_template
from tests.draws import examples
from tests.storage.documents.letters.desk import (
    DAY,
    FACTS,
    PAPERS,
    edited,
    lines,
    paragraph_with,
    refused,
    with_runs,
    words,
    written,
)

SPLIT = {
    "a spelling mark": "<w:r><w:t>{{ 申</w:t></w:r><w:proofErr w:type='spellStart'/><w:r><w:t>请人 }}</w:t></w:r>",
    "braces apart": "<w:r><w:t>{</w:t></w:r><w:r><w:t>{申请人}</w:t></w:r><w:r><w:t>}</w:t></w:r>",
    "a bold middle": "<w:r><w:t>{{</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>申请人</w:t></w:r><w:r><w:t>}}</w:t></w:r>",
    "a tracked insertion": "<w:r><w:t>{{ 申</w:t></w:r><w:ins w:id='1' w:author='a'><w:r><w:t>请人 }}</w:t></w:r></w:ins>",
    "an insertion around": "<w:ins w:id='1' w:author='a'><w:r><w:t>{{ 申</w:t></w:r><w:r><w:t>请人 }}</w:t></w:r></w:ins>",
    "a tracked deletion": "<w:r><w:t>{{ 申请</w:t></w:r><w:del w:id='1' w:author='a'><w:r><w:delText>的</w:delText></w:r></w:del><w:r><w:t>人 }}</w:t></w:r>",
    "a bookmark": "<w:r><w:t>{{ 申请</w:t></w:r><w:bookmarkStart w:id='1' w:name='b'/><w:r><w:t>人 }}</w:t></w:r><w:bookmarkEnd w:id='1'/>",
    "a link": "<w:hyperlink w:anchor='b'><w:r><w:t>{{ 申</w:t></w:r></w:hyperlink><w:r><w:t>请人 }}</w:t></w:r>",
    "wide braces": "<w:r><w:t>｛｛ 申</w:t></w:r><w:r><w:t>请人 ｝｝</w:t></w:r>",
    "every sign alone": "".join(
        f"<w:r><w:t xml:space='preserve'>{sign}</w:t></w:r>" for sign in "{{ 申请人 }}"
    ),
}
BEFORE, BEHIND = "<w:r><w:t>前</w:t></w:r>", "<w:r><w:rPr><w:i/></w:rPr><w:t>后</w:t></w:r>"
AWKWARD = "甲 & 乙 <丙> “丁” \"戊\" '己' &amp; &lt; ]]> {一} {_{ %_} {{ 申请人 }} %} ＆"


@pytest.mark.parametrize("how", SPLIT)
def test_a_split_placeholder_is_filled_in(how):
    letter = written("receipt", with_runs("receipt", BEFORE + SPLIT[how] + BEHIND))
    assert "前申请人甲后" in lines(_accepted(letter))


def _accepted(letter):
    """The letter with tracked insertions and links read as plain text, as Word shows them."""
    paper = Document(BytesIO(letter))
    for holder in [*paper.element.iter(qn("w:ins"), qn("w:hyperlink"))]:
        for run in holder:
            holder.addprevious(run)
        holder.getparent().remove(holder)
    saved = BytesIO()
    paper.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("how", SPLIT)
def test_a_split_placeholder_keeps_a_fact_of_two_lines(how):
    letter = written("receipt", with_runs("receipt", BEFORE + SPLIT[how] + BEHIND), applicant="甲\n乙")
    assert "前甲\n乙后" in words(_accepted(letter))


def test_a_filled_placeholder_keeps_its_format():
    def embolden(paper):
        paragraph = paragraph_with(paper, "{{ 申请人 }}")
        paragraph.runs[0].bold = True

    letter = Document(BytesIO(written("receipt", edited("receipt", embolden))))
    assert paragraph_with(letter, FACTS["applicant"]).runs[0].bold


def test_what_an_office_adds_is_kept():
    def add(paper):
        paper.add_paragraph("附注：100% {保留} <原样> & 不动")
        paper.add_table(rows=1, cols=2).rows[0].cells[0].text = "{{ 申请人 }}"
        for part in ("｛", "｛ 机关", "名称 ｝", "｝文书"):
            paper.sections[0].header.paragraphs[0].add_run(part)

    letter = Document(BytesIO(written("receipt", edited("receipt", add))))
    assert letter.paragraphs[-1].text == "附注：100% {保留} <原样> & 不动"
    assert letter.tables[0].rows[0].cells[0].text == FACTS["applicant"]
    assert letter.sections[0].header.paragraphs[0].text == "东山镇人民政府文书"


@pytest.mark.parametrize("key", PAPERS)
def test_each_placeholder_of_a_default_stands_in_one_run(key):
    paper = Document(BytesIO(default_template(PAPERS[key])))
    for paragraph in paper.paragraphs:
        in_runs = [name for run in paragraph.runs for name in NAME_PATTERN.findall(run.text)]
        assert in_runs == NAME_PATTERN.findall(paragraph.text)


@pytest.mark.parametrize("key", PAPERS)
def test_a_saved_default_writes_the_same_letter(key):
    assert written(key, default_template(PAPERS[key])) == written(key)


@pytest.mark.parametrize("key", PAPERS)
def test_the_same_facts_give_the_same_bytes(key):
    first = written(key)
    default_template.cache_clear()  # its template as well
    assert written(key) == first
    with ZipFile(BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_properties_kept_elsewhere_are_found():
    """Some programs keep a file's properties under a name of their own."""
    content = default_template(PAPERS["receipt"])
    moved = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(moved, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(b"docProps/core.xml", b"props/a.psmdcp")
            new.writestr(name.replace("docProps/core.xml", "props/a.psmdcp"), text)
    assert words(written("receipt", moved.getvalue())) == words(written("receipt"))


@pytest.mark.parametrize("field", ["applicant", "content", "office", "number", "contact"])
def test_awkward_text_survives(field):
    assert AWKWARD in words(written("receipt", **{field: AWKWARD}))


def test_awkward_text_survives_in_a_remedy():
    assert f"先向{AWKWARD}申请" in words(written("answer.state_secret", reconsideration_organ=AWKWARD))


SIGNS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff\u2028\u2029")
TEXTS = st.text(SIGNS | st.sampled_from("<>&\"'{}%#\n_“”"), min_size=1, max_size=60)


@settings(max_examples=examples(25), deadline=None)
@example("{_{")
@given(TEXTS.filter(lambda text: text.strip().rstrip("。").strip()))
def test_any_text_survives(text):
    letter = words(written("receipt", content=text))
    assert f"申请公开的内容为：“{text.strip().rstrip('。').rstrip()}”。" in letter


def test_lines_become_paragraphs_of_the_same_look():
    letter = Document(BytesIO(written("correction")))
    first, second = (paragraph_with(letter, mark) for mark in ("1. 请写明", "2. 请提供"))
    assert first.text == "1. 请写明申请公开的文件名称。"
    assert second.text == "2. 请提供身份证明复印件。"
    assert first.style.name == second.style.name == "Body Text"


def test_a_full_stop_never_doubles():
    assert "。。" not in words(written("answer.granted", how_to_get="以纸质复印件邮寄。"))
    assert "。，" not in words(written("extension", reason="档案需要查阅。"))


def test_pasted_signs_no_file_can_hold_are_dropped():
    assert "申请人甲：" in lines(written("receipt", applicant="申请\x07人\x00甲\x0c"))


def test_the_day_is_written_as_papers_write_it():
    assert chinese_day(DAY) == "2026年11月23日"


def test_an_unheard_of_demand_is_a_fault_of_the_program():
    """A paragraph no letter knows may not pass in silence."""
    paper = replace(PAPERS["answer.granted"], required_paragraphs=(RequiredParagraph(key="unheard"),))
    with pytest.raises(KeyError, match="unheard"):
        refused(paper)
