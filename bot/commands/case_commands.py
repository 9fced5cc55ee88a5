"""What is recorded by a word or a button: each verb once, whoever says it and wherever.

Rights are judged at the desk, at the moment of the act; what is said here only finds the case, the text and the
step that are meant. What leaves the office is confirmed first; everything else can be undone for a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from bot.dialog.forms import (
    CLOSE,
    OPEN,
    OUTCOME,
    REASON_FORM,
    REFERENCE,
    STEP,
    DialogForm,
    ask_question,
    discard_form,
    missing_questions,
    save_form,
    start_form,
)
from bot.dialog.permissions import REGISTER_KEEPER_ROLES, effective_roles, needs_draft
from bot.dialog.reply import Reply
from bot.dialog.turn import AssignedAction, RequestContext
from config.clock import OFFICE_ZONE
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.pending import STAGE_WAIT_KINDS, WaitKind, assignees
from storage.events.case import Case, chain_kind

UNDO_PERIOD = timedelta(seconds=60)
HOUR = timedelta(hours=1)
STAGE_DELIMITERS = " ，,:：。；;"
CLOSING_TIME = time(17)
MORNING = time(8, 30)


class NothingWaits(Refusal):
    """Nothing waits for {post} here now: {stands}. Your own list: 待办."""


class MayNot(Refusal):
    """{post} may not do this: it is for {who}. To remind them: 催办 {case}."""


class WordsMissing(Refusal):
    """Write it after the word: {word}. Where a button was pressed, what is written next is taken for it."""


class NotOfThisKind(Refusal):
    """Case {case} is a {kind}: there is no “{step}” in it. What can be recorded of it: {word} {case}."""


class NotForYou(Refusal):
    """{post} may not do this: it is for {who}."""


class NotSeen(Refusal):
    """You were not shown case {case} yet. Here it is; decide on what you see."""


class SeenOtherwise(Refusal):
    """Case {case} has changed since you saw it. Here is how it stands; decide on this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody wants done: the verb, the case, their own words, and what stood on the button they pressed."""

    verb: str
    case: int = 0
    rest: str = ""
    basis: str = ""
    """What they decided on; empty where they wrote instead of pressing, then it is what they were shown last."""
    data: Mapping[str, str | int] = field(default_factory=dict)
    confirmed: bool = False
    full_text: str = ""
    """Their own words with a number that stood first, for verbs that are about no case."""
    body: str = ""
    """The same line by line, as they were written: a text keeps its paragraphs."""


CommandHandler = Callable[[RequestContext, Intent], Reply]


def approve(context: RequestContext, intent: Intent) -> Reply:
    """同意: sign the stage that waits for the speaker, on the text they were shown."""
    mine = _require_pending_signature(context, intent)
    _require_seen(context, intent, mine)
    with transaction(context) as recorder:
        at = recorder.signoff.approval_state(intent.case)
        recorder.signoff.sign(
            intent.case, context.person.id, mine.wait.stage, at.manifest, said_at=context.sent_at.isoformat()
        )
    return confirmation_reply(context, recorder, intent.case, undo=True)


def send_back(context: RequestContext, intent: Intent) -> Reply:
    """退回修改: back to the writer, or to an earlier stage whose name opens the reason; a village's items, to it."""
    case, duty = context.case(intent.case)
    if duty.village_round and not case.approvals:
        return take_step(context, replace(intent, verb=f"{STEP}:{duty.village_round.returned}"))
    mine = _require_pending_signature(context, intent)
    _require_seen(context, intent, mine)
    names = [stage.name for stage in context.app.office.chain(chain_kind(mine.case, mine.duty)).stages]
    to, reason = _split_stage_and_reason(names, intent.rest)
    if not reason:
        earlier = names[: names.index(mine.wait.stage)] if mine.wait.stage in names else []
        return ask_reason(
            context, intent, context.say("talk.why_stage", stages="、".join(earlier)) if earlier else ""
        )
    with transaction(context) as recorder:
        recorder.signoff.send_back(
            intent.case, context.person.id, recorder.signoff.approval_state(intent.case).manifest, reason, to
        )
    return confirmation_reply(context, recorder, intent.case)


def reject(context: RequestContext, intent: Intent) -> Reply:
    """不予通过: the text's way ends here, with a reason."""
    mine = _require_pending_signature(context, intent)
    _require_seen(context, intent, mine)
    if not intent.rest:
        return ask_reason(context, intent)
    with transaction(context) as recorder:
        recorder.signoff.reject(
            intent.case, context.person.id, recorder.signoff.approval_state(intent.case).manifest, intent.rest
        )
    return confirmation_reply(context, recorder, intent.case)


def withdraw(context: RequestContext, intent: Intent) -> Reply:
    """撤回: one's own signature back, with a reason, while the next stage has not acted."""
    context.case(intent.case)
    if not intent.rest:
        return ask_reason(context, intent)
    with transaction(context) as recorder:
        recorder.signoff.withdraw(intent.case, context.person.id, intent.rest)
    return confirmation_reply(context, recorder, intent.case)


