"""Handles the updates of one office's people on any channel: finds the intent, has it carried out, returns a reply.

``Dispatcher.handle`` runs inside the transaction of the inbox: what it records and the mark that the update was
handled are kept together. It sends nothing; replies are sent after the transaction. A refusal records nothing and
says who may act and what can be done next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.commands.file_upload import discard_unused_files
from bot.commands.join import join_by_link, join_by_word, record_membership_change, waiting_reply
from bot.commands.office_commands import last_undoable
from bot.commands.queries import cases
from bot.commands.signing import NotSeen, SeenOtherwise
from bot.dialog.command import (
    Intent,
    SaidBefore,
    describe_status,
    recorded_reply,
)
from bot.dialog.incoming import IncomingUpdate, UpdateKind, sanitized_update
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.dispatch.answers_given_once import (
    UNHEARD_KINDS,
    answer_unheard,
    is_stranger_answered,
    over_limit_reply,
    was_said_of_album,
)
from bot.dispatch.conversation import Conversation
from bot.dispatch.execution import execute, execute_or_ask
from bot.language.menus import personal_menu
from bot.language.phrasebook import office_phrasebook
from bot.language.verbs import VerbKind, parse_verb
from bot.services.app import OfficeApp
from bot.services.error_log import log_warning
from bot.utterances.command_parser import VerbVocabulary
from bot.utterances.utterance import UtteranceReader
from bot.utterances.vocabulary import WordsWrong, build_vocabulary, word_tables
from config.errors import GongkaiError, Refusal
from config.office.folder import WORDS_FILE
from config.office.model import Office, Person
from scheduler.delivery.channel import ChannelCapabilities
from scheduler.recording.context import ActingAccount
from storage.channels.join_words import is_join_word
from storage.messaging.accounts import Accounts, AddressState, Membership, office_of_group
from storage.messaging.callback_tokens import (
    CallbackAction,
    HandleOfAnother,
    HandleRefused,
    HandleUnknown,
    HandleUsed,
)
from storage.messaging.dialog_state import LiveCards
from storage.messaging.rate_limits import UNSTATED_FILE_BYTES, OverLimit, PersonLimits, PersonMeter
from storage.messaging.sessions import JoinRequests

DEFAULT_PERSON_LIMITS = PersonLimits()
MEMBERSHIP_KINDS = frozenset({UpdateKind.BLOCKED, UpdateKind.LEFT, UpdateKind.MOVED, UpdateKind.ADDED})


class UnknownSender(Refusal):
    """I do not know you yet. Ask the clerk for a join link or a six-digit word; either works once."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Handles the updates of one office's people."""

    app: OfficeApp
    session: ActingAccount | None = None
    """The browser session of a message on the page; a chat's own account is found by its address."""
    limits: PersonLimits = DEFAULT_PERSON_LIMITS
    """What one address may have handled."""
    _conversations: dict[str, tuple[Office, Conversation]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def handle(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> Reply | None:
        """The reply to an update; None where nothing is answered."""
        update = sanitized_update(update)
        if not update.private and self._belongs_to_other_office(connection, update):
            return None
        over = None if update.what in MEMBERSHIP_KINDS else self._over_limit(connection, update)
        context = self._request_context(connection, update, abilities)
        if over:
            return over_limit_reply(context, over) if context else None
        if update.what in MEMBERSHIP_KINDS:
            return record_membership_change(self.app, connection, update, context.person if context else None)
        if context is None:
            return self._handle_unknown_sender(connection, update) if update.private else None
        reply = self._answer_or_refusal(context, lambda: self._route_update(context, update))
        if update.files and context.private:
            discard_unused_files(context, update)
        if reply is None or (update.album and was_said_of_album(context, update, reply)):
            return None
        return _with_hints(context, reply)

    def perform(
        self, connection: Connection, update: IncomingUpdate, intent: Intent, abilities: ChannelCapabilities
    ) -> Reply | None:
        """The reply to a button outside the chat; the update says who pressed it, and where the reply belongs."""
        over = self._over_limit(connection, update)
        context = self._request_context(connection, update, abilities)
        if context is None:
            return self._handle_unknown_sender(connection, update)
        if over:
            return over_limit_reply(context, over)
        reply = self._answer_or_refusal(context, lambda: execute_or_ask(context, intent))
        return _with_hints(context, reply) if reply else None

    def _over_limit(self, connection: Connection, update: IncomingUpdate) -> OverLimit | None:
        """Count the update at its sender's address. None where it is handled."""
        meter = PersonMeter(connection, self.app.office.slug, self.limits)
        size = sum(file.size or UNSTATED_FILE_BYTES for file in update.files)
        return meter.admit(update.channel, update.sender, self.app.clock.now(), file_bytes=size)

    def _belongs_to_other_office(self, connection: Connection, update: IncomingUpdate) -> bool:
        """Whether a group belongs to another office that shares our bot."""
        return office_of_group(connection, update.channel, update.chat) not in {"", self.app.office.slug}

    def _request_context(
        self, connection: Connection, update: IncomingUpdate, abilities: ChannelCapabilities
    ) -> RequestContext | None:
        """The context of a request by a person of the office; None for everybody else."""
        account = self._account(connection, update)
        person = self.app.office.find_person(account.person) if account else None
        if account is None or person is None:
            return None
        return RequestContext(
            app=self.app,
            connection=connection,
            person=person,
            channel=update.channel,
            capabilities=abilities,
            sent_at=update.said_at or self.app.clock.now(),
            account=self.session or ActingAccount(account.joined, bool(account.confirmed_by)),
            read_until=update.read_until,
            private=update.private,
            replied_to=self._replied_case(connection, update, person),
        )

    def _account(self, connection: Connection, update: IncomingUpdate) -> Membership | None:
        """The account at the update's address; its own message shows that the address can be reached again."""
        accounts = Accounts(connection, self.app.office.slug)
        account = accounts.at(update.channel, update.sender)
        if account is None:
            return None
        is_message = update.private and update.what not in MEMBERSHIP_KINDS
        if is_message:
            accounts.mark_heard(account, update.channel, update.sender, at=self.app.clock.now())
        if is_message and account.person and account.state is not AddressState.OK:
            accounts.mark(update.channel, update.sender, AddressState.OK, at=self.app.clock.now())
        return account

    def _replied_case(self, connection: Connection, update: IncomingUpdate, person: Person) -> int:
        """The case of the sender's own card that the message replies to; 0 for none."""
        if not update.reply_to:
            return 0
        cards = LiveCards(connection, self.app.office.slug)
        card = cards.of_message(update.channel, update.chat, update.reply_to)
        return card.case if card and card.person == person.id else 0

    def _handle_unknown_sender(self, connection: Connection, update: IncomingUpdate) -> Reply | None:
        """Let a person in by their join link; refuse everybody else."""
        try:
            if update.what is UpdateKind.CHAT_OPENED and update.payload:
                return self._answer_join(connection, update, join_by_link(self.app, connection, update))
            if update.what is UpdateKind.TEXT and is_join_word(update.text):
                return self._answer_join(connection, update, join_by_word(self.app, connection, update))
            requests = JoinRequests(connection, self.app.office.slug)
            if waiting := requests.at(update.channel, update.sender):
                return waiting_reply(self.app, connection, waiting)
            raise UnknownSender
        except GongkaiError as refused:
            reply = Reply(lines=(office_phrasebook(self.app.office, "zh").error(refused),))
            return reply if is_stranger_answered(self.app, connection, update, reply) else None

    def _answer_join(self, connection: Connection, update: IncomingUpdate, reply: Reply) -> Reply | None:
        """The answer to a link or a word: a refused one is answered as any stranger is."""
        is_in = reply.menu or JoinRequests(connection, self.app.office.slug).at(update.channel, update.sender)
        return reply if is_in or is_stranger_answered(self.app, connection, update, reply) else None

    def _answer_or_refusal(self, context: RequestContext, answer: Callable[[], Reply | None]) -> Reply | None:
        """The answer, or the sentence of the refusal, after which nothing is recorded."""
        try:
            with self.app.store.savepoint(context.connection, self.app.office.slug):
                return answer()
        except (SeenOtherwise, NotSeen, SaidBefore) as refused:
            return _show_current_state(context, refused)
        except HandleRefused as refused:
            return _explain_expired_button(context, refused)
        except GongkaiError as refused:
            return self._refusal_reply(context, refused)

    def _refusal_reply(self, context: RequestContext, refused: GongkaiError) -> Reply:
        """The sentence of a refusal, with an outcome by its label instead of its key."""
        outcomes = (outcome for duty in self.app.duties.values() for outcome in duty.outcomes)
        named = {one.key: context.labels.label(one) for one in outcomes}
        if isinstance(refused, Refusal) and (key := str(refused.words.get("outcome", ""))) in named:
            refused.words |= {"outcome": named[key]}
        sentence = context.book.error(refused)
        return Reply(lines=(sentence,), callback_answer=sentence)

    def _route_update(self, context: RequestContext, update: IncomingUpdate) -> Reply | None:
        if update.what in UNHEARD_KINDS:
            return answer_unheard(context, update) if context.private else None
        if update.what is UpdateKind.PRESSED:
            return self._handle_callback(context, update.callback_token)
        if update.what is UpdateKind.CHAT_OPENED and update.payload:
            return join_by_link(self.app, context.connection, update)
        if update.what is UpdateKind.CHAT_OPENED:
            menu = personal_menu(self.app.office, context.person, context.book)
            return replace(execute(context, Intent(kind=VerbKind.HELP)), menu=menu)
        return self.conversation.answer(context, update) if update.what is UpdateKind.TEXT else None

    def _handle_callback(self, context: RequestContext, token: str) -> Reply:
        """Use a button up, and carry out what it stands for. Raises HandleRefused."""
        action = context.callback_tokens.consume(token, context.person.id, at=self.app.clock.now())
        return execute_or_ask(context, _intent_of_action(action))

    @property
    def conversation(self) -> Conversation:
        """What answers the messages of this office's people, by its words and the tables of expressions."""
        return self._conversation_of(self.app.office, self.app.own_text(WORDS_FILE))

    @property
    def vocabulary(self) -> VerbVocabulary:
        """The words of the verbs in both languages, and of every declared step, register, activity and duty."""
        return self.conversation.reader.vocabulary

    def _conversation_of(self, office: Office, own_words: str) -> Conversation:
        """The conversation by an office's words; made anew after a change of the office, without a new start."""
        made = self._conversations.get(own_words)
        if made is None or made[0] is not office:
            conversation = Conversation(_utterance_reader(self.app, office, own_words))
            self._conversations.clear()
            self._conversations[own_words] = made = (office, conversation)
        return made[1]


def _utterance_reader(app: OfficeApp, office: Office, own_words: str) -> UtteranceReader:
    try:
        tables = word_tables(own_words)
    except WordsWrong as wrong:  # nobody is left without an answer for a slip in a table
        log_warning(app.home.path, str(wrong), file=WORDS_FILE)
        tables = word_tables()
    vocabulary = replace(build_vocabulary(app.duties, office), simplified=tables.simplified)
    return UtteranceReader(vocabulary, tables, tuple(village.name for village in office.villages))


def _with_hints(context: RequestContext, reply: Reply) -> Reply:
    """The reply with the sentences that a channel may need around it."""
    return replace(reply, typing_hint=context.say("talk.how"), late_prefix=context.say("talk.late"))


def _intent_of_action(action: CallbackAction) -> Intent:
    """What a pressed button asks for. Raises HandleUnknown where its verb no longer exists."""
    verb = parse_verb(action.act)
    if verb is None:
        raise HandleUnknown
    data = {key: value for key, value in action.data.items() if isinstance(value, str | int)}
    rest = str(data.pop("rest", ""))
    return Intent(kind=verb.kind, key=verb.key, case=action.case, rest=rest, basis=action.basis, data=data)


def _show_current_state(context: RequestContext, refused: Refusal) -> Reply:
    """The refusal of an outdated decision, and the case as it is now."""
    sentence = context.book.error(refused)
    case = int(str(refused.words["case"]))
    card = cases.show_case(context, Intent(kind=VerbKind.SHOW, case=case))
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _explain_expired_button(context: RequestContext, refused: HandleRefused) -> Reply:
    """The refusal of a button, and the case's status: who acted last and when, and at which stage it is now."""
    refused.words |= {name: _display_word(context, name, str(word)) for name, word in refused.words.items()}
    sentence = context.book.error(refused)
    action, lines = refused.action, [sentence]
    tapped_again = action if isinstance(refused, HandleUsed) and context.private else None
    if tapped_again and (entry := last_undoable(context, tapped_again.case)):  # it takes 撤销 from nobody
        reply = recorded_reply(context, [entry], tapped_again.case, undo=True)
        return replace(reply, callback_answer=sentence, records=False)
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
