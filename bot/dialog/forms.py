"""Forms in a conversation: what an act still needs is asked for, one question at a time, and kept as a row.

What is asked stands in the declaration of the act; whether it may stand is judged at the desk. A half-filled form
is left with 取消, and forgotten after a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bot.dialog.incoming_files import incoming_files
from bot.dialog.recipients import case_handover_candidates, colleagues, stage_handover_candidates
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from config.declarations.duty import Duty, Field, FieldType, Reassign
from config.errors import Refusal
from config.hosts import host_of_url
from config.office.loader import Person
from scheduler.validation.date_calculator import read_day
from storage.events.events import Facts
from storage.messaging.dialog_state import DialogState, DialogStates

FORM_LIFETIME = timedelta(days=1)
LIST_FRESHNESS = timedelta(hours=1)  # for so long the list that was shown last is in mind
CHOICES_PER_PAGE = 8  # with the question and the way on, within a card's twelve lines
MAX_REFERENCE_LENGTH = 100  # characters of a reference: it is found by, and stands in every heading
DAY, OUTCOME, REFERENCE = "day", "outcome", "reference"
TO, REST = "to", "rest"
STEP, CLOSE, OPEN, REASON_FORM, DRAFT = "step", "close", "open", "why", "draft"
HAND_ON, HAND_OVER, AWAY = "hand_on", "hand_over", "away"
REASSIGN_ACTS = frozenset({HAND_ON, HAND_OVER, AWAY})
"""What goes to somebody else (``bot/commands/handover.py``)."""


class FormGone(Refusal):
    """That form was answered, changed or left since; nothing was recorded. Go on with the one shown last."""


class AnswerTooLong(Refusal):
    """{label}: {most} characters at most. Write it shorter; the rest belongs into its text."""


class NotOneOfThem(Refusal):
    """“{found}” is none of the choices. Answer with a number from 1 to {most}, or write 取消."""


class NotAnAddress(Refusal):
    """“{found}” is no web address. Send it whole, such as https://www.example.gov.cn/1.html, or write 取消."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogForm:
    """An act that is being put together: ``step:…``, ``close`` or ``open:…``, on a case, with what is known."""

    act: str
    case: int
    basis: str = ""
    known: Mapping[str, str] = ()  # type: ignore[assignment]
    confirmed: bool = False
    page: int = 0
    """Which part of a long list of choices was shown last."""
    aside: bool = False
    """Whether something else was talked of since, or nothing for long: a number may mean anything by now."""

    @property
    def fingerprint(self) -> str:
        """What its buttons were made for: pressed when anything else stands open, they do nothing."""
        spelled = json.dumps([self.act, self.case, dict(self.known)], sort_keys=True)
        return sha256(spelled.encode()).hexdigest()[:16]

    def with_answer(self, key: str, value: str) -> DialogForm:
        """The form with one more answer."""
        return replace(self, known={**dict(self.known), key: value}, page=0)

    @property
    def day(self) -> date:
        """The legal day of the act."""
        return date.fromisoformat(dict(self.known)[DAY])

    @property
    def kind(self) -> str:
        """What sort of act it is."""
        return self.act.partition(":")[0]

    @property
    def key(self) -> str:
        """The step or the kind it names."""
        return self.act.partition(":")[2]

    def facts(self, fields: Sequence[Field]) -> Facts:
        """What was filled in, as it is recorded."""
        known = dict(self.known)
        return {field.key: _typed_value(field, known[field.key]) for field in fields if known.get(field.key)}


def start_form(context: RequestContext, act: str, case: int, rest: str, *, basis: str = "") -> DialogForm:
    """A new form; words that came with the verb answer the first question that takes them."""
    form = DialogForm(act=act, case=case, basis=basis, known={DAY: context.today.isoformat()})
    first = next(missing_questions(context, form), None)
    if first is None or not rest:
        return form
    return form.with_answer(first.key, read_answer(context, first, rest))


def form_fields(context: RequestContext, form: DialogForm) -> tuple[Field, ...]:
    """What its declaration asks to be filled in."""
    if form.kind == OPEN:
        return context.app.duties[form.key].fields
    step = context.case(form.case)[1].step(form.key) if form.kind == STEP else None
    return step.fields if step else ()


def missing_questions(context: RequestContext, form: DialogForm) -> Iterator[Question]:
    """What must still be asked."""
    known = dict(form.known)
    if form.kind in REASSIGN_ACTS and TO not in known:
        yield _assignee_question(context, form)
    if form.kind == OPEN and REFERENCE not in known:
        yield Question(key=REFERENCE, label=context.say("page.reference"))
    if form.kind == CLOSE and OUTCOME not in known:
        yield outcome_question(context, context.case(form.case)[1])
    for field in form_fields(context, form):
        if field.required and field.key not in known:
            yield field_question(context, field, _case_takeover_candidates(context, form, field))


def outcome_question(context: RequestContext, duty: Duty) -> Question:
    """How a case of a kind can end."""
    choices = tuple((outcome.key, context.labels.label(outcome)) for outcome in duty.outcomes)
    return Question(key=OUTCOME, label=context.say("page.outcome"), type=FieldType.CHOICE, choices=choices)


