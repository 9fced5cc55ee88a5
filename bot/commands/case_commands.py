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


def approve(turn: RequestContext, wish: Intent) -> Reply:
    """同意: sign the stage that waits for the speaker, on the text they were shown."""
    mine = _require_pending_signature(turn, wish)
    _require_seen(turn, wish, mine)
    with transaction(turn) as desk:
        at = desk.approval_state(wish.case)
        desk.sign(wish.case, turn.person.id, mine.wait.stage, at.manifest, said_at=turn.sent_at.isoformat())
    return confirmation_reply(turn, desk, wish.case, undo=True)


def send_back(turn: RequestContext, wish: Intent) -> Reply:
    """退回修改: back to the writer, or to an earlier stage whose name opens the reason; a village's items, to it."""
    case, duty = turn.case(wish.case)
    if duty.village_round and not case.approvals:
        return take_step(turn, replace(wish, verb=f"{STEP}:{duty.village_round.returned}"))
    mine = _require_pending_signature(turn, wish)
    _require_seen(turn, wish, mine)
    names = [stage.name for stage in turn.works.office.chain(chain_kind(mine.case, mine.duty)).stages]
    to, reason = _split_stage_and_reason(names, wish.rest)
    if not reason:
        earlier = names[: names.index(mine.wait.stage)] if mine.wait.stage in names else []
        return ask_reason(
            turn, wish, turn.say("talk.why_stage", stages="、".join(earlier)) if earlier else ""
        )
    with transaction(turn) as desk:
        desk.send_back(wish.case, turn.person.id, desk.approval_state(wish.case).manifest, reason, to)
    return confirmation_reply(turn, desk, wish.case)


def reject(turn: RequestContext, wish: Intent) -> Reply:
    """不予通过: the text's way ends here, with a reason."""
    mine = _require_pending_signature(turn, wish)
    _require_seen(turn, wish, mine)
    if not wish.rest:
        return ask_reason(turn, wish)
    with transaction(turn) as desk:
        desk.reject(wish.case, turn.person.id, desk.approval_state(wish.case).manifest, wish.rest)
    return confirmation_reply(turn, desk, wish.case)


def withdraw(turn: RequestContext, wish: Intent) -> Reply:
    """撤回: one's own signature back, with a reason, while the next stage has not acted."""
    turn.case(wish.case)
    if not wish.rest:
        return ask_reason(turn, wish)
    with transaction(turn) as desk:
        desk.withdraw(wish.case, turn.person.id, wish.rest)
    return confirmation_reply(turn, desk, wish.case)


def acknowledge(turn: RequestContext, wish: Intent) -> Reply:
    """在办: in hand, and left in peace until the next rung."""
    mine = _require_pending(turn, wish)
    with transaction(turn) as desk:
        desk.acknowledge(wish.case, turn.person.id, mine.wait.basis)
    return confirmation_reply(turn, desk, wish.case, moved=False)


def snooze(turn: RequestContext, wish: Intent) -> Reply:
    """稍后提醒: in an hour, before closing time, or tomorrow morning."""
    mine = _require_pending(turn, wish)
    choice = str(wish.data.get("until", "")) or wish.rest
    times = snooze_times(turn)
    until = next((at for key, at in times.items() if choice in {key, turn.say(f"talk.snooze.{key}")}), None)
    if until is None:
        choices = tuple(
            turn.choice("snooze", wish.case, until=key, label=turn.say(f"talk.snooze.{key}")) for key in times
        )
        return Reply(lines=(turn.say("talk.snooze.when"),), choices=choices)
    with transaction(turn) as desk:
        desk.snooze(wish.case, turn.person.id, mine.wait.basis, until.isoformat())
    reply = confirmation_reply(turn, desk, wish.case, moved=False)
    return replace(reply, lines=(*reply.lines, turn.say("talk.snooze.until", at=turn.labels.moment(until))))


def snooze_times(turn: RequestContext) -> dict[str, datetime]:
    """When somebody can be reminded again."""
    now = turn.works.clock.now()
    evening = datetime.combine(turn.today, CLOSING_TIME, OFFICE_ZONE) - HOUR
    morning = datetime.combine(turn.calendar.nth_after(turn.today, 1), MORNING, OFFICE_ZONE)
    times = {"hour": now + HOUR, "evening": evening.astimezone(UTC), "morning": morning.astimezone(UTC)}
    return {key: at for key, at in times.items() if at > now}


