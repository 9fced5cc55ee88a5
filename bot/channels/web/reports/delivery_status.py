"""Delivery: what is still to be said to whom, what may or may not have arrived, what reached nobody, and why.

And what was set aside: a case the sweep could not deal with, an update that could not be handled. They stop nothing
else, but somebody has to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from storage.messaging.accounts import Account, Accounts, Place, Places
from storage.messaging.accounts import State as Reached
from storage.messaging.inbox import InboxRows, Stored, set_aside
from storage.messaging.outbox import Outbox, Queued, State
from storage.messaging.wake_queue import SetAside, Wakes

LOOKED_BACK = timedelta(days=30)
MOST = 200
TROUBLE = frozenset({State.UNCERTAIN, State.REFUSED})
PLACE = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One notice, or one person's trouble, in words."""

    who: str
    what: str
    case: int
    state: State
    why: str
    at: str
    attempts: int


def delivery(visit: Visit) -> Response:
    """Everything that is not simply done."""
    office = visit.works.office.slug
    with visit.works.store.reading() as connection:
        outbox = Outbox(connection, office)
        waiting = outbox.waiting()
        recent = [one for one in outbox.since(visit.at - LOOKED_BACK) if one.state in TROUBLE]
        lost: list[Account | Place] = [
            *Accounts(connection, office).unreachable(),
            *(place for place in Places(connection, office).all() if place.state is not Reached.OK),
        ]
        cases, updates = Wakes(connection, office).aside(), set_aside(connection, office)
    return visit.show(
        "delivery.html",
        waiting=list(_lines(visit, waiting[:MOST])),
        hidden=max(0, len(waiting) - MOST),
        trouble=list(_lines(visit, recent[:MOST])),
        lost=[_lost(visit, one) for one in lost],
        cases=[_case(visit, one) for one in cases],
        updates=[_update(visit, one) for one in updates],
    )


def try_again(visit: Visit) -> Response:
    """What was set aside is tried once more: whoever mended the program says so. Whoever listens looks by itself."""
    number, office = visit.form.get("update", ""), visit.works.office.slug
    with visit.works.store.writing(office) as connection:
        found = next((one for one in set_aside(connection, office) if str(one.number) == number), None)
        if found is None:
            raise NoSuchPage
        InboxRows(connection, office, "").try_again(found.number, visit.at)
    return visit.go("/delivery")


def _lines(visit: Visit, rows: Iterable[Queued]) -> Iterator[Line]:
    for row in rows:
        notice = row.notice
        group = notice.person.removeprefix(PLACE) if notice.person.startswith(PLACE) else ""
        yield Line(
            who=group or visit.labels.post(notice.person),
            what=_what(visit, notice.what),
            case=notice.case,
            state=row.state,
            why=_why(visit, row.why),
            at=visit.labels.moment(max(notice.not_before, notice.created_at)),
            attempts=row.attempts,
        )


def _what(visit: Visit, what: str) -> str:
    phrase = f"talk.what.{what}"
    return visit.say(phrase) if phrase in visit.labels.book.phrases else what


def _why(visit: Visit, why: str) -> str:
    """Why it did not go: a key in words, where there are some for it."""
    phrase = f"page.delivery.why.{why}"
    return visit.say(phrase) if phrase in visit.labels.book.phrases else why


def _lost(visit: Visit, one: Account | Place) -> tuple[str, str, str, str]:
    who = visit.labels.post(one.person) if isinstance(one, Account) else one.title
    return who, one.channel, visit.say(f"page.people.state.{one.state}"), visit.labels.moment(one.marked_at)


def _case(visit: Visit, one: SetAside) -> tuple[int, str, str]:
    return one.case, one.fault, visit.labels.moment(one.until)


def _update(visit: Visit, one: Stored) -> tuple[int, str, str]:
    return one.number, one.fault, visit.labels.moment(one.received_at)
