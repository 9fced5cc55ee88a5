"""The month, the dates, people, delivery and evidence: what they show, to whom, and what they refuse."""

import re
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from icalendar import Calendar

from bot.services.app import OfficeApp, open_app
from config.clock import OFFICE_ZONE
from scheduler.sweep.sweep import sweep
from storage.content.content_store import ContentStore
from storage.database.tables_messaging import INBOX
from storage.events.account_events import AccountConfirmed, AccountJoined, AccountRefused
from storage.events.office_events import Delegated, HandedOver, Recalled
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.inbox import InboxTable
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.messaging.outbox import OutboxState as Sending
from storage.messaging.sessions import SessionStore
from storage.messaging.wake_queue import WakeQueue
from tests.bot.channels.web.visitor import Visitor, forms_of
from tests.scheduler.signoff.town import draft, open_text
from tests.village_items import act_in_month, photograph


@pytest.fixture
def november(app: OfficeApp) -> OfficeApp:
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    return app


def _month(app: OfficeApp, village: str) -> int:
    with app.log() as log:
        found = log.read()
        return next(
            one.record.case for one in found if getattr(one.record, "reference", "") == f"2026-11/{village}"
        )


def _say(app: OfficeApp, village: str, step: str, day: int, **facts: object) -> None:
    with app.recorder.transaction(actor=f"{village}_reporter", means="test") as uow:
        act_in_month(app, uow, date(2026, 11, 1), (village, date(2026, 11, day), step, facts))


def _forms(visitor: Visitor) -> list:
    """Every form of a page, those that share an address included."""
    return [form for part in visitor.shown.text.split("</form>") for form in forms_of(part).values()]


def test_the_month_counts_states_and_days(november: OfficeApp) -> None:
    november.clock.set_day(date(2026, 11, 26))
    _say(november, "jia", "submitted", 10, title="甲村修路公示")
    _say(november, "yi", "zero_declared", 10)
    _say(november, "bing", "submitted", 26, title="丙村低保公示")
    clerk = Visitor(november).join("clerk")
    clerk.go("/months/2026-11")
    for words in (
        "1 按时",
        "1 零报送",
        "1 迟报",
        "3 还没有报",
        "甲村修路公示",
        "2026-11-10（周二） 2",
        "3 / 6",
    ):
        assert words in clerk.text, words
    assert clerk.client.get("/months/2026-11/bulletin.png").content.startswith(b"\x89PNG")


def test_a_reporter_sees_their_own_village_alone(november: OfficeApp) -> None:
    _say(november, "jia", "submitted", 2, title="甲村修路公示")
    reporter = Visitor(november).join("yi_reporter")
    reporter.go("/months/2026-11")
    assert "乙村" in reporter.text
    assert "甲村" not in reporter.text
    reporter.go("/months/2026-11/bulletin.png", 403)
    reporter.go("/months/2026-11/bulletin.docx", 403)
    reporter.go(f"/cases/{_month(november, 'yi')}")
    reporter.go(f"/cases/{_month(november, 'jia')}", 404)


def test_a_deputy_sees_what_they_stand_in_for_while_they_do(november: OfficeApp) -> None:
    other = Visitor(november).join("yi_reporter")
    other.go(f"/cases/{_month(november, 'jia')}", 404)
    with november.recorder.transaction(actor="jia_reporter", means="test") as uow:
        uow.office.delegate("jia_reporter", "yi_reporter", date(2026, 11, 2), date(2026, 11, 3))
    assert "甲村" in other.go("/months/2026-11")
    other.go(f"/cases/{_month(november, 'jia')}")
    november.clock.set_day(date(2026, 11, 4))
    other.go(f"/cases/{_month(november, 'jia')}", 404)


@pytest.mark.parametrize(
    "path", ["/months/2026-13", "/months/x", "/dates?month=2026-1", "/months/2019-01/bulletin.png"]
)
def test_months_that_are_none_end_in_a_page(clerk: Visitor, path: str) -> None:
    assert "没有这一页" in clerk.go(path, 404)


def test_a_month_that_is_not_open_says_when_the_next_one_opens(app: OfficeApp) -> None:
    app.clock.set_day(date(2026, 11, 28))
    clerk, reporter = Visitor(app).join("clerk"), Visitor(app).join("jia_reporter")
    assert "这个月没有立件，下一次 2026-12-01 自动立件" in clerk.go("/months/2026-11")
    assert "下一次 2026-12-01 自动立件" in clerk.go("/")
    assert "下一次从 2026-12-01 起收" in reporter.go("/months/2026-11")