def acknowledge(context: RequestContext, intent: Intent) -> Reply:
    """在办: in hand, and left in peace until the next rung."""
    mine = _require_pending(context, intent)
    with transaction(context) as recorder:
        recorder.reminders.acknowledge(intent.case, context.person.id, mine.wait.basis)
    return confirmation_reply(context, recorder, intent.case, moved=False)


def snooze(context: RequestContext, intent: Intent) -> Reply:
    """稍后提醒: in an hour, before closing time, or tomorrow morning."""
    mine = _require_pending(context, intent)
    choice = str(intent.data.get("until", "")) or intent.rest
    times = snooze_times(context)
    until = next(
        (at for key, at in times.items() if choice in {key, context.say(f"talk.snooze.{key}")}), None
    )
    if until is None:
        choices = tuple(
            context.choice("snooze", intent.case, until=key, label=context.say(f"talk.snooze.{key}"))
            for key in times
        )
        return Reply(lines=(context.say("talk.snooze.when"),), choices=choices)
    with transaction(context) as recorder:
        recorder.reminders.snooze(intent.case, context.person.id, mine.wait.basis, until.isoformat())
    reply = confirmation_reply(context, recorder, intent.case, moved=False)
    return replace(
        reply, lines=(*reply.lines, context.say("talk.snooze.until", at=context.labels.moment(until)))
    )


def snooze_times(context: RequestContext) -> dict[str, datetime]:
    """When somebody can be reminded again."""
    now = context.app.clock.now()
    evening = datetime.combine(context.today, CLOSING_TIME, OFFICE_ZONE) - HOUR
    morning = datetime.combine(context.calendar.nth_after(context.today, 1), MORNING, OFFICE_ZONE)
    times = {"hour": now + HOUR, "evening": evening.astimezone(UTC), "morning": morning.astimezone(UTC)}
    return {key: at for key, at in times.items() if at > now}


def take_step(context: RequestContext, intent: Intent) -> Reply:
    """A declared step of a case, with what it asks."""
    form = start_form(context, intent.verb, intent.case, intent.rest, basis=intent.basis)
    form = replace(
        form, known={**dict(form.known), **{key: str(value) for key, value in intent.data.items() if value}}
    )
    return continue_form(context, replace(form, confirmed=intent.confirmed))


def close_case(context: RequestContext, intent: Intent) -> Reply:
    """办结: a case ends with one of its declared outcomes."""
    return continue_form(context, start_form(context, CLOSE, intent.case, intent.rest, basis=intent.basis))


def continue_form(context: RequestContext, form: DialogForm) -> Reply:
    """Ask what is missing, have confirmed what leaves the office, and record the rest."""
    if form.kind != OPEN:
        require_permission(context, form.case)
    if form.kind == STEP and not (duty := context.case(form.case)[1]).step(form.key):
        words = {
            "kind": context.labels.duty(duty),
            "step": context.word(form.act),
            "word": context.word("steps"),
        }
        raise NotOfThisKind(case=form.case, **words)
    question = next(missing_questions(context, form), None)
    if question:
        return ask_question(context, form, question)
    if _needs_confirmation(context, form) and not form.confirmed:
        save_form(context, form)
        lines = (context.say("talk.confirm", what=_confirmation_subject(context, form), case=form.case),)
        choices = (context.choice("confirm", form.case, form.fingerprint), context.choice("cancel", 0))
        return Reply(lines=lines, choices=choices)
    discard_form(context)
    return _record_form(context, form)


