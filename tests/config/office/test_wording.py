"""An office says some things its own way: by message and on the page; what it may not say stops it at the door."""

from pathlib import Path

import pytest

from bot.language.phrasebook import WordingWrong, phrasebook
from bot.services.app import open_app
from config.clock import ManualClock
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Room


def _own(home: Path, *lines: str) -> Path:
    with (home / "office.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(("\n[[phrase]]", *lines, "")))
    return home


def test_an_office_says_it_its_own_way_everywhere(home: Path, clock: ManualClock) -> None:
    _own(home, 'key = "talk.feedback"', 'zh = "收到，党政办当天看。"')
    app = open_app(_own(home, 'key = "page.nav.mine"', 'zh = "我手上的事"'), clock)
    clerk = Room(app).person("clerk")
    assert clerk.says("反馈 很好") == "收到，党政办当天看。"
    assert clerk.says("许可 3").startswith("已记录 №1")  # whatever was not written stays as it is
    assert "<h1>我手上的事</h1>" in Visitor(app).join("jia_reporter").go("/")
    assert phrasebook("zh").say("talk.feedback") != "收到，党政办当天看。"  # and no other office says so


@pytest.mark.parametrize(
    ("key", "said"),
    [("talk.nothing_like_it", "你好"), ("talk.recorded", "记下了"), ("talk.recorded", "№{position}{who}")],
)
def test_an_unknown_phrase_or_another_word_in_it_is_refused_at_the_door(
    home: Path, clock: ManualClock, key: str, said: str
) -> None:
    _own(home, f'key = "{key}"', f'zh = "{said}"')
    with pytest.raises(WordingWrong) as refused:
        open_app(home, clock)
    assert key in phrasebook("zh").error(refused.value)
