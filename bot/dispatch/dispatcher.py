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
from bot.commands.case_commands import Verb, Wish
from bot.commands.file_upload import filed, settled
from bot.commands.join import came, let_in, noted
from bot.commands.override import override
from bot.commands.reminders import nudge
from bot.dialog.command_parser import Command, Vocabulary, body_after, plain, read
from bot.dialog.forms import (
    AWAY,
    DRAFT,
    HAND_ON,
    HAND_OVER,
    OPEN,
    STEP,
    TO_WHOM,
    WHY,
    Form,
    FormGone,
    answers,
    asked,
    keep,
    kept,
    leave,
    missing,
    read_answer,
)
from bot.dialog.incoming import Heard, What, cleaned
from bot.dialog.menus import menu_of
from bot.dialog.reply import Reply
from bot.dialog.turn import Turn
from bot.dialog.vocabulary import vocabulary_of
from bot.dispatch.bare_numbers import in_doubt, meant_to_fill
from bot.dispatch.disambiguation import CaseMissing, chosen_from, fitting
from bot.language.phrasebook import book_of
from bot.language.text_pages import brief
from bot.services.app import Works
from bot.services.error_log import log_note
from config.errors import Gongkai, Refusal
from scheduler.delivery.channel import Abilities
from storage.messaging.accounts import Accounts, State, office_of_place
from storage.messaging.callback_tokens import Act, HandleOfAnother, HandleRefused
from storage.messaging.dialog_state import Cards

VERBS: Mapping[str, Verb] = {
    "approve": case_commands.approve,
    "return": case_commands.send_back,
    "reject": case_commands.reject,
    "override": override,
    "withdraw": case_commands.withdraw,
    HAND_ON: handover.hand_on,
    "acknowledge": case_commands.acknowledge,
    "snooze": case_commands.snooze,
    "close": case_commands.closed,
    DRAFT: draft_text.draft,
    "text": read_text.text,
    "files": read_text.files,
    "nudge": nudge,
    "todo": queries.todo,
    "show": queries.show,
    "more": queries.more,
    "steps": available_actions.steps,
    "enter": available_actions.enter,
    "why": queries.why,
    "history": queries.history,
    "search": queries.search,
    "year": queries.year,
    "help": queries.help_,
    AWAY: handover.away,
    "back": handover.back,
    HAND_OVER: handover.hand_over,
    "undo": office_commands.undo,
    "let_in": let_in,
    "feedback": office_commands.feedback,
}
OF_FORMS = frozenset({"fill", "confirm", "page"})
"""What goes on with a form that stands open."""
DECLARED: Mapping[str, Verb] = {
    STEP: case_commands.step_taken,
    OPEN: office_commands.register,
    "count": office_commands.count,
    "hold": office_commands.hold,
}
NOTED = frozenset({What.BLOCKED, What.LEFT, What.MOVED, What.ADDED})
CASELESS = frozenset(
    {"let_in", "todo", "search", "year", "help", AWAY, "back", HAND_OVER, "undo", "cancel", "confirm"}
    | {"page", "fill", "feedback", "enter"}
)
OF_OTHERS = frozenset({"nudge", "withdraw"})
"""What is no matter of one's own list: the case has to be named."""
IN_GROUPS = frozenset({"help", "year", "why", "show", "history", "search"})
"""What may be asked where others read along; personal work is for the private chat."""
RECORDS_NOTHING = IN_GROUPS | {"text", "files", "more", "steps", DRAFT}
"""What needs no confirmation of which case is meant: it only looks, or shows before it lays anything down."""
SHORT = (
    30  # characters: while a text is being written, a longer message is its words, whatever they begin with
)


class Stranger(Refusal):
    """I do not know you yet. Ask the clerk for a join link; it works once."""


class NotHere(Refusal):
    """This is for our private chat: write to me there."""


