"""A text on its way: written, read with its findings, signed by four people, looked at and taken away."""

from dataclasses import replace
from datetime import date

import pytest

from bot.channels.web.request.security import MAX_UPLOAD_BYTES
from bot.services.app import OfficeApp, open_app
from storage.content.content_store import ContentStore
from storage.events.events import Drafted, Opened, Overridden, Rejected, Returned, Signed, Withdrawn
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import DAY, SIGNERS, STAGES, TEXT, draft, open_text, publish, sign
from tests.storage.web.server import reply
from tests.storage.web.sites import site

__all__ = ["site"]

TYPED = {
    "title": "2026年预算公开",
    "body": "一、预算总体情况。\n二、收支平衡。",
    "fact__origin": "finance",
    "fact__disclosure": "proactive",
    "fact__made_on": "2026-11-16",
}
TABLE = ("附表.xlsx", b"PK figures")


def _lay(visitor: Visitor, files=(TABLE,), **typed: str) -> list:
    """Check, then lay down; without script the files are chosen twice."""
    visitor.go("/texts/new")
    assert visitor.send("check", files=files, **TYPED | typed) == []
    assert "报送审签" in visitor.text
    return visitor.send("check", press="lay", files=files)


@pytest.fixture
def case(app: OfficeApp) -> int:
    number = open_text(app)
    draft(app, number)
    return number


def test_a_text_is_checked_first_and_laid_down_with_its_files(app: OfficeApp) -> None:
    writer = Visitor(app).join("finance_director")
    opened, drafted = (entry.record for entry in _lay(writer))
    assert isinstance(opened, Opened)
    assert isinstance(drafted, Drafted)
    assert opened.facts["origin"] == "finance"
    assert drafted.by == "finance_director"
    with app.log() as log:
        manifest = ContentStore(log.connection, log.office).manifest(drafted.manifest)
    assert manifest.text == "一、预算总体情况。\n二、收支平衡。"
    assert [one.name for one in manifest.attachments] == ["附表.xlsx"]
    digest = manifest.attachments[0].sha256
    answer = writer.client.get(f"/texts/{opened.case}/files/{digest}")
    assert answer.content == TABLE[1]
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_what_was_not_seen_checked_is_not_laid_down(app: OfficeApp) -> None:
    writer = Visitor(app).join("finance_director")
    writer.go("/texts/new")
    assert writer.send("check", press="lay", **TYPED) == []  # never checked
    assert writer.send("check", press="lay", body="二、改过。") == []  # changed since
    assert len(writer.send("check", press="lay")) == 2


def test_personal_data_is_shown_masked_and_goes_no_further(app: OfficeApp) -> None:
    writer = Visitor(app).join("finance_director")
    writer.go("/texts/new")
    body = "联系人身份证号110101199003074274。"
    assert writer.send("check", **TYPED | {"body": body}) == []
    assert "不能公开的内容" in writer.text
    assert "199003074274" not in writer.text.split("文字检查")[1]
    assert 'value="lay"' not in writer.shown.text
    forged = replace(
        TEXT, text=body, subject=""
    )  # whoever works its fingerprint out themselves gets no further
    fields = writer.forms()["check"].fields | {"act": "lay", "checked": forged.digest}
    assert "没有送审" in writer.client.post("/texts/new", data=fields).text
    assert writer.end() == 0


def test_whose_signatures_fall_is_said_before_it_is_saved(app: OfficeApp, case: int) -> None:
    sign(app, case, 0)
    writer = Visitor(app).join("clerk")
    writer.go(f"/texts/{case}/draft")
    assert writer.send("check", body="一、预算的总体情况。") == []
    assert "保密审查员在“保密审查”的签名会作废" in writer.text
    (entry,) = writer.send("check", press="lay")
    assert isinstance(entry.record, Drafted)


def test_four_people_sign_on_the_page_and_it_goes_out(app: OfficeApp, case: int) -> None:
    for place, person in enumerate(SIGNERS):
        reader = Visitor(app).join(person)
        reader.go(f"/texts/{case}")
        assert "一、预算总体情况。" in reader.text
        assert TEXT.digest in reader.text
        (entry,) = reader.send("sign")
        assert isinstance(entry.record, Signed)
        assert (entry.record.by, entry.record.stage, entry.means) == (person, STAGES[place], "page")
    reader.go(f"/texts/{case}")
    assert "还没有记录网页地址" in reader.text
    publish(app, case)
    assert "https://www.zhaoduba.example/1.html" in reader.go(f"/texts/{case}")
    for name, kind in (("sheet.docx", "officedocument"), ("proof.json", "json")):
        answer = reader.client.get(f"/texts/{case}/{name}")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]


