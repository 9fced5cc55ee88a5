"""What is recorded about the office and not about one case: counts, activities, leave, hand-over; and undoing.

“许可 3” counts three licences, “收费 12000 元” an amount, “培训 宣讲政务公开 80人” an activity.
"""

from __future__ import annotations

import re
from datetime import date

from bot.acts import RECORDERS, UNDO_LASTS, MayNot, Wish, forward, held_roles, person_in, recorded, sitting
from bot.commands import amount_in
from bot.dialogues import begin
from bot.replies import Reply
from bot.turn import Turn
from config.errors import Refusal
from config.registers import BY_KEY
from scheduler.sitting import MENDABLE
from storage.events import Signed
from storage.log import Log

_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:至|到|~|to)\s*(\d{4}-\d\d-\d\d))?")
_PEOPLE = re.compile(r"(\d{1,7})\s*(?:人次|人|people)")
LOOKED_BACK = 50  # entries: more than anybody's last minute holds


class NotCounted(Refusal):
    """How many? Write the number after it, such as: {word} 3 — or an amount: {word} 12000 元."""


class NoDays(Refusal):
    """From when to when? Such as: {word} 2026-12-01 至 2026-12-05."""


class NothingToUndo(Refusal):
    """There is nothing of yours from the last minute that can be undone. To mend an older entry, ask the clerk."""


def register(turn: Turn, wish: Wish) -> Reply:
    """登记: a case of a kind that a person opens. Who applies is entered on the local page, never here."""
    _require_recorder(turn)
    return forward(turn, begin(turn, wish.verb, 0, f"{wish.case or ''} {wish.rest}".strip()))


def count(turn: Turn, wish: Wish) -> Reply:
    """Something countable of art. 20 or 42, today."""
    _require_recorder(turn)
    key = wish.verb.partition(":")[2]
    register = BY_KEY[key]
    said = f"{wish.case} {wish.rest}".strip() if wish.case else wish.rest
    amount = amount_in(said)
    if amount is None or (not register.money and amount != int(amount)):
        raise NotCounted(word=turn.word(wish.verb))
    with sitting(turn) as desk:
        if register.money:
            desk.count(key, turn.today, amount_yuan=amount)
        else:
            desk.count(key, turn.today, quantity=int(amount))
    return recorded(turn, desk, 0, undo=True)


def hold(turn: Turn, wish: Wish) -> Reply:
    """An activity, with how many it reached."""
    _require_recorder(turn)
    key = wish.verb.partition(":")[2]
    found = _PEOPLE.search(wish.rest)
    title = _PEOPLE.sub("", wish.rest).strip(" ，,")
    with sitting(turn) as desk:
        desk.hold(key, turn.today, title=title or turn.word(wish.verb), reached=int(found[1]) if found else 0)
    return recorded(turn, desk, 0, undo=True)


def away(turn: Turn, wish: Wish) -> Reply:
    """请假: from one day to another; the deputy of the office's file acts, or whoever is named."""
    found = _DAYS.search(wish.rest)
    if found is None:
        raise NoDays(word=turn.word("away"))
    first, last = found[1], found[2] or found[1]
    rest = _DAYS.sub("", wish.rest).strip(" ，,")
    named = wish.data or rest
    deputy = (
        person_in(turn, Wish(verb="away", rest=rest, data=wish.data))[0].id if named else turn.person.deputy
    )
    with sitting(turn) as desk:
        desk.delegate(turn.person.id, deputy, date.fromisoformat(first), date.fromisoformat(last))
    return recorded(turn, desk, 0)


def hand_over(turn: Turn, wish: Wish) -> Reply:
    """移交: everything that waits for the speaker goes to another; confirmed first."""
    to, reason = person_in(turn, wish)
    if not wish.confirmed:
        lines = (turn.say("talk.hand_over", post=to.post),)
        button = turn.choice("hand_over", 0, to=to.id, reason=reason, sure=1, label=turn.word("confirm"))
        return Reply(lines=lines, choices=(button, turn.choice("cancel", 0)))
    with sitting(turn) as desk:
        desk.hand_over(turn.person.id, to.id, reason)
    return recorded(turn, desk, 0)


def undo(turn: Turn, wish: Wish) -> Reply:
    """撤销: the speaker's last act, within a minute of it."""
    now, office = turn.works.clock.now(), turn.works.office.slug
    log = Log(turn.connection, office)
    entries = list(log.read(after=max(0, log.end().position - LOOKED_BACK)))
    mine = [one for one in entries if one.actor == turn.person.id and now - one.recorded_at <= UNDO_LASTS]
    position = int(wish.data.get("position", 0)) or (mine[-1].position if mine else 0)
    found = next((one for one in mine if one.position == position), None)
    if found is None or not isinstance(found.record, (*MENDABLE, Signed)):
        raise NothingToUndo
    reason = turn.say("talk.undone")
    with sitting(turn) as desk:
        if isinstance(found.record, Signed):
            desk.withdraw(found.record.case, turn.person.id, reason)
        else:
            desk.amend(found.position, reason)
    return recorded(turn, desk, getattr(found.record, "case", 0) if isinstance(found.record, Signed) else 0)


def _require_recorder(turn: Turn) -> None:
    if not held_roles(turn) & RECORDERS:
        clerks = "、".join(person.post for person in turn.works.office.holders("clerk"))
        raise MayNot(post=turn.person.post, who=clerks, case="")
