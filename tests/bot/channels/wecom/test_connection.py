"""The long connection over WeCom's stand-in: it comes back for ever, yields to another, and stores before anything."""

from dataclasses import replace
from datetime import timedelta

from bot.channels.stream.backoff import longer_wait
from bot.channels.stream.sink import new_holder
from bot.channels.wecom.frames import parse_update, to_inbox_updates
from scheduler.delivery.channel import Message, SendOutcome
from storage.channels.line_states import LineStates
from tests.bot.channels.stream.lines import QUICK, eventually


def test_the_waits_grow_to_a_minute_and_never_end():
    waits, wait = [], 0.0
    for _ in range(1000):
        wait = longer_wait(wait)
        waits.append(wait)
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert set(waits[7:]) == {60}


def test_what_people_send_is_stored_with_its_time(server, line, app):
    server.say("wang", "报送 修路", at=1_790_000_000)
    eventually(line.stored)
    (entry,) = line.stored()
    update = parse_update(entry.body)
    assert (update.text, update.sender, update.chat, update.private) == ("报送 修路", "wang", "wang", True)
    assert update.said_at.timestamp() == min(1_790_000_000, app.clock.now().timestamp())


def test_a_message_with_a_group_is_never_private_whatever_its_kind_of_chat(app):
    said = {"msgid": "1", "chatid": "wr_1", "from": {"userid": "wang"}, "msgtype": "text"}
    frame = {"cmd": "aibot_msg_callback", "body": {**said, "text": {"content": "查 12"}}}
    (stored,) = to_inbox_updates(frame, app.clock.now())
    assert not parse_update(stored.body).private


def test_a_message_that_comes_twice_is_stored_once(server, line):
    for _ in range(3):
        server.say("wang", "零报送", msgid="same")
    server.say("wang", "另一条")
    eventually(lambda: len(line.stored()) >= 2)
    assert [parse_update(one.body).text for one in line.stored()] == ["零报送", "另一条"]


def test_a_cut_line_comes_back_and_the_gap_is_noted(server, line):
    for round_ in range(1, 4):
        server.cut()
        eventually(lambda: server.connections == round_ + 1 and line.up())  # noqa: B023
    server.say("wang", "又通了")
    eventually(line.stored)
    assert line.state().gaps == 3 == len(line.gaps)
    assert line.why() == ["closed"] * 3


def test_a_refused_secret_is_said_once_and_tried_for_ever(server, make_line):
    line = make_line(secret="wrong")
    eventually(lambda: server.connections > 5)
    assert line.why() == ["token"]
    assert line.state().connected_at is None
    assert line.state().why == "token"


def test_a_quiet_line_is_replaced_without_a_gap(server, make_line):
    line = make_line(timing=replace(QUICK, quiet=0.3))
    eventually(lambda: server.displaced >= 2)
    server.say("wang", "还在吗")
    eventually(line.stored)
    assert line.gaps == []
    assert line.faults == []


def test_a_program_elsewhere_displaces_this_one_which_yields_and_says_so(server, make_line, app, tmp_path):
    ours = make_line(timing=replace(QUICK, displaced=2.0))
    eventually(ours.up)
    other = make_line(of=another_office(tmp_path, app))
    eventually(lambda: ours.why() == ["ConnectionDisplaced"])
    assert other.up()
    server.say("wang", "谁听见？")
    eventually(other.stored)
    assert ours.stored() == []
    other.close()
    eventually(ours.up)  # its wait is over


def test_two_processes_of_one_office_hold_one_line_between_them(server, make_line):
    first = make_line()
    eventually(first.up)
    second = make_line()
    eventually(lambda: second.why() == ["ConnectionHeldElsewhere"])
    assert server.connections == 1
    first.close()
    eventually(second.up)
    assert server.displaced == 0


def test_a_process_that_died_need_not_be_waited_for(app, make_line):
    host, _, rest = new_holder().partition(" ")
    dead = f"{host} 4194304 {rest.partition(' ')[2]}"  # above the largest process number
    now = app.clock.now()
    with app.store.writing(app.office.slug) as connection:
        states = LineStates(connection, app.office.slug)
        assert states.hold("wecom_bot", dead, at=now, until=now + timedelta(days=1))
    eventually(make_line().up)


def test_what_arrived_is_stored_however_long_the_database_takes(server, line, monkeypatch):
    stores, failures = line.channel.connection._sink.store_updates, [OSError(), OSError(), OSError()]

    def store(_self, updates):
        if failures:
            raise failures.pop()
        stores(updates)

    monkeypatch.setattr(type(line.channel.connection._sink), "store_updates", store)
    server.say("wang", "报送 修路")
    eventually(line.stored)
    assert [type(fault).__name__ for fault in line.faults] == ["OSError"] * 3


def test_a_clock_that_is_behind_is_said_once_and_the_earlier_time_counts(server, line, app):
    ahead = int(app.clock.now().timestamp()) + 600
    for _ in range(2):
        server.say("wang", "报送", at=ahead)
    eventually(lambda: len(line.stored()) == 2)
    assert line.why() == ["ClockDiffers"]
    assert line.faults[0].words["minutes"] == "10"
    assert parse_update(line.stored()[0].body).said_at <= app.clock.now()


def test_a_frame_that_makes_no_sense_ends_nothing(server, line):
    for raw in ("[]", "{", '{"cmd": "aibot_msg_callback", "body": []}', b"\xff", '{"cmd": 7}'):
        server.on_loop(lambda raw=raw: server.loop.create_task(server.subscribed.send(raw)))
    server.say("wang", "还在")
    eventually(lambda: any("还在" in one.body for one in line.stored()))
    assert line.faults == []


def test_the_state_says_since_when_and_when_last(server, line):
    server.say("wang", "你好")
    line.channel.send("wang", Message(text="您好"))
    server.took("wang")
    eventually(lambda: line.state().sent_at)
    assert line.state().connected_at <= line.state().heard_at


def test_a_request_that_is_not_answered_is_uncertain(server, line, monkeypatch):
    monkeypatch.setattr(server, "_answer", lambda *_: None)
    request = line.channel.connection.request
    monkeypatch.setattr(type(line.channel.connection), "request", lambda _self, *a: request(*a, seconds=0.05))
    sent = line.channel.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (SendOutcome.UNCERTAIN, "timeout")


def another_office(folder, app):
    from bot.services.app import create_office, open_app

    return open_app(create_office(folder / "elsewhere", sample=True).path, app.clock)
