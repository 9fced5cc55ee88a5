"""What is sent over WeCom's line, how it looks there, and what became of it."""

import hashlib

import pytest

from bot.channels.wecom.frames import parse_update
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from scheduler.delivery.channel import Button, Message, MessageAttachment, SendOutcome
from tests.bot.channels.stream.lines import eventually

TWO = ((Button(label="同意", callback_token="t1"), Button(label="退回修改", callback_token="t2")),)


def greeted(server):
    """Somebody wrote first: WeCom lets nobody else be written to."""
    server.say("wang", "你好")


def test_a_text_arrives_as_it_is_and_nothing_in_it_is_markup(server, wecom):
    greeted(server)
    sent = wecom.send("wang", Message(text="# 请看 *这里* <@all> `x` [文](http://a)\n> 第二行"))
    assert sent.outcome is SendOutcome.SENT
    (shown,) = server.took("wang")
    assert shown.text == "＃ 请看 ＊这里＊ ＜@all> ｀x｀ [文］(http://a)\n＞ 第二行"


def test_a_long_text_is_several_messages_and_each_counts(server, wecom):
    greeted(server)
    message = Message(text="一二三四五六七八九十\n" * 900)
    assert wecom.parts(message) == 3
    assert wecom.send("wang", message).outcome is SendOutcome.SENT
    assert len(server.took("wang", count=3)) == 3


def test_a_short_message_with_buttons_is_one_card(server, wecom):
    greeted(server)
    sent = wecom.send("wang", Message(text="请初审：某村第3条\n12月1日（还有3个工作日）", rows=TWO))
    (shown,) = server.took("wang")
    assert (shown.text, [label for label, _ in shown.buttons]) == (
        "请初审：某村第3条\n12月1日（还有3个工作日）",
        ["同意", "退回修改"],
    )
    assert sent.message == shown.task_id


def test_a_long_message_with_buttons_is_read_whole_before_its_card(server, wecom):
    greeted(server)
    text = "请初审：某村第3条\n" + "很长的内容，" * 60
    wecom.send("wang", Message(text=text, rows=TWO))
    whole, card = server.took("wang", count=2)
    assert whole.text == text
    assert card.text == "请初审：某村第3条"  # it was read just above
    assert [key for _, key in card.buttons] == ["t1", "t2"]


def test_more_buttons_than_a_card_holds_stand_on_the_next(server, wecom):
    greeted(server)
    rows = tuple((Button(label=f"第{n}件", callback_token=f"t{n}"),) for n in range(8))
    wecom.send("wang", Message(text="请选：", rows=rows))
    first, second = server.took("wang", count=2)
    assert [len(first.buttons), len(second.buttons)] == [6, 2]
    assert (first.text, second.text) == ("请选：", "请选：")


def test_a_title_that_is_too_long_is_parted_where_a_clause_ends(server, wecom):
    greeted(server)
    wecom.send("wang", Message(text="没有听懂“收到申请要求公开本年预算”，没有记下任何内容。\n待办", rows=TWO))
    (shown,) = server.took("wang")
    assert shown.text == "没有听懂“收到申请要求公开本年预算”，\n没有记下任何内容。\n待办"


def test_a_pressed_card_is_changed_in_place_within_five_seconds(server, wecom, line):
    greeted(server)
    card = wecom.send("wang", Message(text="请初审", rows=TWO)).message
    server.took("wang")
    server.press("wang", "同意")
    eventually(lambda: len(line.stored()) == 2)
    changed = wecom.edit("wang", card, Message(text="已记录 №7"))
    assert (changed.outcome, changed.message) == (SendOutcome.SENT, card)
    (shown,) = server.took("wang")
    assert (shown.text, shown.buttons) == ("已记录 №7", [])


def test_a_card_that_nobody_pressed_cannot_be_changed(server, wecom):
    greeted(server)
    card = wecom.send("wang", Message(text="请初审", rows=TWO)).message
    server.took("wang")
    refused = wecom.edit("wang", card, Message(text="已办"))
    assert (refused.outcome, refused.why) == (SendOutcome.REFUSED, "gone")


