"""Asks back where a message is no plain statement: a question, a condition, a guess, or words that would be dropped.

Nothing is recorded meanwhile; the buttons say what would be meant. A pressed button is always plain.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.commands.signing import OPINION
from bot.dialog.command import Intent
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.command_table import COMMANDS
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind
from bot.utterances.moods import Mood
from bot.utterances.utterance import Utterance
from scheduler.villages.months import read_month

WORDLESS_KINDS = frozenset(
    {
        VerbKind.APPROVE,
        VerbKind.ACKNOWLEDGE,
        VerbKind.UNDO,
        VerbKind.NUDGE,
        VerbKind.RECEIVE,
        VerbKind.TAKE_UP,
    }
)
"""Verbs that take no words: whatever stands beside them is meant to change them."""
FREE_TEXT_KINDS = frozenset(
    {VerbKind.RETURN, VerbKind.REJECT, VerbKind.WITHDRAW, VerbKind.OVERRIDE, VerbKind.STEP, VerbKind.OPEN}
    | {VerbKind.DRAFT, VerbKind.ITEM, VerbKind.CIRCULATE, VerbKind.COMMENT}
)
"""Verbs whose words are free text and may themselves hold a question or a condition."""
UNDOUBTED_KINDS = frozenset({VerbKind.FEEDBACK, VerbKind.LET_IN, VerbKind.AWAY})
"""Recording verbs that ask for themselves: a feedback is any words, and a leave shows its days."""
OFFICE_KINDS = frozenset({VerbKind.RECEIVE, VerbKind.TAKE_UP})
"""Verbs that are refused to a village whatever stands beside them."""
UNMOODED_KINDS = frozenset({VerbKind.SNOOZE, VerbKind.HAND_ON, VerbKind.HAND_OVER})
"""Verbs whose words are a time or a post with a reason, which may be about the future or about what is not."""
MAX_WORDS_ON_BUTTON = 20
_OPINION_LEAD = re.compile(r"(?:附意见|签批意见|with the opinion)\s{0,4}[:：，,]?\s{0,4}", re.IGNORECASE)
CONFIRMED = "confirmed"
"""In the data of a button: what it does was shown with its reason."""
_BARE_QUESTION = re.compile(
    r"(?:吗|么|呢|吧|的|了|行不行|可不可以|能不能|要不要|是不是|可以|行|好|对|是什么意思|什么意思|怎么办|怎么填|怎么写|怎么报|怎么弄|怎么"
    r"|什么时候|有什么用|会怎么样|会怎样|[\s?？,，.。!！])*",
)


def doubt_about(context: RequestContext, intent: Intent, said: Utterance, *, forwarded: bool = False) -> str:
    """The sentence that asks back about a command; empty where it states plainly what its own sender wants."""
    rule = COMMANDS.get(intent.kind)
    if rule is None or rule.read_only:
        return ""
    if forwarded:  # whatever the verb: somebody else wrote it
        return context.say("talk.doubt.forwarded", verb=context.word(*intent.verb))
    if intent.kind in UNDOUBTED_KINDS or (context.speaks_for_village and intent.kind in OFFICE_KINDS):
        return ""
    if len(said.cases) > 1:
        return doubt_sentence(context, intent, said, "several")
    if items := _items_reported(context, intent):
        return context.say("talk.doubt.has_items", count=items, verb=context.word(*intent.verb))
    mood = _doubtful_mood(context, intent, said)
    return doubt_sentence(context, intent, said, mood) if mood else ""


def _doubtful_mood(context: RequestContext, intent: Intent, said: Utterance) -> str:
    """The mood in which the words beside a command change it; empty where they do not."""
    wordless = _takes_no_words(context, intent)
    if _is_question(intent, said, wordless=wordless):
        return Mood.ASKED
    if wordless and said.beside:
        return said.mood
    if intent.kind is VerbKind.HOLD and said.mood is Mood.PAST:
        return ""  # an activity is entered when it is over
    counts = intent.kind not in FREE_TEXT_KINDS | UNMOODED_KINDS
    return said.mood if counts and said.beside and said.mood is not Mood.PLAIN else ""


def doubt_sentence(context: RequestContext, intent: Intent, said: Utterance, mood: str) -> str:
    """The sentence for a mood that records nothing."""
    return context.say(f"talk.doubt.{mood}", said=abbreviate(said.line, 40), verb=verb_label(context, intent))


def verb_label(context: RequestContext, intent: Intent) -> str:
    """A verb as it is asked about: what is entered without a case is registered."""
    word = context.word(*intent.verb)
    registered = intent.kind in {VerbKind.OPEN, VerbKind.COUNT, VerbKind.HOLD}
    return context.say("talk.enter.open", kind=word) if registered else word


def ask_back(context: RequestContext, intent: Intent, said: Utterance, sentence: str) -> Reply:
    """The sentence, with buttons for the plain verb and, beside a signature, for a return with these words."""
    choices: list[Choice] = []
    for case in said.cases or (intent.case,):
        choices += _plain_choices(context, intent, case, said)
    if len(said.cases) < 2 and intent.case:  # noqa: PLR2004 - one case alone
        choices += _return_choices(context, intent)
        choices.append(context.choice(VerbKind.SHOW, intent.case))
    return Reply(lines=(sentence,), choices=tuple(choices))


def _plain_choices(context: RequestContext, intent: Intent, case: int, said: Utterance) -> list[Choice]:
    """The button of the plain verb on one case; of several cases, with its number on it."""
    label = f"{context.word(*intent.verb)} {case}" if len(said.cases) > 1 else ""
    seen = context.shown_versions.get(case, "")
    return [context.choice(intent.kind, case, seen, key=intent.key, label=label)]


def _items_reported(context: RequestContext, intent: Intent) -> int:
    """How many items a month has for which somebody declares that there is nothing."""
    stated = intent.kind is VerbKind.STEP and intent.case
    case, duty = context.case(intent.case) if stated else (None, None)
    names = duty.village_round if duty else None
    if case is None or duty is None or names is None or case.opening is None or intent.key != names.nothing:
        return 0
    return read_month(case, case.opening, duty, names, context.calendar).items


def _return_choices(context: RequestContext, intent: Intent) -> list[Choice]:
    """The button that returns a text with the words beside 同意, and the one that shows it."""
    words = intent.rest.strip(" ?？,，.。:：、;；!！")
    if intent.kind is not VerbKind.APPROVE or not words or _BARE_QUESTION.fullmatch(words):
        return []
    seen = context.shown_versions.get(intent.case, "")
    returned = choice_with_words(context, Verb(VerbKind.RETURN), intent.case, seen, words)
    label = context.say("talk.doubt.opinion", verb=context.word(VerbKind.APPROVE))
    shown = int(len(words) <= MAX_WORDS_ON_BUTTON)  # then the sentence above the button shows all of them
    signed = context.choice(VerbKind.APPROVE, intent.case, seen, label=label, opinion=words, confirmed=shown)
    lead = context.say("talk.doubt.opinion_lead")
    typed = f"{context.word(VerbKind.APPROVE)} {intent.case} {lead}{words}"
    return [signed._replace(typed_equivalent=typed), returned, context.choice(VerbKind.TEXT, intent.case)]


def choice_with_words(context: RequestContext, verb: Verb, case: int, basis: str, words: str) -> Choice:
    """The button of a verb that says its words; where it shows all of them, nothing is asked when it is pressed."""
    label = f"{context.word(*verb)}：{abbreviate(words)}"
    shown = int(len(words) <= MAX_WORDS_ON_BUTTON)
    choice = context.choice(verb.kind, case, basis, key=verb.key, label=label, rest=words, confirmed=shown)
    return choice._replace(typed_equivalent=f"{choice.typed_equivalent} {words}")


def with_opinion(intent: Intent) -> Intent:
    """An approval whose words begin as an opinion (“同意 13 附意见：…”) keeps them with the signature."""
    found = _OPINION_LEAD.match(intent.rest) if intent.kind is VerbKind.APPROVE and intent.case else None
    if found is None or not intent.rest[found.end() :].strip():
        return intent
    return replace(intent, rest="", data={**intent.data, OPINION: intent.rest[found.end() :].strip()})


def _takes_no_words(context: RequestContext, intent: Intent) -> bool:
    """Whether the verb takes no words; a declared step takes none where it asks for no field."""
    if intent.kind is not VerbKind.STEP:
        return intent.kind in WORDLESS_KINDS
    duties = [context.case(intent.case)[1]] if intent.case else list(context.app.duties.values())
    steps = [step for duty in duties if (step := duty.step(intent.key))]
    return bool(steps) and not any(step.fields for step in steps)


def _is_question(intent: Intent, said: Utterance, *, wordless: bool) -> bool:
    words = intent.rest if intent.case else intent.rest or intent.full_text
    if (
        (said.has_question or words)
        and _BARE_QUESTION.fullmatch(words)
        and (said.has_question or said.beside)
    ):
        return True
    return said.has_question and (wordless or intent.kind not in FREE_TEXT_KINDS)
