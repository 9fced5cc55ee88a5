"""What people do on Telegram, heard in no channel's words."""

import json

import pytest

from bot.channels.telegram.updates import callback_query_ids, parse_update, to_inbox_update
from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind

USER = 7
GROUP = -5


def waiting(server):
    """Everything that waits, as the conversation will hear it."""
    raws = [server._clean(raw) for raw in server.pending.values()]
    server.pending.clear()
    return [parse_update(to_inbox_update(raw).body) for raw in raws]


def only(server) -> IncomingUpdate:
    (found,) = waiting(server)
    assert found is not None
    assert found.channel == "telegram"
    return found


def test_a_text_in_private(server):
    server.say(USER, "同意 12")
    found = only(server)
    assert (found.what, found.sender, found.chat, found.private) == (UpdateKind.TEXT, "7", "7", True)
    assert (found.text, found.message) == ("同意 12", "1")


def test_a_command_in_a_group_loses_its_bots_name(server):
    server.group(GROUP)
    server.say(USER, "/todo@town_bot 12", chat=GROUP)
    found = only(server)
    assert (found.what, found.sender, found.chat, found.private) == (UpdateKind.TEXT, "7", "-5", False)
    assert (found.text, found.title) == ("/todo 12", "信息员群")


def test_a_reply_names_what_it_answers(server):
    server.say(USER, "一")
    server.say(USER, "同意", reply_to=1)
    assert [found.reply_to for found in waiting(server)] == ["", "1"]


@pytest.mark.parametrize(("payload", "expected"), [("", ""), ("AbC_-1", "AbC_-1")])
def test_whoever_comes_by_a_link_brings_its_payload(server, payload, expected):
    server.start(USER, payload)
    found = only(server)
    assert (found.what, found.payload) == (UpdateKind.CHAT_OPENED, expected)


def test_start_in_a_group_is_only_a_text(server):
    server.group(GROUP)
    server.say(USER, "/start AbC", chat=GROUP)
    found = only(server)
    assert (found.what, found.payload) == (UpdateKind.TEXT, "")


def test_a_press_brings_what_the_button_carried(server):
    server.say(USER, "待办")
    waiting(server)
    server.press(USER, 1, data="h" * 22)
    found = only(server)
    assert (found.what, found.callback_token, found.message, found.chat) == (
        UpdateKind.PRESSED,
        "h" * 22,
        "1",
        "7",
    )


def test_the_press_of_a_message_too_old_to_show(server):
    gone = {"chat": {"id": GROUP, "type": "group", "title": "群"}, "message_id": 4, "date": 0}
    asked = {"id": "9", "from": server.user(USER), "message": gone, "chat_instance": "1", "data": "x"}
    server.update("callback_query", asked)
    assert list(callback_query_ids(next(iter(server.pending.values())))) == ["9"]
    found = only(server)
    assert (found.what, found.message, found.chat, found.private) == (UpdateKind.PRESSED, "4", "-5", False)


def test_a_changed_text_is_told_from_a_new_one(server):
    server.say(USER, "许可 3")
    server.change(USER, 1, "许可 4")
    assert [found.what for found in waiting(server)] == [UpdateKind.TEXT, UpdateKind.EDITED]


def test_a_file_is_named_not_fetched(server):
    server.upload(USER, "台账.xlsx", b"rows", "十一月")
    found = only(server)
    assert (found.text, found.files) == ("十一月", (FileRef(id="file0", name="台账.xlsx", size=4),))
    assert found.album == ""


def test_the_photographs_of_an_album_name_it_and_come_in_their_largest_size(server):
    server.album(USER, [b"one", b"three"], "道路硬化完工")
    server.album(USER, [b"other"])
    first, second, other = waiting(server)
    assert (first.text, second.text) == ("道路硬化完工", "")
    assert first.files == (FileRef(id="file1", name="", size=3),)
    assert second.files == (FileRef(id="file3", name="", size=5),)
    assert first.album == second.album
    assert "" != first.album != other.album


