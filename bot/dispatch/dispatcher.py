"""The conversation: what was heard, to what is recorded, to what is said back. No channel is known here.

``hear`` runs inside the transaction of the inbox: what it records and the mark that the update was handled are kept
together. It says nothing itself; its replies are said once everything is kept. Whatever may not be done is refused
with who may and what can be done next, and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from bot.commands import (
    available_actions,
    case_commands,
    draft_text,
    handover,
    office_commands,
    queries,
    read_text,
)
from bot.commands.case_commands import CommandHandler, Intent
from bot.commands.file_upload import discard_unused_files, handle_uploaded_file
from bot.commands.join import confirm_join, join_by_link, record_membership_change
from bot.commands.override import override
from bot.commands.reminders import nudge
from bot.dialog.command_parser import Command, VerbVocabulary, body_after_verb, normalize_line, parse_command
from bot.dialog.forms import (
    AWAY,
    DRAFT,
    HAND_ON,
    HAND_OVER,
    OPEN,
    REASON_FORM,
    REASSIGN_ACTS,
    STEP,
    DialogForm,
    FormGone,
    ask_question,
    discard_form,
    is_listed_choice,
    load_form,
    missing_questions,
    read_answer,
    save_form,
)
from bot.dialog.incoming import IncomingUpdate, UpdateKind, sanitized_update
from bot.dialog.menus import personal_menu
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.dialog.vocabulary import build_vocabulary
from bot.dispatch.bare_numbers import ambiguous_number_reply, as_form_answer
from bot.dispatch.disambiguation import CaseMissing, ask_which, matching_actions
from bot.language.phrasebook import office_phrasebook
from bot.language.text_pages import abbreviate
from bot.services.app import OfficeApp
from bot.services.error_log import log_warning
from config.errors import GongkaiError, Refusal
from scheduler.delivery.channel import ChannelCapabilities
from storage.messaging.accounts import Accounts, AddressState, office_of_group
from storage.messaging.callback_tokens import CallbackAction, HandleOfAnother, HandleRefused
from storage.messaging.dialog_state import LiveCards

HANDLERS_BY_VERB: Mapping[str, CommandHandler] = {
    "approve": case_commands.approve,
    "return": case_commands.send_back,
    "reject": case_commands.reject,
    "override": override,
    "withdraw": case_commands.withdraw,
    HAND_ON: handover.reassign,
    "acknowledge": case_commands.acknowledge,
    "snooze": case_commands.snooze,
    "close": case_commands.close_case,
    DRAFT: draft_text.begin_draft,
    "text": read_text.read_text,
    "files": read_text.send_files,
    "nudge": nudge,
    "todo": queries.show_worklist,
    "show": queries.show_case,
    "more": queries.show_more_actions,
    "steps": available_actions.show_steps,
    "enter": available_actions.show_entry_kinds,
    "why": queries.explain_due_date,
    "history": queries.show_history,
    "search": queries.search_for_cases,
    "year": queries.show_year_summary,
    "help": queries.show_help,
    AWAY: handover.begin_leave,
    "back": handover.end_leave,
    HAND_OVER: handover.hand_over_all,
    "undo": office_commands.undo,
    "let_in": confirm_join,
    "feedback": office_commands.feedback,
}
FORM_VERBS = frozenset({"fill", "confirm", "page"})
"""What goes on with a form that stands open."""
DECLARED_HANDLERS: Mapping[str, CommandHandler] = {
    STEP: case_commands.take_step,
    OPEN: office_commands.register_case,
    "count": office_commands.record_count,
    "hold": office_commands.record_activity,
}
MEMBERSHIP_KINDS = frozenset({UpdateKind.BLOCKED, UpdateKind.LEFT, UpdateKind.MOVED, UpdateKind.ADDED})
CASELESS_VERBS = frozenset(
    {"let_in", "todo", "search", "year", "help", AWAY, "back", HAND_OVER, "undo", "cancel", "confirm"}
    | {"page", "fill", "feedback", "enter"}
)
CASE_REQUIRED_VERBS = frozenset({"nudge", "withdraw"})
"""What is no matter of one's own list: the case has to be named."""
GROUP_VERBS = frozenset({"help", "year", "why", "show", "history", "search"})
"""What may be asked where others read along; personal work is for the private chat."""
READ_ONLY_VERBS = GROUP_VERBS | {"text", "files", "more", "steps", DRAFT}
"""What needs no confirmation of which case is meant: it only looks, or shows before it lays anything down."""
MAX_DRAFT_COMMAND_LENGTH = (
    30  # characters: while a text is being written, a longer message is its words, whatever they begin with
)


