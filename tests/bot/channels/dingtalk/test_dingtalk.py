"""DingTalk's line and its HTTP interfaces: what is stored, lost, sent, changed and fetched, and what errors come to."""

import pytest

from bot.channels.dingtalk.frames import parse_update
from bot.dialog.incoming import FileRef, UpdateKind
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from scheduler.delivery.channel import Button, Message, MessageAttachment, SendOutcome
from tests.bot.channels.stream.lines import eventually

TWO = (
    (
        Button(label="同意", callback_token="t1", words="同意 12"),
        Button(label="退回修改", callback_token="t2", words="退回修改 12"),
    ),
)


def updates(line):
    return [parse_update(one.body) for one in line.stored()]


def test_what_people_send_is_stored_before_it_is_acknowledged(server, line):
    server.say("wang", "报送 修路", at=1_790_000_000)
    server.say("wang", "查 12", group="cid-group")
    eventually(lambda: len(line.stored()) == 3 and not server.unacknowledged)
    private, added, group = updates(line)
    assert (private.text, private.chat, private.private) == ("报送 修路", "wang", True)
    assert int(private.said_at.timestamp()) == 1_790_000_000
    assert (added.what, added.chat) == (UpdateKind.ADDED, "cid-group")
    assert (group.text, group.chat, group.private, group.sender) == ("查 12", "cid-group", False, "wang")
    assert not any("session=secret" in one.body for one in line.stored())


def test_a_group_whatever_it_is_called_is_never_a_private_chat(server, line):
    server.say("wang", "查 12", group="some-group")
    eventually(lambda: len(line.stored()) == 2)
    assert [(one.chat, one.private) for one in updates(line)] == [("some-group", False)] * 2


def test_what_is_acknowledged_slowly_comes_again_and_is_stored_once(server, line):
    server.acknowledging = False
    server.say("wang", "零报送")
    eventually(line.stored)
    for _ in range(3):
        server.repeat()
    server.acknowledging = True
    server.say("wang", "另一条")
    eventually(lambda: len(line.stored()) >= 2)
    assert [one.text for one in updates(line)] == ["零报送", "另一条"]


def test_what_is_sent_while_the_line_is_down_is_lost_and_the_gap_is_noted(server, line):
    server.refusing = True
    server.cut()
    eventually(lambda: not line.up())
    server.say("wang", "零报送")
    server.refusing = False
    eventually(line.up)
    assert (len(server.lost), line.stored()) == (1, [])
    eventually(lambda: line.state().gaps == len(line.gaps) == 1)  # noted once the line is up again


def test_before_dingtalk_closes_a_line_the_next_one_is_open(server, line):
    for round_ in range(1, 4):
        server.disconnect()
        eventually(lambda: server.connections == round_ + 1 and server.is_open())  # noqa: B023
    server.say("wang", "还在")
    eventually(line.stored)
    assert (server.lost, line.gaps, line.faults) == ([], [], [])


def test_a_ping_is_answered_with_its_own_data(server, line):
    server.ping()
    eventually(lambda: not server.pings)
    assert line.stored() == []


def test_a_card_shows_its_words_and_is_changed_in_place(server, line):
    server.knows("wang")
    card = line.channel.send("wang", Message(text="请初审", rows=TWO))
    (shown,) = server.took("wang")
    assert shown.text == "请初审\n〔同意 12 / 退回修改 12〕"
    server.press("wang", "同意")
    eventually(line.stored)
    (pressed,) = updates(line)
    assert (pressed.what, pressed.callback_token, pressed.message) == (UpdateKind.PRESSED, "t1", card.message)
    assert (pressed.chat, pressed.private) == ("wang", True)
    changed = line.channel.edit("wang", card.message, Message(text="已记录 №7"))
    assert (changed.outcome, changed.message) == (SendOutcome.SENT, card.message)
    (after,) = server.took("wang")
    assert (after.text, after.buttons) == ("已记录 №7", [])


def test_files_come_and_go_whole(server, line):
    server.send_file("wang", "预算.xlsx", b"content of the list")
    server.send_file("wang", "", b"a photograph", kind="picture")
    eventually(lambda: len(line.stored()) == 2)
    (paper,), (photo,) = (one.files for one in updates(line))
    assert (paper.name, line.channel.fetch(paper)) == ("预算.xlsx", b"content of the list")
    assert line.channel.fetch(photo) == b"a photograph"
    with pytest.raises(FileUnfetched) as refused:
        line.channel.fetch(paper, most=5)
    assert refused.value.words["why"] == TOO_LARGE
    with pytest.raises(FileUnfetched):
        line.channel.fetch(FileRef(id="none", name="x", size=0))
    content = b"y" * 100_000
    line.channel.send(
        "wang", Message(text="月报", file=MessageAttachment(name="report.docx", content=content))
    )
    assert server.took("wang", count=2)[1].file == ("report.docx", content)
    album = [MessageAttachment(name=f"{n}.jpg", content=bytes([n]), is_picture=True) for n in (1, 2)]
    line.channel.send("wang", Message(text="", pictures=album))
    assert [one.file for one in server.took("wang", count=2)] == [("1.jpg", b"\1"), ("2.jpg", b"\2")]


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        ((429, {}), SendOutcome.NOT_ATTEMPTED, "flood"),
        ((403, {"code": "Forbidden.AccessDenied.QpsLimitForApi"}), SendOutcome.NOT_ATTEMPTED, "flood"),
        (
            (403, {"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied"}),
            SendOutcome.REFUSED,
            "not_allowed",
        ),
        ((400, {"code": "staffId.notExisted"}), SendOutcome.REFUSED, "not_found"),
        ((400, {"code": "invalidParameter"}), SendOutcome.REFUSED, "rejected"),
        ((503, {}), SendOutcome.NOT_ATTEMPTED, "server"),
        ((500, {}), SendOutcome.UNCERTAIN, "server"),
        ((200, {"flowControlledStaffIdList": ["wang"]}), SendOutcome.NOT_ATTEMPTED, "flood"),
        ((200, {"invalidStaffIdList": ["wang"]}), SendOutcome.REFUSED, "not_found"),
    ],
)
def test_each_answer_is_one_of_four_outcomes(server, line, answer, outcome, why):
    server.knows("wang")
    server.errors.append(answer)
    sent = line.channel.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (outcome, why)


def test_somebody_of_another_organisation_is_not_heard(server, line):
    server.say("", "零报送")
    server.say("wang", "待办")
    eventually(lambda: len(line.stored()) == 2)
    assert [one.text for one in updates(line) if one] == ["待办"]
