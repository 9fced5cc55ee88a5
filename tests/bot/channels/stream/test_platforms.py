"""What holds alike on the connections and the HTTP interfaces of several platforms."""

import importlib
from dataclasses import replace

import pytest

from bot.channels.stream.platform_interface import PlatformError
from bot.channels.stream.web_socket import socket_address
from config.office.channel_secrets import ChannelAccount
from scheduler.delivery.channel import Message, SendOutcome
from tests.bot.channels.stream.lines import eventually


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
