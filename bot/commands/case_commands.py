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
    REFERENCE,
    STEP,
    WHY,
    Form,
    asked,
    begin,
    keep,
    leave,
    missing,
)
from bot.dialog.permissions import RECORDERS, held_roles, unwritten
from bot.dialog.reply import Reply
from bot.dialog.turn import Pending, Turn
from config.clock import OFFICE_ZONE
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import Sitting
from scheduler.worklist.pending import AT_A_STAGE, What, holders_of
from storage.events.case import Case, chain_kind

UNDO_LASTS = timedelta(seconds=60)
HOUR = timedelta(hours=1)
EDGES = " ，,:：。；;"
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
class Wish:
    """What somebody wants done: the verb, the case, their own words, and what stood on the button they pressed."""

    verb: str
    case: int = 0
    rest: str = ""
    basis: str = ""
    """What they decided on; empty where they wrote instead of pressing, then it is what they were shown last."""
    data: Mapping[str, str | int] = field(default_factory=dict)
    confirmed: bool = False
    said: str = ""
    """Their own words with a number that stood first, for verbs that are about no case."""
    body: str = ""
    """The same line by line, as they were written: a text keeps its paragraphs."""


Verb = Callable[[Turn, Wish], Reply]


def approve(turn: Turn, wish: Wish) -> Reply:
    """同意: sign the stage that waits for the speaker, on the text they were shown."""
    mine = _to_sign(turn, wish)
    _require_seen(turn, wish, mine)
    with sitting(turn) as desk:
        at = desk.standing(wish.case)
        desk.sign(wish.case, turn.person.id, mine.wait.stage, at.manifest, said_at=turn.at.isoformat())
    return recorded(turn, desk, wish.case, undo=True)


def send_back(turn: Turn, wish: Wish) -> Reply:
    """退回修改: back to the writer, or to an earlier stage whose name opens the reason; a village's items, to it."""
    case, duty = turn.case(wish.case)
    if duty.round and not case.approvals:
        return step_taken(turn, replace(wish, verb=f"{STEP}:{duty.round.returned}"))
    mine = _to_sign(turn, wish)
    _require_seen(turn, wish, mine)
    names = [stage.name for stage in turn.works.office.chain(chain_kind(mine.case, mine.duty)).stages]
    to, reason = _stage_in(names, wish.rest)
    if not reason:
        earlier = names[: names.index(mine.wait.stage)] if mine.wait.stage in names else []
        return ask_why(turn, wish, turn.say("talk.why_stage", stages="、".join(earlier)) if earlier else "")
    with sitting(turn) as desk:
        desk.send_back(wish.case, turn.person.id, desk.standing(wish.case).manifest, reason, to)
    return recorded(turn, desk, wish.case)


def reject(turn: Turn, wish: Wish) -> Reply:
    """不予通过: the text's way ends here, with a reason."""
    mine = _to_sign(turn, wish)
    _require_seen(turn, wish, mine)
    if not wish.rest:
        return ask_why(turn, wish)
    with sitting(turn) as desk:
        desk.reject(wish.case, turn.person.id, desk.standing(wish.case).manifest, wish.rest)
    return recorded(turn, desk, wish.case)


def withdraw(turn: Turn, wish: Wish) -> Reply:
    """撤回: one's own signature back, with a reason, while the next stage has not acted."""
    turn.case(wish.case)
    if not wish.rest:
        return ask_why(turn, wish)
    with sitting(turn) as desk:
        desk.withdraw(wish.case, turn.person.id, wish.rest)
    return recorded(turn, desk, wish.case)


def acknowledge(turn: Turn, wish: Wish) -> Reply:
    """在办: in hand, and left in peace until the next rung."""
    mine = _waiting(turn, wish)
    with sitting(turn) as desk:
        desk.acknowledge(wish.case, turn.person.id, mine.wait.basis)
    return recorded(turn, desk, wish.case, moved=False)


def snooze(turn: Turn, wish: Wish) -> Reply:
    """稍后提醒: in an hour, before closing time, or tomorrow morning."""
    mine = _waiting(turn, wish)
    choice = str(wish.data.get("until", "")) or wish.rest
    times = snooze_times(turn)
    until = next((at for key, at in times.items() if choice in {key, turn.say(f"talk.snooze.{key}")}), None)
    if until is None:
        choices = tuple(
            turn.choice("snooze", wish.case, until=key, label=turn.say(f"talk.snooze.{key}")) for key in times
        )
        return Reply(lines=(turn.say("talk.snooze.when"),), choices=choices)
    with sitting(turn) as desk:
        desk.snooze(wish.case, turn.person.id, mine.wait.basis, until.isoformat())
    reply = recorded(turn, desk, wish.case, moved=False)
    return replace(reply, lines=(*reply.lines, turn.say("talk.snooze.until", at=turn.labels.moment(until))))


