"""Keeps the half-filled form of a chat with its answers, and the list that was shown last.

``bot/dialog/form_questions.py`` asks its questions. 取消 discards a form, and it expires after an hour; a draft after
a day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from bot.dialog.incoming_files import incoming_files
from bot.dialog.questions import DAY, typed_answer
from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, VerbKind, format_verb, parse_verb
from config.declarations.duty import Field
from config.errors import Refusal
from storage.events.events import Facts
from storage.messaging.dialog_state import DialogState, DialogStates

DRAFT_LIFETIME = timedelta(days=1)  # a text is written with pauses
FORM_LIFETIME = timedelta(hours=1)  # any other question is forgotten by then, and said to be
LIST_FRESHNESS = timedelta(hours=1)  # for so long a bare number still means a line of the list shown last
TO, REST = "to", "rest"
INTENT = "intent"
"""The answer of a form that holds a whole intent: it waits for nothing but its confirmation."""
NO_MATTER = "no matter"
"""The answer that a text or a notice is about no matter of the catalogue: nothing is recorded for it."""
GIVEN = "given"
"""The answer that names the questions whose answers nobody was asked for, since the case has them already."""
REASSIGN_KINDS = frozenset({VerbKind.HAND_ON, VerbKind.HAND_OVER, VerbKind.AWAY})
"""Verbs that give work to somebody else (``bot/commands/handover.py``)."""
_REASON_PREFIX = "why:"
"""In the stored name of a form: it asks for the words that the verb behind it needs."""


class FormGone(Refusal):
    """That form was answered, changed or left since; nothing was recorded. Go on with the one shown last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogForm:
    """A verb on a case (0 for none) whose questions are being answered."""

    verb: Verb
    case: int
    basis: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    """The answers so far, by the key of their question."""
    awaits_reason: bool = False
    """True if the verb only lacks the words that belong behind it: the next message is taken for them."""
    confirmed: bool = False
    page: int = 0
    """The page of a long list of choices that was shown last, from 0."""
    aside: bool = False
    """True if the user changed topic or an hour passed: a bare number is then ambiguous."""

    @property
    def kind(self) -> VerbKind:
        """The kind of the form's verb."""
        return self.verb.kind

    @property
    def is_draft(self) -> bool:
        """Whether messages are the lines of a text."""
        return self.kind is VerbKind.DRAFT and not self.awaits_reason

    @property
    def stored_name(self) -> str:
        """The form's name in its stored row."""
        return f"{_REASON_PREFIX * self.awaits_reason}{format_verb(self.verb)}"

    @property
    def fingerprint(self) -> str:
        """Identifies the state that the form's buttons were made for; they are refused in any other."""
        state = json.dumps([self.stored_name, self.case, dict(self.known)], sort_keys=True)
        return sha256(state.encode()).hexdigest()[:16]

    def with_answer(self, key: str, value: str) -> DialogForm:
        """The form with one more answer."""
        return replace(self, known={**self.known, key: value}, page=0)

    @property
    def own_words(self) -> str:
        """What the sender answered, without what the case had already."""
        given = {DAY, GIVEN, *self.known.get(GIVEN, "").split()}
        return " ".join(value for key, value in self.known.items() if key not in given)

    @property
    def day(self) -> date:
        """The legal day of the act."""
        return date.fromisoformat(self.known[DAY])

    def facts(self, fields: Sequence[Field]) -> Facts:
        """The answers as the facts that are recorded."""
        said = {key: value for key, value in self.known.items() if value not in {"", NO_MATTER}}
        return {each.key: typed_answer(each, said[each.key]) for each in fields if each.key in said}


def save_form(context: RequestContext, form: DialogForm) -> None:
    """Store a half-filled form, in place of the sender's former one."""
    data: dict[str, Any] = {
        "case": form.case,
        "basis": form.basis,
        "known": dict(form.known),
        "page": form.page,
        "aside": form.aside,
    }
    expires_at = context.app.clock.now() + _lifetime(form)
    state = DialogState(form=form.stored_name, data=data, expires_at=expires_at)
    _stored_dialogs(context).save(context.person.id, context.channel, state)


def load_form(context: RequestContext) -> DialogForm | None:
    """The form that the sender has open on this channel."""
    state = _stored_dialogs(context).get(context.person.id, context.channel, at=context.app.clock.now())
    verb = parse_verb(state.form.removeprefix(_REASON_PREFIX)) if state else None
    if state is None or verb is None:
        return None
    form = DialogForm(verb=verb, awaits_reason=state.form.startswith(_REASON_PREFIX), **state.data)
    is_old = context.app.clock.now() - (state.expires_at - _lifetime(form)) > LIST_FRESHNESS
    return replace(form, aside=form.aside or is_old)


def discard_form(context: RequestContext) -> bool:
    """Delete the sender's open form and the files sent for it. Returns whether there was one."""
    discarded = _stored_dialogs(context).discard(context.person.id, context.channel)
    if discarded:
        incoming_files(context).drop_all()
    return discarded


def take_expired_form(context: RequestContext) -> DialogForm | None:
    """The sender's form that was left open for too long, which is deleted; None where there is none."""
    state = _stored_dialogs(context).take_expired(
        context.person.id, context.channel, at=context.app.clock.now()
    )
    verb = parse_verb(state.form.removeprefix(_REASON_PREFIX)) if state else None
    if verb is None:
        return None
    incoming_files(context).drop_all()
    return DialogForm(verb=verb, case=0)


def save_shown_list(context: RequestContext, numbers: Sequence[int]) -> None:
    """Keep the cases of the list that the sender is shown: for an hour a number may mean a place on it."""
    office, now = context.app.office.slug, context.app.clock.now()
    keep_shown_list(context.connection, office, context.person.id, context.channel, numbers, at=now)


def keep_shown_list(
    connection: Connection, office: str, person: str, channel: str, numbers: Sequence[int], *, at: datetime
) -> None:
    """The same of a list that a person was sent without asking for it."""
    state = DialogState(form="list", data={"cases": list(numbers)}, expires_at=at + LIST_FRESHNESS)
    DialogStates(connection, office, slot="list").save(person, channel, state)


def load_shown_list(context: RequestContext) -> list[int]:
    """The cases of the list that the sender was shown last, within the hour."""
    state = _shown_lists(context).get(context.person.id, context.channel, at=context.app.clock.now())
    return [int(number) for number in state.data["cases"]] if state else []


def _shown_lists(context: RequestContext) -> DialogStates:
    return DialogStates(context.connection, context.app.office.slug, slot="list")


def _lifetime(form: DialogForm) -> timedelta:
    return DRAFT_LIFETIME if form.is_draft else FORM_LIFETIME


def _stored_dialogs(context: RequestContext) -> DialogStates:
    return DialogStates(context.connection, context.app.office.slug)
