"""The commands around the page: serving it, and saying who may come in."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.channels.web.server import PortTaken, bind_socket
from bot.cli.common.context import CommandContext
from bot.cli.common.options import NoSuchPerson, browser_address
from bot.services.app import open_app
from config.clock import Clock, ManualClock, SystemClock
from scheduler.reminders.snoozing import NotYoursToHandOver
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import LinkTime
from tests.paths import ROOT


@pytest.fixture
def serving(home: Path):
    command = [sys.executable, "-m", "bot", "run", "--home", str(home), "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        found = re.search(r"http://\S+", server.stdout.readline())
        yield server, found[0]
        server.kill()


def _run(clock: Clock, *words: object) -> Result:
    return CliRunner().invoke(app, ["user", *map(str, words)], obj=CommandContext(clock))


def _invite(home: Path, clock: Clock, *options: str) -> str:
    said = _run(clock, "invite", "clerk", "--home", home, *options)
    assert "党政办文书" in said.stdout
    return re.search(r"/join/\S+", said.stdout)[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_page_is_served_and_stops_when_told(home: Path, serving, number: signal.Signals) -> None:
    server, where = serving
    link = _invite(home, SystemClock())  # the clock of the process that serves
    with httpx.Client(base_url=where, trust_env=False, follow_redirects=True) as client:
        assert client.get("/").status_code == 401
        assert "待办" in client.post(link).text
        assert client.get("/cases").status_code == 200
    server.send_signal(number)
    out, errors = server.communicate(timeout=15)
    assert (server.returncode, errors) == (0, "")
    assert "已经停止" in out
    assert link not in out  # an address can hold a join link, so none is logged


def test_a_person_is_invited_listed_and_removed(home: Path, clock: ManualClock) -> None:
    for options in ([], ["--hours", "0.25"], ["--hours", "24"]):
        _invite(home, clock, *options)
    assert "共 0 处" in _run(clock, "list", "--home", home).stdout
    assert "0 处" in _run(clock, "remove", "clerk", "--home", home).stdout


@pytest.mark.parametrize("hours", ["0.2", "25", "-1", "0"])
def test_a_link_is_never_good_for_longer_than_a_day(home: Path, clock: ManualClock, hours: str) -> None:
    said = _run(clock, "invite", "clerk", "--home", home, "--hours", hours)
    assert isinstance(said.exception, LinkTime)


def test_only_a_post_of_the_office_is_invited(home: Path, clock: ManualClock) -> None:
    said = _run(clock, "invite", "nobody", "--home", home)
    assert isinstance(said.exception, NoSuchPerson)
    assert "clerk" in str(said.exception)


def test_a_person_is_named_by_post_as_well(home: Path, clock: ManualClock) -> None:
    assert "党政办文书" in _run(clock, "invite", "党政办文书", "--home", home).stdout


def test_what_waits_for_one_is_handed_over_to_another(home: Path, clock: ManualClock) -> None:
    said = _run(clock, "handover", "党政办副主任", "clerk", "--home", home)
    assert said.stdout.strip() == "党政办副主任的待办自今日起全部由党政办文书接手，已记录 №1。"
    refused = _run(clock, "handover", "office_deputy", "clerk", "--by", "jia_reporter", "--home", home)
    assert isinstance(refused.exception, NotYoursToHandOver)


def test_who_is_removed_is_reached_in_no_chat(home: Path, clock: ManualClock) -> None:
    office_app = open_app(home, clock)
    with office_app.store.writing(office_app.office.slug) as connection:
        Accounts(connection, office_app.office.slug).bind("clerk", "telegram", "7", at=office_app.clock.now())
    assert "渠道 Telegram：能收到" in _run(clock, "list", "--home", home).stdout
    _run(clock, "remove", "党政办文书", "--home", home)
    assert "Telegram" not in _run(clock, "list", "--home", home).stdout


def test_a_port_in_use_is_said_so() -> None:
    taken = bind_socket("127.0.0.1", 0)
    taken.listen()
    with pytest.raises(PortTaken):
        bind_socket("127.0.0.1", taken.getsockname()[1])
    taken.close()


def test_an_address_can_be_typed_as_it_is_printed() -> None:
    assert browser_address("::1", 8686) == "http://[::1]:8686"
    assert browser_address("127.0.0.1", 8686) == "http://127.0.0.1:8686"
