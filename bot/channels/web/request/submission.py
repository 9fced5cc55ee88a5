"""Recording what a form says: one sitting at the desk, once, and never on a state that has moved on."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping

from bot.channels.web.request.late_entries import read_late_reason
from bot.channels.web.request.request import PageRequest
from scheduler.recording.unit_of_work import UnitOfWork
from storage.eventlog.log import MovedOn

MEANS = "page"
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{22}")

RecordCommand = Callable[[UnitOfWork, str], object]
"""Says something at the desk, under the key by which it is recorded once."""


def record_submission(visit: PageRequest, say: RecordCommand, *, case: int = 0) -> int:
    """Record what is said. Returns the last entry's position; 0 where the same form was recorded before."""
    once = visit.form.get("once", "")
    key = f"page:{once}" if IDEMPOTENCY_KEY.fullmatch(once) else ""
    actor = visit.person.id if visit.person else ""
    with visit.app.recorder.transaction(actor=actor, means=MEANS) as uow:
        if key and uow.log.known_keys([key]):
            return 0  # the button was pressed twice
        _refuse_stale(visit, uow, case)
        uow.give_late_reason(read_late_reason(visit))
        say(uow, key)
    return uow.entries[-1].position if uow.entries else 0


def confirmation_notice(visit: PageRequest, positions: Container[int]) -> Mapping[str, str]:
    """What was just done, as the address says: only what is true is repeated to a person."""
    text = visit.query_value("noted")
    if text == "0":
        return {"key": "page.noted_before", "position": ""}
    known = text.isascii() and text.isdigit() and int(text) in positions
    return {"key": "page.noted" if known else "", "position": text}


def _refuse_stale(visit: PageRequest, uow: UnitOfWork, case: int) -> None:
    if not case:
        return
    entries = uow.case(case).entries
    last = entries[-1].position if entries else 0
    if visit.form.get("seen", "") != str(last):
        raise MovedOn(position=uow.log.end().position)
