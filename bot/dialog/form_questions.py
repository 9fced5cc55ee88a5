"""Asks what the open form of a chat still needs, one question at a time, and reads the answers.

The questions come from the declaration (``bot/dialog/questions.py``), and the one to whom from those who may take the
work over. An answer is a list's number, one of its choices, or words; the recorder judges whether it may stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.dialog.command import Intent
from bot.dialog.forms import INTENT, NO_MATTER, REASSIGN_KINDS, TO, DialogForm, save_form
from bot.dialog.questions import (
    DAY,
    REFERENCE,
    Question,
    closing_questions,
    opening_questions,
    person_question,
    proposed_reference,
    step_questions,
)
from bot.dialog.recipients import (
    circulation_candidates,
    colleagues,
    parse_recipient,
    stage_handover_candidates,
    step_candidates,
)
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import read_typed_day
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind
from bot.utterances.command_parser import normalize_line
from config.declarations.duty import FieldType
from config.errors import Refusal
from config.hosts import host_of_url

_CHOICES_PER_PAGE = 8  # with the question and the next-page line, within a card's twelve lines
_MAX_REFERENCE_LENGTH = 100  # characters of a reference, which is searched for and stands in every heading
_RECIPIENT_KINDS = REASSIGN_KINDS | {VerbKind.CIRCULATE}
"""Verbs that name a recipient."""


class AnswerTooLong(Refusal):
    """{label}: {most} characters at most. Write it shorter; the rest belongs into its text."""


class NotOneOfThem(Refusal):
    """“{found}” is none of the choices. Answer with a number from 1 to {most}, or write 取消."""


class NotAnAddress(Refusal):
    """“{found}” is no web address. Send it whole, such as https://www.example.gov.cn/1.html, or write 取消."""


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
    if form.kind in _RECIPIENT_KINDS and TO not in form.known:
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
    pages = max(1, -(-len(question.choices) // _CHOICES_PER_PAGE))
    form = replace(form, page=form.page % pages, aside=False)
    save_form(context, form)
    key = "talk.ask_of" if form.case else "talk.ask"
    lines = [context.say(key, label=question.label, case=form.case)]
    numbered = list(enumerate(question.choices, 1))[form.page * _CHOICES_PER_PAGE :][:_CHOICES_PER_PAGE]
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
    if question.key == REFERENCE and len(text) > _MAX_REFERENCE_LENGTH:
        raise AnswerTooLong(label=question.label, most=_MAX_REFERENCE_LENGTH)
    return text


def _match_choice(question: Question, text: str) -> str:
    """The key of the choice that a text names by its number, label or key. Raises NotOneOfThem."""
    folded = text.strip().casefold()
    if folded.isascii() and folded.isdigit() and 1 <= int(folded) <= len(question.choices):
        return question.choices[int(folded) - 1][0]
    for key, label in question.choices:
        if folded in {key.casefold(), label.casefold()}:
            return key
    raise NotOneOfThem(found=abbreviate(text), most=len(question.choices))


def read_recipient(context: RequestContext, form: DialogForm, intent: Intent, *, said: str) -> DialogForm:
    """The form with the recipient that the words name; what follows the name is kept under ``said``."""
    line = normalize_line(intent.full_text)
    person, words = parse_recipient(context, line)
    question = next_question(context, form)
    if question is None:
        return form
    if person is None or person.id not in dict(question.choices):
        return form.with_answer(TO, read_answer(question, line, context.said_on))
    return with_recipient(form, person.id, {said: words})


def with_recipient(form: DialogForm, person: str, said: dict[str, str]) -> DialogForm:
    """The form with a recipient and what is said to them."""
    return replace(form, known={**form.known, TO: person, **said})


def with_unknown_recipient(context: RequestContext, reply: Reply, words: str) -> Reply:
    """The question, after a line that says which words named nobody."""
    if not words:
        return reply
    unknown = context.say("talk.to.unknown", found=abbreviate(words))
    return replace(reply, lines=(unknown, *reply.lines))
