"""What is said once over the real channel: to strangers, of changed messages, albums and voices; and in which topic."""

from datetime import timedelta
from time import sleep

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from storage.messaging.accounts import ChatGroups
from storage.messaging.rate_limits import BURST
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.telegram.test_conversation import CLERK, GROUP, STRANGER, town
from tests.bot.speaker import Room

__all__ = ["town"]
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 3}


def handled(town) -> None:
    """Everything that was sent has been handled, and whatever is answered was said."""

    def waiting() -> int:
        with town.app.store.reading() as connection:
            return connection.exec_driver_sql("select count(*) from inbox where handled_at is null").scalar()

    eventually(lambda: not town.server.pending and not waiting())
    sleep(0.2)


def test_a_stranger_is_answered_once_a_day(town, server):
    for _ in range(5):
        server.say(STRANGER, "在吗")
    assert "还不认识您" in server.heard(STRANGER)["text"]
    handled(town)
    town.app.clock.move(timedelta(days=1, seconds=1))
    assert "还不认识您" in town.says(STRANGER, "在吗")


def test_a_stranger_whose_link_ran_out_hears_that_too(town, server):
    server.say(STRANGER, "在吗")
    assert "还不认识您" in server.heard(STRANGER)["text"]
    for _ in range(3):
        server.start(STRANGER, "no-such-link")
    assert "链接" in server.heard(STRANGER)["text"]
    handled(town)


def test_a_crowd_of_strangers_is_not_answered_without_end(app):
    room = Room(app)
    for number in range(BURST.most + 30):
        address = f"stranger {number}"
        room.hears(
            IncomingUpdate(
                channel="test", what=UpdateKind.TEXT, sender=address, chat=address, private=True, text="在吗"
            )
        )
    assert sum(len(said) for said in room.unseen.values()) == BURST.most


def test_a_changed_message_is_answered_once(town, server):
    town.bind("clerk", CLERK)
    assert town.says(CLERK, "帮助")
    for text in ("帮助一下", "帮助我", "帮帮我"):
        server.change(CLERK, 1, text)
    assert server.heard(CLERK)["text"] == "改过的话不算，请重新发一条。"
    handled(town)


def test_a_voice_gets_one_sentence_and_in_a_group_none(town, server):
    town.bind("clerk", CLERK)
    assert town.says(CLERK, "", voice=VOICE, caption="同意 12") == "语音我听不了，请打字发给我。"
    server.group(GROUP)
    server.say(CLERK, "", chat=GROUP, voice=VOICE)
    handled(town)


def test_an_album_is_refused_once(town, server):
    """Files are not taken here: three photographs are one refusal, and the next album is another."""
    town.bind("clerk", CLERK)
    for _ in range(2):
        server.album(CLERK, [b"one", b"two", b"three"])
        assert server.heard(CLERK)["text"]
        handled(town)


def test_a_topic_is_answered_in_its_topic(town, server):
    town.bind("clerk", CLERK)
    server.group(GROUP, kind="supergroup")
    with town.app.store.writing("zhaoduba") as connection:
        ChatGroups(connection, "zhaoduba").claim("telegram", str(GROUP), "信息员群", at=town.app.clock.now())
    server.say(CLERK, "帮助", chat=GROUP, message_thread_id=77, is_topic_message=True)
    assert server.heard(GROUP)["message_thread_id"] == 77
    server.say(CLERK, "帮助", chat=GROUP)
    assert "message_thread_id" not in server.heard(GROUP)