def test_only_whose_turn_it_is_is_offered_anything(app: OfficeApp, case: int) -> None:
    for person, acts in (
        ("secrecy_officer", {"sign", "return", "reject", "circulate"}),
        ("finance_director", set()),
        ("clerk", {"circulate"}),  # wrote it, and may show it to others
        ("mayor", {"override"}),
    ):
        reader = Visitor(app).join(person)
        reader.go(f"/texts/{case}")
        assert set(reader.forms()) - {"/leave"} == acts, person


def test_a_forged_form_signs_nothing(app: OfficeApp, case: int) -> None:
    officer, other = Visitor(app).join("secrecy_officer"), Visitor(app).join("deputy_mayor")
    officer.go(f"/texts/{case}")
    theirs = officer.forms()["sign"].fields
    other.go(f"/texts/{case}")
    fields = theirs | {"token": other.forms()["/leave"].fields["token"]}
    assert other.client.post(f"/texts/{case}", data=fields).status_code == 422  # not their turn
    assert officer.client.post(f"/texts/{case}", data=theirs | {"token": "x"}).status_code == 403
    assert officer.client.post(f"/texts/{case}", data=theirs | {"act": "no"}).status_code == 404
    assert officer.client.post(f"/texts/{case}", data=theirs | {"manifest": "0" * 64}).status_code == 422
    assert officer.end() == 2


def test_a_text_that_changed_meanwhile_is_shown_and_not_signed(app: OfficeApp, case: int) -> None:
    from tests.scheduler.signoff.town import OTHER

    officer = Visitor(app).join("secrecy_officer")
    officer.go(f"/texts/{case}")
    draft(app, case, OTHER)
    assert officer.send("sign") == []
    assert officer.status == 422
    assert "总体情况" in officer.text


def test_it_is_returned_with_a_reason_and_to_a_stage(app: OfficeApp, case: int) -> None:
    sign(app, case, 0)
    head = Visitor(app).join("finance_director")
    head.go(f"/texts/{case}")
    assert head.send("return") == []  # no reason
    assert "理由" in head.text
    (entry,) = head.send("return", reason="数字请保密审查员再看", to=STAGES[0])
    assert isinstance(entry.record, Returned)
    assert entry.record.to == STAGES[0]
    officer = Visitor(app).join("secrecy_officer")
    officer.go(f"/texts/{case}")
    assert "sign" in officer.forms()


def test_one_takes_ones_signature_back_and_another_ends_it(app: OfficeApp, case: int) -> None:
    officer = Visitor(app).join("secrecy_officer")
    officer.go(f"/texts/{case}")
    officer.send("sign")
    officer.go(f"/texts/{case}")
    (entry,) = officer.send("withdraw", reason="看漏一处")
    assert isinstance(entry.record, Withdrawn)
    officer.go(f"/texts/{case}")
    (entry,) = officer.send("reject", reason="已经过时")
    assert isinstance(entry.record, Rejected)
    assert set(officer.forms()) == {"/leave"}


def test_one_of_two_lets_a_stage_pass(app: OfficeApp, case: int) -> None:
    mayor = Visitor(app).join("mayor")
    mayor.go(f"/texts/{case}")
    (entry,) = mayor.send("override", reason="保密审查员住院")
    assert isinstance(entry.record, Overridden)


def test_people_of_a_village_see_their_own_text_alone(app: OfficeApp, case: int) -> None:
    reporter = Visitor(app).join("jia_reporter")
    for path in ("", "/draft", "/sheet.docx", "/proof.json", "/files/0"):
        reporter.go(f"/texts/{case}{path}", 404)
    assert "预算" not in reporter.go("/texts")
    reporter.go("/texts/new")
    assert reporter.forms()["check"].choices["fact.origin"] == ["", "jia"]
    token = reporter.forms()["check"].fields["token"]
    sent = {"token": token, "act": "lay"} | {name.replace("__", "."): value for name, value in TYPED.items()}
    assert reporter.client.post("/texts/new", data=sent).status_code == 422  # finance is not theirs
    opened, _ = (entry.record for entry in _lay(reporter, fact__origin="jia"))
    leader = Visitor(app).join("jia_leader")
    assert "2026年预算公开" in leader.go(f"/texts/{opened.case}")


def test_an_answers_files_are_for_its_own_people(app: OfficeApp) -> None:
    facts = {"applicant_kind": "natural_person"}
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        number = uow.cases.open("request", "召公开〔2026〕1号", DAY, facts)
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/texts/{number}/draft")
    assert clerk.send("check", files=[TABLE], title="答复书", decision="granted") == []
    (entry,) = clerk.send("check", press="lay", files=[TABLE])
    assert entry.record.decision == "granted"
    digest = clerk.go(f"/texts/{number}").split(f"/texts/{number}/files/")[1][:64]
    head = Visitor(app).join("mayor")
    assert "答复书" in head.go(f"/texts/{number}")
    head.go(f"/texts/{number}/files/{digest}", 404)
    Visitor(app).join("farming_director").go(f"/texts/{number}", 404)
    for person in ("clerk", "secrecy_officer", "office_director", "deputy_mayor"):
        Visitor(app).join(person).go(f"/texts/{number}/files/{digest}")


