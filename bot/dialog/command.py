"""Defines the intent that a message or button expresses, and what every command needs to carry it out.

A command checks who may act, records within one transaction, and confirms what it recorded. The recorder judges every
right again at the moment of the act; a command only finds the case, the text and the step that are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.dialog.forms import DialogForm, save_form
from bot.dialog.permissions import why_not_signing
from bot.dialog.recorded_words import recorded_lines, require_shown
from bot.dialog.reply import Reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.verbs import Verb, VerbKind
from config.declarations.duty import Duty
from config.declarations.keys import CLERK
from config.errors import Refusal
from config.office.roles import REGISTER_KEEPER_ROLES, AccessLevel, access_level
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, WaitKind, assignees
from storage.events.case import Case
from storage.events.events import LogEntry
from storage.events.office_events import Restated

MAX_STATUS_WAITS = 2  # pending actions of a case in its status
TEXT_WAIT_KINDS = STAGE_WAIT_KINDS | {WaitKind.REWRITE}
VERSION_WAIT_KINDS = TEXT_WAIT_KINDS | {WaitKind.RELEASE}
"""Pending actions on one version of a text."""


class NothingWaits(Refusal):
    """Nothing waits for {post} here now: {stands}. Your own list: 待办."""


class MayNot(Refusal):
    """{post} may not do this: it is for {who}. To remind them: 催办 {case}."""


class WordsMissing(Refusal):
    """Write it after the word: {word}. Where a button was pressed, what is written next is taken for it."""


class NotForYou(Refusal):
    """{post} may not do this: it is for {who}."""


class SaidBefore(Refusal):
    """You wrote this before this version of case {case} was shown to you. Here it is; decide on what you see."""


class NotUnderstood(Refusal):
    """I did not understand “{said}”. Write 待办 for your list, or 帮助 for what I understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the sender wants done, however they expressed it: typed, pressed, or answered in a form."""

    kind: VerbKind
    key: str = ""
    """The key of the step, duty, register or activity; empty for other kinds."""
    case: int = 0
    """0 where no case is named."""
    rest: str = ""
    """The words behind the verb and the case's number."""
    basis: str = ""
    """The stage and text that a button was made for; empty for typed words, which are about what was shown last."""
    data: Mapping[str, str | int] = field(default_factory=dict)
    """The values that the pressed button carried."""
    full_text: str = ""
    """The words behind the verb with a leading number, for verbs that are about no case."""
    body: str = ""
    """The same, line by line as written: a text keeps its paragraphs."""

    @property
    def verb(self) -> Verb:
        """The kind and the key together."""
        return Verb(self.kind, self.key)


CommandHandler = Callable[[RequestContext, Intent], Reply]


@contextmanager
def transaction(context: RequestContext) -> Iterator[UnitOfWork]:
    """A unit of work of the recorder, as the sender, inside the request's transaction.

    Raises NotShown where it would record words that the sender has not seen again.
    """
    with context.app.recorder.transaction(
        actor=context.person.id,
        means=context.channel,
        within=context.connection,
        account=context.account,
        said_at=context.sent_at,
    ) as uow:
        uow.context.loaded_cases.update(context.loaded_cases)
        yield uow
    if not uow.context.discarded:
        require_shown(context, uow.entries)
    context.loaded_cases.update(uow.context.loaded_cases)


def require_permission(context: RequestContext, number: int) -> None:
    """Refuse whoever has nothing to do on a case, is not its assignee and keeps no registers. Raises MayNot.

    A decision on the case's text is no permission to take its steps.
    """
    case, duty = context.case(number)
    kinds = {action.wait.what for action in context.pending_for_actor(case, duty)}
    if kinds - TEXT_WAIT_KINDS or context.roles & REGISTER_KEEPER_ROLES:
        return
    # A village whose month waits for nothing may still report more: its assignee may always act.
    current = (
        assignees(case, case.opening, duty, context.app.office, context.absences) if case.opening else ()
    )
    if context.acting & set(current):
        return
    who = {person for wait in context.pending_actions(case, duty) for person in wait.who} or set(current)
    raise MayNot(post=context.person.post, who=posts_of(context, sorted(who)), case=number)


def require_access(context: RequestContext, access: AccessLevel) -> None:
    """Refuse whoever has less access, by their own roles and those of whom they are the deputy. Raises NotForYou."""
    if access_level(context.roles) < access:
        clerks = "、".join(person.post for person in context.app.office.holders(CLERK))
        raise NotForYou(post=context.person.post, who=clerks)


def require_pending(context: RequestContext, intent: Intent) -> AssignedAction:
    """The sender's pending action on the case, the one the button was made for first. Raises NothingWaits."""
    actions = _actions_of(context, intent)
    found = next((action for action in actions if action.wait.basis == intent.basis), actions[0])
    require_seen_version(context, intent, found.wait)
    return found


