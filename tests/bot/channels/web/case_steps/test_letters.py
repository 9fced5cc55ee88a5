"""Every letter of a request on its page: one press away, or with what is missing named; an answer below its findings."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document

from bot.services.app import OfficeApp
from bot.services.letters.case_letters import NoSuchPaper, chosen_letter, letter_input
from config.errors import HeldBack
from storage.documents.letters.catalogue import letter_sources
from storage.events.events import Drafted
from storage.events.manifest import Manifest, manifest_attachment
from tests.bot.channels.web.visitor import Visitor
from tests.town import case_by_number, log_end, record, transaction

NAME = "某某申请人"
DATED = "这份答复的落款日期是"
ID_CARD = "330101199001011238"
MOBILE, OTHER_MOBILE = "13900000000", "13800000000"
CONTENT = "2026年村集体资金使用情况"
APPLICANT = {"applicant_kind": "natural_person", "content": CONTENT}


@pytest.fixture
def told(clerk: Visitor, request_case: int) -> int:
    """The request with its applicant, and with what it asks for added to its registration."""
    clerk.go("/entries/1")
    clerk.send("mend", fact__content=CONTENT, reason="补录申请内容")
    clerk.go(f"/cases/{request_case}")
    clerk.send("personal", private__name=NAME)
    return request_case


def _words(content: bytes) -> str:
    return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)


def test_every_letter_is_there_and_what_is_missing_is_named(
    app: OfficeApp, clerk: Visitor, told: int
) -> None:
    before = log_end(app)
    clerk.go(f"/cases/{told}/letters")
    for key, paper in letter_sources(app.duties["request"]).items():
        assert paper.label in clerk.text
        assert f'href="/cases/{told}/letters/{key}' in clerk.shown.text
    assert "补正告知书 还缺：补正内容、补正期限" in clerk.text
    assert clerk.text.index("现在用不上") > clerk.text.index(
        "内容齐了"
    )  # what the case can send stands first
    assert f"/cases/{told}/letters/receipt/file.docx" in clerk.shown.text
    assert "你的申请已予登记" in _words(clerk.client.get(f"/cases/{told}/letters/receipt/file.docx").content)
    receipt = clerk.client.get(f"/cases/{told}/letters/receipt/file.docx")
    assert receipt.headers["content-disposition"].startswith("attachment")
    assert NAME in _words(receipt.content)
    assert CONTENT in _words(receipt.content)
    assert NAME not in clerk.go(f"/cases/{told}/letters/receipt")  # a form never shows it again
    assert log_end(app) == before


def test_what_is_missing_is_filled_in_and_goes_into_the_letter_alone(
    app: OfficeApp, clerk: Visitor, told: int
) -> None:
    before = log_end(app)
    assert clerk.client.get(f"/cases/{told}/letters/correction/file.docx").status_code == 422
    clerk.go(f"/cases/{told}/letters/correction")
    form = clerk.forms()["write"]
    assert list(form.fields)[2:4] == ["said.items", "said.until"]  # what is missing comes first
    sent = form.fields | {"said.items": "写明年份", "said.until": "2026年12月1日"}
    letter = clerk.client.post(form.action, data=sent)
    assert "写明年份" in _words(letter.content)
    sent["said.until"] = ""
    refused = clerk.client.post(form.action, data=sent)
    assert refused.status_code == 422
    assert "写明年份" in refused.text  # what was typed stays
    assert "补正期限（还缺）" in refused.text
    assert "补正内容（还缺）" not in refused.text  # it is there now
    assert "在案件里记下“补正告知”就有了" in refused.text
    assert "--set" not in refused.text  # a page names no command
    assert "said.received_on" not in form.fields  # a day that the case has is not asked for
    bent = clerk.client.post(form.action, data=sent | {"said.received_on": "2026年11月3日"})
    assert "“收到日期”在案件里是“2026年11月2日”" in bent.text
    assert log_end(app) == before


def test_a_fee_is_counted_by_what_is_said(clerk: Visitor, told: int) -> None:
    clerk.go(f"/cases/{told}/letters/fee")
    form = clerk.forms()["write"]
    letter = clerk.client.post(form.action, data=form.fields | {"count.items": "12", "count.before": "0"})
    assert "200元" in _words(letter.content)
    both = clerk.client.post(form.action, data=form.fields | {"count.items": "12", "count.pages": "40"})
    assert both.status_code == 422


def test_an_answer_is_submitted_only_as_it_was_shown(app: OfficeApp, clerk: Visitor, told: int) -> None:
    clerk.go(f"/cases/{told}/answer?outcome=granted")
    assert "提供方式" in clerk.text
    assert 'value="lay"' not in clerk.shown.text
    said = {"said__how_to_get": "电子邮件"}
    assert clerk.send("check", **said) == []
    assert "电子邮件" in clerk.text
    assert clerk.send("check", press="lay", said__how_to_get="当面领取") == []  # changed since: shown again
    assert "当面领取" in clerk.text
    with transaction(app) as uow:
        uow.cases.step(told, "examined", app.today, {})
    assert clerk.send("check", press="lay") == []
    assert clerk.status == 422  # the case has moved on in another tab; what was typed is still there
    assert clerk.forms()["check"].fields["said.how_to_get"] == "当面领取"
    clerk.go(f"/cases/{told}/answer?outcome=granted")
    clerk.send("check", said__how_to_get="当面领取")
    (entry,) = clerk.send("check", press="lay")
    assert isinstance(entry.record, Drafted)
    assert entry.record.decision == "granted"
    assert NAME not in str(entry.record)
    clerk.go(f"/cases/{told}/answer?outcome=nothing", 404)


@pytest.mark.parametrize(
    ("said", "told_of"),
    [
        (f"{ID_CARD}的户籍信息", "别人的号码"),
        (f"{MOBILE}的通话记录", "别人的号码"),
        ("本件为绝密文件", "密级标志"),
    ],
)
def test_an_answer_with_what_must_not_go_out_is_not_written(
    app: OfficeApp, clerk: Visitor, told: int, said: str, told_of: str
) -> None:
    before = log_end(app)
    clerk.go(f"/cases/{told}/answer?outcome=partly_granted")
    assert clerk.send("check", said__withheld=said, said__how_to_get="邮寄", said__reason="隐私") == []
    assert f"“不予公开的内容”里有{told_of}" in clerk.text
    assert "没有发现问题" not in clerk.text
    assert 'value="lay"' not in clerk.shown.text
    clerk.go(f"/cases/{told}/letters/receipt")
    form = clerk.forms()["write"]
    letter = clerk.client.post(form.action, data=form.fields | {"said.content": said})
    assert (letter.status_code, told_of in letter.text) == (422, True)
    assert log_end(app) == before


def test_an_answer_names_its_own_applicants_number_and_its_files_are_read(
    app: OfficeApp, clerk: Visitor, told: int
) -> None:
    clerk.go(f"/cases/{told}")
    clerk.send("personal", private__contact=MOBILE)
    clerk.go(f"/cases/{told}/answer?outcome=granted")
    clerk.send("check", said__how_to_get=f"电话通知您（{MOBILE}）来取")
    assert "文字检查没有发现问题" in clerk.text
    (entry,) = clerk.send("check", press="lay")
    assert isinstance(entry.record, Drafted)
    letter = Document()
    letter.add_paragraph(f"联系{OTHER_MOBILE}")
    held = BytesIO()
    letter.save(held)
    file = manifest_attachment("答复书.docx", held.getvalue())
    with pytest.raises(HeldBack), transaction(app) as uow:
        uow.signoff.draft(
            told,
            "clerk",
            Manifest(title="答复书", attachments=(file,), decision="granted"),
            [held.getvalue()],
        )


def test_an_answer_is_dated_the_day_it_is_to_be_sent_and_another_day_is_told(
    app: OfficeApp, clerk: Visitor, told: int
) -> None:
    clerk.go(f"/cases/{told}/answer?outcome=granted")
    today = app.today
    for wrong in ("2026年13月1日", f"{today - timedelta(days=1)}", "2030-01-01"):
        clerk.send("check", said__how_to_get="邮寄", said__today=wrong)
        assert ("落款日期写打算寄出的那一天" in clerk.text, "没有发现问题" in clerk.text) == (True, False)
    planned = today + timedelta(days=3)
    clerk.send("check", said__how_to_get="邮寄", said__today=planned.isoformat())
    assert f"{planned.year}年{planned.month}月{planned.day}日" in clerk.text
    clerk.send("check", press="lay")
    assert DATED not in clerk.go(f"/texts/{told}")  # it waits for its day
    laid = case_by_number(app, told).approvals[-1]
    for who, stage in (
        ("secrecy_officer", "保密审查"),
        ("office_director", "审核"),
        ("deputy_mayor", "签发"),
    ):
        with transaction(app, who) as uow:
            uow.signoff.sign(told, who, stage, laid.manifest)
    for day, is_told in ((today, True), (planned, False), (planned + timedelta(days=1), True)):
        app.clock.set_day(day)
        for path in (f"/texts/{told}", f"/cases/{told}"):
            assert (DATED in clerk.go(path)) is is_told


def test_particulars_that_look_mistyped_are_kept_and_told(clerk: Visitor, told: int) -> None:
    clerk.go(f"/cases/{told}")
    clerk.send("personal", private__contact="138", private__identity_number=ID_CARD[:-1])
    assert ("联系方式不像电话或邮箱" in clerk.text, "身份证号码不对" in clerk.text) == (True, True)
    assert ID_CARD[:-1] not in clerk.shown.text
    clerk.send("personal", private__contact=MOBILE, private__identity_number=ID_CARD)
    assert ("联系方式不像" in clerk.text, "身份证号码不对" in clerk.text) == (False, False)


def test_only_who_handles_or_signs_a_request_reads_its_letters(app: OfficeApp, told: int) -> None:
    paths = ("letters", "letters/receipt", "letters/receipt/file.docx", "answer?outcome=granted")
    for who in ("mayor", "jia_reporter"):
        visitor = Visitor(app).join(who)
        for path in paths:
            shown = visitor.client.get(f"/cases/{told}/{path}")
            assert (shown.status_code, NAME in shown.text) == (404, False), (who, path)


def test_a_signer_reads_the_letters_and_writes_no_answer(app: OfficeApp, told: int) -> None:
    signer = Visitor(app).join("deputy_mayor")
    signer.go(f"/cases/{told}/letters")
    signer.go(f"/cases/{told}/answer?outcome=granted", 404)


def test_who_cannot_be_reached_has_a_term_only_from_the_day_of_contact(
    app: OfficeApp, clerk: Visitor
) -> None:
    """By ordinary post: the attempts are kept, the date waits and says so, and the letters name the day of contact."""
    facts = {"applicant_kind": "natural_person", "channel": "post_ordinary", "content": CONTENT}
    with transaction(app) as uow:
        case = uow.cases.open("request", "召公开〔2026〕8号", date(2026, 11, 2), facts)
    page = f"/cases/{case}"
    clerk.go(page)
    first, more = clerk.text.split("更多", 1)
    assert ("无法与申请人确认收到" in first, "无法与申请人确认收到" in more) == (
        False,
        True,
    )  # it belongs to few
    clerk.send("step.receipt_unconfirmed", fact__tried="打电话三次，没有人接")
    assert "等待与申请人取得联系" in clerk.go(page)
    assert "恢复联系之日起重新计算（待核实）" in clerk.text
    assert "与申请人恢复联系" in clerk.text.split("更多", 1)[0]  # what is waited for comes first
    clerk.send(
        "step.announced",
        fact__notice_matter="当面确认申请",
        fact__place="公告栏",
        fact__notice_until="12月23日",
    )
    notice = clerk.client.get(f"{page}/letters/announcement/file.docx")
    assert "请该申请人于2026年12月23日前（含当日）与本机关联系，并当面确认申请。" in _words(notice.content)
    assert "发出前请核对（待核实）：公告送达的条件" in clerk.go(f"{page}/letters")
    clerk.go(page)
    clerk.send("personal", private__name=NAME)
    assert NAME not in _words(clerk.client.get(f"{page}/letters/announcement/file.docx").content)
    clerk.send("step.contact_restored")
    receipt = _words(clerk.client.get(f"{page}/letters/receipt/file.docx").content)
    assert "本机关于2026年11月23日收到" in receipt
    assert "将于2026年12月21日前（含当日）作出答复" in receipt  # 24–27; 30–4 December; 7–11; 14–18; 21


def notices_of(app: OfficeApp, visitor: Visitor, case: int) -> list[str]:
    """The notices of a case in the order in which its page lists them."""
    answers = [paper.label for paper in letter_sources(app.duties["request"]).values() if paper.is_answer]
    labels = {paper.key: paper.label for paper in letter_sources(app.duties["request"]).values()}
    visitor.go(f"/cases/{case}/letters")
    shown = re.findall(rf'<a href="/cases/{case}/letters/([a-z_]+)', visitor.shown.text)
    return [key for key in dict.fromkeys(shown) if labels.get(key) not in answers and key in labels]


def step(app: OfficeApp, case: int, key: str, **facts: str | int) -> None:
    with transaction(app) as uow:
        uow.cases.step(case, key, app.today, facts)


def test_the_letter_for_the_next_step_comes_first(app: OfficeApp, clerk: Visitor) -> None:
    case = record(app, lambda uow: uow.cases.open("request", "召公开〔2026〕2号", app.today, APPLICANT))
    assert notices_of(app, clerk, case)[:2] == ["correction", "correction_identity"]
    step(app, case, "correction_asked", items="时间范围", until="2026-12-14")
    assert notices_of(app, clerk, case)[0] == "correction"  # what was recorded now goes out now
    app.clock.set_day(date(2026, 12, 1))
    step(app, case, "corrected")
    listed = notices_of(app, clerk, case)
    assert set(listed[:3]) == {"asked_organ", "other_organ", "third_party"}
    assert listed.index("correction") < listed.index("announcement")  # what can be written before what cannot
    step(app, case, "consulted", **{"with": "某某公司", "party": "third_party"})
    assert notices_of(app, clerk, case)[0] == "third_party"
    step(app, case, "consultation_ended", **{"with": "某某公司", "opinion": "agreed"})
    app.clock.set_day(date(2026, 12, 28))
    granted = {"days": 10, "consented_by": "office_director", "reason": "查档", "notified_on": "2026-12-28"}
    record(app, lambda uow: uow.cases.step(case, "extended", app.today, granted), "office_director")
    assert notices_of(app, clerk, case)[0] == "extension"


def test_a_letter_that_is_not_there_is_refused_with_the_likeliest_first(app: OfficeApp) -> None:
    case = record(app, lambda uow: uow.cases.open("request", "召公开〔2026〕2号", app.today, APPLICANT))
    with pytest.raises(NoSuchPaper) as refused:
        chosen_letter(letter_input(app, case_by_number(app, case)), "nothing")
    assert str(refused.value.words["known"]).startswith("correction、")


def test_what_the_head_consents_to_is_recorded_and_never_typed(clerk: Visitor, told: int) -> None:
    assert f"请先在案件 {told} 里记下“延期”" in clerk.go(f"/cases/{told}/letters/extension")
    form = clerk.forms()["write"]
    assert not {"said.days", "said.due"} & set(form.fields)
    sent = form.fields | {"said.reason": "查档", "said.days": "30", "said.due": "下个月"}
    refused = clerk.client.post(form.action, data=sent)
    assert refused.status_code == 422
    assert f"请先在案件 {told} 里记下“延期”" in refused.text


def test_a_date_that_may_move_is_told_beside_its_letter(app: OfficeApp, clerk: Visitor) -> None:
    app.clock.set_day(date(2026, 12, 21))
    case = record(app, lambda uow: uow.cases.open("request", "召公开〔2026〕2号", app.today, APPLICANT))
    clerk.go(f"/cases/{case}/letters")
    assert "登记回执 2027年的放假安排还没有公布" in clerk.text
    assert "2027年的放假安排还没有公布" in clerk.go(f"/cases/{case}/letters/receipt")
    assert "放假安排" not in clerk.go(f"/cases/{case}/letters/consultation_told")