def test_dates_are_the_offices_or_ones_own(november: OfficeApp) -> None:
    clerk, reporter = Visitor(november).join("clerk"), Visitor(november).join("jia_reporter")
    clerk.go("/dates?month=2026-11")
    assert all(name in clerk.text for name in ("甲村", "己村", "2026-11-25（周三）"))
    reporter.go("/dates?month=2026-11")
    assert "甲村" in reporter.text
    assert "乙村" not in reporter.text
    assert "暂定" in clerk.go("/dates?month=2027-01")
    assert "放假通知还没有录入" in clerk.text
    assert "在我们的放假数据之前" in clerk.go("/dates?month=2008-06")
    assert "还没有录入" not in clerk.text
    calendar = Calendar.from_ical(reporter.client.get("/dates/mine.ics").content)
    assert [str(event["summary"]) for event in calendar.events if "甲村" in str(event["summary"]) or True]
    assert "乙" not in str(reporter.client.get("/dates/mine.ics").content.decode())


def test_a_signing_post_is_confirmed_by_a_second_person(clerk: Visitor) -> None:
    app = clerk.app
    leader = Visitor(app).join("deputy_mayor", confirmed=False)
    assert "请等同事确认" in leader.go("/", 403)
    assert "请把下面的代码念给党政办文书，" in leader.text  # who is in and may, by their post
    code = re.search(r"<strong>(\d{6})</strong>", leader.shown.text)[1]
    for path in ("/open", "/texts", "/people", "/chat"):
        leader.go(path, 403)
    assert "分管政务公开的副镇长" in clerk.go("/people")
    form = next(one.fields for one in _forms(clerk) if "joined" in one.fields)
    wrong = "1" + code[1:] if code[0] == "0" else "0" + code[1:]
    refused = clerk.client.post("/people", data=form | {"act": "let_in", "code": wrong})
    assert "不一样" in refused.text
    leader.go("/", 403)
    clerk.client.post("/people", data=form | {"act": "let_in", "code": f"{code[:3]} {code[3:]}"})
    assert "请等同事确认" not in leader.go("/")
    with app.log() as log:
        kinds = [type(entry.record) for entry in log.read()]
    assert kinds == [AccountJoined, AccountRefused, AccountConfirmed]


def test_nobody_confirms_themselves_and_a_village_confirms_nobody(clerk: Visitor) -> None:
    app = clerk.app
    head = Visitor(app).join("office_director", confirmed=False)
    reporter = Visitor(app).join("jia_reporter")
    token = {"token": re.search(r'name="token" value="([^"]+)"', reporter.go("/people"))[1]}
    for act in ("let_in", "invite", "sign_out"):
        sent = token | {"act": act, "person": "office_director"}
        assert reporter.client.post("/people", data=sent).status_code == 404
    assert head.client.post("/people", data={"act": "let_in", "person": "office_director"}).status_code == 403
    head.go("/", 403)


def test_nobody_confirms_on_the_page_a_browser_they_invited_themselves(clerk: Visitor) -> None:
    """The page offers them no such form; a forged one with the right code is refused, and stands in the log."""
    app, second = clerk.app, Visitor(clerk.app)
    clerk.go("/people")
    form = next(one.fields for one in _forms(clerk) if "token" in one.fields)
    sent = {"token": form["token"], "person": "clerk"}
    link = re.search(r"/join/[\w-]+", clerk.client.post("/people", data=sent | {"act": "invite"}).text)[0]
    assert second.client.post(link).status_code == 303
    code = re.search(r"<strong>(\d{6})</strong>", second.go("/", 403))[1]
    clerk.go("/people")
    assert not any("joined" in one.fields for one in _forms(clerk))
    with app.log() as log:
        joined = str(log.end().position)
    refused = clerk.client.post("/people", data=sent | {"act": "let_in", "joined": joined, "code": code})
    assert "不能自己确认自己" in refused.text
    second.go("/", 403)
    with app.log() as log:
        kinds = [type(entry.record).__name__ for entry in log.read()]
    assert kinds == ["AccountInvited", "AccountJoined", "AccountRefused"]


