"""Enters a year's notice on days off: its sentences are pasted, read, and shown with every due date they move.

Nothing is entered before exactly these sentences were shown as they were read.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from starlette.responses import Response

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    new_idempotency_key,
    read_text,
    typed_number,
)
from bot.channels.web.request.request import PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.language.date_parser import read_typed_day
from bot.services.records.holiday_notices import EnteredNotice, enter_notice, notice_from_lines
from config.calendar.working_calendar import DayKind
from config.errors import GongkaiError

TRY, ENTER = "try", "enter"
FIELDS = ("year", "number", "title", "issued_on", "body")
MAX_BODY_LENGTH = 5000  # characters: the notices have under a thousand


def notice_page(page: PageRequest) -> Response:
    """The years that are known, and the form of the next notice."""
    return _render(page)


def submit_notice(page: PageRequest) -> Response:
    """Try the notice and show what it moves; enter it where that was shown for exactly this text."""
    enters = page.form.get("act") == ENTER and page.form.get("tried", "") == _digest(page)
    try:
        entered = enter_notice(
            page.app,
            _data(page),
            by=page.me.id,
            means=WEB_CHANNEL,
            dry_run=not enters,
            account=page.account,
        )
    except GongkaiError as refused:
        return _render(page, problems=_problem_lines(page, refused))
    if enters:
        return page.redirect(f"/calendar?entered={entered.notice.year}")
    return _render(page, entered)


def _data(page: PageRequest) -> dict[str, object]:
    """The notice as it was typed. NotFilled, NotADay, NoticeLineUnread."""
    said = {
        name: read_text(name, _label(page, name), page.form, required=name in {"year", "number"})
        for name in FIELDS
        if name != "body"
    }
    year = typed_number(said["year"])
    issued = read_typed_day(said["issued_on"], page.app.today) if said["issued_on"] else None
    lines = page.form.get("body", "")[:MAX_BODY_LENGTH].splitlines()
    number = int(year) if year.isascii() and year.isdigit() and len(year) == len("2026") else 0
    return notice_from_lines(number, said["number"], said["title"], issued, lines)


def _label(page: PageRequest, name: str) -> str:
    return page.say(f"notice.field.{name}")


def _digest(page: PageRequest) -> str:
    return sha256("\n".join(page.form.get(name, "") for name in FIELDS).encode()).hexdigest()


def _problem_lines(page: PageRequest, refused: GongkaiError) -> tuple[str, ...]:
    found = getattr(refused, "findings", ())
    return tuple(page.labels.book.finding(one) for one in found) or (page.labels.book.error(refused),)


def _render(
    page: PageRequest, entered: EnteredNotice | None = None, problems: tuple[str, ...] = ()
) -> Response:
    calendar = page.app.known_calendar()
    known = page.query_value("entered")
    return page.render(
        "calendar.html",
        422 if problems else 200,
        form=_form(page),
        entered=entered,
        days=list(_day_lines(page, entered)) if entered else [],
        tried=_digest(page) if entered else "",
        problems=problems,
        notices=sorted(calendar.notices.values(), key=lambda one: -one.year),
        told=page.say("notice.done", year=known)
        if known.isdecimal() and int(known) in calendar.notices
        else "",
    )


def _day_lines(page: PageRequest, entered: EnteredNotice) -> Iterator[str]:
    for one in sorted(entered.notice.days(), key=lambda day: day.day):
        key = "notice.off" if one.kind is DayKind.HOLIDAY else "notice.work"
        yield page.say(key, day=page.labels.day(one.day), name=one.name)


def _form(page: PageRequest) -> WebForm:
    year = (page.app.known_calendar().known_until or page.app.today).year + 1
    values = {"year": str(year)} | {name: page.form[name] for name in FIELDS if name in page.form}
    return WebForm(
        key=TRY,
        title=page.say("notice.title"),
        button=page.say("notice.try"),
        web_fields=tuple(
            WebField(
                name=name,
                label=_label(page, name),
                kind="area" if name == "body" else "date" if name == "issued_on" else "text",
                required=name in {"year", "number", "body"},
                value=values.get(name, ""),
                hint=page.say("notice.hint") if name == "body" else "",
            )
            for name in FIELDS
        ),
        action="/calendar",
        topics=("notice",),
        idempotency_key=new_idempotency_key(),
    )
