"""Records activities that are no case (宣传、培训、会议 …) and lists this year's, with the totals for the prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    day_field,
    new_idempotency_key,
    read_legal_day,
    read_quantity,
    read_text,
)
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.submission import confirmation_notice, late_reason_fields, record_submission
from bot.language.labels import EventText, describe_event
from bot.services.activities import activities_of_year
from config.errors import Refusal
from config.reporting.registers import ACTIVITIES, Activity
from scheduler.recording.unit_of_work import UnitOfWork
from storage.events.office_events import ActivityHeld

HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """One activity in the list of the year."""

    position: int
    event: EventText


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityTotal:
    """The year's total of one kind: how often, how many people, and the names a template uses for these figures."""

    label: str
    times: int
    people: int
    names: tuple[str, str]


def activities_page(page: PageRequest) -> Response:
    """This year's activities, and the form for the next one."""
    return _render_page(page)


def submit_activity(page: PageRequest) -> Response:
    """Record one activity."""
    try:
        held = read_activity(page, read_legal_day(page.form, page.say("page.counted_on"), page.app.today))
        place = record_submission(page, lambda uow, key: _record_activity(uow, held, key))
    except Refusal as refused:
        return _render_page(page, page.labels.book.error(refused))
    return page.redirect(f"/activities?noted={place}")


def _record_activity(uow: UnitOfWork, held: ActivityHeld, key: str) -> None:
    uow.registers.record_activity(
        held.matter, held.happened_on, held.title, held.reached, held.evidence, key=key
    )


def activity_fields(page: PageRequest, held: ActivityHeld | None = None) -> Iterator[WebField]:
    """The fields of an activity beside its day; filled in where an activity is being corrected."""
    kinds = tuple((one.key, page.labels.label(one)) for one in ACTIVITIES)
    say, hint = page.say, page.say("page.held.no_names")
    yield WebField(
        name="kind",
        label=say("page.held.kind"),
        kind="choice",
        required=True,
        choices=kinds,
        value=held.matter if held else "",
    )
    title = held.title if held else ""
    yield WebField(name="called", label=say("page.held.title"), required=True, value=title, hint=hint)
    reached = str(held.reached) if held else ""
    yield WebField(
        name="quantity", label=say("page.held.reached"), kind="number", required=True, value=reached
    )
    yield WebField(name="evidence", label=say("page.held.evidence"), value=held.evidence if held else "")


def read_activity(page: PageRequest, day: date) -> ActivityHeld:
    """Read a submitted activity; the recorder validates its kind. NotFilled, TooLong, NotANumber."""
    sent = page.form
    return ActivityHeld(
        happened_on=day,
        matter=read_text("kind", page.say("page.held.kind"), sent, required=True),
        title=read_text("called", page.say("page.held.title"), sent, required=True),
        reached=read_quantity(sent, page.say("page.held.reached"), least=0),
        evidence=read_text("evidence", page.say("page.held.evidence"), sent),
    )


def _render_page(page: PageRequest, problem: str = "") -> Response:
    found = activities_of_year(page.app, page.app.today.year)
    with page.app.log() as log:
        end = log.end().position
    form = WebForm(
        key=HOLD,
        title=page.say("page.held.new"),
        button=page.say("page.record"),
        web_fields=(
            day_field(page.say("page.counted_on"), page.app.today),
            *activity_fields(page),
            *late_reason_fields(page),
        ),
        action="/activities",
        idempotency_key=new_idempotency_key(),
    )
    return page.render(
        "activities.html",
        422 if problem else 200,
        form=form.resubmitted(page.form, problem) if problem else form,
        lines=[
            ActivityEntry(position=place, event=describe_event(held, None, page.labels))
            for place, held in found
        ],
        sums=list(_activity_totals(page, [held for _, held in found])),
        noted=confirmation_notice(page, range(1, end + 1)),
    )


def _activity_totals(page: PageRequest, found: Sequence[ActivityHeld]) -> Iterator[ActivityTotal]:
    for one in ACTIVITIES:
        mine = [held for held in found if held.matter == one.key]
        if mine:
            yield _activity_total(page, one, mine)


def _activity_total(page: PageRequest, one: Activity, mine: Sequence[ActivityHeld]) -> ActivityTotal:
    people = sum(held.reached for held in mine)
    return ActivityTotal(
        label=page.labels.label(one), times=len(mine), people=people, names=(one.times, one.people)
    )
