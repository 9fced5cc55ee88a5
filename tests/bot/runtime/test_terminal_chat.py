"""The practice town at a terminal: anybody's turn, buttons by number or text alone, and a clock that is typed."""

from datetime import date
from io import StringIO

import pytest

from bot.channels.console import FULL_CAPABILITIES, ConsoleChannel
from bot.language.phrasebook import phrasebook
from bot.runtime.terminal_chat import NobodyHere, TerminalChat, run_terminal_chat
from scheduler.delivery.channel import ChannelCapabilities
from storage.events.events import Signed
from tests.scheduler.signoff.town import SIGNERS, draft, open_text


@pytest.fixture
def text(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


def sat_down(app, capabilities=FULL_CAPABILITIES) -> TerminalChat:
    console = ConsoleChannel(out=StringIO(), capabilities=capabilities)
    terminal = TerminalChat(app=app, clock=app.clock, console=console)
    terminal.switch_person("保密审查员")
    return terminal


def said(terminal: TerminalChat) -> str:
    found = terminal.console.out.getvalue()
    terminal.console.out.truncate(0)
    terminal.console.out.seek(0)
    return found


def signatures(app) -> list[str]:
    with app.log() as log:
        return [entry.record.by for entry in log.read() if isinstance(entry.record, Signed)]


@pytest.mark.parametrize(
    ("capabilities", "lines"),
    [(FULL_CAPABILITIES, ["待办", "1"]), (ChannelCapabilities(), ["待办", "同意 1"])],
)
def test_a_text_is_signed_by_number_or_by_word(app, text, capabilities, lines):
    terminal = sat_down(app, capabilities)
    run_terminal_chat(terminal, lines, phrasebook("zh"))
    assert signatures(app) == [SIGNERS[0]]
    shown = said(terminal)
    assert f"案件 {text}" in shown
    assert ("[1 同意]" in shown) is capabilities.buttons
    assert ("可以回复：" in shown) is not capabilities.buttons


def test_others_hear_of_it_on_the_same_screen_when_their_hour_comes(app, text):
    terminal = sat_down(app)
    run_terminal_chat(terminal, ["待办", "1"], phrasebook("zh"))
    assert "── 财政所所长" not in said(terminal)
    run_terminal_chat(terminal, ["+1h"], phrasebook("zh"))
    shown = said(terminal)
    assert "── 财政所所长" in shown
    assert "请初审" in shown
    run_terminal_chat(terminal, ["@财政所所长", f"同意 {text}", "+2d"], phrasebook("zh"))
    assert signatures(app) == list(SIGNERS[:2])
    assert app.today == date(2026, 11, 25)


@pytest.mark.usefixtures("text")
def test_what_cannot_be_is_said_and_the_town_goes_on(app):
    terminal = sat_down(app)
    with pytest.raises(NobodyHere):
        terminal.switch_person("")
    run_terminal_chat(
        terminal, ["@镇长夫人", "", "   ", "+999999h", "999", "\x00", "同意 1"], phrasebook("zh")
    )
    shown = said(terminal)
    assert "这个镇没有“镇长夫人”这个岗位" in shown
    assert "没有案件 999" in shown
    assert "还没有看过" in shown
    assert signatures(app) == []
