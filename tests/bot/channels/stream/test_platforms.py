"""What holds alike on the connections and the HTTP interfaces of several platforms."""

import importlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.stream.platform_interface import PlatformError
from bot.channels.stream.platform_loading import load_platform, platform_folders, try_account
from bot.channels.stream.web_socket import socket_address
from config.office.channel_secrets import ChannelAccount
from scheduler.delivery.channel import Message, SendOutcome
from tests.bot.channels.stream.lines import QUICK, eventually
from tests.paths import ROOT

EVERY_PLATFORM = pytest.mark.parametrize("server", platform_folders(), indirect=True)
GIVEN_UP = 10
"""Attempts after which WeCom's own library gives up."""


@pytest.fixture
def server(request):
    """The stand-in of the platform that a test names."""
    stand_in = importlib.import_module(f"tests.bot.channels.{request.param}.stand_in").StandIn()
    yield stand_in
    stand_in.close()
    stand_in.assert_nothing_else()


@pytest.mark.parametrize("server", ["feishu", "dingtalk"], indirect=True)
def test_a_token_that_ran_out_is_fetched_anew(server, line):
    server.knows("wang")
    for _ in range(2):
        assert line.channel.send("wang", Message(text="您好")).outcome is SendOutcome.SENT
    assert server.tokens == 1
    server.token_ends = True
    assert line.channel.send("wang", Message(text="您好")).outcome is SendOutcome.SENT
    assert server.tokens == 2
    assert len(server.took("wang", count=3)) == 3


@pytest.mark.parametrize("server", ["feishu", "dingtalk"], indirect=True)
def test_a_wrong_secret_is_said_once_and_tried_for_ever(server, make_line):
    line = make_line(secret="wrong")
    eventually(lambda: server.http.calls > 4)
    assert line.why() == ["token"]
    sent = line.channel.send("wang", Message(text="请初审"))
    assert (sent.outcome, sent.why) == (SendOutcome.NOT_ATTEMPTED, "token")


@pytest.mark.parametrize("server", ["wecom", "feishu"], indirect=True)
def test_a_line_that_answers_no_heartbeat_is_given_up(server, make_line):
    line = make_line(heartbeat=0.05)
    eventually(lambda: server.pings > 2)
    server.answering = False
    eventually(lambda: server.connections >= 2)
    server.answering = True
    eventually(line.up)
    assert "silent" in line.why()


def test_an_address_without_tls_is_taken_from_a_server_of_ones_own_alone():
    public = ChannelAccount(platform="feishu", id="a", secret="b")
    own = replace(public, server="http://127.0.0.1")
    assert socket_address("wss://a", public) == "wss://a"
    assert socket_address("ws://a", own) == "ws://a"
    for told, account in (("ws://a", public), ("http://a", own), (None, own)):
        with pytest.raises(PlatformError, match="garbled"):
            socket_address(told, account)


@EVERY_PLATFORM
def test_a_platform_that_is_gone_is_tried_for_ever(server, line, monkeypatch):
    attempts, opens = [], line.channel.connection.protocol.open

    async def count():
        attempts.append(1)
        return await opens()

    monkeypatch.setattr(line.channel.connection.protocol, "open", count)
    server.refusing = True
    server.cut()
    eventually(lambda: len(attempts) > GIVEN_UP)
    assert not line.up()
    server.refusing = False
    eventually(line.up)
    server.say("wang", "还在")
    eventually(line.stored)


@pytest.mark.parametrize("server", ["feishu", "dingtalk"], indirect=True)
def test_two_processes_of_one_office_hold_one_line_and_the_second_says_so(server, make_line):
    first = make_line()
    eventually(first.up)
    second = make_line()
    eventually(lambda: second.why() == ["ConnectionHeldElsewhere"])
    assert (second.up(), server.connections) == (False, 1)
    first.close()
    eventually(second.up)


@pytest.mark.parametrize("server", ["feishu", "dingtalk"], indirect=True)
def test_a_line_that_is_up_and_brings_nothing_is_replaced_without_a_gap(server, make_line):
    line = make_line(timing=replace(QUICK, quiet=0.3))
    eventually(lambda: server.connections >= 2 and line.up())
    server.say("wang", "还在吗")
    eventually(line.stored)
    assert (line.gaps, line.faults) == ([], [])


@pytest.mark.parametrize("server", ["feishu", "dingtalk"], indirect=True)
def test_a_clock_that_is_behind_is_said_and_the_earlier_time_counts(server, line):
    platform = load_platform(server.account.platform)
    server.seconds = lambda: line.app.clock.now().timestamp() + 600
    server.say("wang", "报送")
    eventually(line.stored)
    assert line.why() == ["ClockDiffers"]
    assert platform.parse_update(line.stored()[0].body).said_at <= line.app.clock.now()


@EVERY_PLATFORM
def test_a_message_of_hours_ago_is_kept_with_its_own_time(server, line):
    """One SDK of Feishu drops what is older than half an hour."""
    platform = load_platform(server.account.platform)
    said = int((line.app.clock.now() - timedelta(hours=6)).timestamp())
    server.say("wang", "零报送", at=said)
    eventually(line.stored)
    update = platform.parse_update(line.stored()[0].body)
    assert (update.text, int(update.said_at.timestamp())) == ("零报送", said)


@EVERY_PLATFORM
def test_an_account_is_tried_with_a_sentence_for_what_is_wrong(server, app):
    assert try_account(server.account, app.clock) == ""
    assert try_account(replace(server.account, secret="wrong"), app.clock) == "token"


@pytest.mark.parametrize("folder", platform_folders())
def test_the_guide_of_each_platform_has_the_clicks_the_rights_what_is_told_and_what_was_not_tried(folder):
    guide = (ROOT / "docs" / "channels" / f"{folder}.md").read_text("utf-8")
    for heading in (
        "一步一步",
        "要什么权限",
        "对方知道什么",
        "能做什么",
        "断了线会怎样",
        "没有在真实平台上核对过的",
    ):
        assert f"\n## {heading}\n" in guide
    assert f"gongkai[{folder}]" in guide
