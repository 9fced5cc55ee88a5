"""Coming in by a link, leaving, groups, files, and silence: who is heard, who is told, and who learns nothing."""

import re
from datetime import timedelta

import pytest

from bot.delivery.outbox_ports import OfficeAddressBook
from bot.dialog.incoming import UpdateKind
from bot.services.office_notices import request_resend
from storage.channels.join_words import WORD_LIFETIME, JoinWords, WordUnknown
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.outbox import Outbox
from storage.messaging.sessions import JoinRequests, SessionStore
from tests.bot.speaker import GROUP, Room, Speaker
from tests.scheduler.signoff.town import draft, open_text
from tests.town import log_end

HOUR = timedelta(hours=1)


JOINING = {"account_joined", "account_refused", "account_confirmed", "account_removed", "account_invited"}
"""What the head of the office reads in the digest; no sound is made for it."""
JOINED = {"account_joined", "account_confirmed", "account_removed"}


def invited(app, person: str) -> str:
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        return people.invite(person, at=app.clock.now(), lasts=HOUR)


def code_of(app, person: str) -> str:
    """What stands on the screen of whoever waits."""
    with app.store.reading() as connection:
        return JoinRequests(connection, app.office.slug).of_person(person)[-1].code


def kinds(app) -> list[str]:
    with app.log() as log:
        return [type(entry.record).__name__ for entry in log.read()]


def account(app, address: str):
    with app.store.reading() as connection:
        return Accounts(connection, app.office.slug).at("test", address)


def outside(room: Room, address: str) -> Speaker:
    """Somebody at an address that is nobody's."""
    speaker = Speaker(room.app, address, room=room, joined=False)
    speaker.address = address
    return speaker


def told(app) -> list[tuple[str, str, str]]:
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
    heard = [(row.notice.person, row.notice.what, row.notice.basis) for row in rows]
    return [one for one in heard if one[1] not in JOINING]


def test_a_link_lets_a_reporter_in_once(app, any_room):
    any_room.expected = {"account_joined", "own_refused", "account_refused"}
    token, phone, thief = (
        invited(app, "jia_reporter"),
        outside(any_room, "phone"),
        outside(any_room, "other"),
    )
    assert "还不认识您" in phone.says("待办")
    assert "还不认识您" in phone.comes()
    assert phone.comes(token).startswith("甲村信息员，欢迎")
    assert any_room.menus["phone"] == ["todo", "search", "away", "undo", "cancel", "feedback", "help"]
    assert "用过" in thief.comes(token)
    assert account(app, "other") is None
    assert "没有待办" in phone.says("待办")
    assert kinds(app) == ["AccountJoined", "AccountRefused"]


def test_a_link_runs_out(app, any_room):
    any_room.expected = {"account_refused"}
    token = invited(app, "jia_reporter")
    app.clock.move(HOUR)
    assert "过期" in outside(any_room, "phone").comes(token)
    assert account(app, "phone") is None


def test_whoever_signs_is_confirmed_by_a_second_person(app, any_room):
    any_room.expected = {"waits_to_join", "let_in", "account_joined", "account_confirmed"}
    clerk, reporter = any_room.person("clerk"), any_room.person("jia_reporter")
    phone = outside(any_room, "phone")
    waits = phone.comes(invited(app, "secrecy_officer"))
    assert "念给党政办文书，请对方写“确认加入 保密审查员" in waits
    code = code_of(app, "secrecy_officer")
    assert code in phone.says("待办")
    assert told(app) == [("clerk", "waits_to_join", "secrecy_officer")]
    assert "由镇里办" in reporter.says(f"确认加入 保密审查员 {code}")
    assert account(app, "phone") is None
    assert "念出屏幕上的六位代码" in clerk.says("确认加入 保密审查员")
    said = clerk.says(f"确认加入 保密审查员 {code}")
    assert "已确认" in said
    assert code in said
    assert "没有待办" in phone.says("待办")
    assert ("@test phone", "let_in", "") in told(app)
    assert "没有在等确认" in clerk.says(f"确认加入 保密审查员 {code}")
    assert kinds(app) == ["AccountJoined", "AccountConfirmed"]


