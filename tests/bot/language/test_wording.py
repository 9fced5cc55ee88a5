"""The same conversations in both languages: every sentence is filled, short, and of that language's words."""

from dataclasses import replace
from datetime import date

import pytest

from bot.delivery.dead_letters import report_dead_letter
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dispatch.command_table import GROUP_KINDS
from bot.language.menus import group_menu
from bot.language.phrasebook import LANGUAGES, phrasebook
from scheduler.sweep.sweep import sweep
from storage.events.codec import _TYPES
from storage.events.events import Closed, Opened, Stepped
from storage.events.office_events import ActivityHeld, Counted
from storage.messaging.inbox import InboxEntry
from tests.bot.speaker import EVERY, GROUP, Room, Speaker, word
from tests.scheduler.signoff.town import draft, open_text, sign
from tests.town import with_office

OWN = {"verb.approve": "核准|准了", "verb.search": "翻一翻", "error.UnknownSender": "您是哪位？"}
"""What one office calls things."""

SCRIPT = (
    # who, in Chinese, in English: {text} and {request} are cases
    ("secrecy_officer", "待办", "todo"),
    ("secrecy_officer", "退回 {text}", "return {text}"),
    ("secrecy_officer", "取消", "cancel"),
    ("secrecy_officer", "取消", "cancel"),
    ("secrecy_officer", "更多 {text}", "more {text}"),
    ("secrecy_officer", "同意", "approve"),
    ("secrecy_officer", "同意 {text}", "approve {text}"),
    ("secrecy_officer", "撤销", "undo"),
    ("secrecy_officer", "不予通过 {text}", "reject {text}"),
    ("secrecy_officer", "项目未批准", "not agreed yet"),
    ("deputy_mayor", "同意 {text}", "approve {text}"),
    ("deputy_mayor", "催办 {request}", "remind {request}"),
    ("deputy_mayor", "催办 {request}", "remind {request}"),
    ("deputy_mayor", "催办", "remind"),
    ("deputy_mayor", "今年", "this year"),
    ("deputy_mayor", "移交 镇长", "hand over 镇长"),
    ("deputy_mayor", "取消", "cancel"),
    ("deputy_mayor", "移交 某人", "hand over somebody"),
    ("deputy_mayor", "请假 2026-12-02 至 2026-12-03", "away 2026-12-02 to 2026-12-03"),
    ("deputy_mayor", "请假 明天", "away tomorrow"),
    ("clerk", "待办", "todo"),
    ("clerk", "查看 {request}", "show {request}"),
    ("clerk", "为什么 {request}", "why {request}"),
    ("clerk", "历史 {request}", "history {request}"),
    ("clerk", "在办 {request}", "in hand {request}"),
    ("clerk", "稍后提醒 {request}", "later {request}"),
    ("clerk", "补正告知 {request}", "correction asked {request}"),
    ("clerk", "时间范围", "which year"),
    ("clerk", "后天", "the day after tomorrow"),
    ("clerk", "2026-12-15", "2026-12-15"),
    ("clerk", "征求意见 {request} 某公司", "consulted {request} a company"),
    ("clerk", "99", "99"),
    ("clerk", "取消", "cancel"),
    ("clerk", "办结 {request}", "close {request}"),
    ("clerk", "下一页", "next page"),
    ("clerk", "1", "1"),
    ("clerk", "确认 9", "confirm 9"),
    ("clerk", "取消", "cancel"),
    ("clerk", "登记依申请公开", "register request"),
    ("clerk", "取消", "cancel"),
    ("clerk", "许可 3", "licence 3"),
    ("clerk", "许可 三", "licence three"),
    ("clerk", "收费 12000 元", "administrative fee 12000 yuan"),
    ("clerk", "业务培训 政策解读 80人", "training the rules 80 people"),
    ("clerk", "确认加入 甲村信息员", "let in 甲村信息员"),
    ("clerk", "确认加入 党政办文书", "let in 党政办文书"),
    ("clerk", "查", "find"),
    ("clerk", "查 无此事", "find nothing"),
    ("clerk", "查 甲村", "find 甲村"),
    ("clerk", "查看 999", "show 999"),
    ("clerk", "转交 {request}", "hand on {request}"),
    ("jia_reporter", "待办", "todo"),
    ("jia_reporter", "零报送", "zero declared"),
    ("jia_reporter", "延期 {request} 10", "extended {request} 10"),
    ("jia_reporter", "许可 3", "licence 3"),
    ("jia_reporter", "反馈", "feedback"),
    ("jia_reporter", "反馈 很好", "feedback fine"),
    ("jia_reporter", "帮助", "help"),
    ("jia_reporter", "随便说说", "just talking"),
)


