"""Everybody sees where they are signed in and ends it; a PC left open lets nobody in."""

import re
from datetime import timedelta

import pytest

from bot.channels.web.account.login import device_name
from bot.runtime.scheduled_jobs import purge_expired
from bot.services.app import OfficeApp
from config.clock import ManualClock
from storage.channels.join_words import JoinWords
from storage.events.account_events import AccountConfirmed, AccountRemoved, RecoverySheetPrinted
from storage.messaging.accounts import Accounts, AddressState, reachable_people
from storage.messaging.outbox import Outbox
from tests.bot.channels.web.visitor import Visitor

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/114 MicroMessenger/8.0"


@pytest.mark.parametrize(
    ("described", "name"),
    [(WINDOWS, "Windows · Edge"), (PHONE, "HarmonyOS · 微信"), ("curl/8", ""), ("", "")],
)
def test_a_device_is_named_as_its_person_knows_it(described: str, name: str) -> None:
    assert device_name(described) == name


def word_for(app: OfficeApp, person: str) -> str:
    with app.store.writing(app.office.slug) as connection:
        return JoinWords(connection, app.office.slug).issue(person, at=app.clock.now(), invited_by=person)


def queued(app: OfficeApp) -> list[tuple[str, str]]:
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
    return sorted((row.notice.person, row.notice.what) for row in rows)


def test_one_sees_one_s_own_sessions_and_nobody_else_s(app: OfficeApp, clerk: Visitor) -> None:
    phone = Visitor(app)
    phone.client.headers["user-agent"] = WINDOWS
    phone.client.post(f"/join/{phone.invite('jia_reporter')}")
    phone.go("/sessions")
    assert "Windows · Edge 这一台" in phone.text
    assert "2026-11-23" in phone.text
    assert "不认识的设备" not in phone.text
    assert "Windows" not in clerk.go("/sessions")
    assert "退出其他设备" not in clerk.text


def test_one_ends_the_others_and_all_and_hears_of_it(app: OfficeApp, clerk: Visitor) -> None:
    other, third = Visitor(app).join("clerk"), Visitor(app).join("clerk")
    reporter = Visitor(app).join("jia_reporter")
    clerk.go("/sessions")
    ended = clerk.send("end_others")
    assert [entry.record.why for entry in ended] == ["signed_out", "signed_out"]
    assert all(isinstance(entry.record, AccountRemoved) for entry in ended)
    assert ("clerk", "account_removed") not in queued(app)
    assert [what for _, what in queued(app)].count("own_removed") == 1  # told once, not for each
    other.go("/", 401)
    third.go("/", 401)
    clerk.go("/sessions")
    clerk.send("end_all")
    assert clerk.status == 401
    reporter.go("/")


def test_nobody_ends_somebody_else_s_session(app: OfficeApp, clerk: Visitor) -> None:
    reporter = Visitor(app).join("jia_reporter")
    clerk.go("/sessions")
    foreign = clerk.forms()["end"].fields["session"]
    reporter.go("/sessions")
    token = reporter.forms()["end_all"].fields["token"]
    reporter.client.post("/sessions", data={"token": token, "act": "end", "session": foreign})
    clerk.go("/")
    assert reporter.client.post("/sessions", data={"token": token, "act": "x"}).status_code == 404


def bind_chat(app: OfficeApp) -> None:
    with app.store.writing(app.office.slug) as connection:
        Accounts(connection, app.office.slug).bind("clerk", "wecom", "at clerk", at=app.clock.now())


def let_in(app: OfficeApp, clerk: Visitor) -> tuple[str, int]:
    leader = Visitor(app).join("deputy_mayor", confirmed=False)
    code = re.search(r"<strong>(\d{6})</strong>", leader.go("/", 403))[1]
    joined = re.findall(r'name="joined" value="(\d+)"', clerk.go("/people"))[-1]
    token = re.search(r'name="token" value="([^"]+)"', clerk.shown.text)[1]
    form = {"token": token, "act": "let_in", "person": "deputy_mayor", "joined": joined, "code": code}
    answer = clerk.client.post("/people", data=form)
    with app.log() as log:
        confirmed = sum(isinstance(entry.record, AccountConfirmed) for entry in log.read())
    return answer.headers["location"], confirmed


def test_a_session_left_open_lets_nobody_in_before_its_person_showed_who_they_are(
    app: OfficeApp, clerk: Visitor
) -> None:
    bind_chat(app)
    app.clock.move(timedelta(minutes=15, seconds=1))
    assert let_in(app, clerk) == ("/sessions", 0)
    token = {"token": re.search(r'name="token" value="([^"]+)"', clerk.go("/people"))[1]}
    for act in ("invite", "word"):  # nor makes itself a way to show it
        made = clerk.client.post("/people", data=token | {"act": act, "person": "clerk"})
        assert made.headers["location"] == "/sessions"
    clerk.go("/sessions")
    clerk.send("prove", word="000000")
    assert clerk.status == 422
    clerk.send("prove", word=word_for(app, "jia_reporter"))  # another's digits
    assert clerk.status == 422
    clerk.send("prove", word=word_for(app, "clerk"))
    assert clerk.status == 200
    assert let_in(app, clerk) == ("/people", 1)
    app.clock.move(timedelta(minutes=16))
    assert "请先确认是您本人" in clerk.go("/sessions")


def test_whoever_has_no_chat_to_show_it_with_is_not_locked_out(app: OfficeApp, clerk: Visitor) -> None:
    app.clock.move(timedelta(hours=2))
    assert let_in(app, clerk) == ("/people", 1)


