"""``gongkai simulate`` lists the reminders to come; ``gongkai audit`` compares those due with those sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.services.app import OfficeApp
from bot.services.reminder_forecast import forecast_messages, forecast_tables, render_bundle
from config.clock import office_day
from scheduler.reminders.recipients import RecipientResolver
from scheduler.sweep.auditor import audit as audit_
from scheduler.sweep.roster_check import unknown_ladders, unreachable_holders
from scheduler.sweep.simulation import ForecastNotice, without_text
from scheduler.sweep.simulation import simulate as simulate_
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences

MAX_DAYS = 400  # a simulated day costs a tenth of a second


def simulate(
    context: typer.Context,
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", min=1, max=MAX_DAYS, help=help_text("simulate.days"))] = 60,
    *,
    text: Annotated[bool, typer.Option("--text", help=help_text("simulate.text"))] = False,
    as_json: JsonOption = False,
) -> None:
    """List the reminders to come for each person, if nobody did anything meanwhile."""
    app = open_office(context, home)
    found = simulate_(app.recorder, app.schemes(), days, render_bundle if text else without_text)
    if as_json:
        print_json({"days": days, "reminders": [_forecast_data(one, text=text) for one in found]})
        return
    tables = forecast_messages(found, app) if text else forecast_tables(found, app)
    for line in tables:
        print(line)  # noqa: T201 - a command prints
    people = {one.notice.person for one in found}
    print_phrase("simulate.done", days=days, count=len(found), people=len(people))
    if any(not app.known_calendar().known(office_day(one.at).year) for one in found):
        print_phrase("simulate.provisional")
    print_roster_check(app)


def _forecast_data(one: ForecastNotice, *, text: bool) -> dict[str, object]:
    notice, opening = one.notice, one.opening
    found = {
        "at": one.at,
        "person": notice.person,
        "for_person": notice.for_person,
        "case": notice.case,
        "kind": opening.kind if opening else "",
        "reference": opening.reference if opening else "",
        "what": notice.what,
        "rung": notice.rung,
        "until": notice.until.isoformat() if notice.until else "",
        "statutory": notice.statutory,
        "topic": notice.topic,
        "basis": notice.basis,
    }
    return found | {"text": one.text} if text else found


def audit(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Compare the reminders that were due with those that were sent: exit 0 in order, 1 differences."""
    app = open_office(context, home)
    found = audit_(app.recorder, app.unreachable_people, most=MAX_AUDITED)
    if as_json:
        data = {"clean": found.clean, "cases": found.cases, "open": found.open_cases}
        print_json({**data, "differences": [asdict(one) for one in found.differences]})
    else:
        posts = {person.id: person.post for person in app.office.people}
        for one in found.differences:
            parts = asdict(one) | {"person": posts.get(one.person, one.person or "—")}
            print_phrase(f"audit.{one.what}", **parts)
        print_phrase(
            "audit.clean" if found.clean else "audit.unclean",
            cases=found.cases,
            of=found.open_cases,
            count=len(found.differences),
        )
    raise typer.Exit(0 if found.clean else 1)


MAX_AUDITED = 1_000_000  # a person who asks wants all of it


def print_roster_check(app: OfficeApp) -> None:
    """Print the people who are needed and whom no channel reaches, and escalation policies without a kind."""
    with app.log() as log:
        now = app.clock.now()
        away = fold_absences(office_events(log))
        lost = app.unreachable_people(log.connection, now)
    roster = RecipientResolver(office=app.office, absences=away, day=app.today, unreachable=lost)
    found = unreachable_holders(app.duties, roster)
    for one in found:
        kinds = "、".join(app.duties[kind].label for kind in one.kinds)
        print_phrase("roster.missing", post=app.office.person(one.person).post, kinds=kinds)
    print_phrase("roster.invite" if found else "roster.complete", count=len(found))
    for name in unknown_ladders(app.office, app.duties):
        print_phrase("roster.unknown_ladder", name=name, known="、".join(app.duties))
