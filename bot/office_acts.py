"""What is recorded about the office and not about one case: counts, activities, leave, hand-over; and undoing.

“许可 3” counts three licences, “收费 12000 元” an amount, “培训 宣讲政务公开 80人” an activity.
"""

from __future__ import annotations

import re

from bot.acts import (
    RECORDERS,
    UNDO_LASTS,
    NotForYou,
    Wish,
    WordsMissing,
    forward,
    held_roles,
    person_in,
    recorded,
    sitting,
)
from bot.commands import amount_in, plain
from bot.dialogues import HAND_OVER, Form, begin, keep, leave
from bot.occasions import tell
from bot.replies import Reply
from bot.turn import Turn
from config.errors import Refusal
from config.registers import BY_KEY
from scheduler.calculator import read_day
from scheduler.sitting import MENDABLE
from storage.events import Closed, Entry, Signed, Stepped, case_of
from storage.log import Log

_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:至|到|~|to)\s*(\d{4}-\d\d-\d\d))?")
_PEOPLE = re.compile(r"(\d{1,7})\s*(?:人次|人|家|份|件|people)")
MOST = 2**31 - 1  # what a column of whole numbers holds
LONGEST_TITLE = 100
LOOKED_BACK = 50  # entries: more than anybody's last minute holds


class NotCounted(WordsMissing):
    """How many? Write the number after it, such as: {word} 3 — or an amount: {word} 12000 元."""


class NothingSaid(WordsMissing):
    """What is it? Write it after the word: {word}, and your own words."""


class NothingHeld(WordsMissing):
    """Which one, and how many did it reach? Such as: {word} the new rules 80 people."""


class NoDays(WordsMissing):
    """From when to when? Such as: {word} 2026-12-01 至 2026-12-05."""


class NothingToUndo(Refusal):
    """There is nothing of yours from the last minute that can be undone. To mend an older entry, ask the clerk."""


def register(turn: Turn, wish: Wish) -> Reply:
    """登记: a case of a kind that a person opens. Who applies is entered on the local page, never here."""
    require_recorder(turn)
    return forward(turn, begin(turn, wish.verb, 0, wish.said))


def count(turn: Turn, wish: Wish) -> Reply:
    """Something countable of art. 20 or 42, today."""
    require_recorder(turn)
    key = wish.verb.partition(":")[2]
    register = BY_KEY[key]
    amount = amount_in(wish.said or str(wish.case or ""))  # “许可 3”, and “3 许可” too
    if amount is None or amount > MOST or (not register.money and amount != int(amount)):
        raise NotCounted(word=turn.word(wish.verb))
    with sitting(turn) as desk:
        if register.money:
            desk.count(key, turn.today, amount_yuan=amount)
        else:
            desk.count(key, turn.today, quantity=int(amount))
    return recorded(turn, desk, 0, undo=True)


def hold(turn: Turn, wish: Wish) -> Reply:
    """An activity, with how many it reached."""
    require_recorder(turn)
    key = wish.verb.partition(":")[2]
    if not wish.said:
        raise NothingHeld(word=turn.word(wish.verb))
    found = _PEOPLE.search(wish.said)
    title = _PEOPLE.sub("", wish.said).strip(" ，,")[:LONGEST_TITLE]
    with sitting(turn) as desk:
        desk.hold(key, turn.today, title=title or turn.word(wish.verb), reached=int(found[1]) if found else 0)
    return recorded(turn, desk, 0, undo=True)


def away(turn: Turn, wish: Wish) -> Reply:
    """请假: from one day to another; the deputy of the office's file acts, or whoever is named."""
    found = _DAYS.search(wish.rest)
    if found is None:
        raise NoDays(word=turn.word("away"))
    first, last = read_day(found[1]), read_day(found[2] or found[1])
    rest = _DAYS.sub("", wish.rest).strip(" ，,")
    named = wish.data or rest
    deputy = (
        person_in(turn, Wish(verb="away", rest=rest, data=wish.data))[0].id if named else turn.person.deputy
    )
    with sitting(turn) as desk:
        desk.delegate(turn.person.id, deputy, first, last)
    return recorded(turn, desk, 0)


def hand_over(turn: Turn, wish: Wish) -> Reply:
    """移交: everything that waits for the speaker goes to another; confirmed first."""
    to, reason = person_in(turn, wish)
    if not wish.confirmed:
        form = Form(act=HAND_OVER, case=0, known={"to": to.id, "reason": reason})
        keep(turn, form)
        lines = (turn.say("talk.hand_over", post=to.post),)
        choices = (turn.choice("confirm", 0, form.print), turn.choice("cancel", 0))
        return Reply(lines=lines, choices=choices)
    leave(turn)
    with sitting(turn) as desk:
        desk.hand_over(turn.person.id, to.id, reason)
    return recorded(turn, desk, 0)


def undo(turn: Turn, wish: Wish) -> Reply:
    """撤销: the speaker's last act, within a minute of it."""
    now, office = turn.works.clock.now(), turn.works.office.slug
    log = Log(turn.connection, office)
    entries = list(log.read(after=max(0, log.end().position - LOOKED_BACK)))
    mine = [one for one in entries if one.actor == turn.person.id and now - one.recorded_at <= UNDO_LASTS]
    mine = [one for one in mine if not wish.case or case_of(one.record) == wish.case]
    position = int(wish.data.get("position", 0)) or (mine[-1].position if mine else 0)
    found = next((one for one in mine if one.position == position), None)
    if found is None or not _safe_to_undo(turn, found):
        raise NothingToUndo
    reason = turn.say("talk.undone")
    with sitting(turn) as desk:
        if isinstance(found.record, Signed):
            desk.withdraw(found.record.case, turn.person.id, reason)
        else:
            desk.amend(found.position, reason)
    return recorded(turn, desk, getattr(found.record, "case", 0) if isinstance(found.record, Signed) else 0)


def _safe_to_undo(turn: Turn, entry: Entry) -> bool:
    """What left the office was confirmed instead, and is never undone unheard."""
    record = entry.record
    if isinstance(record, Stepped):
        step = turn.case(record.case)[1].step(record.step)
        return bool(step and not step.released)
    return isinstance(record, (*MENDABLE, Signed)) and not isinstance(record, Closed)


def feedback(turn: Turn, wish: Wish) -> Reply:
    """反馈: whatever somebody wants to say about the work; the clerks hear it, and the log holds none of it."""
    said = plain(wish.said)
    if not said:
        raise NothingSaid(word=turn.word("feedback"))
    clerks = [person.id for person in turn.works.office.holders("clerk")]
    tell(turn.works, turn.connection, clerks, "feedback", basis=f"{turn.person.post}：{said}")
    return Reply(lines=(turn.say("talk.feedback"),))


def require_recorder(turn: Turn) -> None:
    """Whoever keeps the registers, or stands in for them. NotForYou names them."""
    if not held_roles(turn) & RECORDERS:
        clerks = "、".join(person.post for person in turn.works.office.holders("clerk"))
        raise NotForYou(post=turn.person.post, who=clerks)
