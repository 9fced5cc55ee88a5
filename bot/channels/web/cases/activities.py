"""What was held beside the cases (宣传、培训、会议 …): one form, and this year's list with what the prose may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.forms import (
    Blank,
    Form,
    day_blank,
    new_once,
    read_happened,
    read_quantity,
    read_text,
)
from bot.channels.web.request.late_entries import late_blanks
from bot.channels.web.request.request import Visit
from bot.channels.web.request.submission import noted, record
from bot.language.labels import Told, told
from bot.services.activities import held_in
from config.errors import Refusal
from config.reporting.activities import ACTIVITIES, Activity
from scheduler.recording.unit_of_work import Sitting
from storage.events.events import Held

HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShown:
    """One activity in the list."""

    position: int
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A kind's year: how often, how many people, and by which names a template tells of them."""

    label: str
    times: int
    people: int
    names: tuple[str, str]


def activities(visit: Visit) -> Response:
    """This year's activities, and the form for the next one."""
    return _shown(visit)


def hold(visit: Visit) -> Response:
    """Record one."""
    try:
        held = read_held(visit, read_happened(visit.form, visit.say("page.counted_on")))
        place = record(visit, lambda desk, key: _hold(desk, held, key))
    except Refusal as refused:
        return _shown(visit, visit.labels.book.error(refused))
    return visit.go(f"/activities?noted={place}")


def _hold(desk: Sitting, held: Held, key: str) -> None:
    desk.hold(held.matter, held.happened_on, held.title, held.reached, held.evidence, key=key)


def held_blanks(visit: Visit, held: Held | None = None) -> Iterator[Blank]:
    """What is asked of an activity beside its day."""
    kinds = tuple((one.key, visit.labels.of(one)) for one in ACTIVITIES)
    say, hint = visit.say, visit.say("page.held.no_names")
    yield Blank(
        name="kind",
        label=say("page.held.kind"),
        kind="choice",
        required=True,
        choices=kinds,
        value=held.matter if held else "",
    )
    title = held.title if held else ""
    yield Blank(name="called", label=say("page.held.title"), required=True, value=title, hint=hint)
    reached = str(held.reached) if held else ""
    yield Blank(name="quantity", label=say("page.held.reached"), kind="number", required=True, value=reached)
    yield Blank(name="evidence", label=say("page.held.evidence"), value=held.evidence if held else "")


def read_held(visit: Visit, day: date) -> Held:
    """An activity as it was filled in; whether there is such a kind is the desk's judgement."""
    sent = visit.form
    return Held(
        happened_on=day,
        matter=read_text("kind", visit.say("page.held.kind"), sent, required=True),
        title=read_text("called", visit.say("page.held.title"), sent, required=True),
        reached=read_quantity(sent, visit.say("page.held.reached"), least=0),
        evidence=read_text("evidence", visit.say("page.held.evidence"), sent),
    )


def _shown(visit: Visit, problem: str = "") -> Response:
    found = held_in(visit.works, visit.works.today.year)
    with visit.works.log() as log:
        end = log.end().position
    form = Form(
        key=HOLD,
        title=visit.say("page.held.new"),
        button=visit.say("page.record"),
        blanks=(
            day_blank(visit.say("page.counted_on"), visit.works.today),
            *held_blanks(visit),
            *late_blanks(visit),
        ),
        action="/activities",
        once=new_once(),
    )
    return visit.show(
        "activities.html",
        422 if problem else 200,
        form=form.again(visit.form, problem) if problem else form,
        lines=[HeldShown(position=place, told=told(held, None, visit.labels)) for place, held in found],
        sums=list(_sums(visit, [held for _, held in found])),
        noted=noted(visit, range(1, end + 1)),
    )


def _sums(visit: Visit, found: Sequence[Held]) -> Iterator[Sum]:
    for one in ACTIVITIES:
        mine = [held for held in found if held.matter == one.key]
        if mine:
            yield _sum(visit, one, mine)


def _sum(visit: Visit, one: Activity, mine: Sequence[Held]) -> Sum:
    people = sum(held.reached for held in mine)
    return Sum(label=visit.labels.of(one), times=len(mine), people=people, names=(one.times, one.people))