def test_a_press_changes_its_card_once(server, wecom, line):
    greeted(server)
    card = wecom.send("wang", Message(text="请初审", rows=TWO)).message
    server.took("wang")
    server.press("wang", "同意")
    eventually(lambda: len(line.stored()) == 2)
    wecom.edit("wang", card, Message(text="已记录 №7"))
    server.took("wang")
    assert wecom.edit("wang", card, Message(text="又一次")).why == "gone"


def test_a_file_arrives_whole(server, wecom):
    greeted(server)
    content = hashlib.sha256(b"x").digest() * 40_000  # 1.28 MB: three parts
    sent = wecom.send("wang", Message(text="月报", file=MessageAttachment(name="月报.docx", content=content)))
    assert sent.outcome is SendOutcome.SENT
    text, file = server.took("wang", count=2)
    assert (text.text, file.file) == ("月报", ("月报.docx", content))
    album = [MessageAttachment(name=f"{n}.jpg", content=bytes([n]), is_picture=True) for n in (1, 2)]
    assert wecom.send("wang", Message(text="", pictures=album)).outcome is SendOutcome.SENT
    assert [one.file for one in server.took("wang", count=2)] == [("1.jpg", b"\1"), ("2.jpg", b"\2")]


def test_a_file_of_a_person_is_decrypted_and_keeps_its_name(server, wecom, line):
    server.send_file("wang", "list.xlsx", b"content of the list")
    eventually(line.stored)
    update = parse_update(line.stored()[0].body)
    (ref,) = update.files
    assert wecom.fetch(ref) == b"content of the list"
    assert (wecom.file_name(ref), wecom.file_name(ref)) == ("list.xlsx", "")


def test_a_file_that_is_too_large_gone_or_damaged_says_so(server, wecom, line):
    server.send_file("wang", "a.bin", b"x" * 100)
    eventually(line.stored)
    (ref,) = parse_update(line.stored()[0].body).files
    with pytest.raises(FileUnfetched) as refused:
        wecom.fetch(ref, most=99)
    assert refused.value.words["why"] == TOO_LARGE
    url, _, key = ref.id.partition(" ")
    for wrong, why in ((f"{url}9 {key}", "gone"), (f"{url} {key[:-4]}AAAA", "broken")):
        with pytest.raises(FileUnfetched) as refused:
            wecom.fetch(FileRef(id=wrong, name="a.bin", size=0))
        assert refused.value.words["why"] == why


@pytest.mark.parametrize(
    ("code", "outcome", "why"),
    [
        (45009, SendOutcome.NOT_ATTEMPTED, "flood"),
        (-1, SendOutcome.NOT_ATTEMPTED, "server"),
        (60111, SendOutcome.REFUSED, "not_found"),
        (48002, SendOutcome.REFUSED, "not_allowed"),
        (99999, SendOutcome.REFUSED, "rejected"),
    ],
)
def test_each_error_code_is_one_of_four_outcomes(server, wecom, code, outcome, why):
    greeted(server)
    server.errors.append(code)
    sent = wecom.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (outcome, why)


def test_somebody_who_never_wrote_cannot_be_written_to(wecom):
    sent = wecom.send("stranger", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (SendOutcome.REFUSED, "not_found")


def test_what_is_sent_while_the_line_is_down_never_left(server, line, wecom):
    greeted(server)
    server.refusing = True
    server.cut()
    eventually(lambda: not line.up())
    sent = wecom.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (SendOutcome.NOT_ATTEMPTED, "no_connection")
    server.refusing = False
    eventually(line.up)


def test_a_line_that_is_subscribed_no_more_is_opened_anew(server, line, wecom):
    greeted(server)
    server.errors.append(846609)
    sent = wecom.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (SendOutcome.NOT_ATTEMPTED, "unsubscribed")
    eventually(lambda: server.connections == 2 and line.up())
    assert wecom.send("wang", Message(text="请初审")).outcome is SendOutcome.SENT
    server.took("wang")
    assert line.why() == ["unsubscribed"]
