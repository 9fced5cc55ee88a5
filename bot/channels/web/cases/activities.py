"""What was held beside the cases (宣传、培训、会议 …): one form, and this year's list with what the prose may use."""

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
from bot.channels.web.request.late_entries import late_reason_fields
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission
from bot.language.labels import EventText, describe_event
from bot.services.activities import activities_of_year
from config.errors import Refusal
from config.reporting.activities import ACTIVITIES, Activity
from scheduler.recording.unit_of_work import UnitOfWork
from storage.events.events import ActivityHeld

HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """One activity in the list."""

    position: int
    event: EventText


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityTotal:
    """A kind's year: how often, how many people, and by which names a template tells of them."""

    label: str
    times: int
    people: int
    names: tuple[str, str]


def activities_page(visit: PageRequest) -> Response:
    """This year's activities, and the form for the next one."""
    return _render_page(visit)


def submit_activity(visit: PageRequest) -> Response:
    """Record one."""
    try:
        held = read_activity(visit, read_legal_day(visit.form, visit.say("page.counted_on")))
        place = record_submission(visit, lambda uow, key: _record_activity(uow, held, key))
    except Refusal as refused:
        return _render_page(visit, visit.labels.book.error(refused))
    return visit.redirect(f"/activities?noted={place}")


def _record_activity(uow: UnitOfWork, held: ActivityHeld, key: str) -> None:
    uow.record_activity(held.matter, held.happened_on, held.title, held.reached, held.evidence, key=key)


def activity_fields(visit: PageRequest, held: ActivityHeld | None = None) -> Iterator[WebField]:
    """What is asked of an activity beside its day."""
    kinds = tuple((one.key, visit.labels.label(one)) for one in ACTIVITIES)
    say, hint = visit.say, visit.say("page.held.no_names")
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


def read_activity(visit: PageRequest, day: date) -> ActivityHeld:
    """An activity as it was filled in; whether there is such a kind is the desk's judgement."""
    sent = visit.form
    return ActivityHeld(
        happened_on=day,
        matter=read_text("kind", visit.say("page.held.kind"), sent, required=True),
        title=read_text("called", visit.say("page.held.title"), sent, required=True),
        reached=read_quantity(sent, visit.say("page.held.reached"), least=0),
        evidence=read_text("evidence", visit.say("page.held.evidence"), sent),
    )


def _render_page(visit: PageRequest, problem: str = "") -> Response:
    found = activities_of_year(visit.app, visit.app.today.year)
    with visit.app.log() as log:
        end = log.end().position
    form = WebForm(
        key=HOLD,
        title=visit.say("page.held.new"),
        button=visit.say("page.record"),
        web_fields=(
            day_field(visit.say("page.counted_on"), visit.app.today),
            *activity_fields(visit),
            *late_reason_fields(visit),
        ),
        action="/activities",
        idempotency_key=new_idempotency_key(),
    )
    return visit.render(
        "activities.html",
        422 if problem else 200,
        form=form.resubmitted(visit.form, problem) if problem else form,
        lines=[
            ActivityEntry(position=place, event=describe_event(held, None, visit.labels))
            for place, held in found
        ],
        sums=list(_activity_totals(visit, [held for _, held in found])),
        noted=confirmation_notice(visit, range(1, end + 1)),
    )


def _activity_totals(visit: PageRequest, found: Sequence[ActivityHeld]) -> Iterator[ActivityTotal]:
    for one in ACTIVITIES:
        mine = [held for held in found if held.matter == one.key]
        if mine:
            yield _activity_total(visit, one, mine)


def _activity_total(visit: PageRequest, one: Activity, mine: Sequence[ActivityHeld]) -> ActivityTotal:
    people = sum(held.reached for held in mine)
    return ActivityTotal(
        label=visit.labels.label(one), times=len(mine), people=people, names=(one.times, one.people)
    )
