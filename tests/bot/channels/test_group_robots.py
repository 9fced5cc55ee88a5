"""What each work chat's robot is told and signs, and what its answers mean."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.group_robots import (
    ROBOT_KINDS,
    Robot,
    RobotChannel,
    RobotLine,
    RobotTwice,
    RobotUnsigned,
    parse_robots,
    sign_dingtalk,
    sign_feishu,
)
from bot.delivery.outbox_ports import OfficeDeliveryPorts
from bot.language.phrasebook import phrasebook
from bot.runtime.office_channels import create_outbox_sender
from config.clock import ManualClock, manual_clock
from scheduler.delivery.channel import Message, SendOutcome, SendResult
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.web.http_results import RequestPolicy

SENT, REFUSED, NOT, UNCERTAIN = (
    SendOutcome.SENT,
    SendOutcome.REFUSED,
    SendOutcome.NOT_ATTEMPTED,
    SendOutcome.UNCERTAIN,
)
BULLETIN = Message(text="11月：各村共报 36 条")
SECRET = "SEC-never-to-be-seen"


class WorkChat:
    """A server that keeps what it is posted and gives the answers it was told to give."""

    def __init__(self):
        self.posted, self.answers = [], []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                chat.posted.append((self.path, body))
                status, answer = chat.answers.pop(0)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args):
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send?key=k"
        threading.Thread(target=lambda: self.server.serve_forever(0.05), daemon=True).start()


@pytest.fixture
def chat():
    chat = WorkChat()
    yield chat
    chat.server.shutdown()
    chat.server.server_close()
    assert chat.answers == []  # every answer was fetched, and nothing else was posted


def robots(chat, kind):
    robot = Robot(kind=kind, name="村群", url=chat.url, secret=SECRET)
    clock = manual_clock(date(2026, 11, 23))
    return RobotChannel(
        name=kind, robots={"村群": robot}, clock=clock, policy=RequestPolicy(allow_private=True)
    )


def code(kind, number):
    return {ROBOT_KINDS[kind].code: number, "errmsg": "words nobody reads"}


@pytest.mark.parametrize("kind", ROBOT_KINDS)
def test_what_is_taken_is_sent(chat, kind):
    chat.answers = [(200, code(kind, 0))]
    assert robots(chat, kind).send("村群", BULLETIN) == SendResult(outcome=SENT)
    ((_, body),) = chat.posted
    assert BULLETIN.text in json.dumps(body, ensure_ascii=False)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("wecom", 45009, SendResult(outcome=NOT, why="flood", retry_after=timedelta(minutes=1))),
        ("wecom", -1, SendResult(outcome=NOT, why="server")),
        ("wecom", 93000, SendResult(outcome=REFUSED, why="not_found")),
        ("wecom", 99999, SendResult(outcome=REFUSED, why="rejected")),
        ("dingtalk", 130101, SendResult(outcome=NOT, why="flood", retry_after=timedelta(minutes=10))),
        ("dingtalk", 310000, SendResult(outcome=REFUSED, why="not_allowed")),
        ("dingtalk", 300001, SendResult(outcome=REFUSED, why="not_found")),
        ("feishu", 9499, SendResult(outcome=NOT, why="flood", retry_after=timedelta(minutes=1))),
        ("feishu", 19021, SendResult(outcome=REFUSED, why="not_allowed")),
        ("feishu", 19001, SendResult(outcome=REFUSED, why="not_found")),
    ],
)
def test_a_refusal_in_the_body_of_a_200(chat, kind, number, expected):
    chat.answers = [(200, code(kind, number))]
    assert robots(chat, kind).send("村群", BULLETIN) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, b"<html>"), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((200, b"[]"), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((200, {"errcode": "0"}), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((200, {"errcode": False}), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((500, b""), SendResult(outcome=UNCERTAIN, why="server")),
        ((503, b""), SendResult(outcome=NOT, why="server")),
        ((404, b""), SendResult(outcome=REFUSED, why="server")),
        ((302, b""), SendResult(outcome=REFUSED, why="server")),
        ((200, b"[" * 60_000), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((200, b'{"errcode": 0' + b" " * 70_000), SendResult(outcome=UNCERTAIN, why="garbled")),
        ((400, {"errcode": 45009}), SendResult(outcome=NOT, why="flood", retry_after=timedelta(minutes=1))),
        ((403, {"errcode": 93000}), SendResult(outcome=REFUSED, why="not_found")),
        ((404, {"errcode": 0}), SendResult(outcome=REFUSED, why="server")),
        ((502, {"errcode": 45009}), SendResult(outcome=UNCERTAIN, why="server")),
    ],
)
def test_an_answer_that_says_nothing(chat, answer, expected):
    chat.answers = [answer]
    assert robots(chat, "wecom").send("村群", BULLETIN) == expected


def test_an_older_answer_of_feishu_is_understood(chat):
    chat.answers = [
        (200, {"StatusCode": 0, "StatusMessage": "success"}),
        (200, {"StatusCode": 0, "code": 19024}),
    ]
    assert robots(chat, "feishu").send("村群", BULLETIN) == SendResult(outcome=SENT)
    assert robots(chat, "feishu").send("村群", BULLETIN) == SendResult(outcome=REFUSED, why="not_allowed")


def test_dingtalk_is_signed_in_its_address(chat):
    chat.answers = [(200, code("dingtalk", 0))]
    robots(chat, "dingtalk").send("村群", BULLETIN)
    asked = parse_qs(urlsplit(chat.posted[0][0]).query)
    at = int(datetime(2026, 11, 23, 1, tzinfo=UTC).timestamp()) * 1000
    assert asked == {"key": ["k"], "timestamp": [str(at)], "sign": [sign_dingtalk(SECRET, at)]}


def test_feishu_is_signed_in_its_body(chat):
    chat.answers = [(200, code("feishu", 0))]
    robots(chat, "feishu").send("村群", BULLETIN)
    at = int(datetime(2026, 11, 23, 1, tzinfo=UTC).timestamp())
    (_, body) = chat.posted[0]
    assert (body["timestamp"], body["sign"]) == (str(at), sign_feishu(SECRET, at))


def test_signatures_are_those_of_another_implementation():
    """From ``printf … | openssl dgst -sha256 -hmac … -binary | base64``."""
    assert sign_dingtalk("SECabc", 1700000000000) == "jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM="
    assert sign_feishu("abc", 1700000000) == "VIS10b0EBvzzSdFnuk4tznEmK5wHaruvf/WnViv2yR4="


def test_a_long_bulletin_comes_in_pages_that_fit_in_bytes(chat):
    chat.answers = [(200, code("wecom", 0))] * 3
    assert robots(chat, "wecom").send("村群", Message(text="长" * 1500)).outcome is SENT
    texts = [body["text"]["content"] for _, body in chat.posted]
    assert "".join(texts) == "长" * 1500
    assert max(len(text.encode()) for text in texts) <= 2048


def test_a_bulletin_that_breaks_off_is_uncertain(chat):
    chat.answers = [(200, code("wecom", 0)), (200, code("wecom", 45009))]
    assert robots(chat, "wecom").send("村群", Message(text="长" * 1000)) == SendResult(
        outcome=UNCERTAIN, why="partly"
    )


def test_an_unknown_group_is_asked_nothing(chat):
    assert robots(chat, "wecom").send("别的群", BULLETIN) == SendResult(outcome=REFUSED, why="not_found")
    assert robots(chat, "wecom").edit("村群", "1", BULLETIN).outcome is REFUSED
    assert robots(chat, "wecom").capabilities.private is False
    assert chat.posted == []


def clock() -> ManualClock:
    return manual_clock(date(2026, 11, 23))


def test_robots_are_read_by_their_lines():
    lines = (
        "# 村群\nwecom 村群 https://w/?key=1\n\ndingtalk 镇群 https://d SEC\nwecom 站所群 https://w/?key=2\n"
    )
    found = parse_robots(lines, clock())
    assert {channel.name: sorted(channel.robots) for channel in found} == {
        "wecom": ["村群", "站所群"],
        "dingtalk": ["镇群"],
    }
    assert SECRET not in repr(parse_robots(f"dingtalk 镇群 https://d/{SECRET} {SECRET}", clock()))


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (f"qq 村群 https://{SECRET}", RobotLine),
        ("wecom 村群", RobotLine),
        (f"wecom 村群 https://w {SECRET} more", RobotLine),
        (f"feishu 村群 https://{SECRET}", RobotUnsigned),
        ("wecom 村群 https://w", RobotTwice),
    ],
)
def test_a_line_that_is_no_robot_is_named_without_its_secret(line, refusal):
    with pytest.raises(refusal, match="2") as refused:
        parse_robots(f"wecom 村群 https://{SECRET}\n{line}", clock())
    assert SECRET not in str(refused.value)


def test_a_minute_holds_twenty_messages_however_long_a_bulletin_is(app, chat):
    """Each part counts, and one that does not fit any more waits whole: half a bulletin would be worse."""
    place = "@wecom 村群"
    line = "甲村　18分（报送3，采用1）"
    text = "\n".join([line] * 400)  # nine parts

    class Parts(RobotChannel):
        def send(self, address, message):
            before = len(chat.posted)
            sent = super().send(address, message)
            came.append((app.clock.now(), len(chat.posted) - before))
            return sent

    came: list[tuple[datetime, int]] = []
    mine = robots(chat, "wecom")
    channel = Parts(name="wecom", robots=mine.robots, clock=app.clock, policy=mine.policy)
    parts = channel.parts(Message(text=text))
    assert 7 <= parts <= 10
    chat.answers = [(200, code("wecom", 0))] * (4 * parts)
    faults: list[Exception] = []

    class LongText(OfficeDeliveryPorts):
        def render(self, _person, _rows):
            return Message(text=text)

    ports = LongText(app=app, channels={"wecom": channel}, on_fault=faults.append)
    sender = replace(create_outbox_sender(app, {"wecom": channel}, faults.append), ports=ports)
    for number in range(4):
        now = app.clock.now()
        notice = OutboxNotice(
            person=place, case=0, what="news", rung=f"{number}", basis="", created_at=now, not_before=now
        )
        with app.store.writing(app.office.slug) as connection:
            Outbox(connection, app.office.slug).put([notice])
        sender.deliver()
        app.clock.move(timedelta(seconds=2))
    for _ in range(30):
        app.clock.move(timedelta(seconds=5))
        sender.deliver()
    assert faults == []
    assert sum(count for _, count in came) <= 4 * parts
    chat.answers.clear()
    minute = timedelta(minutes=1)
    for at, _ in came:
        assert sum(count for when, count in came if at - minute < when <= at) <= 20
    assert [count for _, count in came] == [parts] * 3  # the last two waited and went as one


def test_nothing_of_a_robot_stands_in_a_fault_or_a_log(app, chat, caplog):
    caplog.set_level("DEBUG")
    for answer in ((500, b"x"), (200, b"\xff\xfe"), (302, b"")):
        chat.answers = [answer]
        sent = robots(chat, "dingtalk").send("村群", BULLETIN)
        assert SECRET not in repr(sent)
    shut = Robot(
        kind="dingtalk", name="村群", url="http://127.0.0.1:1/send?access_token=TOKEN", secret=SECRET
    )
    channel = RobotChannel(
        name="dingtalk", robots={"村群": shut}, clock=app.clock, policy=RequestPolicy(allow_private=True)
    )
    assert channel.send("村群", BULLETIN).outcome is NOT
    bad = Robot(kind="dingtalk", name="村群", url="ftp://TOKEN", secret=SECRET)
    assert RobotChannel(name="dingtalk", robots={"村群": bad}, clock=app.clock).send(
        "村群", BULLETIN
    ) == SendResult(outcome=REFUSED, why="bad_url")
    said = caplog.text + repr(channel) + repr(shut)
    assert "TOKEN" not in said
    assert SECRET not in said


@pytest.mark.parametrize("skew", [-7200, 7200])
def test_a_clock_that_is_wrong_is_refused_in_words_the_office_understands(chat, skew):
    """DingTalk and Feishu take signatures of an hour: the refusal is for good, and its reason is told."""
    for kind, number in (("dingtalk", 310000), ("feishu", 19021)):
        chat.answers = [(200, code(kind, number))]
        channel = robots(chat, kind)
        channel.clock.move(timedelta(seconds=skew))
        assert channel.send("村群", BULLETIN) == SendResult(outcome=REFUSED, why="not_allowed")
    assert "时钟" in phrasebook("zh").say("page.delivery.why.not_allowed")