def test_six_digits_sign_in_at_the_page_once(app: OfficeApp) -> None:
    visitor, word = Visitor(app), word_for(app, "jia_reporter")
    visitor.go("/", 401)
    visitor.send("/word", word=f"{word[:3]} {word[3:]}")
    assert "甲村" in visitor.go("/")
    again = Visitor(app)
    assert again.client.post("/word", data={"word": word}).status_code == 422
    again.go("/", 401)


def test_the_clerk_sees_who_is_missing_and_waits_and_prints_one_sheet_for_all(
    app: OfficeApp, clerk: Visitor
) -> None:
    Visitor(app).join("jia_reporter")
    Visitor(app).join("deputy_mayor", confirmed=False)
    clerk.go("/")
    shown = clerk.text[clerk.text.index("加入情况") :]
    assert "1 处在等确认： 分管政务公开的副镇长" in shown
    missing = len(app.office.people) - 3
    assert f"{missing} 人还没有加入" in shown
    asked = clerk.send("/people/invitations")
    assert len(asked) == missing
    invited = {entry.record.person for entry in asked}
    assert not invited & {"clerk", "jia_reporter", "deputy_mayor"}
    assert len(re.findall("<svg", clerk.shown.text)) >= missing
    links = re.findall(r'data-copy="([^"]+)"', clerk.shown.text)
    assert len(set(links)) == missing
    one = Visitor(app)
    assert one.client.post(links[0]).status_code == 303


def test_whoever_was_away_too_long_is_shown_as_not_reached_and_invited_again(
    app: OfficeApp, clerk: Visitor, clock: ManualClock
) -> None:
    """After thirty days everybody was locked out, and the page still said that they could be reached."""
    reporter = Visitor(app)
    assert reporter.client.post(f"/join/{reporter.invite('jia_reporter')}").status_code == 303
    assert "本地网页 · 能收到" in people_row(clerk, "jia_reporter")
    for _ in range(4):
        clock.move(timedelta(days=10))
        clerk.go("/")  # used, hers lives on
    reporter.go("/", 401)
    assert "本地网页 · 登录已过期" in people_row(clerk, "jia_reporter")
    assert "本地网页 · 能收到" in people_row(clerk, "clerk")
    with app.store.reading() as connection:
        assert reachable_people(connection, app.office.slug, clock.now()) == {"clerk"}
    purge_expired(app)
    with app.store.reading() as connection:
        states = {one.person: one.state for one in Accounts(connection, app.office.slug).all()}
    assert states == {"clerk": AddressState.OK, "jia_reporter": AddressState.SIGNED_OUT}
    assert "甲村信息员" in clerk.go("/").partition("加入情况")[2]
    assert reporter.client.post(f"/join/{reporter.invite('jia_reporter')}").status_code == 303
    purge_expired(app)
    assert "本地网页 · 能收到" in people_row(clerk, "jia_reporter")


def people_row(clerk: Visitor, person: str) -> str:
    """What the page of the people says of one of them."""
    page = clerk.go("/people").partition(f'id="p-{person}"')[2].partition("</li>")[0]
    return re.sub("<[^>]+>", "", page)


def test_nobody_else_sees_who_is_missing_or_invites_them(app: OfficeApp) -> None:
    for person in ("jia_reporter", "deputy_mayor"):
        visitor = Visitor(app).join(person)
        assert "加入情况" not in visitor.go("/")
        token = re.search(r'name="token" value="([^"]+)"', visitor.go("/people"))[1]
        assert visitor.client.post("/people/invitations", data={"token": token}).status_code == 403


def test_where_everybody_is_in_nothing_is_said_of_it(app: OfficeApp, clerk: Visitor) -> None:
    for person in app.office.people:
        if person.id != "clerk":
            with app.store.writing(app.office.slug) as connection:
                Accounts(connection, app.office.slug).bind(
                    person.id, "wecom", f"at {person.id}", at=app.clock.now()
                )
    assert "加入情况" not in clerk.go("/")


def test_a_keeper_prints_recovery_codes_once_and_one_of_them_signs_in(app: OfficeApp, clerk: Visitor) -> None:
    assert "现在没有救急码" in clerk.go("/sessions")
    printed = clerk.send("print")
    assert [type(entry.record) for entry in printed] == [RecoverySheetPrinted]
    codes = re.findall(r"<strong>((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})</strong>", clerk.shown.text)
    assert len(codes) == 6
    assert "还有 6 个没有用过的救急码" in clerk.go("/sessions")
    assert not any(code in clerk.text for code in codes)
    stranger = Visitor(app)
    stranger.go("/", 401)
    stranger.send("/recovery", code=codes[0].lower())
    assert "党政办文书" in stranger.go("/")
    again = Visitor(app)
    again.go("/", 401)
    again.send("/recovery", code=codes[0])
    assert again.status == 422
    assert "没有这个救急码" in again.text
    assert "还有 5 个" in clerk.go("/sessions")


def test_an_old_session_prints_no_codes_and_whoever_keeps_nothing_has_none(
    app: OfficeApp, clerk: Visitor
) -> None:
    bind_chat(app)
    app.clock.move(timedelta(minutes=16))
    clerk.go("/sessions")
    assert clerk.send("print") == []
    assert "请先确认是您本人" in clerk.text
    reporter = Visitor(app).join("jia_reporter")
    assert "救急码" not in reporter.go("/sessions")
    token = reporter.forms()["end_all"].fields["token"]
    assert reporter.client.post("/sessions", data={"token": token, "act": "print"}).status_code == 422