def snooze_times(turn: Turn) -> dict[str, datetime]:
    """When somebody can be reminded again."""
    now = turn.works.clock.now()
    evening = datetime.combine(turn.today, CLOSING_TIME, OFFICE_ZONE) - HOUR
    morning = datetime.combine(turn.calendar.nth_after(turn.today, 1), MORNING, OFFICE_ZONE)
    times = {"hour": now + HOUR, "evening": evening.astimezone(UTC), "morning": morning.astimezone(UTC)}
    return {key: at for key, at in times.items() if at > now}


def step_taken(turn: Turn, wish: Wish) -> Reply:
    """A declared step of a case, with what it asks."""
    form = begin(turn, wish.verb, wish.case, wish.rest, basis=wish.basis)
    form = replace(
        form, known={**dict(form.known), **{key: str(value) for key, value in wish.data.items() if value}}
    )
    return forward(turn, replace(form, confirmed=wish.confirmed))


def closed(turn: Turn, wish: Wish) -> Reply:
    """办结: a case ends with one of its declared outcomes."""
    return forward(turn, begin(turn, CLOSE, wish.case, wish.rest, basis=wish.basis))


def forward(turn: Turn, form: Form) -> Reply:
    """Ask what is missing, have confirmed what leaves the office, and record the rest."""
    if form.kind != OPEN:
        require_may(turn, form.case)
    if form.kind == STEP and not (duty := turn.case(form.case)[1]).step(form.key):
        words = {"kind": turn.labels.duty(duty), "step": turn.word(form.act), "word": turn.word("steps")}
        raise NotOfThisKind(case=form.case, **words)
    question = next(missing(turn, form), None)
    if question:
        return asked(turn, form, question)
    if _leaves_the_office(turn, form) and not form.confirmed:
        keep(turn, form)
        lines = (turn.say("talk.confirm", what=_spoken(turn, form), case=form.case),)
        choices = (turn.choice("confirm", form.case, form.print), turn.choice("cancel", 0))
        return Reply(lines=lines, choices=choices)
    leave(turn)
    return _record(turn, form)


def _record(turn: Turn, form: Form) -> Reply:
    known = dict(form.known)
    number = form.case
    with sitting(turn) as desk:
        if form.kind == OPEN:
            number = desk.open(
                form.key, known[REFERENCE], form.day, form.facts(turn.works.duties[form.key].fields)
            )
        elif form.kind == CLOSE:
            desk.close(form.case, known[OUTCOME], form.day)
        else:
            step = turn.case(form.case)[1].step(form.key)
            desk.step(form.case, form.key, form.day, form.facts(step.fields if step else ()))
    reply = recorded(turn, desk, number, undo=not form.confirmed)
    if form.kind == OPEN and unwritten(*turn.case(number)):
        return replace(reply, choices=(turn.choice("draft", number), *reply.choices))
    return reply


def _leaves_the_office(turn: Turn, form: Form) -> bool:
    """An answer or a text that goes out cannot be undone unheard: it is confirmed instead."""
    if form.kind == OPEN:
        return False
    duty = turn.case(form.case)[1]
    if form.kind == CLOSE:
        return True
    step = duty.step(form.key)
    return bool(step and step.released)


def _spoken(turn: Turn, form: Form) -> str:
    if form.kind == CLOSE:
        outcome = turn.case(form.case)[1].outcome(dict(form.known)[OUTCOME])
        return turn.say("page.told.closed", outcome=turn.labels.of(outcome) if outcome else "")
    return turn.word(form.act, turn.case(form.case)[1])


def require_may(turn: Turn, number: int) -> None:
    """Whoever the case waits for or is with, and whoever keeps the registers; the desk judges the rest."""
    case, duty = turn.case(number)
    mine = [one for one in turn.mine(case, duty) if one.wait.what not in AT_A_STAGE | {What.REWRITE}]
    # A village that has reported may report more: its month waits for nothing from it, and is still its own.
    holders = holders_of(case, case.opening, duty, turn.works.office, turn.absences) if case.opening else ()
    if mine or turn.acting & set(holders) or held_roles(turn) & RECORDERS:
        return
    who = {person for wait in turn.waits(case, duty) for person in wait.who} or set(holders)
    posts = "、".join(turn.labels.post(person) for person in sorted(who)) or "—"
    raise MayNot(post=turn.person.post, who=posts, case=number)