def _record_form(context: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    number = form.case
    with transaction(context) as recorder:
        if form.kind == OPEN:
            number = recorder.cases.open(
                form.key, known[REFERENCE], form.day, form.facts(context.app.duties[form.key].fields)
            )
        elif form.kind == CLOSE:
            recorder.cases.close(form.case, known[OUTCOME], form.day)
        else:
            step = context.case(form.case)[1].step(form.key)
            recorder.cases.step(form.case, form.key, form.day, form.facts(step.fields if step else ()))
    reply = confirmation_reply(context, recorder, number, undo=not form.confirmed)
    if form.kind == OPEN and needs_draft(*context.case(number)):
        return replace(reply, choices=(context.choice("draft", number), *reply.choices))
    return reply


def _needs_confirmation(context: RequestContext, form: DialogForm) -> bool:
    """An answer or a text that goes out cannot be undone unheard: it is confirmed instead."""
    if form.kind == OPEN:
        return False
    duty = context.case(form.case)[1]
    if form.kind == CLOSE:
        return True
    step = duty.step(form.key)
    return bool(step and step.requires_approval)


def _confirmation_subject(context: RequestContext, form: DialogForm) -> str:
    if form.kind == CLOSE:
        outcome = context.case(form.case)[1].outcome(dict(form.known)[OUTCOME])
        return context.say("page.told.closed", outcome=context.labels.label(outcome) if outcome else "")
    return context.word(form.act, context.case(form.case)[1])


def require_permission(context: RequestContext, number: int) -> None:
    """Whoever the case waits for or is with, and whoever keeps the registers; the desk judges the rest."""
    case, duty = context.case(number)
    mine = [
        one
        for one in context.pending_for_actor(case, duty)
        if one.wait.what not in STAGE_WAIT_KINDS | {WaitKind.REWRITE}
    ]
    # A village that has reported may report more: its month waits for nothing from it, and is still its own.
    holders = (
        assignees(case, case.opening, duty, context.app.office, context.absences) if case.opening else ()
    )
    if mine or context.acting & set(holders) or effective_roles(context) & REGISTER_KEEPER_ROLES:
        return
    who = {person for wait in context.pending_actions(case, duty) for person in wait.who} or set(holders)
    posts = "、".join(context.labels.post(person) for person in sorted(who)) or "—"
    raise MayNot(post=context.person.post, who=posts, case=number)


@contextmanager
def transaction(context: RequestContext) -> Iterator[UnitOfWork]:
    """The desk, inside the turn's transaction."""
    with context.app.recorder.transaction(
        actor=context.person.id, means=context.channel, within=context.connection
    ) as uow:
        uow.context.loaded_cases.update(context.loaded_cases)
        yield uow
    context.loaded_cases.update(uow.context.loaded_cases)


def confirmation_reply(
    context: RequestContext, uow: UnitOfWork, case: int, *, undo: bool = False, moved: bool = True
) -> Reply:
    """已记录 №N, and how the case stands now. Where it ``moved``, the buttons that were made for it are over."""
    position = uow.entries[-1].position
    notice = context.say("talk.recorded", position=position)
    if case and moved:
        context.callback_tokens.expire(case, at=context.app.clock.now())
    choices = (context.choice("undo", case, position=position),) if undo else ()
    ends = (case,) if case and moved else ()
    return Reply(
        lines=(notice, *status_lines(context, case)),
        choices=choices,
        outdated_cases=ends,
        callback_answer=notice,
    )


def status_lines(context: RequestContext, number: int) -> Iterator[str]:
    """How a case stands now, in a line or two."""
    if not number:
        return
    case, duty = context.case(number)
    waits = context.pending_actions(case, duty)
    yield context.say(
        "talk.about", kind=context.labels.duty(duty), name=context.card_builder.case_title(case), case=number
    )
    yield from (so_far := list(context.card_builder.progress_lines(case, duty)))
    for wait in waits[:2]:
        who = "、".join(context.labels.post(person) for person in wait.who) or "—"
        yield context.say(
            "talk.now_by",
            stage=context.labels.wait_label(wait),
            who=who,
            when=context.card_builder.due_text(wait),
        )
    if not waits and not so_far:
        yield context.say("talk.nothing_left")


def _require_pending(context: RequestContext, intent: Intent) -> AssignedAction:
    """What the case waits for from the speaker. NothingWaits says how it stands."""
    case, duty = context.case(intent.case)
    mine = context.pending_for_actor(case, duty)
    if not mine:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    return next((one for one in mine if one.wait.basis == intent.basis), mine[0])


def _require_pending_signature(context: RequestContext, intent: Intent) -> AssignedAction:
    case, duty = context.case(intent.case)
    found = next(
        (one for one in context.pending_for_actor(case, duty) if one.wait.what is WaitKind.SIGN), None
    )
    if found is None:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    return found


def describe_status(context: RequestContext, case: Case, duty: Duty) -> str:
    """Who has decided what last, at which stage it is now, and who may act there."""
    last = next(iter(reversed(case.entries)), None)
    waits = context.pending_actions(case, duty)
    stage = context.say("talk.nothing_left")
    if waits:
        posts = "、".join(map(context.labels.post, waits[0].who)) or "—"
        stage = context.say("talk.stage_of", stage=context.labels.wait_label(waits[0]), who=posts)
    who = context.labels.post(last.actor) if last else "—"
    at = context.labels.moment(last.recorded_at) if last else "—"
    return context.say("talk.decided", who=who, at=at, stage=stage)


def _require_seen(context: RequestContext, intent: Intent, mine: AssignedAction) -> None:
    """A signature is for the text that was shown: another one is shown first."""
    seen = intent.basis or context.shown_versions.get(intent.case, "")
    if not seen:
        raise NotSeen(case=intent.case)
    if seen != mine.wait.basis:
        raise SeenOtherwise(case=intent.case)


def _split_stage_and_reason(names: list[str], rest: str) -> tuple[str, str]:
    """The stage a reason begins with, by its whole name or what stands before the dot (“初审”), and what follows."""
    for name in names:
        for word in (name, name.partition("·")[0]):
            after = rest.removeprefix(word)
            if rest.startswith(word) and (not after or after[0] in STAGE_DELIMITERS):
                return name, after.strip(STAGE_DELIMITERS)
    return "", rest


def ask_reason(context: RequestContext, intent: Intent, more: str = "") -> Reply:
    """Ask for the reason that a verb needs."""
    form = DialogForm(act=f"{REASON_FORM}:{intent.verb}", case=intent.case, basis=intent.basis, known={})
    save_form(context, form)
    word = context.word(intent.verb)
    lines = (context.say("talk.why", verb=word, case=intent.case), more)
    return Reply(lines=tuple(filter(None, lines)), choices=(context.choice("cancel", 0),))
