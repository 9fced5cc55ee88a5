"""Keeps the half-filled form of a chat: asks what a verb still needs one question at a time, and stores the answers.

The questions come from the declaration (``bot/dialog/questions.py``); the recorder judges the answers. 取消 discards
a form, and it expires after an hour; a draft after a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bot.dialog.incoming_files import incoming_files
from bot.dialog.questions import (
    DAY,
    REFERENCE,
    Question,
    closing_questions,
    opening_questions,
    person_question,
    proposed_reference,
    step_questions,
    typed_answer,
)
from bot.dialog.recipients import (
    circulation_candidates,
    colleagues,
    stage_handover_candidates,
    step_candidates,
)
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import read_typed_day
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind, format_verb, parse_verb
from config.declarations.duty import Field, FieldType
from config.errors import Refusal
from config.hosts import host_of_url
from storage.events.events import Facts
from storage.messaging.dialog_state import DialogState, DialogStates

DRAFT_LIFETIME = timedelta(days=1)  # a text is written with pauses
FORM_LIFETIME = timedelta(hours=1)  # any other question is forgotten by then, and said to be
LIST_FRESHNESS = timedelta(hours=1)  # for so long a bare number still means a line of the list shown last
CHOICES_PER_PAGE = 8  # with the question and the next-page line, within a card's twelve lines
MAX_REFERENCE_LENGTH = 100  # characters of a reference, which is searched for and stands in every heading
TO, REST = "to", "rest"
INTENT = "intent"
"""The answer of a form that holds a whole intent: it waits for nothing but its confirmation."""
NO_MATTER = "no matter"
"""The answer that a text or a notice is about no matter of the catalogue: nothing is recorded for it."""
GIVEN = "given"
"""The answer that names the questions whose answers nobody was asked for, since the case has them already."""
REASSIGN_KINDS = frozenset({VerbKind.HAND_ON, VerbKind.HAND_OVER, VerbKind.AWAY})
"""Verbs that give work to somebody else (``bot/commands/handover.py``)."""
RECIPIENT_KINDS = REASSIGN_KINDS | {VerbKind.CIRCULATE}
"""Verbs that name a recipient."""
_REASON_PREFIX = "why:"
"""In the stored name of a form: it asks for the words that the verb behind it needs."""


class FormGone(Refusal):
    """That form was answered, changed or left since; nothing was recorded. Go on with the one shown last."""


class AnswerTooLong(Refusal):
    """{label}: {most} characters at most. Write it shorter; the rest belongs into its text."""


class NotOneOfThem(Refusal):
    """“{found}” is none of the choices. Answer with a number from 1 to {most}, or write 取消."""


class NotAnAddress(Refusal):
    """“{found}” is no web address. Send it whole, such as https://www.example.gov.cn/1.html, or write 取消."""


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


def start_form(context: RequestContext, verb: Verb, case: int, answer: str, *, basis: str = "") -> DialogForm:
    """A new form, dated the day on which it was said; the words behind the verb answer its first question."""
    form = DialogForm(verb=verb, case=case, basis=basis, known={DAY: context.said_on.isoformat()})
    first = next_question(context, form)
    if first is None or not answer:
        return form
    return form.with_answer(first.key, read_answer(first, answer, context.said_on))


def next_question(context: RequestContext, form: DialogForm) -> Question | None:
    """The question that is open; None where the form is complete, or only awaits a reason or its confirmation."""
    if form.awaits_reason or INTENT in form.known:
        return None
    return next((each for each in _questions(context, form) if _is_open(each, form)), None)


def answered_texts(context: RequestContext, form: DialogForm) -> list[tuple[Question, str]]:
    """The questions of a form that were answered in the sender's own words, with their answers."""
    known = form.known
    return [
        (each, known[each.key]) for each in _questions(context, form) if each.key in known and each.is_free
    ]


def _is_open(question: Question, form: DialogForm) -> bool:
    return question.required and question.key not in form.known


def _questions(context: RequestContext, form: DialogForm) -> Iterator[Question]:
    """Every question of the form's verb, as the page's form of the same act asks them."""
    labels = context.labels
    if form.kind in RECIPIENT_KINDS and TO not in form.known:
        yield _recipient_question(context, form)
    elif form.kind is VerbKind.OPEN:
        duty = context.app.duties[form.verb.key]
        number = proposed_reference(context.index, duty, context.today, context.app.office)
        yield from (
            _with_no_matter(context, one) for one in opening_questions(labels, duty, reference=number)
        )
    elif form.kind is VerbKind.CLOSE:
        yield from closing_questions(labels, context.case(form.case)[1].outcomes)
    elif form.kind is VerbKind.STEP and (step := context.case(form.case)[1].step(form.verb.key)):
        candidates = step_candidates(context, step, *context.case(form.case))
        yield from step_questions(labels, step, candidates=candidates)


