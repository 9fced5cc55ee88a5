"""A paper is written from what stands somewhere; what stands nowhere is named, and nothing is left blank."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document

from bot.language.phrasebook import LANGUAGES
from bot.services.letters.letter_templates import letters_of
from config.duties.request import DUTY
from scheduler.letters.fact_gathering import read_settings
from storage.documents.letters.catalogue import template_names
from tests.bot.cli.letters.counter import CONTENT, GIVEN, REFERENCE, named, papers_in
from tests.storage.content.people import APPLICANT, VALUES
from tests.storage.documents.letters.desk import words

RECEIPT = f"{REFERENCE}-登记回执.docx"
CONSENT = {
    "consented_by": "office_director",
    "reason": "需要到区档案馆查阅",
    "consent_evidence": "签批单 12 号",
}


def asks(counter, day=date(2026, 11, 4)):
    counter.steps("correction_asked", day, items="请写明文件名称", until="2026-11-18")


def test_a_receipt_says_who_what_and_until_when(counter):
    said = counter.letter("receipt", "--set", CONTENT)
    assert said.code == 0
    read = counter.read(RECEIPT)
    assert read.startswith("召都巴镇人民政府\n政府信息公开申请登记回执")
    assert REFERENCE in read
    assert "甲乙丙丁申请人：" in read
    assert "本机关于2026年11月2日收到" in read
    assert "本机关将于2026年11月30日前（含当日）作出答复" in read
    assert "召都巴镇党政办公室" in read


def test_a_correction_says_what_its_step_recorded(counter):
    asks(counter)
    assert counter.letter("correction", "--set", CONTENT).code == 0
    read = counter.read(f"{REFERENCE}-补正告知书.docx")
    assert "请写明文件名称。" in read
    assert "请于2026年11月18日前（含当日）将补正材料提交本机关" in read


def test_an_extension_says_the_new_date(counter):
    counter.steps("extended", date(2026, 11, 23), days=10, notified_on="2026-11-23", **CONSENT)
    assert counter.letter("extension", "--set", CONTENT).code == 0
    read = counter.read(f"{REFERENCE}-延期答复告知书.docx")
    assert "因需要到区档案馆查阅" in read
    assert "延长10个工作日，本机关将于2026年12月14日前（含当日）作出答复" in read


@pytest.mark.parametrize(("paper", "step"), [("extension", "延期"), ("later_date", "确定延迟答复日期")])
def test_a_letter_says_no_consent_that_nobody_recorded(counter, paper, step):
    typed = ("--set", "理由=查阅档案", "--set", "days=30", "--set", "due=下个月")
    for settings in ((), typed):
        said = counter.letter(paper, "--set", CONTENT, *settings)
        assert said.code == 1
        assert "“答复期限”只能从那里来" in said.err
        assert f"请先在案件 {counter.case} 里记下“{step}”" in said.err
        assert not {"days", "due"} & set(named(said))
    assert ("“延长工作日数”只能从那里来" in said.err) == (paper == "extension")
    assert papers_in(counter.folder) == []


def test_an_office_s_own_extension_without_days_and_date_is_refused_as_well(counter):
    counter.gongkai("letters", "extension", "--write")
    file = counter.app.home.letter_template("extension")
    edit(file, "{{ 延长工作日数 }}", "若干")
    edit(file, "{{ 答复期限 }}", "近期")
    said = counter.letter("extension", "--set", CONTENT, "--set", "理由=查阅档案")
    assert (said.code, "请先在案件" in said.err) == (1, True)


def test_an_extension_s_letter_waits_for_the_date_that_a_consultation_holds_up(counter):
    counter.steps("extended", date(2026, 11, 20), days=10, notified_on="2026-11-20", **CONSENT)
    counter.steps("consulted", date(2026, 11, 23), **{"with": "区档案馆", "party": "other_organ"})
    said = counter.letter("extension", "--set", CONTENT, "--set", "due=2026-12-14")
    assert said.code == 1
    assert "“答复期限”现在还定不下来" in said.err
    assert "延长工作日数" not in said.err


def test_a_date_beyond_the_last_notice_is_plain_in_the_letter_and_told_to_who_writes_it(counter):
    counter.steps("extended", date(2026, 11, 27), days=20, notified_on="2026-11-27", **CONSENT)
    assert "放假安排还没有公布" not in counter.letter("extension", "--set", CONTENT).out
    counter.steps("consulted", date(2026, 11, 27), **{"with": "区档案馆", "party": "other_organ"})
    counter.steps("consultation_ended", date(2026, 12, 18), **{"with": "区档案馆", "opinion": "agreed"})
    for paper in ("extension", "receipt"):
        said = counter.letter(paper, "--set", CONTENT, "--out", f"{paper}.docx")
        assert "2027年的放假安排还没有公布" in said.out
        read = counter.read(f"{paper}.docx")
        assert "将于2027年" in read
        assert "暂定" not in read
    assert "2027" not in counter.letter("consultation_told", "--set", CONTENT).out
    assert counter.letter("register_sheet", "--set", CONTENT).code == 0
    assert "（暂定）" in counter.read(f"{REFERENCE}-登记表.docx")


@pytest.mark.parametrize(
    ("paper", "party", "label"),
    [("third_party", "third_party", "第三方意见征询书"), ("other_organ", "other_organ", "征求意见函")],
)
def test_whoever_is_asked_is_the_one_of_this_kind(counter, paper, party, label):
    for who, kind in (("甲合作社", "third_party"), ("区档案馆", "other_organ")):
        counter.steps("consulted", date(2026, 11, 4), **{"with": who, "party": kind})
    assert counter.letter(paper, "--set", CONTENT).code == 0
    read = counter.read(f"{REFERENCE}-{label}.docx")
    assert ("甲合作社：" in read, "区档案馆：" in read) == (party == "third_party", party == "other_organ")
    assert APPLICANT.name not in read


def test_a_fee_is_counted_and_explained(counter):
    said = counter.letter("fee", "--set", CONTENT, "--items", "5", "--before", "28")
    assert said.code == 0
    read = counter.read(f"{REFERENCE}-收费通知书.docx")
    assert "信息处理费人民币800元" in read
    assert "第11件至第30件，计2件，每件100元，共200元；第31件至第40件，计3件，每件200元，共600元。" in read
    assert "缴费方式：凭《缴款通知书》上的缴款码缴入国库。" in read


def test_a_fee_that_is_not_the_recorded_one_is_refused(counter):
    counter.steps("fee_noticed", date(2026, 11, 5), amount_yuan="700")
    said = counter.letter("fee", "--set", CONTENT, "--items", "5", "--before", "28")
    assert said.code == 1
    assert "“收费金额”在案件里是“700”，这里却是“800”" in said.err
    assert counter.letter("fee", "--set", CONTENT, "--items", "5", "--before", "12").code == 1
    assert counter.letter("fee", "--set", CONTENT, "--items", "7", "--before", "10").code == 0


def test_fees_are_counted_one_way_or_the_other(counter):
    said = counter.letter("fee", "--items", "5", "--pages", "3")
    assert said.code == 1
    assert "只能选一种" in said.err


@pytest.mark.parametrize("day", ["2026-11-20", "2026年11月20日"])
def test_a_letter_says_no_other_day_than_its_case(counter, day):
    asks(counter)
    said = counter.letter("correction", "--set", CONTENT, "--set", f"until={day}")
    assert said.code == 1
    assert "“补正期限”在案件里是“2026年11月18日”，这里却是“2026年11月20日”" in said.err
    assert counter.letter("correction", "--set", CONTENT, "--set", "until=2026-11-18").code == 0


def test_the_letter_s_words_may_be_fuller_than_the_step_s(counter):
    asks(counter)
    counter.letter("correction", "--set", CONTENT, "--set", "补正内容=一、文件名称；二、年度")
    assert "一、文件名称；二、年度。" in counter.read(f"{REFERENCE}-补正告知书.docx")


def test_everything_missing_is_named_at_once_with_what_to_write(counter):
    counter.opens(reference="")
    said = counter.letter("fee", "--set", "fee=1", "--set", "金额")
    assert said.code == 1
    assert named(said) == ["number", "applicant", "content", "amount_yuan", "fee_basis"]
    for hint in (
        "“文书编号”",
        "“申请人”",
        "gongkai private set 2 --stdin",
        "“申请内容”",
        "--items",
        "第 1 个",
        "第 2 个",
    ):
        assert hint in said.err
    assert papers_in(counter.folder) == []


def test_an_office_without_contacts_is_told_where_to_write_them(counter):
    file = counter.app.home.office_file
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("[contacts]")] + text[text.index("[[date]]") :], "utf-8")
    said = counter.letter("answer", "--outcome", "state_secret", *GIVEN, "--set", "理由=依法定密")
    assert named(said) == ["contact", "reconsideration_organ", "court"]
    assert said.err.count("[contacts]") == 3


def test_a_value_nobody_asked_for_is_not_repeated(counter):
    settings = [
        APPLICANT.name,
        f"申请人{APPLICANT.name[:2]}={APPLICANT.name}",
        f"{APPLICANT.contact}={APPLICANT.address}",
        "content=",
    ]
    said = counter.letter("receipt", *(word for text in settings for word in ("--set", text)))
    assert said.code == 1
    assert "最接近的是：申请人" in said.err
    assert "第 4 个 --set 没有写内容。请写成 content=…" in said.err
    told = said.out + said.err + repr(read_settings("request", settings)[1])
    assert [value for value in (*VALUES, APPLICANT.name[:2]) if value in told] == []


def test_signs_of_markup_stay_what_they_are(counter):
    assert counter.letter("receipt", "--set", 'content=A&B <合同> {{ 申请人 }} {% x %} "q" _ =').code == 0
    assert '“A&B <合同> {{ 申请人 }} {% x %} "q" _ =”' in counter.read(RECEIPT)


@pytest.mark.parametrize("outcome", [outcome.key for outcome in DUTY.outcomes])
def test_every_answer_can_be_written(counter, outcome):
    missing = named(counter.letter("answer", "--outcome", outcome))
    sets = [word for key in missing for word in ("--set", f"{key}=某事")]
    said = counter.letter("answer", "--outcome", outcome, *sets)
    assert (said.code, said.err) == (0, "")
    (file,) = papers_in(counter.folder)
    assert not {"{", "}", "@"} & set(counter.read(file))


def test_an_answer_follows_the_close(counter):
    counter.closes("granted")
    assert counter.letter("answer", *GIVEN).code == 0
    assert papers_in(counter.folder) == [f"{REFERENCE}-答复书（予以公开）.docx"]
    other = counter.letter("answer", "--outcome", "属于国家秘密", *GIVEN)
    assert other.code == 1
    assert "按“予以公开”办结" in other.err
    assert counter.letter("answer.granted", *GIVEN).code == 0


def test_a_case_taken_up_again_waits_for_a_new_answer(counter):
    counter.closes("granted")
    counter.steps("reopened", date(2026, 11, 20), decision="莱政复决〔2026〕1号")
    assert "还没有办结" in counter.letter("answer", *GIVEN).err
    assert counter.letter("answer", "--outcome", "部分公开", *GIVEN).code == 1


def test_what_is_public_already_is_found_by_its_place_and_not_by_the_form_that_was_asked_for(counter):
    """36(1) says where it is public; “纸质” is how the applicant wanted it, and no place."""
    counter.opens(
        reference="召公开〔2026〕8号", applicant_kind="business", content="预算", provided_as="paper"
    )
    counter.knows()
    assert named(counter.letter("answer.already_public")) == ["where_public"]
    assert counter.letter("answer.granted", "--out", "granted.docx").code == 0
    assert "提供方式如下：纸质" in counter.read("granted.docx")


def test_an_open_case_s_answer_must_be_named(counter):
    for wanted in ([], ["--outcome", "gratned"]):
        said = counter.letter("answer", *wanted, *GIVEN)
        assert said.code == 1
        assert "granted 予以公开" in said.err


def test_an_unpaid_fee_is_told_from_its_notice(counter):
    counter.steps("fee_noticed", date(2026, 11, 5), amount_yuan="700")
    counter.letter("answer", "--outcome", "fee_unpaid", "--set", CONTENT, "--set", "理由=逾期未缴")
    (file,) = papers_in(counter.folder)
    assert "缴纳信息处理费人民币700元" in counter.read(file)


def test_an_edited_letter_is_never_overwritten(counter):
    counter.letter("receipt", "--set", CONTENT)
    before = (counter.folder / RECEIPT).read_bytes()
    assert counter.letter("receipt", "--set", CONTENT).code == 0
    (counter.folder / RECEIPT).write_bytes(before + b"\0")
    said = counter.letter("receipt", "--set", CONTENT)
    assert said.code == 1
    assert "没有覆盖" in said.err
    assert (counter.folder / RECEIPT).read_bytes() == before + b"\0"


def test_a_reference_makes_a_safe_name(counter):
    counter.opens(reference='../a:b*/“甲”?\\<x>|"y" ' + "长" * 80)
    counter.knows()
    assert counter.letter("receipt", "--set", CONTENT).code == 0
    (file,) = papers_in(counter.folder)
    assert file.startswith("a-b-“甲”-x-y-长")
    assert len(file.encode()) < 255


@pytest.mark.parametrize(
    "words_", [("letter", 99, "receipt"), ("letter", 1, "recipt"), ("letters", "recipt"), ("standing", 99)]
)
def test_what_is_not_there_is_refused_in_words(counter, words_):
    said = counter.gongkai(*words_)
    assert said.code == 1
    assert not said.err.startswith("[")


def test_a_kind_without_papers_says_so(counter):
    counter.opens("dispute", "莱政复〔2026〕1号", route="reconsideration")
    said = counter.letter("receipt")
    assert (said.code, "没有可写的文书" in said.err) == (1, True)


# ---- Templates the office edits ------------------------------------------------------------------------------
def edit(file, old, new):
    paper = Document(str(file))
    for paragraph in paper.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(old, new)
    paper.save(str(file))


def test_the_papers_are_listed(counter):
    said = counter.gongkai("letters")
    assert len(said.out.splitlines()) == len(letters_of(counter.app)) + 1
    assert ["默认", "correction", "补正告知书"] in [line.split() for line in said.out.splitlines()]


def test_an_edited_template_is_used(counter):
    counter.gongkai("letters", "receipt", "--write")
    file = counter.app.home.letter_template("receipt")
    edit(file, "的申请已予登记", "的申请已收悉并登记")
    assert counter.letter("receipt", "--set", CONTENT).code == 0
    assert "的申请已收悉并登记" in counter.read(RECEIPT)
    assert "自有  receipt" in counter.gongkai("letters").out


def test_templates_are_written_once_and_an_edited_one_stays(counter):
    first = counter.gongkai("letters", "--write")
    folder = counter.app.home.letter_template("x").parent
    assert len(list(folder.iterdir())) == len(letters_of(counter.app)) == 46
    assert "新放进 46 个模板" in first.out
    edited = counter.app.home.letter_template("fee")
    edited.write_bytes(b"edited")
    counter.app.home.letter_template("receipt").unlink()
    again = counter.gongkai("letters", "--write")
    assert "新放进 1 个模板" in again.out
    assert edited.read_bytes() == b"edited"


def test_a_template_straight_from_the_program_writes_the_same_letter(counter):
    counter.letter("receipt", "--set", CONTENT, "--out", "default.docx")
    counter.gongkai("letters", "--write")
    counter.letter("receipt", "--set", CONTENT, "--out", "own.docx")
    assert counter.read("default.docx") == counter.read("own.docx")


def test_a_template_that_is_no_word_file_is_named(counter):
    file = counter.app.home.letter_template("receipt")
    file.parent.mkdir()
    file.write_bytes(b"no word file")
    said = counter.letter("receipt", "--set", CONTENT)
    assert said.code == 2
    assert "letters/receipt.docx" in said.err


def test_a_name_an_edited_template_misspells_is_told_with_what_is_missing(counter):
    counter.gongkai("letters", "receipt", "--write")
    edit(counter.app.home.letter_template("receipt"), "{{ 申请内容 }}", "{{ 申请内容物 }}")
    said = counter.letter("receipt")
    assert "最接近的是：申请内容" in said.err


# ---- Words -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hint_is_a_whole_sentence(counter, monkeypatch, language):
    monkeypatch.setenv("GONGKAI_LANG", language)
    counter.opens(reference="")
    for paper in ("fee", "correction", "extension", "answer.granted"):
        said = counter.letter(paper, "--set", "x", "--set", "conten=1", "--set", "content=")
        assert said.code == 1
        assert "[" not in said.err.replace("[contacts]", "")
        assert "{" not in said.err


def test_every_name_can_be_said_in_both_languages():
    for key, label in template_names("request").items():
        said = [read_settings("request", [f"{name}=x"])[0] for name in (key, label)]
        assert said == [{} if key == "remedy" else {key: "x"}] * 2


def test_bytes_are_the_same_for_the_same_facts(counter):
    counter.letter("receipt", "--set", CONTENT)
    first = (counter.folder / RECEIPT).read_bytes()
    (counter.folder / RECEIPT).unlink()
    counter.letter("receipt", "--set", CONTENT)
    assert (counter.folder / RECEIPT).read_bytes() == first
    assert words(first) == "\n".join(p.text for p in Document(BytesIO(first)).paragraphs)