def _assignee_question(context: RequestContext, form: DialogForm) -> Question:
    """Whom it goes to: of those who may take it."""
    people = (
        stage_handover_candidates(context, *context.case(form.case)) if form.case else colleagues(context)
    )
    choices = tuple((person.id, person.post) for person in people)
    return Question(key=TO, label=context.say(f"talk.to.{form.kind}"), type=FieldType.CHOICE, choices=choices)


def _case_takeover_candidates(context: RequestContext, form: DialogForm, field: Field) -> tuple[Person, ...]:
    """Who can have a case that is handed on: anybody but whoever has it."""
    step = context.case(form.case)[1].step(form.key) if form.kind == STEP else None
    hands_on = step and isinstance(step.effect, Reassign) and step.effect.to == field.key
    return case_handover_candidates(context, *context.case(form.case)) if hands_on else ()


def field_question(context: RequestContext, field: Field, people: tuple[Person, ...] = ()) -> Question:
    """What a field asks; of whom, where that is narrower than its role."""
    people = people or (context.app.office.holders(field.role) if field.role else ())
    people = people or (context.app.office.people if field.role else ())
    choices = [(key, context.labels.choice(field, key)) for key in field.choices]
    choices += [(person.id, person.post) for person in people]
    choices += context.labels.places(field.key)
    kind = FieldType.CHOICE if choices else field.type
    return Question(key=field.key, label=context.labels.label(field), type=kind, choices=tuple(choices))


def ask_question(context: RequestContext, form: DialogForm, question: Question) -> Reply:
    """Ask it, and remember how far the form has come."""
    pages = max(1, -(-len(question.choices) // CHOICES_PER_PAGE))
    form = replace(form, page=form.page % pages, aside=False)
    save_form(context, form)
    key = "talk.ask_of" if form.case else "talk.ask"
    lines = [context.say(key, label=question.label, case=form.case)]
    numbered = list(enumerate(question.choices, 1))[form.page * CHOICES_PER_PAGE :][:CHOICES_PER_PAGE]
    lines += [f"{place}. {label}" for place, (_, label) in numbered]
    data = [{"field": question.key, "value": key, "label": label} for _, (key, label) in numbered]
    choices = [context.choice("fill", form.case, form.fingerprint, **one) for one in data]
    if pages > 1:
        lines.append(context.say("talk.page", page=form.page + 1, pages=pages, word=context.word("page")))
        choices.append(context.choice("page", form.case, form.fingerprint))
    return Reply(lines=tuple(lines), choices=(*choices, context.choice("cancel", 0)))


def is_listed_choice(context: RequestContext, form: DialogForm, text: str) -> bool:
    """Whether a text is one of the choices that stand open, to the letter, whatever verb it may be elsewhere."""
    question = next(missing_questions(context, form), None)
    said = text.casefold()
    choices = question.choices if question else ()
    return any(said in {key.casefold(), label.casefold()} for key, label in choices)


def read_answer(context: RequestContext, question: Question, text: str) -> str:
    """An answer as it is kept. NotOneOfThem, or NotADay, says what is allowed."""
    if question.choices:
        return _match_choice(question, text)
    if question.type is FieldType.DAY:
        return read_day(text).isoformat()
    if question.type is FieldType.WEB and not host_of_url(text):
        raise NotAnAddress(found=text[:20])
    del context
    if question.key == REFERENCE and len(text) > MAX_REFERENCE_LENGTH:
        raise AnswerTooLong(label=question.label, most=MAX_REFERENCE_LENGTH)
    return text


def save_form(context: RequestContext, form: DialogForm) -> None:
    """Remember a half-filled form."""
    data: dict[str, Any] = {
        "case": form.case,
        "basis": form.basis,
        "known": dict(form.known),
        "page": form.page,
        "aside": form.aside,
    }
    dialogue = DialogState(form=form.act, data=data, expires_at=context.app.clock.now() + FORM_LIFETIME)
    _stored_dialogs(context).save(context.person.id, context.channel, dialogue)


def load_form(context: RequestContext) -> DialogForm | None:
    """What the speaker was filling in here."""
    found = _stored_dialogs(context).get(context.person.id, context.channel, at=context.app.clock.now())
    if found is None:
        return None
    form = DialogForm(act=found.form, **found.data)
    long_ago = context.app.clock.now() - (found.expires_at - FORM_LIFETIME) > LIST_FRESHNESS
    return replace(form, aside=form.aside or long_ago)


def discard_form(context: RequestContext) -> bool:
    """Forget it, and the files that were sent for it."""
    left = _stored_dialogs(context).discard(context.person.id, context.channel)
    if left:
        incoming_files(context).drop_all()
    return left


def _stored_dialogs(context: RequestContext) -> DialogStates:
    return DialogStates(context.connection, context.app.office.slug)


def _match_choice(question: Question, text: str) -> str:
    """By its number, its label or its key."""
    said = text.strip().casefold()
    if said.isascii() and said.isdigit() and 1 <= int(said) <= len(question.choices):
        return question.choices[int(said) - 1][0]
    for key, label in question.choices:
        if said in {key.casefold(), label.casefold()}:
            return key
    raise NotOneOfThem(found=abbreviate(text), most=len(question.choices))


def _typed_value(field: Field, text: str) -> str | int:
    whole = field.type is FieldType.NUMBER and text.isascii() and text.isdigit()
    return int(text) if whole else text
