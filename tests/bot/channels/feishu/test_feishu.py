"""Feishu's line and its HTTP interface: what is stored, sent, changed and fetched, and what its errors come to."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.feishu.events import parse_update
from bot.channels.feishu.wire import DATA, FrameDamaged, WireFrame, decode, encode
from bot.dialog.incoming import FileRef, UpdateKind
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from scheduler.delivery.channel import Button, Message, MessageAttachment, SendOutcome
from tests.bot.channels.stream.lines import eventually

TWO = ((Button(label="同意", callback_token="t1"), Button(label="退回修改", callback_token="t2")),)
TEXTS = st.text(max_size=40)


def updates(line):
    return [parse_update(one.body) for one in line.stored()]


@given(
    st.integers(0, 2**63),
    st.dictionaries(TEXTS.filter(str.isprintable), TEXTS.filter(str.isprintable), max_size=4),
    st.binary(max_size=300),
)
def test_a_frame_is_read_as_it_was_written(number, headers, payload):
    frame = WireFrame(sequence=number, log=number, service=7, method=DATA, headers=headers, payload=payload)
    assert decode(encode(frame)) == frame


@given(st.binary(max_size=60))
def test_bytes_that_are_no_frame_end_nothing(raw):
    with suppress(FrameDamaged):
        assert isinstance(decode(raw), WireFrame)


def test_what_people_send_is_stored_before_it_is_acknowledged(server, line):
    server.say("wang", "报送 修路", at=1_790_000_000)
    server.say("wang", "查 12", group="oc_group")
    eventually(lambda: len(line.stored()) == 3 and not server.waiting)
    private, added, group = updates(line)
    assert (added.what, added.chat, added.private) == (UpdateKind.ADDED, "oc_group", False)
    assert (private.text, private.chat, private.private) == ("报送 修路", "wang", True)
    assert (group.text, group.chat, group.private, group.sender) == ("查 12", "oc_group", False, "wang")
    assert int(private.said_at.timestamp()) == 1_790_000_000


def test_what_was_not_acknowledged_comes_again_under_a_new_id_and_is_stored_once(server, line):
    server.acknowledging = False
    server.say("wang", "零报送")
    eventually(line.stored)
    server.acknowledging = True
    for round_ in (2, 3):
        server.cut()
        eventually(lambda: server.connections == round_ and line.up())  # noqa: B023
    server.say("wang", "另一条")
    eventually(lambda: len(line.stored()) >= 2 and not server.waiting)
    assert [one.text for one in updates(line)] == ["零报送", "另一条"]


def test_what_was_sent_while_the_line_was_down_comes_afterwards(server, line):
    server.refusing = True
    server.cut()
    eventually(lambda: not line.up())
    server.say("wang", "零报送")
    server.refusing = False
    eventually(line.stored)
    assert [one.text for one in updates(line)] == ["零报送"]


def test_the_same_words_said_twice_are_two_messages(server, line):
    server.say("wang", "零报送")
    server.say("wang", "零报送")
    eventually(lambda: len(line.stored()) == 2)


@pytest.mark.parametrize("card_frames", [False, True])
def test_a_press_is_stored_once_and_its_card_changed_in_place(server, line, card_frames):
    server.knows("wang")
    server.card_frames = card_frames
    card = line.channel.send("wang", Message(text="请初审\n" + "内容，" * 300, rows=TWO))
    server.took("wang")
    server.press("wang", "同意", again=True)
    eventually(lambda: line.stored() and not server.waiting)
    (pressed,) = updates(line)
    assert (pressed.what, pressed.callback_token, pressed.message) == (UpdateKind.PRESSED, "t1", card.message)
    assert (pressed.chat, pressed.private) == ("wang", True)
    changed = line.channel.edit("wang", card.message, Message(text="已记录 №7"))
    assert (changed.outcome, changed.message) == (SendOutcome.SENT, card.message)
    (shown,) = server.took("wang")
    assert (shown.text, shown.buttons) == ("已记录 №7", [])


def test_a_payload_in_several_frames_is_put_together(server, line):
    server.say("wang", "很长的话，" * 3000)
    eventually(line.stored)
    assert updates(line)[0].text == "很长的话，" * 3000


def test_a_text_mentions_nobody_and_a_reply_names_its_card(server, line):
    server.knows("wang")
    sent = line.channel.send("wang", Message(text='<at user_id="all">所有人</at>'))
    assert server.took("wang")[0].text.startswith("＜at")
    server.say("wang", "同意", reply=sent.message)
    eventually(line.stored)
    assert updates(line)[0].reply_to == sent.message


def test_files_come_and_go_whole(server, line):
    server.send_file("wang", "预算.xlsx", b"content of the list")
    server.send_file("wang", "", b"a photograph", kind="image")
    eventually(lambda: len(line.stored()) == 2)
    (paper,), (photo,) = (one.files for one in updates(line))
    assert (paper.name, line.channel.fetch(paper)) == ("预算.xlsx", b"content of the list")
    assert line.channel.fetch(photo) == b"a photograph"
    with pytest.raises(FileUnfetched) as refused:
        line.channel.fetch(paper, most=5)
    assert refused.value.words["why"] == TOO_LARGE
    with pytest.raises(FileUnfetched):
        line.channel.fetch(FileRef(id="om_1 file file_none", name="x", size=0))
    content = b"y" * 100_000
    line.channel.send("wang", Message(text="月报", file=MessageAttachment(name="月报.docx", content=content)))
    assert server.took("wang", count=2)[1].file == ("月报.docx", content)
    album = [MessageAttachment(name=f"{n}.jpg", content=bytes([n]), is_picture=True) for n in (1, 2)]
    assert line.channel.send("wang", Message(text="", pictures=album)).outcome is SendOutcome.SENT
    assert [one.file[1] for one in server.took("wang", count=2)] == [b"\1", b"\2"]


def test_a_send_whose_answer_was_lost_is_repeated_and_arrives_once(server, line):
    server.knows("wang")
    server.lost_answers = 2
    assert line.channel.send("wang", Message(text="您好")).outcome is SendOutcome.SENT
    assert len(server.took("wang")) == 1
    server.lost_answers = 9
    sent = line.channel.send("wang", Message(text="您好"))
    assert sent.outcome is SendOutcome.SENT  # the second try is answered by its id
    assert len(server.took("wang")) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        ((429, 99991400), SendOutcome.NOT_ATTEMPTED, "flood"),
        ((400, 230020), SendOutcome.NOT_ATTEMPTED, "flood"),
        ((503, 0), SendOutcome.NOT_ATTEMPTED, "server"),
        ((400, 230002), SendOutcome.REFUSED, "left"),
        ((400, 99992351), SendOutcome.REFUSED, "not_found"),
        ((400, 230027), SendOutcome.REFUSED, "not_allowed"),
        ((400, 230099), SendOutcome.REFUSED, "rejected"),
    ],
)
def test_each_error_is_one_of_four_outcomes(server, line, answer, outcome, why):
    server.knows("wang")
    server.errors.append(answer)
    sent = line.channel.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (outcome, why)


def test_a_card_that_is_gone_cannot_be_changed(line):
    refused = line.channel.edit("wang", "om_none", Message(text="已办"))
    assert (refused.outcome, refused.why) == (SendOutcome.REFUSED, "gone")