def test_the_button_asks_for_the_code(app, any_room):
    any_room.expected = {"waits_to_join", "let_in", "account_joined", "account_confirmed"}
    clerk, phone = any_room.person("clerk"), outside(any_room, "phone")
    phone.comes(invited(app, "secrecy_officer"))
    clerk.says("确认加入")
    if clerk.capabilities.buttons:
        assert "念出屏幕上的六位代码" in clerk.presses("确认加入 保密审查员")
        assert "已确认" in clerk.says(code_of(app, "secrecy_officer"))
    else:
        assert "已确认" in clerk.says(f"确认加入 保密审查员 {code_of(app, 'secrecy_officer')}")


def test_nobody_lets_themselves_in_and_no_join_unseats_whoever_is_there(app, any_room):
    any_room.expected = {"waits_to_join", "own_joined", "account_joined", "account_refused", "own_refused"}
    director, phone = any_room.person("office_director"), outside(any_room, "phone")
    with app.store.writing(app.office.slug) as connection:
        sessions = SessionStore(connection, app.office.slug)
        now = app.clock.now()
        token = sessions.invite("office_director", at=now, lasts=HOUR, invited_by="office_director")
    phone.comes(token)
    code = code_of(app, "office_director")
    assert code in phone.says(f"确认加入 党政办主任 {code}")  # whoever waits may do nothing
    assert "不能自己确认自己" in director.says(f"确认加入 党政办主任 {code}")
    assert "没有待办" in director.says("待办")
    assert account(app, "phone") is None
    assert kinds(app) == ["AccountJoined", "AccountRefused"]


def test_the_account_that_is_there_is_told_and_replaced_only_once_it_was_confirmed(app, room):
    room.expected = {"account_joined", "account_confirmed", "account_removed"}
    old, phone = room.person("jia_reporter"), outside(room, "new phone")
    phone.comes(invited(app, "jia_reporter"))
    room.deliver()
    (warned,) = room.took("at jia_reporter")
    assert "在别处加入甲村信息员" in warned
    assert "没有待办" in old.says("待办")
    code = code_of(app, "jia_reporter")
    assert "已确认" in old.says(f"确认加入 甲村信息员 {code}")  # from the account they have
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    assert room.took("new phone") == ["已经有同事确认，您可以在这里办事了。写“待办”看清单。"]
    assert room.took("at jia_reporter") == [
        "甲村信息员的聊天账号已经改到别处。不是您本人换的，请马上告诉党政办。"
    ]
    assert "还不认识您" in old.says("待办")
    assert kinds(app) == ["AccountJoined", "AccountConfirmed", "AccountRemoved"]


@pytest.mark.parametrize("how", ["bound anew", "removed", "handed to another"])
def test_an_account_that_is_nobody_s_any_more_reads_nothing(app, room, how):
    """The card it was shown is not written over with what became of the matter."""
    case = open_text(app)
    draft(app, case)
    reviewer = room.person("secrecy_officer")
    reviewer.says("待办")
    with app.store.writing(app.office.slug) as connection:
        accounts, now = Accounts(connection, app.office.slug), app.clock.now()
        if how == "removed":
            accounts.remove("secrecy_officer")
        if how == "handed to another":
            accounts.bind("jia_reporter", room.name, reviewer.address, at=now)
        accounts.bind("secrecy_officer", room.name, "new phone", at=now)
    phone = outside(room, "new phone")
    phone.says("待办")
    phone.presses("同意")
    assert room.took(reviewer.address) == []


