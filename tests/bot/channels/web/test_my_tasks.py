"""My list: what waits for whoever is signed in, and a button that says what the card's button says in the chat."""

import re
from datetime import date, timedelta

import pytest

from bot.services.app import OfficeApp
from scheduler.sweep.sweep import sweep
from storage.events.events import Acknowledged, Signed
from storage.events.manifest import Manifest
from tests.bot.channels.web.visitor import Visitor, forms_of
from tests.scheduler.signoff.town import OTHER, SIGNERS, draft, open_text
from tests.town import transaction


@pytest.fixture
def november(app: OfficeApp) -> OfficeApp:
    """The villages' November, opened on its second day."""
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    return app


def _press(visitor: Visitor, case: int, act: str) -> None:
    """A button of a card on the list, sent as a browser would."""
    html = visitor.go("/").split(f'name="case" value="{case}"')[0].rsplit("<form", 1)[0]
    rest = visitor.shown.text[len(html) :]
    form = forms_of(rest.split("</form>")[0] + "</form>")["/chat"]
    visitor.shown = visitor.client.post("/chat", data=form.fields | {"act": act})
    assert visitor.shown.status_code == 303
    visitor.go("/chat")


def test_each_sees_what_waits_for_them_and_nothing_else(november: OfficeApp) -> None:
    clerk, reporter = Visitor(november).join("clerk"), Visitor(november).join("jia_reporter")
    assert "甲村" in reporter.go("/")
    assert "乙村" not in reporter.text
    own = clerk.go("/").split('id="own"')[1].split('aria-labelledby="month"')[0]
    assert "甲村" not in own  # it stands in the office's month beside it
    assert '<button name="act" value="item">报送</button>' in reporter.shown.text  # its two main buttons
    assert (
        '<button name="act" value="step:zero_declared" class="quiet">零报送</button>' in reporter.shown.text
    )


def test_a_reporter_declares_nothing_by_a_button(november: OfficeApp) -> None:
    reporter = Visitor(november).join("jia_reporter")
    reporter.go("/")
    case = int(reporter.shown.text.split('name="case" value="')[1].split('"')[0])
    before = reporter.end()
    _press(reporter, case, "step:zero_declared")
    assert reporter.end() == before + 1
    assert "已记录" in reporter.text
    assert "没有待办" in reporter.go("/")


def test_a_reviewer_approves_what_was_shown_and_not_what_lies_there_now(app: OfficeApp) -> None:
    case = open_text(app)
    draft(app, case)
    officer = Visitor(app).join("secrecy_officer")
    officer.go("/")
    stale = forms_of(officer.shown.text)["/chat"].fields
    from tests.scheduler.signoff.town import OTHER

    draft(app, case, OTHER)
    officer.client.post("/chat", data=stale | {"act": "approve"})
    assert "有了变化" in officer.go("/chat")
    with app.log() as log:
        assert not [one for one in log.read() if isinstance(one.record, Signed)]
    _press(officer, case, "approve")
    with app.log() as log:
        assert [one.actor for one in log.read() if isinstance(one.record, Signed)] == ["secrecy_officer"]


def test_a_card_shows_the_first_findings(app: OfficeApp) -> None:
    from dataclasses import replace

    from tests.scheduler.signoff.town import TEXT

    case = open_text(app)
    draft(app, case, replace(TEXT, text="详情请致电0535-6543210，全街推进公开平合建设。"))
    officer = Visitor(app).join("secrecy_officer")
    assert "文字检查：" in officer.go("/")
    assert "6543210" not in officer.text
    assert officer.client.post(
        "/chat", data={"token": forms_of(officer.shown.text)["/chat"].fields["token"], "text": f"{case}"}
    )
    assert "文字检查：" in officer.go("/chat")


def test_a_card_says_which_file_nobody_could_read(app: OfficeApp) -> None:
    from dataclasses import replace

    from storage.events.manifest import manifest_attachment
    from tests.scheduler.signoff.town import TEXT

    scan, table = b"%PDF-1.7 scan", "村,户\n甲村,12".encode()
    files = (manifest_attachment("规划图.pdf", scan), manifest_attachment("附表.csv", table))
    case = open_text(app)
    with transaction(app) as uow:
        uow.signoff.draft(case, "clerk", replace(TEXT, attachments=files), (scan, table))
    officer = Visitor(app).join("secrecy_officer")
    assert "规划图.pdf 读不出文字" in officer.go("/")
    assert "附表.csv 读不出" not in officer.text


def test_in_hand_is_recorded_once_however_often_it_is_sent(november: OfficeApp) -> None:
    reporter = Visitor(november).join("jia_reporter")
    reporter.go("/")
    case = int(reporter.shown.text.split('name="case" value="')[1].split('"')[0])
    _press(reporter, case, "acknowledge")
    with november.log() as log:
        assert len([one for one in log.read() if isinstance(one.record, Acknowledged)]) == 1


@pytest.mark.parametrize("sent", [{"act": "no such"}, {"act": "step:no"}, {"case": "x"}, {"case": "9" * 30}])
def test_a_button_that_is_none_does_nothing(november: OfficeApp, sent: dict[str, str]) -> None:
    reporter = Visitor(november).join("jia_reporter")
    reporter.go("/")
    fields = forms_of(reporter.shown.text)["/chat"].fields | {"act": "acknowledge"} | sent
    before = reporter.end()
    assert reporter.client.post("/chat", data=fields).status_code == 404
    assert reporter.end() == before


