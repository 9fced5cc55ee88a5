"""An oracle of utterances: sentences made of verbs, slots, moods and slips, of which it knows if they are plain.

The oracle builds a sentence and knows how it built it; the program reads it. Whatever was not built as a plain
statement must not be read as a command that records. A sample is said to the dispatcher, where nothing may be recorded.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialog.command import Intent
from bot.dispatch.command_table import COMMANDS
from bot.dispatch.doubts import FREE_TEXT_KINDS, WORDLESS_KINDS
from bot.language.verbs import VerbKind
from bot.utterances.moods import Mood
from bot.utterances.utterance import UtteranceReader

VERBS = (
    "同意",
    "批准",
    "放行",
    "退回",
    "退回修改",
    "不予通过",
    "零报送",
    "在办",
    "催办",
    "收到补正",
    "撤销",
    "approve",
    "return",
)
WORDLESS = ("同意", "批准", "零报送", "在办", "催办", "收到补正", "approve")
"""Verbs that record by themselves: of any other one the words are shown back and confirmed before they count."""
NUMBERS = ("13", "13号", "案件13", "#13", "第13件", "１３", "№13", "")
ASKED = (
    "{v}{n}吗",
    "{v} {n}？",
    "{v} {n} 行不行",
    "{v} {n} 可以吗",
    "要不要{v} {n}",
    "能不能{v}{n}",
    "怎么{v} {n}",
    "{v} {n} 是什么意思",
    "谁{v}的 {n}",
)
CONDITIONAL = (
    "{v} {n}，但是{w}",
    "如果{w}就{v} {n}",
    "{v} {n}，前提是{w}",
    "{w}了再{v} {n}",
    "先别{v} {n}",
    "{v} {n}的话{w}",
    "等{w}再{v} {n}",
    "原则上{v} {n}",
)
NEGATED = (
    "不{v} {n}",
    "没有{v} {n}",
    "别{v} {n}",
    "先不{v} {n}",
    "不要{v} {n}",
    "我没{v} {n}",
    "还没{v} {n}",
    "暂不{v}{n}",
)
REPORTED = (
    "他说{v} {n}",
    "书记说{v} {n}",
    "听说{v}了 {n}",
    "镇长说可以{v} {n}",
    "让我说{v} {n}",
    "{v} {n}，书记说的",
)
LATER = ("明天{v} {n}", "等会{v} {n}", "准备{v} {n}", "下周{v} {n}", "晚点再{v}{n}", "可能{v} {n}")
BEFORE = ("昨天{v} {n}", "已经{v} {n}", "刚才{v}过 {n}", "上周就{v}了 {n}")
BESIDE = ("{v} {n}，{w}", "{v} {n} {w}", "{n}{v}，{w}", "{v}{n}\n{w}")
MOODS = {
    Mood.ASKED: ASKED,
    Mood.CONDITIONAL: CONDITIONAL,
    Mood.NEGATED: NEGATED,
    Mood.REPORTED: REPORTED,
    Mood.FUTURE: LATER,
    Mood.PAST: BEFORE,
    Mood.PLAIN: BESIDE,
}
WORDS = (
    "第二段改一下",
    "标题写错",
    "数字核过",
    "改好",
    "书记看过",
    "没有错字",
    "等会儿再发",
    "落款不对",
    "县里同意",
    "附件换掉",
    "change the title",
    "经办人出差",
)
SLIPS = (
    lambda text, _: text,
    lambda text, _: text,
    lambda text, _: text + "。",
    lambda text, _: text + "！",
    lambda text, _: text.replace(" ", ""),
    lambda text, _: text.replace(" ", "　"),
    lambda text, _: "  " + text + "  ",
    lambda text, _: text.replace("报", "報").replace("办", "辦").replace("过", "過"),
    lambda text, _: text.replace("，", ","),
    lambda text, _: text + "谢谢",
    lambda text, _: "您好，" + text,
    lambda text, chance: "\u200b".join((text[: (at := chance.randrange(len(text)))], text[at:])),
    lambda text, _: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
)


@dataclass(frozen=True, slots=True)
class Built:
    """A sentence, the mood it was built in, and the verb and words it holds."""

    text: str
    mood: Mood
    verb: str
    words: str


def sentences(count: int, seed: int) -> Iterator[Built]:
    """So many sentences, none of which is a plain statement."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    kinds = list(MOODS)
    for _ in range(count):
        mood = chance.choice(kinds)
        verb = chance.choice(WORDLESS if mood is Mood.PLAIN else VERBS)
        words = chance.choice(WORDS)
        said = chance.choice(MOODS[mood]).format(v=verb, n=chance.choice(NUMBERS), w=words)
        if mood is Mood.PLAIN or chance.random() < 0.5:  # half of them with a slip
            said = chance.choice(SLIPS)(said, chance)
        yield Built(said, mood, verb, words)


def would_record(reader: UtteranceReader, built: Built) -> bool:
    """Whether the language layer reads a sentence as a command that records at once, with nothing shown before."""
    said = reader.read(built.text)
    verb = said.command.verb
    if verb is None or COMMANDS[verb.kind].read_only or len(said.cases) > 1:
        return False
    intent = Intent(kind=verb.kind, key=verb.key, case=said.command.case, rest=said.command.rest)
    if intent.kind in {VerbKind.RETURN, VerbKind.REJECT, VerbKind.OVERRIDE}:
        return False  # shown back with its reason, and confirmed
    if said.has_question or (said.beside and (intent.kind in WORDLESS_KINDS or intent.kind is VerbKind.STEP)):
        return False
    return not said.beside or intent.kind in FREE_TEXT_KINDS or said.mood is Mood.PLAIN