def test_the_keepers_read_who_waits(app, room):
    room.expected = {"account_joined"}
    room.person("clerk")
    outside(room, "phone").comes(invited(app, "deputy_mayor"))
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    (said,) = room.took("at clerk")
    assert said.endswith("再写：确认加入 分管政务公开的副镇长 和代码")


def test_an_address_changes_hands_only_once_it_was_confirmed(app, any_room):
    """A link for another person, opened on a phone that is somebody's."""
    any_room.expected = {"waits_to_join", "let_in", "own_joined"} | JOINED
    phone, clerk = any_room.person("jia_reporter"), any_room.person("clerk")
    assert "请把代码" in phone.comes(invited(app, "yi_reporter"))
    assert account(app, "at jia_reporter").person == "jia_reporter"
    assert "已确认" in clerk.says(f"确认加入 乙村信息员 {code_of(app, 'yi_reporter')}")
    assert account(app, "at jia_reporter").person == "yi_reporter"


def test_what_was_seen_to_meanwhile_is_not_told(app, room):
    """Who was let in waits no more, and who is heard again is reached: the clerk is not sent after them."""
    room.expected = {"account_joined", "account_confirmed"}
    clerk, reporter = room.person("clerk"), room.person("jia_reporter")
    outside(room, "new phone").comes(invited(app, "office_director"))
    clerk.says(f"确认加入 党政办主任 {code_of(app, 'office_director')}")
    reporter.hears(UpdateKind.BLOCKED)
    reporter.says("待办")
    assert [what for _, what, _ in told(app)] == ["waits_to_join", "let_in", "unreachable"]
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    assert (room.took("at clerk"), len(room.took("new phone"))) == ([], 1)
    outside(room, "another phone").comes(invited(app, "deputy_mayor"))
    reporter.hears(UpdateKind.BLOCKED)
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    assert len(room.took("at clerk")) == 1  # and what stands so is told


def test_whoever_is_let_in_has_their_menu(app, room):
    room.expected = {"waits_to_join", "let_in", "account_joined", "account_confirmed"}
    clerk, phone = room.person("clerk"), outside(room, "new phone")
    phone.comes(invited(app, "office_director"))
    assert "new phone" not in room.menus
    clerk.says(f"确认加入 党政办主任 {code_of(app, 'office_director')}")
    assert {"todo", "licence"} <= set(room.menus["new phone"])


def test_starting_anew_shows_help_and_menu(app, any_room):
    clerk = any_room.person("clerk")
    assert clerk.comes().startswith("党政办文书，您可以这样说")
    assert {"todo", "year", "licence", "penalty"} <= set(any_room.menus["at clerk"])
    assert log_end(app) == 0


def test_every_command_of_every_menu_is_understood(app, any_room):
    for person in app.office.people:
        speaker = any_room.person(person.id)
        speaker.comes()
        for name in any_room.menus[speaker.address]:
            said = speaker.says(f"/{name}")
            assert "没有听懂" not in said
    assert log_end(app) == 0


def test_whoever_blocks_us_is_seen_the_same_day_and_heard_again_when_they_write(app, any_room):
    any_room.expected = {"unreachable"}
    reporter = any_room.person("jia_reporter")
    assert reporter.hears(UpdateKind.BLOCKED) == ""
    reporter.hears(UpdateKind.BLOCKED)
    assert account(app, "at jia_reporter").state is AddressState.BLOCKED
    assert told(app) == [("clerk", "unreachable", "jia_reporter")]
    assert "没有待办" in reporter.says("待办")
    assert account(app, "at jia_reporter").state is AddressState.OK


def test_of_a_blocked_clerk_the_head_of_the_office_hears(app, any_room):
    any_room.expected = {"unreachable"}
    any_room.person("clerk").hears(UpdateKind.BLOCKED)
    assert told(app) == [("office_director", "unreachable", "clerk")]


