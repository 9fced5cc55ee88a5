"""Asks back where a typed verb is no plain statement: a question, a condition, or words that it would drop.

Nothing is recorded meanwhile; the buttons say what would be meant. A pressed button is always plain.
"""

from __future__ import annotations

import re

from bot.dialog.command import Intent
from bot.dialog.command_parser import normalize_line
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.command_table import COMMANDS
from bot.language.neutral_words import QUESTION_MARKS, words_beside
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind

WORDLESS_KINDS = frozenset({VerbKind.APPROVE, VerbKind.ACKNOWLEDGE, VerbKind.UNDO})
"""Verbs that take no words: whatever stands beside them is meant to change them."""
FREE_TEXT_KINDS = frozenset(
    {VerbKind.RETURN, VerbKind.REJECT, VerbKind.WITHDRAW, VerbKind.OVERRIDE, VerbKind.STEP, VerbKind.OPEN}
    | {VerbKind.HOLD, VerbKind.FEEDBACK, VerbKind.DRAFT}
)
"""Verbs whose words are free text and may themselves hold a question."""
_UNDOUBTED_KINDS = frozenset({VerbKind.FEEDBACK, VerbKind.LET_IN})
"""Recording verbs that are never asked back about: a feedback is any words, and a joining names its post."""
_BARE_QUESTION = re.compile(
    r"(?:吗|么|呢|吧|的|了|行不行|可不可以|能不能|要不要|是不是|可以|行|好|对|是什么意思|什么意思|怎么办|怎么填|怎么写|怎么"
    r"|[\s?？,，.。!！])*",
)


def doubt_about(context: RequestContext, intent: Intent, text: str, *, forwarded: bool = False) -> str:
    """The sentence that asks back; empty where the message states plainly what its own sender wants."""
    rule = COMMANDS.get(intent.kind)
    if rule is None or rule.read_only or intent.kind in _UNDOUBTED_KINDS:
        return ""
    if forwarded:
        return context.say("talk.doubt.forwarded", verb=context.word(*intent.verb))
    wordless = _takes_no_words(context, intent)
    asked = normalize_line(text)[-1:] in QUESTION_MARKS
    if _is_question(intent, asked=asked, wordless=wordless):
        return context.say(
            "talk.doubt.asked", said=abbreviate(normalize_line(text)), verb=context.word(*intent.verb)
        )
    if wordless and words_beside(intent.rest):
        return context.say(
            "talk.doubt.beside", said=abbreviate(normalize_line(text)), verb=context.word(*intent.verb)
        )
    return ""


def ask_back(context: RequestContext, intent: Intent, sentence: str) -> Reply:
    """The sentence, with buttons for the plain verb and, beside a signature, for a return with these words."""
    seen = context.shown_versions.get(intent.case, "")
    choices: list[Choice] = [context.choice(intent.kind, intent.case, seen, key=intent.key)]
    words = words_beside(intent.rest).strip("?？ ")
    if intent.kind is VerbKind.APPROVE and words:
        label = f"{context.word(VerbKind.RETURN)}：{abbreviate(words)}"
        choice = context.choice(VerbKind.RETURN, intent.case, seen, label=label, rest=words)
        choices.append(choice._replace(typed_equivalent=f"{choice.typed_equivalent} {words}"))
    if intent.case:
        choices.append(context.choice(VerbKind.SHOW, intent.case))
    return Reply(lines=(sentence,), choices=tuple(choices))


def _takes_no_words(context: RequestContext, intent: Intent) -> bool:
    """Whether the verb takes no words; a declared step takes none where it asks for no field."""
    if intent.kind is not VerbKind.STEP:
        return intent.kind in WORDLESS_KINDS
    duties = [context.case(intent.case)[1]] if intent.case else list(context.app.duties.values())
    steps = [step for duty in duties if (step := duty.step(intent.key))]
    return bool(steps) and not any(step.fields for step in steps)


def _is_question(intent: Intent, *, asked: bool, wordless: bool) -> bool:
    words = intent.rest if intent.case else intent.rest or intent.full_text
    if (asked or words) and _BARE_QUESTION.fullmatch(words) and (asked or words_beside(words)):
        return True
    return asked and (wordless or intent.kind not in FREE_TEXT_KINDS)
