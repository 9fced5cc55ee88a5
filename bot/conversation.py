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

from bot import acts, looking, offering, office_acts, passing_on, reading_out, writing
from bot.acts import Verb, Wish
from bot.choosing import CaseMissing, chosen_from, fitting
from bot.commands import Command, Vocabulary, body_after, plain, read
from bot.compose import Works
from bot.dialogues import (
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
from bot.faults import log_note
from bot.filing import filed, settled
from bot.hearing import Heard, What, cleaned
from bot.joining import came, let_in, noted
from bot.menus import menu_of
from bot.nudging import nudge
from bot.numbers import in_doubt, meant_to_fill
from bot.overriding import override
from bot.paging import brief
from bot.phrasebook import book_of
from bot.replies import Reply
from bot.turn import Turn
from bot.vocabulary import vocabulary_of
from config.errors import Gongkai, Refusal
from scheduler.channel import Abilities
from storage.accounts import Accounts, State, office_of_place
from storage.dialogues import Cards
from storage.handles import Act, HandleOfAnother, HandleRefused

VERBS: Mapping[str, Verb] = {
    "approve": acts.approve,
    "return": acts.send_back,
    "reject": acts.reject,
    "override": override,
    "withdraw": acts.withdraw,
    HAND_ON: passing_on.hand_on,
    "acknowledge": acts.acknowledge,
    "snooze": acts.snooze,
    "close": acts.closed,
    DRAFT: writing.draft,
    "text": reading_out.text,
    "files": reading_out.files,
    "nudge": nudge,
    "todo": looking.todo,
    "show": looking.show,
    "more": looking.more,
    "steps": offering.steps,
    "enter": offering.enter,
    "why": looking.why,
    "history": looking.history,
    "search": looking.search,
    "year": looking.year,
    "help": looking.help_,
    AWAY: passing_on.away,
    "back": passing_on.back,
    HAND_OVER: passing_on.hand_over,
    "undo": office_acts.undo,
    "let_in": let_in,
    "feedback": office_acts.feedback,
}
OF_FORMS = frozenset({"fill", "confirm", "page"})
"""What goes on with a form that stands open."""
DECLARED: Mapping[str, Verb] = {
    STEP: acts.step_taken,
    OPEN: office_acts.register,
    "count": office_acts.count,
    "hold": office_acts.hold,
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
        except (acts.SeenOtherwise, acts.NotSeen) as refused:
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
            return replace(looking.help_(turn, Wish(verb="help")), menu=menu)
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
            more = writing.go_on(turn, form, heard.text) if _is_body(command, heard.text) else None
            return more or self._meant(turn, command, heard.text)
        if form and (not command.verb or answers(turn, form, plain(heard.text))):
            return in_doubt(turn, form, command) or self._filled(turn, form, heard.text)
        return self._meant(turn, command, heard.text)

    def _pressed(self, turn: Turn, handle: str) -> Reply:
        act = turn.handles.take(handle, turn.person.id, at=self.works.clock.now())
        try:
            return self._acted(turn, act)
        except acts.WordsMissing as missing_words:  # no button can hold them: what is written next is taken
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
            return passing_on.filled(turn, form, plain(text))
        question = next(missing(turn, form), None)
        if question is None:
            raise NotUnderstood(said=brief(plain(text)))
        return acts.forward(turn, form.with_(question.key, read_answer(turn, question, plain(text))))

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
            return writing.lay(turn, form)
        return _forward(turn, replace(form, confirmed=True))

    def _shown_anew(self, turn: Turn, refused: Refusal) -> Reply:
        """What changed is shown as it stands; nothing was signed."""
        sentence = turn.book.error(refused)
        card = looking.show(turn, Wish(verb="show", case=int(str(refused.words["case"]))))
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
            lines.append(acts.how_it_stands(turn, case, duty))
        # Somebody else's card stays theirs; and what others read in a group is not written over.
        aside = isinstance(refused, HandleOfAnother) or not turn.private
        return Reply(lines=tuple(lines), notice=sentence, aside=aside)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The verbs of both languages, and every declared step, register and kind."""
        return vocabulary_of(self.works.duties, self.works.office)


def _forward(turn: Turn, form: Form) -> Reply:
    """The form that stands open goes on."""
    return passing_on.forward(turn, form) if form.kind in TO_WHOM else acts.forward(turn, form)


def _is_body(command: Command, text: str) -> bool:
    """While a text is being written: its words, whatever they begin with; a short command or a number is none."""
    return len(text.strip()) > SHORT or not (command.verb or command.case)


def _read_out(turn: Turn, name: str, word: str) -> str:
    """A handle's person and instant as people read them."""
    return turn.labels.moment(datetime.fromisoformat(word)) if name == "at" else turn.labels.post(word)
