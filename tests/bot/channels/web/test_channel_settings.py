"""设置 → 渠道: the bot is tried before it is saved, its secret is shown to nobody, and people join by a word."""

import os
import re
import stat
from functools import partial
from importlib import import_module

import pytest

from bot.channels.web.account import people
from bot.channels.web.server import create_web_app
from config.office.channel_secrets import ACCOUNTS_FILE, load_channel_accounts, save_channel_account
from storage.channels.line_states import LineStates
from storage.database.backup import make_backup
from storage.messaging.accounts import Accounts
from tests.bot.channels.web import visitor
from tests.bot.channels.web.visitor import Visitor
from tests.bot.channels.wecom.stand_in import BOT_ID, SECRET, StandIn


class Switch:
    """What the page asks of the running program."""

    def __init__(self):
        self.acts = []

    def open(self, account):
        self.acts.append(("open", account.platform))

    def close(self, folder):
        self.acts.append(("close", folder))


def get(who, path):
    return who.client.get(path).text


def post(who, path, data, *, status=200):
    """Fill in a form of a page and send it; what is answered is read."""
    token = re.search(r'name="token" value="([^"]+)"', get(who, path))[1]
    answer = who.client.post(path, data={"token": token, **data})
    assert answer.status_code == status
    return answer.text


@pytest.fixture
def server():
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    assert stand_in.problems == []


def test_a_bot_is_tried_and_saved_and_its_secret_never_shown_again(app, clerk, server):
    save_channel_account(app.home.path, server.account)  # its server is one of the office's own
    page = get(clerk, "/settings/channels")
    assert SECRET not in page
    assert BOT_ID in page
    asked = {"platform": "wecom", "id": BOT_ID}
    tried = post(clerk, "/settings/channels", {**asked, "secret": SECRET, "act": "try"})
    assert "连上了" in tried
    assert server.connections == 1
    wrong = post(clerk, "/settings/channels", {**asked, "secret": "wrong", "act": "try"}, status=422)
    assert "对方不认这组编号和密钥" in wrong
    assert "智能机器人" in wrong
    assert "wrong" not in wrong
    assert load_channel_accounts(app.home.path)["wecom"].secret == SECRET
    empty = post(clerk, "/settings/channels", {**asked, "id": "", "secret": "", "act": "save"}, status=422)
    assert "编号和密钥都要填" in empty
    post(clerk, "/settings/channels", {**asked, "secret": "new", "act": "save"}, status=303)
    assert load_channel_accounts(app.home.path)["wecom"].secret == "new"
    post(clerk, "/settings/channels", {"platform": "wecom", "act": "remove"}, status=303)
    assert load_channel_accounts(app.home.path) == {}


@pytest.mark.parametrize(("platform", "click"), [("feishu", "凭证与基础信息"), ("dingtalk", "Client Secret")])
def test_each_platform_says_what_to_click_where_the_secret_is_wrong(app, clerk, platform, click):
    server = import_module(f"tests.bot.channels.{platform}.stand_in").StandIn()
    save_channel_account(app.home.path, server.account)
    asked = {"platform": platform, "id": server.account.id, "act": "try"}
    assert "连上了" in post(clerk, "/settings/channels", {**asked, "secret": server.account.secret})
    wrong = post(clerk, "/settings/channels", {**asked, "secret": "wrong"}, status=422)
    told = re.search(r'role="alert">([^<]*)', wrong)[1]
    assert told.startswith("对方不认这组编号和密钥。请打开")
    assert click in told
    server.close()
    assert server.problems == []


def test_the_secrets_are_the_programs_alone_and_in_no_backup(app, server, tmp_path):
    save_channel_account(app.home.path, server.account)
    file = app.home.path / ACCOUNTS_FILE
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600
    made = tmp_path / "copy.zip"
    make_backup(app.home, app.store, app.office.slug, made, app.clock.now())
    assert SECRET.encode() not in made.read_bytes()
    assert ACCOUNTS_FILE.encode() not in made.read_bytes()
    assert SECRET not in repr(load_channel_accounts(app.home.path))


def test_the_open_line_stands_aside_while_its_bot_is_tried(app, server, monkeypatch):
    save_channel_account(app.home.path, server.account)
    switch = Switch()
    monkeypatch.setattr(visitor, "create_web_app", partial(create_web_app, platforms=switch))
    clerk = Visitor(app).join("clerk")
    post(clerk, "/settings/channels", {"platform": "wecom", "id": BOT_ID, "secret": "", "act": "try"})
    assert switch.acts == [("close", "wecom"), ("open", "wecom")]


def test_only_keepers_of_the_registers_set_channels_up(app):
    reporter = Visitor(app).join("jia_reporter")
    assert reporter.client.get("/settings/channels").status_code in {403, 404}


def test_the_page_and_doctor_say_since_when_and_how_often_it_was_down(app, clerk, gongkai):
    with app.store.writing(app.office.slug) as connection:
        states = LineStates(connection, app.office.slug)
        states.connected("wecom_bot", at=app.clock.now())
        states.alive("wecom_bot", heard_at=app.clock.now(), sent_at=None)
    up = "渠道 wecom_bot：从 2026-11-23 09:00 起连着，最近有回音 2026-11-23 09:00，最近发出 还没有"
    assert up in gongkai("doctor").out
    with app.store.writing(app.office.slug) as connection:
        LineStates(connection, app.office.slug).disconnected("wecom_bot", "silent")
    page = get(clerk, "/settings/channels")
    assert "没有连上" in page
    assert "对方没有回音，正在重连" in page
    assert "渠道 wecom_bot：没有连着（对方没有回音，正在重连）" in gongkai("doctor").out


def test_a_word_is_shown_once_and_a_person_sets_where_they_are_reached(app, clerk, server):
    assert "六位数字" not in get(clerk, "/people")
    save_channel_account(app.home.path, server.account)
    assert "给六位数字" in get(clerk, "/people")
    shown = post(clerk, "/people", {"act": "word", "person": "jia_reporter"})
    assert re.search(r"<code>\d{3} \d{3}</code>", shown)
    assert "<svg" in shown
    with app.store.writing(app.office.slug) as connection:
        accounts = Accounts(connection, app.office.slug)
        for channel in ("telegram", "wecom_bot"):
            accounts.bind("clerk", channel, f"at {channel}", at=app.clock.now())
    post(clerk, "/people", {"act": people.PREFER, "person": "clerk", "channel": "telegram"}, status=303)
    with app.store.reading() as connection:
        first, *_ = Accounts(connection, app.office.slug).reachable("clerk")
    assert first.channel == "telegram"