@pytest.mark.parametrize("capabilities", EVERY)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_long_conversation(app, reading, language, capabilities):
    text, request = _begun(app)
    app = reading(app, language)
    room = Room(app, EVERY[capabilities])
    people = {who: room.person(who) for who in dict.fromkeys(line[0] for line in SCRIPT)}
    for who, chinese, english in SCRIPT:
        said = {"zh": chinese, "en": english}[language].format(text=text, request=request)
        assert people[who].says(said), said


def _begun(app):
    text = open_text(app)
    draft(app, text)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        request = uow.cases.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 23), {"applicant_kind": "natural_person"}
        )
    app.clock.set_day(date(2026, 12, 1))
    sweep(app.recorder, app.schemes())
    return text, request


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_is_understood_when_it_is_forwarded(app, reading, language):
    text, _ = _begun(app)
    sign(app, text, 0)
    app = reading(app, language)
    reviewer = Room(app, EVERY["full"]).person("finance_director")
    card = reviewer.says("待办" if language == "zh" else "todo").splitlines()
    assert len(card) <= 12
    assert "✓保密审查 ●初审·一校 ○复审·二校 ○终审·三校" in card
    assert card[-1] == word("card.number", language, number=text)
    assert reviewer.labels() == [word(f"verb.{verb}", language) for verb in ("approve", "return", "more")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_menu_of_groups_is_what_is_answered_there(app, reading, language):
    app = reading(app, language)
    room = Room(app, EVERY["full"])
    clerk = room.person("clerk")
    for name, says in group_menu(phrasebook(language)):
        assert says
        refusal = phrasebook(language).say("error.PrivateChatOnly")
        assert clerk.says(f"/{name}", private=False) != refusal


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_in_a_group_tells_what_is_answered_there(app, reading, language):
    clerk = Room(reading(app, language)).person("clerk")
    clerk.says("/help", private=False)
    _, told, elsewhere = clerk.reply.lines
    said = [f"/{part}" for part in told.removeprefix("/").split(" · /")]
    assert {text.split()[0].removeprefix("/") for text in said} == GROUP_KINDS - {"help"}
    assert all(clerk.says(text, private=False) for text in said)
    assert elsewhere == phrasebook(language).say("talk.help.elsewhere")


def test_an_office_s_own_words_stand_on_buttons_and_menus_and_are_understood(app):
    case = open_text(app)
    draft(app, case)
    app = with_office(app, replace(app.office, phrases={"zh": OWN}))
    room = Room(app)
    reviewer, stranger = room.person("secrecy_officer"), Speaker(app, "x", room=room, joined=False)
    assert stranger.says("待办") == "您是哪位？"
    reviewer.says("待办")
    assert reviewer.labels()[0] == "核准"
    reviewer.hears(UpdateKind.ADDED, private=False)
    assert room.said_in_menus[GROUP]["search"] == "翻一翻"
    reviewer.comes()
    assert room.said_in_menus[reviewer.address]["search"] == "翻一翻"
    assert f"案件 {case}" in reviewer.says("翻一翻 1")
    assert reviewer.says(f"准了 {case}").startswith("已记录")


def test_every_fact_is_called_something():
    """What has no words of its own stands in a history by its name in the log."""
    declared = {Opened, Stepped, Closed, Counted, ActivityHeld}
    for language in LANGUAGES:
        phrases = phrasebook(language).phrases
        assert [
            name
            for name, kind in _TYPES.items()
            if kind not in declared and f"page.told.{name}" not in phrases
        ] == []


def test_what_could_not_be_handled_is_said_in_the_words_of_whoever_wrote_it(app, reading):
    app = reading(app, "en")
    room = Room(app)
    address = room.person("clerk").address
    lost = InboxEntry(1, "1", address, "", app.clock.now(), 3, "KeyError")

    def read(_body: str) -> IncomingUpdate:
        return IncomingUpdate(
            channel=room.name, what=UpdateKind.TEXT, sender=address, chat=address, private=True
        )

    sender = ReplySender(store=app.store, office=app.office.slug, clock=app.clock, channels={room.name: room})
    assert list(report_dead_letter(app, sender, read, lost)) == []
    assert room.took(address) == [word("talk.set_aside", "en")]
    assert room.queued() == {"set_aside"}
