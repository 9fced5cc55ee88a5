"""Files over the real channel: fetched before they are handled, kept until they are laid down, handed to who signs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.telegram import receiver
from bot.dialog import incoming_files
from storage.messaging.incoming_files import IncomingFiles
from tests.bot.channels.telegram.test_conversation import CLERK, REVIEWER, Town, buttons
from tests.scheduler.signoff.town import open_text, state_of_text
from tests.town import log_end, with_office

PAPER = "预算总体情况。".encode()


@pytest.fixture
def town(app, server, monkeypatch) -> Iterator[Town]:
    """An office that lets files come and go over Telegram."""
    monkeypatch.setattr(receiver, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(incoming_files, "RETRY_SECONDS", 0.01)
    app = with_office(app, replace(app.office, chat_files=("telegram",)))
    town = Town(app, server)
    with town.running():
        town.bind("clerk", CLERK)
        yield town
    assert town.told == []


def left(town, message: int) -> list[str]:
    with town.app.store.reading() as connection:
        kept = IncomingFiles(connection, "zhaoduba", "clerk", "telegram")
        return [one.name for one in kept.of_messages([str(message)])]


def test_a_text_is_laid_down_with_its_file_and_read_by_who_signs(town, server):
    case = open_text(town.app)
    server.upload(CLERK, "预算.txt", PAPER, f"拟稿 {case}")
    shown = server.heard(CLERK)
    assert "附件：预算.txt" in shown["text"]
    server.press(CLERK, shown["message_id"], "确认")
    assert server.heard(CLERK)["text"].startswith("已记录")
    assert state_of_text(town.app, case).text.manifest
    town.bind("secrecy_officer", REVIEWER)
    server.say(REVIEWER, f"更多 {case}")
    more = server.heard(REVIEWER)
    assert buttons(more)[:2] == ["全文", "附件"]
    server.press(REVIEWER, more["message_id"], "附件")
    assert "预算.txt" in server.heard(REVIEWER)["text"]
    sent = server.heard(REVIEWER)["document"]
    assert (sent["file_name"], server.files[sent["file_id"]]) == ("预算.txt", PAPER)


@pytest.mark.parametrize(
    ("kind", "times", "comes"), [("error", 1, True), ("flood", 1, True), ("error", 9, False)]
)
def test_what_does_not_come_is_asked_for_again_and_then_told(town, server, kind, times, comes):
    case = open_text(town.app)
    before = log_end(town.app)
    server.fault("getFile", kind, times=times, seconds=0.01)
    server.upload(CLERK, "预算.txt", PAPER, f"拟稿 {case}")
    text = server.heard(CLERK)["text"]
    assert ("附件：预算.txt" in text, "没有取到文件" in text) == (comes, not comes)
    assert log_end(town.app) == before
    with server.lock:
        server.faults.clear()
    assert "案件" in town.says(CLERK, str(case))  # and the chat goes on


def test_whoever_waits_for_a_file_holds_up_nobody_else(town, server, monkeypatch):
    """The fetch stands still until somebody else was answered."""
    town.bind("secrecy_officer", REVIEWER)
    case, fetch = open_text(town.app), incoming_files.FileFetcher.fetch
    answered: list[str] = []

    def slow(self, *asked):
        answered.append(town.says(REVIEWER, "待办"))
        fetch(self, *asked)

    monkeypatch.setattr(incoming_files.FileFetcher, "fetch", slow)
    server.upload(CLERK, "预算.txt", PAPER, f"拟稿 {case}")
    assert "附件：预算.txt" in server.heard(CLERK)["text"]
    assert len(answered) == 1


def test_a_fetch_that_was_killed_is_begun_again(town, server, monkeypatch):
    case, fetch = open_text(town.app), incoming_files.FileFetcher.fetch
    killed: list[int] = []

    def dies(self, channel, number, awaited):
        killed.append(number)
        if len(killed) == 1:
            town.app.clock.at += timedelta(minutes=3)  # nobody comes back; then it is due again
        else:
            fetch(self, channel, number, awaited)

    monkeypatch.setattr(incoming_files.FileFetcher, "fetch", dies)
    sent = server.upload(CLERK, "预算.txt", PAPER, f"拟稿 {case}")
    assert sent
    assert "附件：预算.txt" in server.heard(CLERK)["text"]
    assert len(killed) == 2