@contextmanager
def sitting(turn: Turn) -> Iterator[Sitting]:
    """The desk, inside the turn's transaction."""
    with turn.works.desk.sitting(actor=turn.person.id, means=turn.channel, within=turn.connection) as desk:
        desk.read.update(turn.read)
        yield desk
    turn.read.update(desk.read)


def recorded(turn: Turn, desk: Sitting, case: int, *, undo: bool = False, moved: bool = True) -> Reply:
    """已记录 №N, and how the case stands now. Where it ``moved``, the buttons that were made for it are over."""
    position = desk.entries[-1].position
    notice = turn.say("talk.recorded", position=position)
    if case and moved:
        turn.handles.end(case, at=turn.works.clock.now())
    choices = (turn.choice("undo", case, position=position),) if undo else ()
    ends = (case,) if case and moved else ()
    return Reply(lines=(notice, *stands(turn, case)), choices=choices, ends=ends, notice=notice)


def stands(turn: Turn, number: int) -> Iterator[str]:
    """How a case stands now, in a line or two."""
    if not number:
        return
    case, duty = turn.case(number)
    waits = turn.waits(case, duty)
    yield turn.say("talk.about", kind=turn.labels.duty(duty), name=turn.dealer.name(case), case=number)
    yield from (so_far := list(turn.dealer.so_far(case, duty)))
    for wait in waits[:2]:
        who = "、".join(turn.labels.post(person) for person in wait.who) or "—"
        yield turn.say("talk.now_by", stage=turn.labels.waited(wait), who=who, when=turn.dealer.by_when(wait))
    if not waits and not so_far:
        yield turn.say("talk.nothing_left")


def _waiting(turn: Turn, wish: Wish) -> Pending:
    """What the case waits for from the speaker. NothingWaits says how it stands."""
    case, duty = turn.case(wish.case)
    mine = turn.mine(case, duty)
    if not mine:
        raise NothingWaits(post=turn.person.post, stands=how_it_stands(turn, case, duty))
    return next((one for one in mine if one.wait.basis == wish.basis), mine[0])


def _to_sign(turn: Turn, wish: Wish) -> Pending:
    case, duty = turn.case(wish.case)
    found = next((one for one in turn.mine(case, duty) if one.wait.what is What.SIGN), None)
    if found is None:
        raise NothingWaits(post=turn.person.post, stands=how_it_stands(turn, case, duty))
    return found


def how_it_stands(turn: Turn, case: Case, duty: Duty) -> str:
    """Who has decided what last, at which stage it is now, and who may act there."""
    last = next(iter(reversed(case.entries)), None)
    waits = turn.waits(case, duty)
    stage = turn.say("talk.nothing_left")
    if waits:
        posts = "、".join(map(turn.labels.post, waits[0].who)) or "—"
        stage = turn.say("talk.stage_of", stage=turn.labels.waited(waits[0]), who=posts)
    who = turn.labels.post(last.actor) if last else "—"
    at = turn.labels.moment(last.recorded_at) if last else "—"
    return turn.say("talk.decided", who=who, at=at, stage=stage)


def _require_seen(turn: Turn, wish: Wish, mine: Pending) -> None:
    """A signature is for the text that was shown: another one is shown first."""
    seen = wish.basis or turn.seen.get(wish.case, "")
    if not seen:
        raise NotSeen(case=wish.case)
    if seen != mine.wait.basis:
        raise SeenOtherwise(case=wish.case)


def _stage_in(names: list[str], rest: str) -> tuple[str, str]:
    """The stage a reason begins with, by its whole name or what stands before the dot (“初审”), and what follows."""
    for name in names:
        for word in (name, name.partition("·")[0]):
            after = rest.removeprefix(word)
            if rest.startswith(word) and (not after or after[0] in EDGES):
                return name, after.strip(EDGES)
    return "", rest


def ask_why(turn: Turn, wish: Wish, more: str = "") -> Reply:
    """Ask for the reason that a verb needs."""
    form = Form(act=f"{WHY}:{wish.verb}", case=wish.case, basis=wish.basis, known={})
    keep(turn, form)
    word = turn.word(wish.verb)
    lines = (turn.say("talk.why", verb=word, case=wish.case), more)
    return Reply(lines=tuple(filter(None, lines)), choices=(turn.choice("cancel", 0),))
