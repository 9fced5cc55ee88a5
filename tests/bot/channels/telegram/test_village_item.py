"""A village's album over the real protocol: in any order, doubled, half failed, the program restarted in between."""

from datetime import date, timedelta

import pytest

from bot.channels.telegram import receiver
from bot.delivery import reply_sender
from bot.dialog import incoming_files
from storage.events.events import Drafted, Opened
from tests.bot.channels.telegram.test_conversation import CLERK, REPORTER, Town
from tests.town import run_sweep
from tests.village_items import photograph

CAPTION = "甲村清淤疏浚村西河道\n11月9日，甲村组织三十人清理河道两公里。"


@pytest.fixture
def town(app, server, monkeypatch) -> Town:
    monkeypatch.setattr(receiver, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(reply_sender, "RETRY_DELAY", timedelta(seconds=0.05))
    monkeypatch.setattr(incoming_files, "RETRY_SECONDS", 0.01)
    run_sweep(app, date(2026, 11, 9))
    town = Town(app, server)
    town.bind("jia_reporter", REPORTER)
    town.bind("clerk", CLERK)
    return town


def last_heard(server, user: int, *, holding: str) -> dict:
    """What was said or changed last, up to what holds these words."""
    while holding not in (shown := server.heard(user)).get("text", ""):
        pass
    return shown


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0, 1)])
def test_an_album_is_one_card_one_item_and_one_text(town, server, order):
    numbers = server.album(REPORTER, [photograph(colour) for colour in ("green", "red", "blue")], CAPTION)
    raws = [server.pending.pop(number) for number in numbers]
    for place in order:
        server.again(raws[place])
    server.fault("getFile", "error", times=1)
    with town.running():
        card = last_heard(server, REPORTER, holding="照片 3 张")
    with town.running():  # begun again: nothing is forgotten, and the same part once more changes nothing
        server.again(raws[0])
        server.press(REPORTER, card["message_id"], "报送")
        done = last_heard(server, REPORTER, holding="已记录")
    assert done["message_id"] == card["message_id"], "one card, changed in place"
    (item,) = [one for one in town.records() if isinstance(one, Opened) and one.kind == "village_item"]
    assert item.facts["pictures"] == 3
    with town.running():
        server.say(CLERK, f"全文 {item.case}")
        shown = last_heard(server, CLERK, holding="采用就送审")
        album = [server.heard(CLERK) for _ in range(3)]
        assert len({one["media_group_id"] for one in album}) == 1
        server.press(CLERK, shown["message_id"], "采用")
        last_heard(server, CLERK, holding="保密审查，等候")
    assert sum(isinstance(one, Drafted) for one in town.records()) == 1