BROUGHT = {
    "voice": ({"file_id": "v", "file_unique_id": "v", "duration": 3}, "voice"),
    "audio": ({"file_id": "a", "file_unique_id": "a", "duration": 3}, "voice"),
    "video": ({"file_id": "f", "file_unique_id": "f", "duration": 3, "width": 9, "height": 9}, "video"),
    "video_note": ({"file_id": "n", "file_unique_id": "n", "duration": 3, "length": 9}, "video"),
    "sticker": (
        {
            "file_id": "s",
            "file_unique_id": "s",
            "type": "regular",
            "width": 9,
            "height": 9,
            "is_animated": False,
            "is_video": False,
        },
        "sticker",
    ),
    "location": ({"latitude": 36.5, "longitude": 121.4}, "place"),
    "contact": ({"phone_number": "1", "first_name": "甲"}, "other"),
    "dice": ({"emoji": "🎲", "value": 3}, "other"),
}


@pytest.mark.parametrize("part", BROUGHT)
def test_what_is_neither_words_nor_a_file_is_told_by_its_kind(server, part):
    brought, media = BROUGHT[part]
    server.say(USER, "", caption="同意 12", **{part: brought})
    found = only(server)
    assert (found.what, found.media, found.files) == (UpdateKind.UNSUPPORTED, media, ())


def test_an_animation_is_not_taken_for_the_file_that_it_is_as_well(server):
    one = {"file_id": "g", "file_unique_id": "g", "duration": 1, "width": 9, "height": 9}
    server.say(USER, "", animation=one, document={"file_id": "g", "file_unique_id": "g"})
    found = only(server)
    assert (found.media, found.files) == ("video", ())


def test_a_place_that_is_shared_for_an_hour_is_told_once(server):
    server.say(USER, "", location={"latitude": 36.5, "longitude": 121.4, "live_period": 3600})
    server.change(USER, 1, "")
    assert [found and found.what for found in waiting(server)] == [UpdateKind.UNSUPPORTED, None]


def test_a_topic_of_a_group_is_named(server):
    server.group(GROUP, kind="supergroup")
    server.say(USER, "查 预算", chat=GROUP, message_thread_id=77, is_topic_message=True)
    server.say(USER, "查 预算", chat=GROUP, message_thread_id=3)  # a thread of replies is no topic
    server.press(USER, 1, chat=GROUP, data="h")
    assert [found.topic for found in waiting(server)] == ["77", "", "77"]


def test_comings_and_goings(server):
    server.group(GROUP)
    server.block(USER)
    server.block(USER, blocked=False)
    server.remove_bot(GROUP, by=USER)
    server.add_bot(GROUP, by=USER)
    assert [found.what for found in waiting(server)] == [
        UpdateKind.BLOCKED,
        UpdateKind.CHAT_OPENED,
        UpdateKind.LEFT,
        UpdateKind.ADDED,
    ]


def test_a_group_that_moves_says_it_from_both_sides(server):
    server.group(GROUP)
    new = server.migrate(GROUP, by=USER)
    assert [(found.what, found.chat, found.moved_to) for found in waiting(server)] == [
        (UpdateKind.MOVED, "-5", str(new))
    ] * 2


def test_nobody_is_heard_who_cannot_be_known(server):
    server.group(GROUP)
    server.say(USER, "一", chat=GROUP, sender_chat={"id": GROUP, "type": "group", "title": "群"})
    server.update(
        "message", {"message_id": 9, "date": 0, "chat": {"id": GROUP, "type": "group", "title": "群"}}
    )
    server.update("poll", {"id": "1"})  # read no further than what was asked for
    assert waiting(server) == [None, None, None]


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "message": "text"},
        {"update_id": 1, "callback_query": {"id": 5}},
        {"update_id": 1, "callback_query": {"message": {"chat": 3}}},
        {"update_id": 1, "message": {"chat": {"id": 7}}},
    ],
)
def test_an_update_nobody_can_read_is_stored_all_the_same(raw):
    kept = to_inbox_update(raw)
    assert json.loads(kept.body) == raw
    assert list(callback_query_ids(raw)) == []


def test_updates_wait_for_their_own_chat():
    person, group = {"id": 7, "type": "private"}, {"id": -5, "type": "group"}
    assert to_inbox_update({"update_id": 1, "message": {"chat": person}}).chat == "7"
    assert (
        to_inbox_update({"update_id": 1, "callback_query": {"from": {}, "message": {"chat": group}}}).chat
        == "-5"
    )
    assert to_inbox_update({"update_id": 1, "my_chat_member": {"chat": group}}).chat == "-5"