def take_step(turn: RequestContext, wish: Intent) -> Reply:
    """A declared step of a case, with what it asks."""
    form = start_form(turn, wish.verb, wish.case, wish.rest, basis=wish.basis)
    form = replace(
        form, known={**dict(form.known), **{key: str(value) for key, value in wish.data.items() if value}}
    )
    return continue_form(turn, replace(form, confirmed=wish.confirmed))


def close_case(turn: RequestContext, wish: Intent) -> Reply:
    """办结: a case ends with one of its declared outcomes."""
    return continue_form(turn, start_form(turn, CLOSE, wish.case, wish.rest, basis=wish.basis))


def continue_form(turn: RequestContext, form: DialogForm) -> Reply:
    """Ask what is missing, have confirmed what leaves the office, and record the rest."""
    if form.kind != OPEN:
        require_permission(turn, form.case)
    if form.kind == STEP and not (duty := turn.case(form.case)[1]).step(form.key):
        words = {"kind": turn.labels.duty(duty), "step": turn.word(form.act), "word": turn.word("steps")}
        raise NotOfThisKind(case=form.case, **words)
    question = next(missing_questions(turn, form), None)
    if question:
        return ask_question(turn, form, question)
    if _needs_confirmation(turn, form) and not form.confirmed:
        save_form(turn, form)
        lines = (turn.say("talk.confirm", what=_confirmation_subject(turn, form), case=form.case),)
        choices = (turn.choice("confirm", form.case, form.fingerprint), turn.choice("cancel", 0))
        return Reply(lines=lines, choices=choices)
    discard_form(turn)
    return _record_form(turn, form)


