"""Answers what is no command but may mean one: a question is answered, an act is asked about with its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.queries.cases import MAX_LISTED, open_choice
from bot.commands.villages.month_questions import month_lines
from bot.dialog.command import Intent, require_access
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.command_table import COMMANDS, FORM_KINDS, CaseSource, case_source
from bot.dispatch.disambiguation import CaseMissing, NothingFits, matching_actions
from bot.dispatch.doubts import choice_with_words, doubt_sentence, verb_label
from bot.dispatch.execution import execute
from bot.dispatch.suggestions import with_next_acts
from bot.language.verbs import KEYED_KINDS, Verb, VerbKind
from bot.utterances.moods import Mood
from bot.utterances.utterance import Utterance
from config.errors import Refusal
from scheduler.recording.entry_guard import ForTheOffice

DECIDED_KINDS = frozenset({VerbKind.APPROVE, VerbKind.RETURN, VerbKind.REJECT, VerbKind.OVERRIDE})
NAMED_KINDS = frozenset({VerbKind.NUDGE, VerbKind.WITHDRAW})
"""Verbs about other people's tasks: they are offered with a case only."""


def guess_reply(context: RequestContext, said: Utterance, verb: Verb) -> Reply:
    """The answer to a guessed verb; nothing that records is carried out."""
    intent = Intent(kind=verb.kind, key=verb.key, case=_named_case(context, said), full_text=said.line)
    if verb.kind in FORM_KINDS:  # a guessed 确认 confirms nothing
        return execute(context, Intent(kind=VerbKind.HELP))
    if COMMANDS[verb.kind].read_only:
        words = said.slots.get("village") or said.slots.get("day") or said.slots.get("words", "")
        return execute(context, replace(intent, rest=words, full_text=words))
    if verb.kind is VerbKind.AWAY:
        return execute(context, replace(intent, data={"guessed": 1}))
    if verb.kind is VerbKind.NUDGE and not intent.case:
        return _nudge_reply(context, said)
    return _refused(context, verb, intent) or _asked_in_mood(context, intent, said)


def _refused(context: RequestContext, verb: Verb, intent: Intent) -> Reply | None:
    """The refusal of a verb that the sender may not use, said before anything is asked; None where they may."""
    if not _may_use(context, verb):
        return execute(context, replace(intent, rest=""))
    if context.speaks_for_village and (label := _office_step(context, verb)):
        return with_next_acts(context, context.book.error(ForTheOffice(step=label, post=context.person.post)))
    return None


def _asked_in_mood(context: RequestContext, intent: Intent, said: Utterance) -> Reply:
    mood = said.mood if said.mood is not Mood.PLAIN else "guess"
    sentence = doubt_sentence(context, intent, said, mood)
    return (
        with_next_acts(context, sentence) if mood == Mood.NEGATED else _asked(context, intent, said, sentence)
    )


def _asked(context: RequestContext, intent: Intent, said: Utterance, sentence: str) -> Reply:
    """The sentence with the buttons of what would be meant."""
    if case_source(intent.kind) is CaseSource.NONE:
        return Reply(
            lines=(sentence, *_rest_lines(context, said)),
            choices=(_choice(context, intent, 0), context.choice(VerbKind.TODO, 0)),
        )
    numbers = _readable(context, said.cases) or ((intent.case,) if intent.case else ())
    if not numbers and intent.kind in NAMED_KINDS:
        return with_next_acts(context, sentence)
    lines = (*month_lines(context), sentence) if _declares_nothing(context, intent) else (sentence,)
    try:
        found = numbers or [action.case.number for action in matching_actions(context, intent)]
    except (NothingFits, CaseMissing) as refused:
        return with_next_acts(context, context.book.error(refused))
    if len(found) > 1:
        which = context.say("talk.doubt.which", verb=context.word(*intent.verb))
        choices = tuple(_listed(context, intent, number) for number in found[:MAX_LISTED])
        return Reply(lines=(which, *_rest_lines(context, said)), choices=choices)
    return Reply(
        lines=(*lines, *_rest_lines(context, said)), choices=tuple(_choices(context, intent, found[0], said))
    )


def _choices(context: RequestContext, intent: Intent, case: int, said: Utterance) -> list[Choice]:
    words = said.slots.get("words", "") if intent.kind is VerbKind.RETURN else ""
    choices = [_choice(context, intent, case, rest=words)]
    if intent.kind is VerbKind.APPROVE and said.beside:
        choices.append(_choice(context, replace(intent, kind=VerbKind.RETURN), case, rest=said.beside))
    return [*choices, open_choice(context, case)]


def _choice(context: RequestContext, intent: Intent, case: int, *, rest: str = "") -> Choice:
    """The button of the plain verb; one with words says them on the way."""
    basis = context.shown_versions.get(case, "") if case else ""
    if not rest:
        return context.choice(intent.kind, case, basis, key=intent.key, label=_label(context, intent, case))
    return choice_with_words(context, intent.verb, case, basis, rest)


def _label(context: RequestContext, intent: Intent, case: int) -> str:
    """The label of a button: a step's is called as the case's duty calls it."""
    duty = context.case(case)[1] if case and intent.kind in KEYED_KINDS else None
    return context.word(*intent.verb, duty=duty) if duty else verb_label(context, intent)


def _listed(context: RequestContext, intent: Intent, number: int) -> Choice:
    """A button for one of several cases: one to decide on is opened, any other verb is carried out."""
    if intent.kind in DECIDED_KINDS:
        return open_choice(context, number)
    choice = _choice(context, intent, number)
    return choice._replace(label=f"{choice.label} {number}")


def _nudge_reply(context: RequestContext, said: Utterance) -> Reply:
    """The button that reminds a village of its month; without a village, who has not reported yet."""
    return execute(context, Intent(kind=VerbKind.PROGRESS, rest=said.slots.get("village", "")))


def _named_case(context: RequestContext, said: Utterance) -> int:
    """The case that the words name, or whose card they answer; 0 where there is none that the sender may read."""
    named = (number for number in (*said.cases, context.replied_to) if number)
    return next(filter(context.can_read_case, named), 0)


def _office_step(context: RequestContext, verb: Verb) -> str:
    """The label of a verb that only the office may say; empty for any other."""
    if verb.kind in {VerbKind.CLOSE, VerbKind.RECEIVE, VerbKind.TAKE_UP}:
        return context.word(*verb)
    steps = [step for duty in context.app.duties.values() for step in duty.steps if step.key == verb.key]
    return context.labels.label(steps[0]) if any(step.office_only for step in steps) else ""


def _readable(context: RequestContext, numbers: Sequence[int]) -> list[int]:
    """The cases of several that the sender may read; none where one alone is named."""
    return list(filter(context.can_read_case, numbers)) if len(numbers) > 1 else []


def _may_use(context: RequestContext, verb: Verb) -> bool:
    try:
        require_access(context, COMMANDS[verb.kind].access)
    except Refusal:
        return False
    return True


def _rest_lines(context: RequestContext, said: Utterance) -> tuple[str, ...]:
    words = said.slots.get("words", "")
    return (
        (context.say("talk.unclear.rest", rest=words),)
        if words and said.guess and said.guess.kind is VerbKind.UNDO
        else ()
    )


def _declares_nothing(context: RequestContext, intent: Intent) -> bool:
    rounds = [duty.village_round.nothing for duty in context.app.duties.values() if duty.village_round]
    return intent.kind is VerbKind.STEP and intent.key in rounds