def test_a_group_is_claimed_moves_and_is_left(app, any_room):
    any_room.expected = {"place_left"}
    clerk, nobody = any_room.person("clerk"), outside(any_room, "stranger")
    nobody.hears(UpdateKind.ADDED, private=False, title="外人群")
    with app.store.reading() as connection:
        assert ChatGroups(connection, app.office.slug).all() == []
    clerk.hears(UpdateKind.ADDED, private=False, title="信息员群")
    assert any_room.menus == {GROUP: ["search", "why", "history", "help"]}
    clerk.hears(UpdateKind.MOVED, private=False, moved_to="supergroup")
    with app.store.reading() as connection:
        (place,) = ChatGroups(connection, app.office.slug).all()
    assert (place.address, place.title) == ("supergroup", "信息员群")
    clerk.hears(UpdateKind.ADDED, private=False, title="信息员群")
    clerk.hears(UpdateKind.LEFT, private=False, title="信息员群")
    assert told(app) == [("clerk", "place_left", "信息员群")]


def test_another_office_s_group_hears_nothing(app, any_room):
    with app.store.writing("elsewhere") as connection:
        ChatGroups(connection, "elsewhere").claim("test", GROUP, "别处的群", at=app.clock.now())
    clerk = any_room.person("clerk")
    assert clerk.says("帮助", private=False) == ""
    clerk.hears(UpdateKind.ADDED, private=False, title="别处的群")
    with app.store.reading() as connection:
        assert ChatGroups(connection, app.office.slug).all() == []


def test_in_a_group_only_commands_are_answered_and_nobody_s_own_work(app, any_room):
    case = open_text(app)
    draft(app, case)
    reviewer, before = any_room.person("secrecy_officer"), log_end(app)
    stranger = outside(any_room, "stranger")
    for idle in ("今天天气不错", str(case), "同意的话我再看", "12000元"):
        assert reviewer.says(idle, private=False) == ""
    assert stranger.says("帮助", private=False) == ""
    for own in ("待办", f"同意 {case}", "请假 2026-11-24", "许可 3", "今年", f"在办 {case}", "反馈 不错"):
        assert "私聊" in reviewer.says(own, private=False)
    assert log_end(app) == before


def test_what_is_said_in_a_group_answers_no_private_question(app, any_room):
    case = open_text(app)
    draft(app, case)
    reviewer = any_room.person("secrecy_officer")
    reviewer.says(str(case))
    reviewer.presses("退回修改")
    before = log_end(app)
    assert reviewer.says("我先去开会", private=False) == ""
    assert log_end(app) == before
    assert reviewer.says_and_confirms("标题写错").startswith("已记录")


def test_a_private_button_does_nothing_in_a_group(app, room):
    case = open_text(app)
    draft(app, case)
    reviewer = room.person("secrecy_officer")
    reviewer.says(str(case))
    handle, before = reviewer.choice("同意").callback_token, log_end(app)
    assert "私聊" in reviewer.taps(handle, private=False)
    assert log_end(app) == before
    assert reviewer.taps(handle).startswith("已记录")


def test_files_are_turned_away_with_their_words(app, any_room):
    case = open_text(app)
    draft(app, case)
    reviewer = any_room.person("secrecy_officer")
    reviewer.says(str(case))
    before = log_end(app)
    assert "不收文件" in reviewer.uploads(f"同意 {case}")
    assert "本地页面" in reviewer.uploads()
    assert reviewer.uploads(f"同意 {case}", private=False) == ""
    assert log_end(app) == before


def test_an_edited_message_does_nothing(app, any_room):
    clerk = any_room.person("clerk")
    clerk.says("许可 3")
    before = log_end(app)
    assert clerk.hears(UpdateKind.EDITED, text="许可 30") == "改过的话不算，请重新发一条。"
    assert clerk.hears(UpdateKind.EDITED, text="许可 300") == ""
    assert log_end(app) == before


