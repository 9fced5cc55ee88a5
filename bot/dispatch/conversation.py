"""Answers a written message: as an answer to the open question, as a command, or as what may be meant by it.

Only a command in the plain mood is carried out at once. Everything else is answered, or asked about with buttons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.commands.file_upload import handle_uploaded_file
from bot.commands.queries.cases import open_choice
from bot.commands.villages import item_report
from bot.dialog.command import Intent
from bot.dialog.form_questions import is_listed_choice
from bot.dialog.forms import DialogForm, discard_form, load_form, load_shown_list, take_expired_form
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.dispatch.bare_numbers import ambiguous_number_reply
from bot.dispatch.command_table import COMMANDS, GROUP_KINDS, CaseSource, case_source
from bot.dispatch.disambiguation import WORKLIST_KINDS, CaseMissing, NothingFits, ask_which, matching_actions
from bot.dispatch.doubts import ask_back, doubt_about, with_opinion
from bot.dispatch.execution import PrivateChatOnly, execute, execute_or_ask
from bot.dispatch.guesses import guess_reply
from bot.dispatch.suggestions import courtesy_reply, unclear_reply, with_next_acts
from bot.language.cards import main_verbs
from bot.language.phrasebook import phrasebook
from bot.language.verbs import Verb, VerbKind
from bot.utterances.command_parser import body_after_verb
from bot.utterances.moods import Mood
from bot.utterances.utterance import Utterance, UtteranceReader
from scheduler.worklist.pending import WaitKind

MAX_DRAFT_COMMAND_LENGTH = 30
"""Characters: a longer message belongs to the open draft, even if it begins with a verb."""
MIN_ITEM_LENGTH = 8
"""Characters: a shorter message is nobody's item, unless it says so."""
FREE_ANSWER_KINDS = frozenset({VerbKind.DRAFT, VerbKind.ITEM})


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers the messages of one office's people."""

    reader: UtteranceReader

    def answer(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        """The reply to a written message; None where nothing is answered."""
        said = self.reader.read(update.text)
        if update.files:  # if a file is refused, its caption is ignored too
            return self._take_files(context, update, said) if context.private else None
        form = load_form(context) if context.private else None
        expired = take_expired_form(context) if context.private and form is None else None
        if form and form.awaits_reason and form.verb == said.command.verb:
            discard_form(context)  # the whole command was written again instead of the missing words
            form = None
        reply = self._answer_form(context, form, said, update) if form else None
        if reply is None and not self._silent_part(form, said):
            reply = self._act(context, said, update)
        return _after_expired(context, expired, reply) if expired else reply

    def _silent_part(self, form: DialogForm | None, said: Utterance) -> bool:
        """Whether the message was added to an item whose card cannot be changed: nothing is said then."""
        return bool(form and form.kind is VerbKind.ITEM and self._is_part(said))

    # --- files

    def _take_files(self, context: RequestContext, update: IncomingUpdate, said: Utterance) -> Reply | None:
        """Take a file as part of an item, of a draft, or as the evidence of a step."""
        body, form = body_after_verb(update.text, self.reader.vocabulary), load_form(context)
        command = said.command
        items = command.verb in {None, Verb(VerbKind.ITEM)} and not command.more_cases
        elsewhere = form and form.kind is not VerbKind.ITEM
        if not (items and not elsewhere and item_report.may_report(context)):
            return handle_uploaded_file(context, update, command, body)
        if context.replied_to and not command.verb and not _is_month(context, context.replied_to):
            return handle_uploaded_file(context, update, command, body)
        words = body if command.verb else update.text
        return item_report.gather_files(context, update, words)

    # --- answers to the open question

    def _answer_form(
        self, context: RequestContext, form: DialogForm, said: Utterance, update: IncomingUpdate
    ) -> Reply | None:
        """The reply to an answer; None where the message is no answer."""
        text = update.text
        is_choice = is_listed_choice(context, form, said.line)
        if not is_choice and said.leaving:
            return execute(context, Intent(kind=VerbKind.CANCEL))
        if not is_choice and said.courtesy:
            cancel = context.word(VerbKind.CANCEL)
            line = context.say("talk.doubt.courtesy", cancel=cancel)
            return Reply(lines=(line,), choices=(context.choice(VerbKind.CANCEL, 0),))
        if form.kind is VerbKind.ITEM:
            return self._answer_item(context, form, said, update)
        if not (is_choice or self._is_answer(form, said, text)):
            return None
        if update.forwarded and not form.is_draft:  # what somebody else wrote answers nothing
            return Reply(lines=(context.say("talk.doubt.forwarded", verb=context.word(*form.verb)),))
        ambiguous = None if form.is_draft else ambiguous_number_reply(context, form, said.command)
        answer = Intent(kind=VerbKind.FILL, full_text=said.line, body=text)
        return ambiguous or execute(context, answer)

    def _answer_item(
        self, context: RequestContext, form: DialogForm, said: Utterance, update: IncomingUpdate
    ) -> Reply | None:
        if pressed := item_report.typed_choice(context, form, update.text):
            return execute(context, pressed)
        if self._is_part(said):
            return item_report.gather_update(context, update, update.text)
        return None

    def _is_part(self, said: Utterance) -> bool:
        """Whether a message is part of the item that is being gathered: neither another verb nor a question."""
        if len(said.line) > MAX_DRAFT_COMMAND_LENGTH:
            return True
        another = said.command.verb or (said.guess if said.whole else None)
        return not (another or said.cases or said.asked or said.command.case)

    def _is_answer(self, form: DialogForm, said: Utterance, text: str) -> bool:
        """Whether a message answers the open question: it is no other verb, and no question about something."""
        command = said.command
        if form.is_draft:
            return len(text.strip()) > MAX_DRAFT_COMMAND_LENGTH or not (command.verb or command.case)
        if command.verb:
            return False
        if said.guess is None or said.guess == form.verb or not said.whole:
            return True
        rule = COMMANDS.get(said.guess.kind)
        return not ((rule and rule.read_only) or form.awaits_reason)

    # --- commands and everything else

    def _act(self, context: RequestContext, said: Utterance, update: IncomingUpdate) -> Reply | None:
        if said.command.verb is not None:
            return self._run_command(context, said, update)
        if not context.private:  # people talk there
            return None
        may_be_item = self._may_be_item(context, said)
        if said.guess is not None and (said.whole or not may_be_item):
            return self._guess(context, said, said.guess, update)
        if may_be_item and not (said.command.case or said.places):
            return item_report.gather_update(context, update, update.text)
        return _answer_other(context, said)

    def _guess(self, context: RequestContext, said: Utterance, verb: Verb, update: IncomingUpdate) -> Reply:
        if verb.kind is VerbKind.ITEM and item_report.may_report(context):
            words = said.slots.get("words", "")
            part = _after_head(update.text, words) if words else ""
            return execute(context, Intent(kind=VerbKind.ITEM, full_text=part, body=part))
        return guess_reply(context, said, verb)

    def _may_be_item(self, context: RequestContext, said: Utterance) -> bool:
        """Whether a message can be the words of an item: a reporter's sentence that asks nothing."""
        long_enough = len(said.line) >= MIN_ITEM_LENGTH
        asks = said.mood is Mood.ASKED and len(said.line) <= MAX_DRAFT_COMMAND_LENGTH
        return long_enough and not asks and not said.asked and item_report.may_report(context)

    def _run_command(self, context: RequestContext, said: Utterance, update: IncomingUpdate) -> Reply | None:
        intent = _as_consent(context, _as_step(context, self._intent_of(said, update.text)))
        if not context.private and intent.kind not in GROUP_KINDS:
            raise PrivateChatOnly  # before any card is shown: a group reads along
        needs_case = case_source(intent.kind) is not CaseSource.NONE
        if needs_case and not intent.case and context.replied_to:
            intent = replace(intent, case=context.replied_to)
        if needs_case and intent.case:
            context.case(intent.case)
        kept = with_opinion(intent)
        if kept is not intent:
            said = replace(said, beside="", mood=Mood.PLAIN)
        intent = kept
        doubt = doubt_about(context, intent, said, forwarded=update.forwarded)
        if needs_case and not intent.case:
            reply = _ask_which_case(context, replace(intent, rest="") if doubt else intent)
            return replace(reply, lines=(doubt, *reply.lines)) if doubt else reply
        if not doubt and (places := _places_meant(context, intent)):
            return _ask_place(context, intent, places)
        return ask_back(context, intent, said, doubt) if doubt else execute_or_ask(context, intent)

    def _intent_of(self, said: Utterance, text: str) -> Intent:
        command = said.command
        kind, key = command.verb or Verb(VerbKind.HELP)
        return Intent(
            kind=kind,
            key=key,
            case=command.case,
            rest=command.rest,
            full_text=command.text_after_verb,
            body=body_after_verb(text, self.reader.vocabulary) if kind in FREE_ANSWER_KINDS else "",
        )


def _answer_other(context: RequestContext, said: Utterance) -> Reply:
    """The answer to what is neither a verb nor an item: numbers, leaving, courtesy, or nothing that is known."""
    if said.command.case or said.places:
        return _show_number(context, said)
    if said.leaving:
        return Reply(lines=(context.say("talk.unclear.left"),))
    if said.courtesy:
        return courtesy_reply(context, greeting=said.greeting)
    cases = list(filter(context.can_read_case, said.cases))
    if cases:
        choices = tuple(open_choice(context, number) for number in cases)
        return Reply(lines=(context.say("talk.unclear.waits"),), choices=choices)
    return unclear_reply(context, said.line)


def _ask_which_case(context: RequestContext, intent: Intent) -> Reply:
    """Carry out a question about the only case that fits; have any other verb's case confirmed or chosen."""
    rule = COMMANDS[intent.kind]
    if rule.case is CaseSource.MESSAGE or not context.private:  # a group does not read the sender's list
        raise CaseMissing(verb=context.word(*intent.verb))
    try:
        actions = matching_actions(context, intent)
    except (NothingFits, CaseMissing) as refused:
        return with_next_acts(context, context.book.error(refused))
    if len(actions) == 1 and rule.read_only:
        return execute(context, replace(intent, case=actions[0].case.number))
    return ask_which(context, intent, actions)


def _as_step(context: RequestContext, intent: Intent) -> Intent:
    """The intent as a declared step where the word of an item is also the label of one: 报送 an annual report."""
    if intent.kind is not VerbKind.ITEM or (not intent.case and item_report.may_report(context)):
        return intent
    duties = [context.case(intent.case)[1]] if intent.case else list(context.app.duties.values())
    words = set(phrasebook("zh").say("verb.item").split("|"))
    steps = (step for duty in duties for step in duty.steps if step.standalone and step.label in words)
    step = next(steps, None)
    return replace(intent, kind=VerbKind.STEP, key=step.key) if step else intent


def _as_consent(context: RequestContext, intent: Intent) -> Intent:
    """同意 as the step that grants what was asked of the sender, where that waits for them and no signature does."""
    if intent.kind is not VerbKind.APPROVE or intent.rest or not context.private:
        return intent
    waiting = context.pending_for_actor(*context.case(intent.case)) if intent.case else context.pending()
    asked = [action for action in waiting if action.wait.what is WaitKind.CONSENT]
    if not asked or any(action.wait.what is WaitKind.SIGN for action in waiting):
        return intent
    granting = main_verbs(asked[0].wait, asked[0].duty)[0]
    return replace(intent, kind=granting.kind, key=granting.key)


def _places_meant(context: RequestContext, intent: Intent) -> list[int]:
    """The case at this place of the list shown last, and the case of this number, where the first can be meant."""
    listed, place = load_shown_list(context), intent.case
    if intent.kind not in WORKLIST_KINDS or not 0 < place <= len(listed) or listed[place - 1] == place:
        return []
    try:
        fitting = {action.case.number for action in matching_actions(context, intent)}
    except NothingFits:
        return []
    return (
        [number for number in (listed[place - 1], place) if number in fitting]
        if listed[place - 1] in fitting
        else []
    )


def _ask_place(context: RequestContext, intent: Intent, places: list[int]) -> Reply:
    """Ask whether a place on the list or the number of a case is meant."""
    words = {"number": intent.case, "case": places[0], "verb": context.word(*intent.verb)}
    line = context.say("talk.unclear.place" if len(places) > 1 else "talk.unclear.listed", **words)
    choices = tuple(open_choice(context, number) for number in places)
    return Reply(lines=(line,), choices=choices)


def _show_number(context: RequestContext, said: Utterance) -> Reply:
    """Show the case of a bare number; where the list shown last has such a place too, ask which is meant."""
    listed = load_shown_list(context) or [action.case.number for action in context.pending()]
    number = said.command.case
    place = said.places[0] if said.places else number
    at_place = listed[place - 1] if 0 < place <= len(listed) else 0
    if said.places:
        if at_place:
            return execute(context, Intent(kind=VerbKind.SHOW, case=at_place))
        return with_next_acts(context, context.say("talk.unclear.place_none", number=place))
    if not at_place and not context.can_read_case(number):
        return with_next_acts(context, context.book.error(NotThere(case=number)))
    if not at_place or at_place == number:
        return execute(context, Intent(kind=VerbKind.SHOW, case=number))
    if not context.can_read_case(number):
        return execute(context, Intent(kind=VerbKind.SHOW, case=at_place))
    line = context.say("talk.unclear.place", number=number, case=at_place)
    return Reply(lines=(line,), choices=(open_choice(context, at_place), open_choice(context, number)))


def _is_month(context: RequestContext, number: int) -> bool:
    return bool(context.case(number)[1].village_round)


def _after_expired(context: RequestContext, expired: DialogForm, reply: Reply | None) -> Reply | None:
    """The reply, after a word about the question that was dropped."""
    line = context.say("talk.unclear.timed_out", verb=context.word(*expired.verb))
    return replace(reply, lines=(line, *reply.lines)) if reply and reply.lines else reply


def _after_head(text: str, words: str) -> str:
    """The text as it was written from where the words of an item begin."""
    start = words[:4]
    at = text.casefold().find(start.casefold())
    return text[at:].strip() if at >= 0 else words