def _with_no_matter(context: RequestContext, question: Question) -> Question:
    """The question for a matter of the catalogue, asked although it may be none; any other question as it is."""
    if question.required or not (
        question.field and question.choices and context.labels.matters(question.field)
    ):
        return question
    choices = ((NO_MATTER, context.say("talk.no_matter")), *question.choices)
    return replace(question, required=True, choices=choices)


def _recipient_question(context: RequestContext, form: DialogForm) -> Question:
    """The question for the recipient, among those who may take the stage or the work over."""
    if form.kind is VerbKind.CIRCULATE:
        return person_question(TO, context.say(f"talk.to.{form.kind}"), circulation_candidates(context))
    people = (
        stage_handover_candidates(context, *context.case(form.case)) if form.case else colleagues(context)
    )
    return person_question(TO, context.say(f"talk.to.{form.kind}"), people)


def ask_question(context: RequestContext, form: DialogForm, question: Question) -> Reply:
    """Ask a question, a long list page by page, and save the form."""
    pages = max(1, -(-len(question.choices) // CHOICES_PER_PAGE))
    form = replace(form, page=form.page % pages, aside=False)
    save_form(context, form)
    key = "talk.ask_of" if form.case else "talk.ask"
    lines = [context.say(key, label=question.label, case=form.case)]
    numbered = list(enumerate(question.choices, 1))[form.page * CHOICES_PER_PAGE :][:CHOICES_PER_PAGE]
    lines += [f"{index}. {label}" for index, (_, label) in numbered]
    choices = [fill_choice(context, form, question, key, label) for _, (key, label) in numbered]
    if question.default and not question.choices:
        lines.append(context.say("talk.proposed", value=question.default))
        choices.append(fill_choice(context, form, question, question.default, question.default))
    if pages > 1:
        word = context.word(VerbKind.PAGE)
        lines.append(context.say("talk.page", page=form.page + 1, pages=pages, word=word))
        choices.append(context.choice(VerbKind.PAGE, form.case, form.fingerprint))
    return Reply(lines=tuple(lines), choices=(*choices, context.choice(VerbKind.CANCEL, 0)))


def fill_choice(
    context: RequestContext, form: DialogForm, question: Question, value: str, label: str
) -> Choice:
    """The button that answers a form's question with a value."""
    data = {"field": question.key, "value": value}
    return context.choice(VerbKind.FILL, form.case, form.fingerprint, label=label, **data)


def is_listed_choice(context: RequestContext, form: DialogForm, text: str) -> bool:
    """Whether a text is exactly one of the open question's choices, even if it is a verb elsewhere."""
    question = next_question(context, form)
    folded = text.casefold()
    choices = question.choices if question else ()
    return any(folded in {key.casefold(), label.casefold()} for key, label in choices)


def read_answer(question: Question, text: str, today: date) -> str:
    """An answer given ``today``, as it is stored. Raises NotOneOfThem, NotADay, NotAnAddress or AnswerTooLong."""
    if question.choices:
        return _match_choice(question, text)
    if question.type is FieldType.DAY:
        return read_typed_day(text, today).isoformat()
    if question.type is FieldType.WEB and not host_of_url(text):
        raise NotAnAddress(found=text[:20])
    if question.key == REFERENCE and len(text) > MAX_REFERENCE_LENGTH:
        raise AnswerTooLong(label=question.label, most=MAX_REFERENCE_LENGTH)
    return text


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
    state = DialogState(
        form="list", data={"cases": list(numbers)}, expires_at=context.app.clock.now() + LIST_FRESHNESS
    )
    _shown_lists(context).save(context.person.id, context.channel, state)


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


def _match_choice(question: Question, text: str) -> str:
    """The key of the choice that a text names by its number, label or key. Raises NotOneOfThem."""
    folded = text.strip().casefold()
    if folded.isascii() and folded.isdigit() and 1 <= int(folded) <= len(question.choices):
        return question.choices[int(folded) - 1][0]
    for key, label in question.choices:
        if folded in {key.casefold(), label.casefold()}:
            return key
    raise NotOneOfThem(found=abbreviate(text), most=len(question.choices))