def test_the_first_ones_come_in_alone(app: OfficeApp) -> None:
    Visitor(app).join("office_director", confirmed=False).go("/")  # nobody is there who could confirm
    Visitor(app).join("deputy_mayor", confirmed=False).go("/", 403)


def test_a_link_is_shown_once_with_its_code(clerk: Visitor) -> None:
    clerk.go("/people")
    fields = next(one.fields for one in _forms(clerk) if one.fields.get("person") == "jia_reporter")
    clerk.shown = clerk.client.post("/people", data=fields | {"act": "invite"})
    assert "<svg" in clerk.shown.text
    link = re.search(r"<code>(http://127\.0\.0\.1:8686/join/[\w-]{22})</code>", clerk.shown.text)[1]
    assert link.rpartition("/")[2] not in clerk.go("/people")
    invited = Visitor(clerk.app)
    assert invited.client.post(link).status_code == 303
    assert "甲村信息员" in invited.go("/")


def test_a_lost_telephone_is_signed_out(clerk: Visitor) -> None:
    reporter = Visitor(clerk.app).join("jia_reporter")
    clerk.go("/people")
    fields = next(one.fields for one in _forms(clerk) if one.fields.get("person") == "jia_reporter")
    clerk.client.post("/people", data=fields | {"act": "sign_out"})
    reporter.go("/", 401)
    with clerk.app.store.reading() as connection:
        sessions = SessionStore(connection, clerk.app.office.slug).sessions(at=clerk.app.clock.now())
        assert [one.person for one in sessions] == ["clerk"]


def test_one_says_when_one_is_away_and_comes_back(app: OfficeApp) -> None:
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/people")
    assert "乙村" not in reporter.text.split("人员")[-1].split("登记请假")[0]
    (entry,) = reporter.send("away", deputy="jia_leader", first="2026-11-23", last="2026-11-27")
    assert isinstance(entry.record, Delegated)
    assert entry.record.person == "jia_reporter"
    assert "甲村村委会主任以自己的名义代办" in reporter.text
    fields = next(one.fields for one in _forms(reporter) if "position" in one.fields)
    reporter.client.post("/people", data=fields | {"act": "back"})
    with app.log() as log:
        assert isinstance(list(log.read())[-1].record, Recalled)


def test_nobody_sends_another_away(app: OfficeApp) -> None:
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/people")
    fields = reporter.forms()["away"].fields | {"person": "yi_reporter", "deputy": "jia_reporter"}
    assert reporter.client.post("/people", data=fields).status_code == 422
    assert reporter.end() == 0


def test_handing_over_is_ticked_as_meant(app: OfficeApp) -> None:
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/people")
    assert reporter.send("over", to="jia_leader", reason="调走") == []
    assert "确认移交" in reporter.text
    (entry,) = reporter.send("over", to="jia_leader", reason="调走", sure="1")
    assert isinstance(entry.record, HandedOver)


def test_delivery_says_what_waits_what_failed_and_what_was_set_aside(clerk: Visitor) -> None:
    app, now = clerk.app, clerk.app.clock.now()
    office = app.office.slug
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        number = uow.cases.open("dispute", "复议1", app.today, {"route": "reconsideration"})
    notices = [
        OutboxNotice(
            person=who, case=number, what="act", rung="-5", basis="x", created_at=now, not_before=now
        )
        for who in ("clerk", "deputy_mayor")
    ]
    with app.store.writing(office) as connection:
        outbox = Outbox(connection, office)
        outbox.put(notices)
        taken = outbox.claim("deputy_mayor", now, "c", now + timedelta(minutes=1), most=9)
        outbox.mark_sending("c", "telegram", "1")
        outbox.mark_done([one.number for one in taken], "c", Sending.REFUSED, at=now, why="blocked")
        accounts = Accounts(connection, office)
        accounts.bind("mayor", "telegram", "77", at=now)
        accounts.mark("telegram", "77", AddressState.BLOCKED, at=now, why="blocked")
        WakeQueue(connection, office).quarantine(number, now, "RuntimeError")
        row = {"office": office, "channel": "telegram", "number": 1, "update_id": "1", "chat": "77"}
        row |= {"body": "私人的话", "received_at": now, "not_before": now, "attempts": 5, "fault": "KeyError"}
        connection.execute(INBOX.insert().values(row | {"aside_at": now}))
    clerk.go("/delivery")
    for words in ("没有送到", "对方屏蔽了", "等着发", "镇长 · Telegram · 已屏蔽", "RuntimeError", "KeyError"):
        assert words in clerk.text, words
    assert "甲村信息员 · 还没有加入，或者登录已过期" in clerk.text
    lost = clerk.shown.text.split('id="lost"')[1].split("</section>")[0]
    assert lost.count("<li>") == len(app.office.people) - 1  # all but the clerk, as the workbench counts them
    assert f"{len(app.office.people) - 1} 人现在联系不上" in clerk.go("/").replace("</b>", "")
    clerk.go("/delivery")
    assert "私人的话" not in clerk.text
    assert clerk.send("/delivery") == []
    assert "KeyError" not in clerk.text
    with app.store.reading() as connection:
        assert [one.number for one in InboxTable(connection, office, "telegram").pending()] == [1]
    Visitor(app).join("deputy_mayor").go("/delivery", 403)
    Visitor(app).join("jia_reporter").go("/delivery", 403)