def require_seen_version(context: RequestContext, intent: Intent, wait: PendingAction) -> None:
    """Refuse words about a text that were said before its version was first shown. Raises SaidBefore.

    A pressed button names the version it was made for; words are about what had been shown when they were said.
    """
    if intent.basis or wait.what not in VERSION_WAIT_KINDS:
        return
    card = context.live_cards.get(context.person.id, intent.case, wait.what)
    if card and card.version == wait.basis and card.shown_at > context.spoke_at:
        raise SaidBefore(case=intent.case)


def require_pending_signature(context: RequestContext, intent: Intent) -> AssignedAction:
    """The stage of the case that waits for the sender's signature.

    Raises NothingWaits, or why somebody else signs: WroteIt, SignedAlready, StageVacant.
    """
    return _actions_of(context, intent, WaitKind.SIGN)[0]


def _actions_of(
    context: RequestContext, intent: Intent, kind: WaitKind | None = None
) -> list[AssignedAction]:
    case, duty = context.case(intent.case)
    actions = context.pending_for_actor(case, duty)
    if kind:
        actions = [action for action in actions if action.wait.what is kind]
    if not actions and kind is WaitKind.SIGN and (refusal := why_not_signing(context, case, duty)):
        raise refusal
    if not actions:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    return actions


def confirmation_reply(
    context: RequestContext,
    uow: UnitOfWork,
    case: int,
    *,
    undo: bool = False,
    outdates_cards: bool = True,
) -> Reply:
    """已记录 №N with its legal day, what it is, and the status of the case, where it is not 0.

    The other buttons of the case expire.
    """
    if case and outdates_cards:
        context.callback_tokens.expire(case, at=context.app.clock.now())
    reply = recorded_reply(context, uow.entries, case, undo=undo)
    return replace(reply, outdated_cases=(case,) if case and outdates_cards else ())


def recorded_reply(
    context: RequestContext, entries: Sequence[LogEntry], case: int, *, undo: bool = False
) -> Reply:
    """已记录 №N, what was recorded, and the status of the case; with 撤销 where it can be undone."""
    notice = context.say("talk.recorded", position=entries[-1].position) + _legal_day_text(context, entries)
    return Reply(
        lines=(notice, *recorded_lines(context, entries), *status_lines(context, case)),
        choices=(context.choice(VerbKind.UNDO, case, position=entries[-1].position),) if undo else (),
        callback_answer=notice,
        records=True,
    )


def _legal_day_text(context: RequestContext, entries: Sequence[LogEntry]) -> str:
    """The legal day of what was recorded, so that a wrong one is seen; an earlier one says why it counts."""
    records = [entry.record for entry in entries if not isinstance(entry.record, Restated)]
    day = records[-1].happened_on
    earlier = day == context.said_on < context.today
    return context.say("talk.said_on" if earlier else "talk.dated", day=context.labels.day(day))


def status_lines(context: RequestContext, number: int) -> Iterator[str]:
    """The status of a case in a few lines; none for case 0."""
    if not number:
        return
    case, duty = context.case(number)
    waits = context.pending_actions(case, duty)
    yield case_heading(context, case, duty)
    yield from (progress := list(context.card_builder.progress_lines(case, duty)))
    for wait in waits[:MAX_STATUS_WAITS]:
        stage, when = context.labels.wait_label(wait), context.card_builder.due_text(wait)
        yield context.say("talk.now_by", stage=stage, who=posts_of(context, wait.who), when=when)
    if not waits and not progress:
        yield context.say("talk.nothing_left")


def case_heading(context: RequestContext, case: Case, duty: Duty) -> str:
    """The line that names a case: its kind, its title and its number."""
    name = context.card_builder.case_title(case)
    return context.say("talk.about", kind=context.labels.duty(duty), name=name, case=case.number)


def describe_status(context: RequestContext, case: Case, duty: Duty) -> str:
    """One sentence: who acted last and when, at which stage the case is now, and who may act there."""
    last = case.entries[-1] if case.entries else None
    who = context.labels.post(last.actor) if last else "—"
    at = context.labels.moment(last.recorded_at) if last else "—"
    stage = _stage_text(context, context.pending_actions(case, duty))
    return context.say("talk.decided", who=who, at=at, stage=stage)


def _stage_text(context: RequestContext, waits: tuple[PendingAction, ...]) -> str:
    if not waits:
        return context.say("talk.nothing_left")
    stage = context.labels.wait_label(waits[0])
    return context.say("talk.stage_of", stage=stage, who=posts_of(context, waits[0].who))


def posts_of(context: RequestContext, people: Iterable[str]) -> str:
    """The posts of people, as a list in words; a dash for nobody."""
    return "、".join(map(context.labels.post, people)) or "—"


def ask_reason(context: RequestContext, intent: Intent, hint: str = "") -> Reply:
    """Ask for the words that a verb needs; the next message is taken for them."""
    save_form(context, reason_form(intent))
    question = context.say("talk.why", verb=context.word(*intent.verb), case=intent.case)
    choices = (context.choice(VerbKind.CANCEL, 0),)
    return Reply(lines=tuple(filter(None, (question, hint))), choices=choices)


def reason_form(intent: Intent) -> DialogForm:
    """The form that waits for the words behind a verb."""
    return DialogForm(verb=intent.verb, case=intent.case, basis=intent.basis, awaits_reason=True)
