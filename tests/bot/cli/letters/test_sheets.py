"""The sheets that stay inside the office: they tell a case as a whole, and who decides on what is proposed."""

from datetime import date

import pytest

from tests.bot.cli.letters.counter import CONTENT, REFERENCE, named
from tests.bot.cli.letters.test_letter import CONSENT
from tests.storage.content.people import APPLICANT
from tests.storage.documents.letters.desk import lines

ANSWER = f"{REFERENCE}-答复书（予以公开）.docx"


@pytest.fixture
def rows(counter):
    """The rows of a sheet by their label, as they were written."""

    def read(name, *options):
        assert counter.letter(name, "--set", CONTENT, *options, "--out", f"{name}.docx").code == 0
        found = lines((counter.folder / f"{name}.docx").read_bytes())
        (counter.folder / f"{name}.docx").unlink()
        return found[2:]

    return read


def after(rows, label):
    return rows[rows.index(label) + 1]


def test_an_extension_goes_to_the_head_of_the_disclosure_office_and_says_why(counter, rows):
    counter.steps("correction_asked", date(2026, 11, 4), items="年份", until="2026-11-18", about="identity")
    counter.steps("corrected", date(2026, 11, 10))
    counter.steps("consulted", date(2026, 11, 11), **{"with": "区档案馆", "party": "asked_organ"})
    assert (
        after(rows("approval_sheet", "--set", "proposal=x"), "答复期限")
        == "征求意见还没有结果，等待期间不计入期限"
    )
    counter.steps("consultation_ended", date(2026, 11, 12), **{"with": "区档案馆", "opinion": "agreed"})
    counter.steps("extension_asked", date(2026, 11, 23), days=10, reason="需要到区档案馆查阅")
    said = rows("approval_sheet")
    assert after(said, "申请人") == f"{APPLICANT.name}（自然人）"
    assert after(said, "收到日期") == "2026年11月2日（当面提交）"
    assert after(said, "办理经过").split("；") == [
        "2026年11月4日　补正告知（补正期限：2026年11月18日）",
        "2026年11月10日　收到补正",
        "2026年11月11日　征求意见（区档案馆）",
        "2026年11月12日　征求意见结束（区档案馆）",
        "2026年11月23日　申请延期",
    ]
    assert after(said, "拟办意见") == "申请延期。拟延长工作日数：10；理由：需要到区档案馆查阅"
    assert after(said, "由谁审批") == "同意的信息公开工作机构负责人：党政办主任"
    counter.steps("extended", date(2026, 11, 24), days=10, notified_on="2026-11-24", **CONSENT)
    assert named(counter.letter("approval_sheet", "--set", CONTENT)) == [
        "proposal"
    ]  # what is proposed next is open


def test_an_answer_goes_through_its_chain_and_shows_who_has_signed(counter, rows):
    written = ("--set", CONTENT, "--set", "提供方式=邮寄", "--draft", "--by", "clerk")
    assert counter.letter("answer", "--outcome", "granted", *written).code == 0
    said = rows("approval_sheet")
    assert after(said, "拟办意见") == "按“予以公开”（条例第三十六条第（二）项）答复"
    stages = said[said.index("由谁审批") + 1 : said.index("承办人意见")]
    assert len(stages) == len(counter.app.office.chain("request_reply").stages)
    assert "同意" not in "".join(stages)
    assert (
        counter.gongkai(
            "sign", counter.case, "--by", "secrecy_officer", "--stage", "保密审查", "--file", ANSWER
        ).code
        == 0
    )
    said = rows("approval_sheet")
    assert "已于2026年11月2日同意" in after(said, "由谁审批")


def test_a_registration_form_says_what_was_registered_and_leaves_nothing_blank(counter, rows):
    said = rows("register_sheet")
    assert after(said, "答复期限") == "2026年11月30日前（含当日）"
    assert after(said, "要求的提供方式") == "没有写明"
    assert after(said, "平信到达日期") == "不是平信"
    assert after(said, "联系方式") == APPLICANT.contact
    facts = {
        "applicant_kind": "business",
        "channel": "post_ordinary",
        "arrived_on": "2026-10-30",
        "content": "办法",
    }
    counter.opens(reference="召公开〔2026〕8号", **facts)
    counter.knows()
    said = rows("register_sheet")
    assert [after(said, one) for one in ("收到方式", "平信到达日期", "申请人类型")] == [
        "平信",
        "2026年10月30日",
        "商业企业",
    ]
