"""Shows an act that cannot be undone back with its reason, and carries it out only once that is confirmed."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialog.command import Intent, case_heading
from bot.dialog.forms import REST, DialogForm, discard_form, save_form
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.doubts import CONFIRMED
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import normalize_line
from storage.eventlog.log import Log

MAX_REASON_SHOWN = 100  # characters of a reason that are shown back
CONFIRMED_KINDS = frozenset({VerbKind.RETURN, VerbKind.REJECT, VerbKind.OVERRIDE, VerbKind.WITHDRAW})
"""Verbs with a reason that nobody can take back: what they would record is shown first."""


class _OnlyTried(Exception):
    """Takes a trial back."""


def confirmed_reply(context: RequestContext, intent: Intent, run: Callable[[Intent], Reply]) -> Reply:
    """The question whether to carry an intent out; its own answer where it records nothing, or is confirmed already.

    The act is tried and taken back first: whatever it would be refused for is said before anything is asked.
    """
    if (
        intent.kind not in CONFIRMED_KINDS
        or not intent.rest
        or intent.data.get(CONFIRMED)
        or not context.private
    ):
        return run(intent)
    if not _would_record(context, intent, run):
        return run(intent)
    form = DialogForm(
        verb=intent.verb, case=intent.case, basis=_basis(context, intent), known={REST: intent.rest}
    )
    return _ask(context, form)


def read_reason(context: RequestContext, form: DialogForm, intent: Intent) -> DialogForm:
    """The form with other words as its reason: whoever writes again instead of confirming means the new words."""
    del context
    return form.with_answer(REST, normalize_line(intent.full_text))


def confirmed_intent(form: DialogForm) -> Intent:
    """The intent that a confirmed form stands for."""
    return Intent(
        kind=form.verb.kind,
        key=form.verb.key,
        case=form.case,
        rest=form.known[REST],
        basis=form.basis,
        data={CONFIRMED: 1},
    )


def proceed(
    context: RequestContext, form: DialogForm, run: Callable[[RequestContext, Intent], Reply]
) -> Reply:
    """Carry out a confirmed act; ask about any other."""
    if not form.confirmed:
        return _ask(context, form)
    discard_form(context)
    return run(context, confirmed_intent(form))


def _ask(context: RequestContext, form: DialogForm) -> Reply:
    save_form(context, form)
    case, duty = context.case(form.case)
    heading = case_heading(context, case, duty)
    question = context.say(
        "talk.doubt.confirm",
        what=context.word(*form.verb, duty=duty),
        reason=abbreviate(form.known[REST], MAX_REASON_SHOWN),
    )
    confirm = context.choice(VerbKind.CONFIRM, form.case, form.fingerprint)
    return Reply(lines=(heading, question), choices=(confirm, context.choice(VerbKind.CANCEL, 0)))


def _would_record(context: RequestContext, intent: Intent, run: Callable[[Intent], Reply]) -> bool:
    """Whether the act would record something now. What it is refused for is raised."""
    log = Log(context.connection, context.app.office.slug)
    end, cases = log.end().position, dict(context.loaded_cases)
    recorded = False
    try:
        with context.app.store.savepoint(context.connection, context.app.office.slug):
            run(intent)
            recorded = log.end().position != end
            _take_back()
    except _OnlyTried:
        context.loaded_cases.clear()
        context.loaded_cases.update(cases)
    return recorded


def _take_back() -> None:
    raise _OnlyTried


def _basis(context: RequestContext, intent: Intent) -> str:
    """The version that the act is about: the one of the button, else the one that was shown last."""
    return intent.basis or context.shown_versions.get(intent.case, "")
