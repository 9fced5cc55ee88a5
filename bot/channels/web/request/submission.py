"""Records a submitted form: in one transaction, only once, never on a case that has changed since it was shown.

Once a year is sealed a form also asks for the reason of a late entry: it is recorded beside the published figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping

from bot.channels.web.request.forms import WebField, read_text
from bot.channels.web.request.request import PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.annual_reports import sealed_years
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from storage.eventlog.log import MovedOn

IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
LATE = "late"

RecordCommand = Callable[[UnitOfWork, str], object]
"""Runs commands on a unit of work, under the idempotency key of the form."""


def record_submission(page: PageRequest, command: RecordCommand, *, case: int = 0) -> int:
    """Record a form. Returns the last entry's position; 0 where the same form was recorded before.

    MovedOn where the ``case`` has a newer entry than the form was made on.
    """
    key = submission_key(page)
    actor = page.person.id if page.person else ""
    with page.app.recorder.transaction(actor=actor, means=WEB_CHANNEL, account=page.account) as uow:
        if key and uow.context.log.known_keys([key]):
            return 0  # the button was pressed twice
        _refuse_stale(page, uow, case)
        uow.give_late_reason(read_late_reason(page))
        command(uow, key)
    return uow.entries[-1].position if uow.entries else 0


def read_late_reason(page: PageRequest) -> str:
    """The reason as it was entered; empty where none was."""
    return read_text(LATE, page.say("page.late.label"), page.form)


def refusal_words(page: PageRequest, refused: Refusal) -> str:
    """A refusal in the user's language. A browser keeps no chosen files: that they must be chosen again is said."""
    said, names = page.labels.book.error(refused), "、".join(one.name for one in page.files)
    return f"{said} {page.say('kept.files', names=names)}" if names else said


def submission_key(page: PageRequest) -> str:
    """The idempotency key under which a form is recorded; empty where it was sent with none of ours."""
    once = page.form.get("once", "")
    return f"{WEB_CHANNEL}:{once}" if IDEMPOTENCY_KEY.fullmatch(once) else ""


def confirmation_notice(page: PageRequest, positions: Container[int]) -> Mapping[str, str]:
    """The confirmation that the address asks for; none where its entry is not among the ``positions``."""
    text = page.query_value("noted")
    if text == "0":
        return {"key": "page.noted_before", "position": ""}
    known = text.isascii() and text.isdigit() and int(text) in positions
    return {"key": "page.noted" if known else "", "position": text}


def _refuse_stale(page: PageRequest, uow: UnitOfWork, case: int) -> None:
    if not case:
        return
    entries = uow.context.case(case).entries
    last = entries[-1].position if entries else 0
    if page.form.get("seen", "") != str(last):
        raise MovedOn(position=uow.context.log.end().position)


def late_reason_fields(page: PageRequest) -> tuple[WebField, ...]:
    """The field that asks for the reason; none while the office has sealed no year."""
    years = sorted(sealed_years(page.app).sealed)
    if not years:
        return ()
    hint = page.say("page.late.hint", year=years[-1])
    return (WebField(name=LATE, label=page.say("page.late.label"), hint=hint),)