def test_another_persons_thing_is_not_done_by_naming_it(november: OfficeApp) -> None:
    reporter, other = Visitor(november).join("jia_reporter"), Visitor(november).join("yi_reporter")
    reporter.go("/")
    theirs = forms_of(reporter.shown.text)["/chat"].fields
    other.go("/")
    token = forms_of(other.shown.text)["/chat"].fields["token"]
    before = other.end()
    other.client.post("/chat", data=theirs | {"token": token, "act": "step:zero_declared"})
    assert other.end() == before
    assert "没有编号" in other.go("/chat")


def test_what_is_written_beside_an_old_page_is_not_about_what_came_since(app: OfficeApp) -> None:
    """The browser shows the first version; the second comes before it has asked again."""
    case = open_text(app)
    draft(app, case)
    officer = Visitor(app).join(SIGNERS[0])
    officer.go("/chat")
    token = officer.forms()["/chat"].fields["token"]

    def writes(text: str, read_until: str) -> str:
        sent = {"token": token, "text": text, "read_until": read_until}
        assert officer.client.post("/chat", data=sent).status_code == 303
        return officer.go("/chat")

    def shown_at() -> str:
        (found,) = re.findall(r'name="read_until" value="([^"]+)" form="end"', officer.go("/chat"))
        return str(found)

    writes(str(case), "")
    at = shown_at()
    app.clock.move(timedelta(minutes=1))
    draft(app, case, OTHER)
    writes(str(case), at)
    before = officer.end()
    app.clock.move(timedelta(minutes=1))
    assert "的这一版还没有给您看过" in writes(f"同意 {case}", at)
    assert officer.end() == before
    assert "已记录" in writes(f"同意 {case}", shown_at())
    assert officer.end() == before + 1


def test_a_village_s_button_leads_to_the_form_that_takes_photographs(november: OfficeApp) -> None:
    reporter = Visitor(november).join("jia_reporter")
    reporter.go("/")
    before = reporter.end()
    answer = reporter.client.post(
        "/chat", data=forms_of(reporter.shown.text)["/chat"].fields | {"act": "item"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/items/new")
    assert reporter.end() == before
    reporter.client.post("/chat", data={**forms_of(reporter.go("/chat"))["/chat"].fields, "text": "报送"})
    assert "报一条信息" in reporter.go("/chat")
    assert "再加一张" not in reporter.text


def test_whoever_signs_an_answer_sees_which_it_is_and_is_led_to_its_words(
    app: OfficeApp, request_case: int
) -> None:
    answer = Manifest(title="答复书", text="提供清单", decision="partly_granted")
    with transaction(app) as uow:
        uow.signoff.draft(request_case, "clerk", answer)
    officer = Visitor(app).join("secrecy_officer")
    card = officer.go("/").split("拟答复：部分公开")[1].split("</form>")[0]
    assert f"全文在网页上看：案件 {request_case} 的文稿" in card
    assert "提供清单" not in officer.shown.text
    assert f'<a class="button quiet" href="/texts/{request_case}">看文稿</a>' in officer.shown.text
    officer.go("/chat")
    token = officer.forms()["/chat"].fields["token"]
    officer.client.post("/chat", data={"token": token, "text": "待办"})
    officer.go("/chat")
    quiet = ' class="quiet"'
    said = re.findall(r'name="handle" value="[^"]+"( class="quiet")?>([^<]+)<', officer.shown.text)
    assert said == [("", "同意"), (quiet, "退回修改"), (quiet, "更多")]
    assert "拟答复：部分公开" in officer.text
    assert "部分公开" in officer.go(f"/texts/{request_case}").split("</h1>")[1].split("<h2")[0]


def test_a_press_is_a_line_of_ones_own_and_the_card_says_when_it_changed(app: OfficeApp) -> None:
    case = open_text(app)
    draft(app, case)
    officer = Visitor(app).join("secrecy_officer")
    officer.go("/chat")
    token = officer.forms()["/chat"].fields["token"]
    officer.client.post("/chat", data={"token": token, "text": "待办"})
    officer.go("/chat")
    assert "改于" not in officer.text
    card = officer.shown.text.split('name="message"', 1)[1]
    number = re.search(r'value="(\d+)"', card)
    handle = re.search(r'name="handle" value="([^"]+)">同意<', card)
    assert number
    assert handle
    officer.client.post("/chat", data={"token": token, "text": "第二段改一下"})
    app.clock.move(timedelta(minutes=7))
    press = {"token": token, "message": number[1], "handle": handle[1]}
    officer.client.post("/chat", data=press)
    officer.go("/chat")
    changed = re.search(r'<li class="theirs" id="m(\d+)">\s*<p class="by">[^\n]*改于', officer.shown.text)
    assert changed
    assert changed[1] == number[1]  # the card carries its receipt, and no other message says that it changed
    assert officer.text.count("改于") == 1
    own = re.findall(r'<li class="own".*?<p class="text">([^<]+)</p>', officer.shown.text, re.DOTALL)
    assert own == ["待办", "第二段改一下", "按了“同意”"]
