"""Nobody's telephone keeps the office from the others: what is too much is not handled, and told once."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from storage.database.tables_messaging import HandledAmount
from storage.messaging.rate_limits import UNSTATED_FILE_BYTES, PersonLimits
from tests.bot.speaker import Speaker


def limited(room, **limits):
    room.talk = replace(room.talk, limits=PersonLimits(**limits))
    return room


def test_what_somebody_writes_too_much_of_is_told_once_and_can_be_sent_again(app, room):
    clerk, other = limited(room, updates=3).person("clerk"), room.person("office_head")
    assert all(clerk.says("待办") for _ in range(3))
    told = clerk.says("待办")
    assert "请到时候再发一次" in told
    until = app.clock.now() + timedelta(minutes=10)
    assert room.talk.app.clock.now() < until
    app.clock.move(timedelta(minutes=1))
    assert [clerk.says("待办"), clerk.taps("x"), clerk.says("许可 1", private=False)] == ["", "", ""]
    assert other.says("待办")
    app.clock.move(timedelta(minutes=9))
    assert "太多" not in clerk.says("待办")
    room.assert_silence()


def test_a_message_beyond_the_limit_records_nothing(app, room):
    clerk = limited(room, updates=1).person("clerk")
    clerk.says("待办")
    with app.log() as log:
        before = log.end().position
    clerk.says("请假 12月1日到12月5日")
    with app.log() as log:
        assert log.end().position == before


def test_files_are_counted_before_they_are_downloaded(app, room):
    clerk = limited(room, file_bytes=UNSTATED_FILE_BYTES + 1).person("clerk")
    clerk.uploads(name="大.xlsx")  # its size is not stated
    assert "请到时候再发一次" in clerk.uploads(content=b"12")
    assert clerk.uploads(content=b"12") == ""
    assert "太多" not in clerk.says("待办")  # words go on
    app.clock.move(timedelta(minutes=10))
    assert "太多" not in clerk.uploads(content=b"12")


def test_one_large_message_alone_is_none_too_many(room):
    clerk = limited(room, file_bytes=1).person("clerk")
    assert "太多" not in clerk.uploads(content=b"1234")


def test_a_stranger_is_counted_too_and_no_count_outlasts_a_day(app, room):
    stranger = Speaker(app, "nobody", room=limited(room, updates=2), joined=False)
    assert "还不认识您" in stranger.says("你好")
    assert [stranger.says("你好") for _ in range(4)] == [""] * 4
    app.clock.move(timedelta(days=2))
    room.person("clerk").says("待办")
    with app.store.reading() as connection:
        assert set(connection.execute(select(HandledAmount.address)).scalars()) == {"at clerk"}