def test_feedback_reaches_the_clerk_and_the_log_holds_none_of_it(app, room):
    room.person("clerk")
    reporter = room.person("jia_reporter")
    assert "写在后面" in reporter.says("反馈")
    assert "已经转给" in reporter.says("反馈 11月的表能不能早点发")
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    assert room.took("at clerk") == ["收到反馈。甲村信息员：11月的表能不能早点发"]
    assert log_end(app) == 0


def test_feedback_that_reaches_nobody_is_kept(app, room):
    reporter = room.person("jia_reporter")
    reporter.says("反馈 没有人吗")
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    with app.store.reading() as connection:
        rows = list(Outbox(connection, app.office.slug).since(app.clock.now() - HOUR))
    assert [(row.notice.basis, row.state, row.why) for row in rows] == [
        ("甲村信息员：没有人吗", "refused", "nobody")
    ]


def test_after_a_day_of_silence_everybody_there_is_asked_again(app, room):
    for who in ("clerk", "jia_reporter"):
        room.person(who)
    app.clock.move(timedelta(hours=30))
    assert request_resend(app, "test") == 2
    assert request_resend(app, "another") == 0
    app.clock.move(timedelta(hours=24))
    room.deliver()
    for who in ("clerk", "jia_reporter"):
        (said,) = room.took(f"at {who}")
        assert "请再发一次" in said


def test_a_place_s_own_notice_has_its_own_way(app):
    with app.store.reading() as connection:
        assert OfficeAddressBook(connection, app).addresses_of("@test old phone") == [("test", "old phone")]


@pytest.mark.parametrize("payload", ["", "x", "a" * 64, "\ud800", "\0", "' or 1=1"])
def test_no_other_payload_lets_anybody_in(app, any_room, payload):
    assert outside(any_room, "phone").comes(payload) != ""
    assert account(app, "phone") is None


def digits_in(text: str) -> str:
    return "".join(re.search(r"(\d{3}) (\d{3})", text).groups())


def test_whoever_lost_the_page_asks_for_a_way_in_from_their_own_chat(app, room):
    room.expected = {"own_invited", "account_invited"}
    reporter = room.person("jia_reporter")
    word = digits_in(reporter.says("登录"))
    assert "http" not in reporter.says("登录")  # an office whose page has no public address has no link
    with app.store.writing(app.office.slug) as connection:
        words = JoinWords(connection, app.office.slug)
        with pytest.raises(WordUnknown):  # a newer one voids it
            words.use(word, "page", "here", at=app.clock.now())
    newest = digits_in(reporter.says("登录链接"))
    app.clock.move(WORD_LIFETIME)
    with app.store.writing(app.office.slug) as connection, pytest.raises(WordUnknown):
        JoinWords(connection, app.office.slug).use(newest, "page", "here", at=app.clock.now())
    assert kinds(app) == ["AccountInvited"] * 3
    room.assert_silence()


def test_a_link_is_given_where_the_page_has_a_public_address(app, room, monkeypatch):
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", "https://gk.example.cn")
    room.expected = {"own_invited", "account_invited"}
    said = room.person("jia_reporter").says("登录")
    token = re.search(r"https://gk\.example\.cn/join/([\w-]{22})", said)[1]
    with app.store.reading() as connection:
        invitation = SessionStore(connection, app.office.slug).find_invitation(token, at=app.clock.now())
    assert invitation.person == "jia_reporter"
    assert invitation.expires_at - app.clock.now() == timedelta(minutes=15)
    room.assert_silence()


def test_neither_a_group_nor_a_stranger_nor_the_page_gets_a_way_in(app, room):
    clerk = room.person("clerk")
    assert not re.search(r"\d{3} \d{3}", clerk.says("登录", private=False))
    assert not re.search(r"\d{3} \d{3}", outside(room, "nobody").says("登录"))
    page = Room(app, name="page").person("clerk")
    assert "您自己的聊天" in page.says("登录")
    assert kinds(app) == []
    room.assert_silence()
