"""Handles the updates of one office's people on any channel: finds the intent, has it carried out, returns a reply.

``Dispatcher.handle`` runs inside the transaction of the inbox: what it records and the mark that the update was
handled are kept together. It sends nothing; replies are sent after the transaction. A refusal records nothing and
says who may act and what can be done next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from bot.commands import queries
from bot.commands.file_upload import discard_unused_files, handle_uploaded_file
from bot.commands.join import join_by_link, record_membership_change
from bot.commands.signing import NotSeen, SeenOtherwise
from bot.dialog.command import (
    Intent,
    NotUnderstood,
    WordsMissing,
    describe_status,
    reason_form,
)
from bot.dialog.command_parser import Command, VerbVocabulary, body_after_verb, normalize_line, parse_command
from bot.dialog.forms import DialogForm, discard_form, is_listed_choice, load_form, save_form
from bot.dialog.incoming import IncomingUpdate, UpdateKind, sanitized_update
from bot.dialog.menus import personal_menu
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.dialog.vocabulary import build_vocabulary
from bot.dispatch.bare_numbers import ambiguous_number_reply
from bot.dispatch.command_table import COMMANDS, GROUP_KINDS, CaseSource, case_source
from bot.dispatch.disambiguation import CaseMissing, ask_which, matching_actions
from bot.dispatch.doubts import ask_back, doubt_about
from bot.dispatch.execution import PrivateChatOnly, execute
from bot.language.neutral_words import is_courtesy, is_leaving
from bot.language.phrasebook import office_phrasebook
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind, parse_verb
from bot.services.app import OfficeApp
from bot.services.error_log import log_warning
from config.errors import GongkaiError, Refusal
from config.office.loader import Person
from scheduler.delivery.channel import ChannelCapabilities
from storage.messaging.accounts import Accounts, AddressState, office_of_group
from storage.messaging.callback_tokens import CallbackAction, HandleOfAnother, HandleRefused, HandleUnknown
from storage.messaging.dialog_state import LiveCards

MEMBERSHIP_KINDS = frozenset({UpdateKind.BLOCKED, UpdateKind.LEFT, UpdateKind.MOVED, UpdateKind.ADDED})
MAX_DRAFT_COMMAND_LENGTH = (
    30  # characters: a longer message belongs to the open draft, even if it begins with a verb
)


class UnknownSender(Refusal):
    """I do not know you yet. Ask the clerk for a join link; it works once."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Handles the updates of one office's people."""

    app: OfficeApp

    def handle(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> Reply | None:
        """The reply to an update; None where nothing is answered."""
        update = sanitized_update(update)
        if not update.private and self._belongs_to_other_office(connection, update):
            return None
        context = self._request_context(connection, update, abilities)
        if update.what in MEMBERSHIP_KINDS:
            return record_membership_change(self.app, connection, update, context.person if context else None)
        if context is None:
            return self._handle_unknown_sender(connection, update) if update.private else None
        reply = self._answer_or_refusal(context, lambda: self._route_update(context, update))
        if update.files and context.private:
            discard_unused_files(context, update)
        return replace(reply, typing_hint=context.say("talk.how")) if reply else None

    def perform(
        self, connection: Connection, update: IncomingUpdate, intent: Intent, abilities: ChannelCapabilities
    ) -> Reply | None:
        """The reply to a button outside the chat; the update says who pressed it, and where the reply belongs."""
        context = self._request_context(connection, update, abilities)
        if context is None:
            return self._handle_unknown_sender(connection, update)
        reply = self._answer_or_refusal(context, lambda: _execute_button(context, intent))
        return replace(reply, typing_hint=context.say("talk.how")) if reply else None

    def _belongs_to_other_office(self, connection: Connection, update: IncomingUpdate) -> bool:
        """Whether a group belongs to another office that shares our bot."""
        return office_of_group(connection, update.channel, update.chat) not in {"", self.app.office.slug}

    def _request_context(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> RequestContext | None:
        """The context of a request by a person of the office; None for everybody else."""
        person = self._sender(connection, update)
        if person is None:
            return None
        return RequestContext(
            app=self.app,
            connection=connection,
            person=person,
            channel=update.channel,
            capabilities=abilities,
            sent_at=update.said_at or self.app.clock.now(),
            private=update.private,
            replied_to=self._replied_case(connection, update, person),
        )

    def _sender(self, connection: Connection, update: IncomingUpdate) -> Person | None:
        """The person at the update's address; their own message shows that the address can be reached again."""
        accounts = Accounts(connection, self.app.office.slug)
        account = accounts.at(update.channel, update.sender)
        if account is None or account.state is AddressState.UNCONFIRMED:
            return None
        is_message = update.private and update.what not in MEMBERSHIP_KINDS
        if is_message and account.person and account.state is not AddressState.OK:
            accounts.mark(update.channel, update.sender, AddressState.OK, at=self.app.clock.now())
        return self.app.office.find_person(account.person)

    def _replied_case(self, connection: Connection, update: IncomingUpdate, person: Person) -> int:
        """The case of the sender's own card that the message replies to; 0 for none."""
        if not update.reply_to:
            return 0
        cards = LiveCards(connection, self.app.office.slug)
        card = cards.of_message(update.channel, update.chat, update.reply_to)
        return card.case if card and card.person == person.id else 0

    def _handle_unknown_sender(self, connection: Connection, update: IncomingUpdate) -> Reply:
        """Let a person in by their join link; refuse everybody else."""
        try:
            if update.what is UpdateKind.CHAT_OPENED and update.payload:
                return join_by_link(self.app, connection, update)
            raise UnknownSender
        except GongkaiError as refused:
            return Reply(lines=(office_phrasebook(self.app.office, "zh").error(refused),))

    def _answer_or_refusal(self, context: RequestContext, answer: Callable[[], Reply | None]) -> Reply | None:
        """The answer, or the sentence of the refusal, after which nothing is recorded."""
        try:
            with self.app.store.savepoint(context.connection, self.app.office.slug):
                return answer()
        except (SeenOtherwise, NotSeen) as refused:
            return _show_current_state(context, refused)
        except HandleRefused as refused:
            return _explain_expired_button(context, refused)
        except GongkaiError as refused:
            sentence = context.book.error(refused)
            return Reply(lines=(sentence,), callback_answer=sentence)

    def _route_update(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        if update.what is UpdateKind.PRESSED:
            return self._handle_callback(context, update.callback_token)
        if update.what is UpdateKind.CHAT_OPENED and update.payload:
            return join_by_link(self.app, context.connection, update)
        if update.what is UpdateKind.CHAT_OPENED:
            menu = personal_menu(self.app.office, context.person, context.book)
            return replace(execute(context, Intent(kind=VerbKind.HELP)), menu=menu)
        return self._handle_text(context, update) if update.what is UpdateKind.TEXT else None

    def _handle_callback(self, context: RequestContext, token: str) -> Reply:
        """Use a button up, and carry out what it stands for. Raises HandleRefused."""
        action = context.callback_tokens.consume(token, context.person.id, at=self.app.clock.now())
        return _execute_button(context, _intent_of_action(action))

    def _handle_text(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        command = parse_command(update.text, self.vocabulary)
        if update.files:  # if a file is refused, its caption is ignored too
            body = body_after_verb(update.text, self.vocabulary)
            return handle_uploaded_file(context, update, command, body) if context.private else None
        form = load_form(context) if context.private else None
        if form and form.awaits_reason and form.verb == command.verb:
            discard_form(context)  # the whole command was written again instead of the missing words
        elif form and _is_answer(context, form, command, update.text):
            return self._answer_form(context, form, command, update.text)
        return self._run_command(context, command, update)

    def _answer_form(
        self, context: RequestContext, form: DialogForm, command: Command, text: str
    ) -> Reply | None:
        is_choice = is_listed_choice(context, form, normalize_line(text))
        if is_leaving(text) and not is_choice:
            return execute(context, Intent(kind=VerbKind.CANCEL))
        if is_courtesy(text) and not is_choice:
            cancel = context.word(VerbKind.CANCEL)
            return Reply(lines=(context.say("talk.doubt.courtesy", cancel=cancel),))
        ambiguous = None if form.is_draft else ambiguous_number_reply(context, form, command)
        answer = Intent(kind=VerbKind.FILL, full_text=normalize_line(text), body=text)
        return ambiguous or execute(context, answer)

    def _run_command(self, context: RequestContext, command: Command, update: IncomingUpdate) -> Reply | None:
        text = update.text
        if command.verb is None:
            return self._handle_without_verb(context, command, text)
        intent = self._intent_of_command(command.verb, command, text)
        if not context.private and intent.kind not in GROUP_KINDS:
            raise PrivateChatOnly  # before any card is shown: a group reads along
        needs_case = case_source(intent.kind) is not CaseSource.NONE
        if needs_case and not intent.case and context.replied_to:
            intent = replace(intent, case=context.replied_to)
        if needs_case and intent.case:
            context.case(intent.case)
        doubt = doubt_about(context, intent, text, forwarded=update.forwarded)
        if needs_case and not intent.case:
            reply = _ask_which_case(context, replace(intent, rest="") if doubt else intent)
            return replace(reply, lines=(doubt, *reply.lines)) if doubt else reply
        return ask_back(context, intent, doubt) if doubt else execute(context, intent)

    def _handle_without_verb(self, context: RequestContext, command: Command, text: str) -> Reply | None:
        """Show the case of a bare number. Raises NotUnderstood, except in groups: people talk there."""
        if not context.private:
            return None
        if not command.case:
            raise NotUnderstood(said=abbreviate(normalize_line(text)))
        return execute(context, Intent(kind=VerbKind.SHOW, case=command.case))

    def _intent_of_command(self, verb: Verb, command: Command, text: str) -> Intent:
        kind, key = verb
        return Intent(
            kind=kind,
            key=key,
            case=command.case,
            rest=command.rest,
            full_text=command.text_after_verb,
            body=body_after_verb(text, self.vocabulary) if kind is VerbKind.DRAFT else "",
        )

    @cached_property
    def vocabulary(self) -> VerbVocabulary:
        """The words of the verbs in both languages, and of every declared step, register, activity and duty."""
        return build_vocabulary(self.app.duties, self.app.office)


def _execute_button(context: RequestContext, intent: Intent) -> Reply:
    """Carry out what a button stands for; where words are missing, the next message is taken for them."""
    try:
        return execute(context, intent)
    except WordsMissing as refused:
        save_form(context, reason_form(intent))
        sentence = context.book.error(refused)
        choices = (context.choice(VerbKind.CANCEL, 0),)
        return Reply(lines=(sentence,), choices=choices, callback_answer=sentence)


def _intent_of_action(action: CallbackAction) -> Intent:
    """What a pressed button asks for. Raises HandleUnknown where its verb no longer exists."""
    verb = parse_verb(action.act)
    if verb is None:
        raise HandleUnknown
    data = {key: value for key, value in action.data.items() if isinstance(value, str | int)}
    rest = str(data.pop("rest", ""))
    return Intent(kind=verb.kind, key=verb.key, case=action.case, rest=rest, basis=action.basis, data=data)


def _is_answer(context: RequestContext, form: DialogForm, command: Command, text: str) -> bool:
    """Whether a message answers the open form: it has no verb, names a choice, or is too long for a command."""
    if form.is_draft:
        return len(text.strip()) > MAX_DRAFT_COMMAND_LENGTH or not (command.verb or command.case)
    return not command.verb or is_listed_choice(context, form, normalize_line(text))


def _ask_which_case(context: RequestContext, intent: Intent) -> Reply:
    """Carry out a question about the only case that fits; have any other verb's case confirmed or chosen."""
    rule = COMMANDS[intent.kind]
    if rule.case is CaseSource.MESSAGE or not context.private:  # a group does not read the sender's list
        raise CaseMissing(verb=context.word(*intent.verb))
    actions = matching_actions(context, intent)
    if len(actions) == 1 and rule.read_only:
        return execute(context, replace(intent, case=actions[0].case.number))
    return ask_which(context, intent, actions)


def _show_current_state(context: RequestContext, refused: Refusal) -> Reply:
    """The refusal of an outdated decision, and the case as it is now."""
    sentence = context.book.error(refused)
    case = int(str(refused.words["case"]))
    card = queries.show_case(context, Intent(kind=VerbKind.SHOW, case=case))
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _explain_expired_button(context: RequestContext, refused: HandleRefused) -> Reply:
    """The refusal of a button, and the case's status: who acted last and when, and at which stage it is now."""
    refused.words |= {name: _display_word(context, name, str(word)) for name, word in refused.words.items()}
    sentence = context.book.error(refused)
    action, lines = refused.action, [sentence]
    is_anothers = isinstance(refused, HandleOfAnother)
    if is_anothers and action:
        words = {"person": context.person.id, "case": action.case, "act": action.act}
        log_warning(context.app.home.path, "another's button", **words)
    elif action and action.case:
        lines += _status_lines(context, action.case)
    # Another person's card, and what others read in a group, must not be edited.
    aside = is_anothers or not context.private
    return Reply(lines=tuple(lines), callback_answer=sentence, to_sender_only=aside)


def _status_lines(context: RequestContext, number: int) -> list[str]:
    """The status of a case in one line; none where the sender may not read it here."""
    try:
        return [describe_status(context, *context.case(number))]
    except NotThere:
        return []


def _display_word(context: RequestContext, name: str, word: str) -> str:
    """A refusal's instant or person as people read them."""
    return context.labels.moment(datetime.fromisoformat(word)) if name == "at" else context.labels.post(word)
