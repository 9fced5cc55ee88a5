"""Whoever's session ended while they were writing is told, keeps the words, and sends them again once."""

from datetime import timedelta

from bot.services.app import OfficeApp
from storage.messaging.sessions import SESSION_LIFETIME
from tests.bot.channels.web.visitor import Visitor, forms_of
from tests.town import log_end

WORDS = "需要补充申请信息的年份和名称"


def _end_sessions(app: OfficeApp) -> None:
    app.clock.move(SESSION_LIFETIME + timedelta(days=1))


def _link(visitor: Visitor) -> str:
    return "/kept/" + visitor.shown.text.partition('href="/kept/')[2].partition('"')[0]


def test_what_was_written_is_given_back_and_recorded_once(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go(f"/cases/{request_case}")
    _end_sessions(app)
    asked = {"fact__items": WORDS, "fact__until": "2027-01-20", "day": "2026-11-20"}
    assert clerk.send("step.correction_asked", **asked) == []
    assert clerk.status == 401
    assert WORDS in clerk.text
    link = _link(clerk)
    Visitor(app).join("office_director").go(link, 404)  # nobody else's
    clerk.join("clerk")
    clerk.go(link)
    assert WORDS in clerk.text
    (entry,) = clerk.send("step.correction_asked")
    assert entry.record.facts["items"] == WORDS
    clerk.go(link)
    assert clerk.send("step.correction_asked") == []  # sent twice, recorded once
    assert "记过" in clerk.text or clerk.status == 422


def test_a_text_is_kept_and_its_files_are_named(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/texts/new")
    _end_sessions(app)
    clerk.send("check", title="关于修路的公示", body="第一段\n第二段", files=[("附图.png", b"x")])
    assert clerk.status == 401
    assert "附图.png" in clerk.text
    link = _link(clerk)
    clerk.join("clerk")
    clerk.go(link)
    assert clerk.forms()["check"].fields["body"].strip() == "第一段\n第二段"
    clerk.send("check")
    assert clerk.forms()["check"].fields["body"].strip() == "第一段\n第二段"
    assert clerk.forms()["check"].fields["title"] == "关于修路的公示"


def test_nothing_is_kept_for_whoever_signed_out_or_never_was_in(app: OfficeApp, request_case: int) -> None:
    stranger = Visitor(app)
    shown = stranger.client.post(f"/cases/{request_case}", data={"act": "close", "outcome": "granted"})
    assert shown.status_code == 401
    assert "/kept/" not in shown.text
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/cases/{request_case}")
    form = clerk.forms()["close"]
    clerk.send("/leave")
    before = log_end(app)
    shown = clerk.client.post(form.action, data=form.fields)
    assert shown.status_code == 401
    assert "/kept/" not in shown.text
    assert log_end(app) == before


def test_two_tabs_a_double_press_and_the_way_back_lose_nothing(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    tab = clerk.forms()["step.correction_asked"]
    clerk.send("step.examined")
    sent = tab.fields | {"fact.items": WORDS, "fact.until": "2026-12-10"}
    behind = clerk.client.post(tab.action, data=sent)
    assert behind.status_code == 422  # the other tab was first
    assert WORDS in behind.text
    clerk.shown = behind
    (entry,) = clerk.send("step.correction_asked")  # what was typed stands there, on the case as it is now
    assert entry.record.facts["items"] == WORDS
    again = clerk.client.post(tab.action, data=forms_of(behind.text)["step.correction_asked"].fields)
    assert again.headers["location"].endswith("noted=0")  # pressed twice, or sent again from the page before