class NotUnderstood(Refusal):
    """I did not understand “{said}”. Write 待办 for your list, or 帮助 for what I understand."""


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One office's conversation, on any channel."""

    works: Works

    def hear(self, connection: Connection, heard: Heard, abilities: Abilities) -> Reply | None:
        """What is said back to whoever spoke; nothing where nothing was said to us."""
        heard = cleaned(heard)
        if not heard.private and self._is_another_s(connection, heard):
            return None
        turn = self._turn(connection, heard, abilities)
        if heard.what in NOTED:
            return noted(self.works, connection, heard, turn.person if turn else None)
        if turn is None:
            return self._stranger(connection, heard) if heard.private else None
        reply = self._judged(turn, heard)
        if heard.files and turn.private:
            settled(turn, heard)
        return replace(reply, how=turn.say("talk.how")) if reply else None

    def _is_another_s(self, connection: Connection, heard: Heard) -> bool:
        """Whether a group belongs to another office that shares our bot: nothing of it is ours to hear."""
        return office_of_place(connection, heard.channel, heard.place) not in {"", self.works.office.slug}

    def _stranger(self, connection: Connection, heard: Heard) -> Reply:
        """Somebody who is nobody's yet: a link lets them in."""
        try:
            if heard.what is What.CAME and heard.payload:
                return came(self.works, connection, heard)
            raise Stranger
        except Gongkai as refused:
            return Reply(lines=(book_of(self.works.office, "zh").error(refused),))

    def _judged(self, turn: Turn, heard: Heard) -> Reply | None:
        """The answer, or the refusal; what was refused has left nothing behind."""
        try:
            with self.works.store.within(turn.connection, self.works.office.slug):
                return self._answer(turn, heard)
        except (case_commands.SeenOtherwise, case_commands.NotSeen) as refused:
            return self._shown_anew(turn, refused)
        except HandleRefused as refused:
            return self._stale(turn, refused)
        except Gongkai as refused:
            sentence = turn.book.error(refused)
            return Reply(lines=(sentence,), notice=sentence)

    def _turn(self, connection: Connection, heard: Heard, abilities: Abilities) -> Turn | None:
        office = self.works.office
        accounts = Accounts(connection, office.slug)
        account = accounts.at(heard.channel, heard.sender)
        known = account.person if account and account.state is not State.UNCONFIRMED else ""
        spoke = heard.private and heard.what not in NOTED
        if account and known and spoke and account.state is not State.OK:  # they can be spoken to again
            accounts.mark(heard.channel, heard.sender, State.OK, at=self.works.clock.now())
        person = next((one for one in office.people if one.id == known), None)
        if person is None:
            return None
        cards = Cards(connection, office.slug)
        card = cards.behind(heard.channel, heard.place, heard.reply_to) if heard.reply_to else None
        mine = card if card and card.person == person.id else None
        return Turn(
            works=self.works,
            connection=connection,
            person=person,
            channel=heard.channel,
            abilities=abilities,
            at=heard.said_at or self.works.clock.now(),
            private=heard.private,
            replied_to=mine.case if mine else 0,
        )

    def _answer(self, turn: Turn, heard: Heard) -> Reply | None:
        if heard.what is What.PRESSED:
            return self._pressed(turn, heard.handle)
        if heard.what is What.CAME and heard.payload:
            return came(self.works, turn.connection, heard)
        if heard.what is What.CAME:
            menu = menu_of(self.works.office, turn.person, turn.book)
            return replace(queries.help_(turn, Wish(verb="help")), menu=menu)
        return self._written(turn, heard) if heard.what is What.TEXT else None

    def _written(self, turn: Turn, heard: Heard) -> Reply | None:
        command = read(heard.text, self.vocabulary)
        if heard.files:  # refused, nor is done what the words beside them say: they were meant together
            body = body_after(heard.text, self.vocabulary)
            return filed(turn, heard, command, body) if turn.private else None
        form = kept(turn) if turn.private else None  # in a group people talk with each other
        if form and form.kind == WHY and form.key == command.verb:
            leave(turn)  # the whole of it was written instead of the words that were asked for
            return self._meant(turn, command, heard.text)
        if form and form.act == DRAFT:
            more = draft_text.go_on(turn, form, heard.text) if _is_body(command, heard.text) else None
            return more or self._meant(turn, command, heard.text)
        if form and (not command.verb or answers(turn, form, plain(heard.text))):
            return in_doubt(turn, form, command) or self._filled(turn, form, heard.text)
        return self._meant(turn, command, heard.text)

    def _pressed(self, turn: Turn, handle: str) -> Reply:
        act = turn.handles.take(handle, turn.person.id, at=self.works.clock.now())
        try:
            return self._acted(turn, act)
        except (
            case_commands.WordsMissing
        ) as missing_words:  # no button can hold them: what is written next is taken
            keep(turn, Form(act=f"{WHY}:{act.act}", case=act.case, basis=act.basis, known={}))
            sentence = turn.book.error(missing_words)
            return Reply(lines=(sentence,), choices=(turn.choice("cancel", 0),), notice=sentence)

    def _acted(self, turn: Turn, act: Act) -> Reply:
        """What a button stands for; the form it belongs to goes on where it stopped."""
        if not turn.private and act.act not in IN_GROUPS:
            raise NotHere
        if act.act in OF_FORMS:
            form = kept(turn)
            if form is None or form.print != act.basis:
                raise FormGone
            if act.act == "fill" and form.kind == WHY:
                return self._filled(turn, form, str(act.data["value"]))
            if act.act == "fill":
                return _forward(turn, form.with_(str(act.data["field"]), str(act.data["value"])))
        data = {key: value for key, value in act.data.items() if isinstance(value, str | int)}
        sure = bool(data.pop("sure", 0))
        wish = Wish(verb=act.act, case=act.case, basis=act.basis, data=data, confirmed=sure)
        return self._done(turn, wish)

    def _filled(self, turn: Turn, form: Form, text: str) -> Reply:
        """The answer to the question that stands open."""
        if form.kind == WHY:
            leave(turn)
            said = plain(text)
            wish = Wish(verb=form.key, case=form.case, rest=said, basis=form.basis, said=said)
            return self._done(turn, wish)
        if form.kind in TO_WHOM:
            return handover.filled(turn, form, plain(text))
        question = next(missing(turn, form), None)
        if question is None:
            raise NotUnderstood(said=brief(plain(text)))
        return case_commands.forward(turn, form.with_(question.key, read_answer(turn, question, plain(text))))

    def _meant(self, turn: Turn, command: Command, text: str) -> Reply | None:
        if not command.verb:
            if not turn.private:
                return None  # people talk with each other in a group, and say numbers
            if command.case:
                return self._done(turn, Wish(verb="show", case=command.case))
            raise NotUnderstood(said=brief(plain(text)))
        body = body_after(text, self.vocabulary) if command.verb == DRAFT else ""
        wish = Wish(verb=command.verb, case=command.case, rest=command.rest, said=command.after, body=body)
        if wish.verb in CASELESS or wish.verb.partition(":")[0] in {"count", "hold", OPEN}:
            return self._done(turn, wish)
        if not wish.case and turn.replied_to:
            return self._done(turn, replace(wish, case=turn.replied_to))
        return self._done(turn, wish) if wish.case else self._which(turn, wish)

    def _which(self, turn: Turn, wish: Wish) -> Reply:
        """A verb without a case: one that fits is confirmed, several are chosen from, never guessed."""
        if wish.verb in OF_OTHERS:
            raise CaseMissing(verb=turn.word(wish.verb))
        found = fitting(turn, wish)
        if len(found) == 1 and wish.verb in RECORDS_NOTHING:
            return self._done(turn, replace(wish, case=found[0].case.number))
        return chosen_from(turn, wish, found)

    def _done(self, turn: Turn, wish: Wish) -> Reply:
        if not turn.private and wish.verb not in IN_GROUPS:
            raise NotHere
        if wish.verb == "cancel":
            left = leave(turn)
            return Reply(lines=(turn.say("talk.cancelled" if left else "talk.nothing_to_cancel"),))
        if wish.verb in OF_FORMS:
            return self._goes_on(turn, wish)
        if "rest" in wish.data:
            wish = replace(wish, rest=str(wish.data["rest"]), data={})
        verb = VERBS.get(wish.verb) or DECLARED[wish.verb.partition(":")[0]]
        open_now = kept(turn) if turn.private else None
        reply = verb(turn, wish)
        if open_now and kept(turn) == open_now:  # something else was talked of
            keep(turn, replace(open_now, aside=True))
        return reply

    def _goes_on(self, turn: Turn, wish: Wish) -> Reply:
        """确认, or the next page of choices: of the form that stands open, and of no other."""
        form = kept(turn)
        if form and wish.verb == "fill":  # whatever word or number it may be elsewhere
            return self._filled(turn, form, meant_to_fill(turn, form, wish))
        if form is None or (wish.case and wish.case != form.case):
            raise FormGone
        if wish.verb == "page":
            question = next(missing(turn, form), None)
            if question is None:
                raise FormGone
            return asked(turn, replace(form, page=form.page + 1), question)
        if form.kind == WHY:  # there is nothing to confirm before the words are there
            return self._done(turn, Wish(verb=form.key, case=form.case, basis=form.basis))
        if form.act == DRAFT:
            return draft_text.lay(turn, form)
        return _forward(turn, replace(form, confirmed=True))

    def _shown_anew(self, turn: Turn, refused: Refusal) -> Reply:
        """What changed is shown as it stands; nothing was signed."""
        sentence = turn.book.error(refused)
        card = queries.show(turn, Wish(verb="show", case=int(str(refused.words["case"]))))
        return replace(card, lines=(sentence, *card.lines), notice=sentence)

    def _stale(self, turn: Turn, refused: HandleRefused) -> Reply:
        """A tap on what is over: who decided, when, and at which stage it is now."""
        refused.words |= {name: _read_out(turn, name, str(word)) for name, word in refused.words.items()}
        sentence = turn.book.error(refused)
        act = refused.handle
        lines = [sentence]
        if isinstance(refused, HandleOfAnother) and act:
            log_note(
                self.works.home.path, "another's button", person=turn.person.id, case=act.case, act=act.act
            )
        elif act and act.case:
            case, duty = turn.case(act.case)
            lines.append(case_commands.how_it_stands(turn, case, duty))
        # Somebody else's card stays theirs; and what others read in a group is not written over.
        aside = isinstance(refused, HandleOfAnother) or not turn.private
        return Reply(lines=tuple(lines), notice=sentence, aside=aside)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The verbs of both languages, and every declared step, register and kind."""
        return vocabulary_of(self.works.duties, self.works.office)


def _forward(turn: Turn, form: Form) -> Reply:
    """The form that stands open goes on."""
    return handover.forward(turn, form) if form.kind in TO_WHOM else case_commands.forward(turn, form)


def _is_body(command: Command, text: str) -> bool:
    """While a text is being written: its words, whatever they begin with; a short command or a number is none."""
    return len(text.strip()) > SHORT or not (command.verb or command.case)


def _read_out(turn: Turn, name: str, word: str) -> str:
    """A handle's person and instant as people read them."""
    return turn.labels.moment(datetime.fromisoformat(word)) if name == "at" else turn.labels.post(word)