def _record_form(turn: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    number = form.case
    with transaction(turn) as desk:
        if form.kind == OPEN:
            number = desk.open(
                form.key, known[REFERENCE], form.day, form.facts(turn.works.duties[form.key].fields)
            )
        elif form.kind == CLOSE:
            desk.close(form.case, known[OUTCOME], form.day)
        else:
            step = turn.case(form.case)[1].step(form.key)
            desk.step(form.case, form.key, form.day, form.facts(step.fields if step else ()))
    reply = confirmation_reply(turn, desk, number, undo=not form.confirmed)
    if form.kind == OPEN and needs_draft(*turn.case(number)):
        return replace(reply, choices=(turn.choice("draft", number), *reply.choices))
    return reply


def _needs_confirmation(turn: RequestContext, form: DialogForm) -> bool:
    """An answer or a text that goes out cannot be undone unheard: it is confirmed instead."""
    if form.kind == OPEN:
        return False
    duty = turn.case(form.case)[1]
    if form.kind == CLOSE:
        return True
    step = duty.step(form.key)
    return bool(step and step.requires_approval)


def _confirmation_subject(turn: RequestContext, form: DialogForm) -> str:
    if form.kind == CLOSE:
        outcome = turn.case(form.case)[1].outcome(dict(form.known)[OUTCOME])
        return turn.say("page.told.closed", outcome=turn.labels.label(outcome) if outcome else "")
    return turn.word(form.act, turn.case(form.case)[1])


def require_permission(turn: RequestContext, number: int) -> None:
    """Whoever the case waits for or is with, and whoever keeps the registers; the desk judges the rest."""
    case, duty = turn.case(number)
    mine = [
        one
        for one in turn.pending_for_actor(case, duty)
        if one.wait.what not in STAGE_WAIT_KINDS | {WaitKind.REWRITE}
    ]
    # A village that has reported may report more: its month waits for nothing from it, and is still its own.
    holders = assignees(case, case.opening, duty, turn.works.office, turn.absences) if case.opening else ()
    if mine or turn.acting & set(holders) or effective_roles(turn) & REGISTER_KEEPER_ROLES:
        return
    who = {person for wait in turn.pending_actions(case, duty) for person in wait.who} or set(holders)
    posts = "、".join(turn.labels.post(person) for person in sorted(who)) or "—"
    raise MayNot(post=turn.person.post, who=posts, case=number)


@contextmanager
def transaction(turn: RequestContext) -> Iterator[UnitOfWork]:
    """The desk, inside the turn's transaction."""
    with turn.works.recorder.transaction(
        actor=turn.person.id, means=turn.channel, within=turn.connection
    ) as desk:
        desk.loaded_cases.update(turn.loaded_cases)
        yield desk
    turn.loaded_cases.update(desk.loaded_cases)


def confirmation_reply(
    turn: RequestContext, desk: UnitOfWork, case: int, *, undo: bool = False, moved: bool = True
) -> Reply:
    """已记录 №N, and how the case stands now. Where it ``moved``, the buttons that were made for it are over."""
    position = desk.entries[-1].position
    notice = turn.say("talk.recorded", position=position)
    if case and moved:
        turn.callback_tokens.expire(case, at=turn.works.clock.now())
    choices = (turn.choice("undo", case, position=position),) if undo else ()
    ends = (case,) if case and moved else ()
    return Reply(
        lines=(notice, *status_lines(turn, case)),
        choices=choices,
        outdated_cases=ends,
        callback_answer=notice,
    )


def status_lines(turn: RequestContext, number: int) -> Iterator[str]:
    """How a case stands now, in a line or two."""
    if not number:
        return
    case, duty = turn.case(number)
    waits = turn.pending_actions(case, duty)
    yield turn.say(
        "talk.about", kind=turn.labels.duty(duty), name=turn.card_builder.case_title(case), case=number
    )
    yield from (so_far := list(turn.card_builder.progress_lines(case, duty)))
    for wait in waits[:2]:
        who = "、".join(turn.labels.post(person) for person in wait.who) or "—"
        yield turn.say(
            "talk.now_by", stage=turn.labels.wait_label(wait), who=who, when=turn.card_builder.due_text(wait)
        )
    if not waits and not so_far:
        yield turn.say("talk.nothing_left")


def _require_pending(turn: RequestContext, wish: Intent) -> AssignedAction:
    """What the case waits for from the speaker. NothingWaits says how it stands."""
    case, duty = turn.case(wish.case)
    mine = turn.pending_for_actor(case, duty)
    if not mine:
        raise NothingWaits(post=turn.person.post, stands=describe_status(turn, case, duty))
    return next((one for one in mine if one.wait.basis == wish.basis), mine[0])


def _require_pending_signature(turn: RequestContext, wish: Intent) -> AssignedAction:
    case, duty = turn.case(wish.case)
    found = next((one for one in turn.pending_for_actor(case, duty) if one.wait.what is WaitKind.SIGN), None)
    if found is None:
        raise NothingWaits(post=turn.person.post, stands=describe_status(turn, case, duty))
    return found


def describe_status(turn: RequestContext, case: Case, duty: Duty) -> str:
    """Who has decided what last, at which stage it is now, and who may act there."""
    last = next(iter(reversed(case.entries)), None)
    waits = turn.pending_actions(case, duty)
    stage = turn.say("talk.nothing_left")
    if waits:
        posts = "、".join(map(turn.labels.post, waits[0].who)) or "—"
        stage = turn.say("talk.stage_of", stage=turn.labels.wait_label(waits[0]), who=posts)
    who = turn.labels.post(last.actor) if last else "—"
    at = turn.labels.moment(last.recorded_at) if last else "—"
    return turn.say("talk.decided", who=who, at=at, stage=stage)


def _require_seen(turn: RequestContext, wish: Intent, mine: AssignedAction) -> None:
    """A signature is for the text that was shown: another one is shown first."""
    seen = wish.basis or turn.shown_versions.get(wish.case, "")
    if not seen:
        raise NotSeen(case=wish.case)
    if seen != mine.wait.basis:
        raise SeenOtherwise(case=wish.case)


def _split_stage_and_reason(names: list[str], rest: str) -> tuple[str, str]:
    """The stage a reason begins with, by its whole name or what stands before the dot (“初审”), and what follows."""
    for name in names:
        for word in (name, name.partition("·")[0]):
            after = rest.removeprefix(word)
            if rest.startswith(word) and (not after or after[0] in STAGE_DELIMITERS):
                return name, after.strip(STAGE_DELIMITERS)
    return "", rest


def ask_reason(turn: RequestContext, wish: Intent, more: str = "") -> Reply:
    """Ask for the reason that a verb needs."""
    form = DialogForm(act=f"{REASON_FORM}:{wish.verb}", case=wish.case, basis=wish.basis, known={})
    save_form(turn, form)
    word = turn.word(wish.verb)
    lines = (turn.say("talk.why", verb=word, case=wish.case), more)
    return Reply(lines=tuple(filter(None, lines)), choices=(turn.choice("cancel", 0),))