def test_too_much_is_not_taken_and_a_stranger_sends_nothing(app: OfficeApp) -> None:
    stranger = Visitor(app)
    sent = [("files", ("a.bin", b"0" * 1024, "application/octet-stream"))]
    assert stranger.client.post("/texts/new", data={"act": "lay"}, files=sent).status_code == 401
    writer = Visitor(app).join("finance_director")
    writer.go("/texts/new")
    large = [("大.pdf", b"0" * (20 * 1024 * 1024 + 1))]
    assert writer.send("check", files=large, **TYPED) == []
    assert "20" in writer.text
    assert writer.status == 422
    beyond = [("files", ("a.bin", b"0" * (MAX_UPLOAD_BYTES + 1), "application/octet-stream"))]
    fields = writer.forms()["check"].fields
    assert writer.client.post("/texts/new", data=fields, files=beyond).status_code == 413
    assert writer.end() == 0


def test_a_file_is_sent_only_where_files_are_taken(clerk: Visitor) -> None:
    clerk.go("/registers")
    fields = clerk.forms()["licence"].fields | {"quantity": "1", "day": date(2026, 11, 20).isoformat()}
    sent = [("files", ("a.bin", b"0", "application/octet-stream"))]
    assert clerk.client.post("/registers", data=fields, files=sent).status_code == 400
    assert clerk.end() == 0


def test_a_name_of_a_file_cannot_become_part_of_a_page(app: OfficeApp) -> None:
    writer = Visitor(app).join("finance_director")
    name = "../../x<img src=x onerror=alert(1)>.pdf"
    opened, _ = (entry.record for entry in _lay(writer, files=[(name, b"1")]))
    assert "<img" not in writer.go(f"/texts/{opened.case}")
    assert "../" not in writer.text


def test_a_bulletin_is_laid_down_as_the_program_writes_it(app: OfficeApp) -> None:
    from scheduler.sweep.sweep import sweep

    app.clock.set_day(date(2026, 10, 1))
    sweep(app.recorder, app.schemes())
    app.clock.set_day(date(2026, 11, 5))
    sweep(app.recorder, app.schemes())
    clerk = Visitor(app).join("clerk")
    clerk.go("/months/2026-10")
    number = int(clerk.shown.text.split('href="/texts/')[1].split('"')[0])
    clerk.go(f"/texts/{number}/draft")
    assert clerk.send("check", prepared="1") == []
    (entry,) = clerk.send("check", press="lay")
    assert isinstance(entry.record, Drafted)
    assert "通报" in entry.record.title
    assert clerk.client.get("/months/2026-10/bulletin.docx").status_code == 200
    assert "●审核" in clerk.go("/months/2026-10").replace("</span> ", "").replace('<span class="mark">', "")


def test_whoever_reads_finds_every_text_on_the_list(app: OfficeApp, case: int) -> None:
    leader = Visitor(app).join("deputy_mayor")
    assert f'href="/texts/{case}"' in leader.go("/texts")
    assert "等“保密审查”" in leader.text


def test_whoever_keeps_the_registers_looks_at_the_page_from_here(app: OfficeApp, site) -> None:
    file = app.home.office_file
    text = file.read_text("utf-8").replace("hosts = [", 'hosts = ["127.0.0.1", ')
    file.write_text(text.replace("allow_private = false", "allow_private = true"), "utf-8")
    town = open_app(app.home.path, clock=app.clock)
    case = open_text(town)
    draft(town, case)
    for place in range(len(STAGES)):
        sign(town, case, place)
    site.page("/1.html", f"<html><body><h1>{TEXT.title}</h1><p>{TEXT.text}</p></body></html>")
    with town.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.step(case, "published", DAY, {"address": site.url("/1.html")})
    clerk = Visitor(town).join("clerk")
    clerk.go(f"/texts/{case}")
    assert "还没有去网上核对" in clerk.text
    (entry,) = clerk.send(f"/texts/{case}/live")
    assert (entry.record.step, entry.actor) == ("live_checked", "system")
    assert "与签发的一致" in clerk.text
    site.pages["/1.html"] = reply(status="503 Busy")
    assert clerk.send(f"/texts/{case}/live") == []
    assert "没有记下结论：" in clerk.text
    assert "网站答复 503" in clerk.text
    assert "与签发的一致" in clerk.text
    assert "[live." not in clerk.go(f"/texts/{case}?unseen=nonsense&status=x")
    leader = Visitor(town).join("mayor")
    token = {"token": leader.go(f"/texts/{case}").split('name="token" value="')[1].split('"')[0]}
    assert leader.client.post(f"/texts/{case}/live", data=token).status_code == 403