def test_evidence_is_kept_by_its_fingerprint(app: OfficeApp) -> None:
    content = photograph("green")
    app.clock.at = datetime(2026, 5, 4, 9, tzinfo=OFFICE_ZONE)
    sweep(app.recorder, app.schemes())
    with app.log() as log:
        found = next(one.record for one in log.read() if getattr(one.record, "kind", "") == "yearly")
    owner = Visitor(app).join(str(found.facts["owner"]))
    owner.go(f"/cases/{found.case}")
    form = owner.forms()[f"/cases/{found.case}/evidence"]
    before, sent = owner.end(), [("evidence", ("照片.jpg", content, "image/jpeg"))]
    assert owner.client.post(form.action, data=form.fields, files=sent).status_code == 303
    with app.log() as log:
        (entry,) = log.read(after=before)
        digest = sha256(content).hexdigest()
        assert f"sha256:{digest}" in entry.record.facts.values()
        assert ContentStore(log.connection, log.office).read(digest) == content
    path = f"/cases/{found.case}/evidence/{digest}"
    assert f'href="{path}"' in owner.go(f"/cases/{found.case}")
    taken = owner.client.get(path)
    assert (taken.content, taken.headers["content-disposition"][:10]) == (content, "attachment")
    assert f'src="{path}/picture"' in owner.go(f"{path}/text")
    assert owner.client.get(f"{path}/picture").headers["content-type"] == "image/jpeg"
    owner.go(f"{path}/pages/1", 404)
    owner.go(path.replace(digest, sha256(b"other").hexdigest()), 404)
    other = Visitor(app).join("jia_reporter")
    for shown in (path, f"{path}/text", f"{path}/picture"):
        other.go(shown, 404)
    token = {"token": re.search(r'name="token" value="([^"]+)"', other.go("/people"))[1], "seen": "1"}
    assert other.client.post(form.action, data=token, files=sent).status_code == 404


def test_no_page_of_practice_is_there_where_the_clock_is_real(clerk: Visitor) -> None:
    clerk.go("/posts", 404)
    token = clerk.forms()["/leave"].fields["token"]
    assert clerk.client.post("/clock", data={"token": token, "to": "day"}).status_code == 404
    assert clerk.client.post("/posts", data={"person": "mayor"}).status_code == 404


def test_an_english_reader_finds_every_page_in_english(november: OfficeApp) -> None:
    file = november.home.office_file
    text = file.read_text("utf-8").replace('id = "clerk"', 'id = "clerk"\nlanguage = "en"', 1)
    file.write_text(text, "utf-8")
    clerk = Visitor(open_app(november.home.path, clock=november.clock)).join("clerk")
    november.clock.set_day(date(2026, 11, 23))
    case = open_text(clerk.app)
    draft(clerk.app, case)
    for path in (
        "/",
        "/open",
        "/months/2026-11",
        "/dates",
        "/texts",
        f"/texts/{case}",
        f"/texts/{case}/draft",
        "/texts/new",
        "/people",
        "/delivery",
        f"/cases/{case}",
    ):
        clerk.go(path)
        assert not re.search(r"\[(page|talk|card|sheet|private)\.", clerk.shown.text), path
        for words in ("我的待办", "必填", "等着发", "正文", "审签"):
            assert words not in clerk.text.replace("审签人", ""), (path, words)