class UnknownSender(Refusal):
    """I do not know you yet. Ask the clerk for a join link; it works once."""


class PrivateChatOnly(Refusal):
    """This is for our private chat: write to me there."""


class NotUnderstood(Refusal):
    """I did not understand “{said}”. Write 待办 for your list, or 帮助 for what I understand."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """One office's conversation, on any channel."""

    app: OfficeApp

    def handle(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> Reply | None:
        """What is said back to whoever spoke; nothing where nothing was said to us."""
        update = sanitized_update(update)
        if not update.private and self._belongs_to_other_office(connection, update):
            return None
        context = self._request_context(connection, update, abilities)
        if update.what in MEMBERSHIP_KINDS:
            return record_membership_change(self.app, connection, update, context.person if context else None)
        if context is None:
            return self._handle_unknown_sender(connection, update) if update.private else None
        reply = self._answer_or_refusal(context, update)
        if update.files and context.private:
            discard_unused_files(context, update)
        return replace(reply, typing_hint=context.say("talk.how")) if reply else None

    def _belongs_to_other_office(self, connection: Connection, update: IncomingUpdate) -> bool:
        """Whether a group belongs to another office that shares our bot: nothing of it is ours to hear."""
        return office_of_group(connection, update.channel, update.chat) not in {"", self.app.office.slug}

    def _handle_unknown_sender(self, connection: Connection, update: IncomingUpdate) -> Reply:
        """Somebody who is nobody's yet: a link lets them in."""
        try:
            if update.what is UpdateKind.CHAT_OPENED and update.payload:
                return join_by_link(self.app, connection, update)
            raise UnknownSender
        except GongkaiError as refused:
            return Reply(lines=(office_phrasebook(self.app.office, "zh").error(refused),))

    def _answer_or_refusal(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        """The answer, or the refusal; what was refused has left nothing behind."""
        try:
            with self.app.store.savepoint(context.connection, self.app.office.slug):
                return self._route_update(context, update)
        except (case_commands.SeenOtherwise, case_commands.NotSeen) as refused:
            return self._show_current_state(context, refused)
        except HandleRefused as refused:
            return self._explain_expired_button(context, refused)
        except GongkaiError as refused:
            sentence = context.book.error(refused)
            return Reply(lines=(sentence,), callback_answer=sentence)

    def _request_context(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> RequestContext | None:
        office = self.app.office
        accounts = Accounts(connection, office.slug)
        account = accounts.at(update.channel, update.sender)
        known = account.person if account and account.state is not AddressState.UNCONFIRMED else ""
        spoke = update.private and update.what not in MEMBERSHIP_KINDS
        if (
            account and known and spoke and account.state is not AddressState.OK
        ):  # they can be spoken to again
            accounts.mark(update.channel, update.sender, AddressState.OK, at=self.app.clock.now())
        person = next((one for one in office.people if one.id == known), None)
        if person is None:
            return None
        cards = LiveCards(connection, office.slug)
        card = cards.of_message(update.channel, update.chat, update.reply_to) if update.reply_to else None
        mine = card if card and card.person == person.id else None
        return RequestContext(
            app=self.app,
            connection=connection,
            person=person,
            channel=update.channel,
            capabilities=abilities,
            sent_at=update.said_at or self.app.clock.now(),
            private=update.private,
            replied_to=mine.case if mine else 0,
        )

    def _route_update(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        if update.what is UpdateKind.PRESSED:
            return self._handle_callback(context, update.callback_token)
        if update.what is UpdateKind.CHAT_OPENED and update.payload:
            return join_by_link(self.app, context.connection, update)
        if update.what is UpdateKind.CHAT_OPENED:
            menu = personal_menu(self.app.office, context.person, context.book)
            return replace(queries.show_help(context, Intent(verb="help")), menu=menu)
        return self._handle_text(context, update) if update.what is UpdateKind.TEXT else None

    def _handle_text(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        command = parse_command(update.text, self.vocabulary)
        if update.files:  # refused, nor is done what the words beside them say: they were meant together
            body = body_after_verb(update.text, self.vocabulary)
            return handle_uploaded_file(context, update, command, body) if context.private else None
        form = load_form(context) if context.private else None  # in a group people talk with each other
        if form and form.kind == REASON_FORM and form.key == command.verb:
            discard_form(context)  # the whole of it was written instead of the words that were asked for
            return self._run_command(context, command, update.text)
        if form and form.act == DRAFT:
            more = (
                draft_text.continue_draft(context, form, update.text)
                if _is_draft_text(command, update.text)
                else None
            )
            return more or self._run_command(context, command, update.text)
        if form and (not command.verb or is_listed_choice(context, form, normalize_line(update.text))):
            return ambiguous_number_reply(context, form, command) or self._fill_answer(
                context, form, update.text
            )
        return self._run_command(context, command, update.text)

    def _handle_callback(self, context: RequestContext, handle: str) -> Reply:
        act = context.callback_tokens.consume(handle, context.person.id, at=self.app.clock.now())
        try:
            return self._run_callback(context, act)
        except (
            case_commands.WordsMissing
        ) as missing_words:  # no button can hold them: what is written next is taken
            save_form(
                context, DialogForm(act=f"{REASON_FORM}:{act.act}", case=act.case, basis=act.basis, known={})
            )
            sentence = context.book.error(missing_words)
            return Reply(lines=(sentence,), choices=(context.choice("cancel", 0),), callback_answer=sentence)

    def _run_callback(self, context: RequestContext, act: CallbackAction) -> Reply:
        """What a button stands for; the form it belongs to goes on where it stopped."""
        if not context.private and act.act not in GROUP_VERBS:
            raise PrivateChatOnly
        if act.act in FORM_VERBS:
            form = load_form(context)
            if form is None or form.fingerprint != act.basis:
                raise FormGone
            if act.act == "fill" and form.kind == REASON_FORM:
                return self._fill_answer(context, form, str(act.data["value"]))
            if act.act == "fill":
                return _continue_open_form(
                    context, form.with_answer(str(act.data["field"]), str(act.data["value"]))
                )
        data = {key: value for key, value in act.data.items() if isinstance(value, str | int)}
        sure = bool(data.pop("sure", 0))
        intent = Intent(verb=act.act, case=act.case, basis=act.basis, data=data, confirmed=sure)
        return self._execute(context, intent)

    def _fill_answer(self, context: RequestContext, form: DialogForm, text: str) -> Reply:
        """The answer to the question that stands open."""
        if form.kind == REASON_FORM:
            discard_form(context)
            said = normalize_line(text)
            intent = Intent(verb=form.key, case=form.case, rest=said, basis=form.basis, full_text=said)
            return self._execute(context, intent)
        if form.kind in REASSIGN_ACTS:
            return handover.fill_recipient(context, form, normalize_line(text))
        question = next(missing_questions(context, form), None)
        if question is None:
            raise NotUnderstood(said=abbreviate(normalize_line(text)))
        return case_commands.continue_form(
            context, form.with_answer(question.key, read_answer(context, question, normalize_line(text)))
        )

    def _run_command(self, context: RequestContext, command: Command, text: str) -> Reply | None:
        if not command.verb:
            if not context.private:
                return None  # people talk with each other in a group, and say numbers
            if command.case:
                return self._execute(context, Intent(verb="show", case=command.case))
            raise NotUnderstood(said=abbreviate(normalize_line(text)))
        body = body_after_verb(text, self.vocabulary) if command.verb == DRAFT else ""
        intent = Intent(
            verb=command.verb,
            case=command.case,
            rest=command.rest,
            full_text=command.text_after_verb,
            body=body,
        )
        if intent.verb in CASELESS_VERBS or intent.verb.partition(":")[0] in {"count", "hold", OPEN}:
            return self._execute(context, intent)
        if not intent.case and context.replied_to:
            return self._execute(context, replace(intent, case=context.replied_to))
        return self._execute(context, intent) if intent.case else self._ask_which_case(context, intent)

    def _ask_which_case(self, context: RequestContext, intent: Intent) -> Reply:
        """A verb without a case: one that fits is confirmed, several are chosen from, never guessed."""
        if intent.verb in CASE_REQUIRED_VERBS:
            raise CaseMissing(verb=context.word(intent.verb))
        found = matching_actions(context, intent)
        if len(found) == 1 and intent.verb in READ_ONLY_VERBS:
            return self._execute(context, replace(intent, case=found[0].case.number))
        return ask_which(context, intent, found)

    def _execute(self, context: RequestContext, intent: Intent) -> Reply:
        if not context.private and intent.verb not in GROUP_VERBS:
            raise PrivateChatOnly
        if intent.verb == "cancel":
            left = discard_form(context)
            return Reply(lines=(context.say("talk.cancelled" if left else "talk.nothing_to_cancel"),))
        if intent.verb in FORM_VERBS:
            return self._continue_form(context, intent)
        if "rest" in intent.data:
            intent = replace(intent, rest=str(intent.data["rest"]), data={})
        verb = HANDLERS_BY_VERB.get(intent.verb) or DECLARED_HANDLERS[intent.verb.partition(":")[0]]
        open_now = load_form(context) if context.private else None
        reply = verb(context, intent)
        if open_now and load_form(context) == open_now:  # something else was talked of
            save_form(context, replace(open_now, aside=True))
        return reply

    def _continue_form(self, context: RequestContext, intent: Intent) -> Reply:
        """确认, or the next page of choices: of the form that stands open, and of no other."""
        form = load_form(context)
        if form and intent.verb == "fill":  # whatever word or number it may be elsewhere
            return self._fill_answer(context, form, as_form_answer(context, form, intent))
        if form is None or (intent.case and intent.case != form.case):
            raise FormGone
        if intent.verb == "page":
            question = next(missing_questions(context, form), None)
            if question is None:
                raise FormGone
            return ask_question(context, replace(form, page=form.page + 1), question)
        if form.kind == REASON_FORM:  # there is nothing to confirm before the words are there
            return self._execute(context, Intent(verb=form.key, case=form.case, basis=form.basis))
        if form.act == DRAFT:
            return draft_text.confirm_draft(context, form)
        return _continue_open_form(context, replace(form, confirmed=True))

    def _show_current_state(self, context: RequestContext, refused: Refusal) -> Reply:
        """What changed is shown as it stands; nothing was signed."""
        sentence = context.book.error(refused)
        card = queries.show_case(context, Intent(verb="show", case=int(str(refused.words["case"]))))
        return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)

    def _explain_expired_button(self, context: RequestContext, refused: HandleRefused) -> Reply:
        """A tap on what is over: who decided, when, and at which stage it is now."""
        refused.words |= {
            name: _display_word(context, name, str(word)) for name, word in refused.words.items()
        }
        sentence = context.book.error(refused)
        act = refused.action
        lines = [sentence]
        if isinstance(refused, HandleOfAnother) and act:
            log_warning(
                self.app.home.path, "another's button", person=context.person.id, case=act.case, act=act.act
            )
        elif act and act.case:
            case, duty = context.case(act.case)
            lines.append(case_commands.describe_status(context, case, duty))
        # Somebody else's card stays theirs; and what others read in a group is not written over.
        aside = isinstance(refused, HandleOfAnother) or not context.private
        return Reply(lines=tuple(lines), callback_answer=sentence, to_sender_only=aside)

    @cached_property
    def vocabulary(self) -> VerbVocabulary:
        """The verbs of both languages, and every declared step, register and kind."""
        return build_vocabulary(self.app.duties, self.app.office)


def _continue_open_form(context: RequestContext, form: DialogForm) -> Reply:
    """The form that stands open goes on."""
    return (
        handover.continue_reassignment(context, form)
        if form.kind in REASSIGN_ACTS
        else case_commands.continue_form(context, form)
    )


def _is_draft_text(command: Command, text: str) -> bool:
    """While a text is being written: its words, whatever they begin with; a short command or a number is none."""
    return len(text.strip()) > MAX_DRAFT_COMMAND_LENGTH or not (command.verb or command.case)


def _display_word(context: RequestContext, name: str, word: str) -> str:
    """A handle's person and instant as people read them."""
    return context.labels.moment(datetime.fromisoformat(word)) if name == "at" else context.labels.post(word)
