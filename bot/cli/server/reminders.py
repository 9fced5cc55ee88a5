"""``gongkai simulate`` and ``gongkai audit``: the reminders to come, and whether those there should be were said."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from bot.cli.common.output import HomeOption, JsonOption, said, tell, tell_json
from bot.cli.context import open_office
from bot.services.app import Works
from bot.services.reminder_forecast import foreseen_tables, foreseen_texts, spoken
from config.clock import office_day
from scheduler.reminders.recipients import Roster
from scheduler.sweep.auditor import audit as audit_
from scheduler.sweep.roster_check import missing, unknown_ladders
from scheduler.sweep.simulation import Foreseen, unspoken
from scheduler.sweep.simulation import simulate as simulate_
from storage.eventlog.office_events import officewide
from storage.events.delegations import absences

MOST_DAYS = 400  # a simulated day costs a tenth of a second


def simulate(
    context: typer.Context,
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help=said("simulate.days"))] = 60,
    *,
    text: Annotated[bool, typer.Option("--text", help=said("simulate.text"))] = False,
    as_json: JsonOption = False,
) -> None:
    """The reminders to come, for each person, if nobody did anything meanwhile."""
    works = open_office(context, home)
    found = simulate_(works.desk, works.schemes(), days, spoken if text else unspoken)
    if as_json:
        tell_json({"days": days, "reminders": [_plain(one, text=text) for one in found]})
        return
    tables = foreseen_texts(found, works) if text else foreseen_tables(found, works)
    for line in tables:
        print(line)  # noqa: T201 - this is the command line's mouth
    people = {one.person for one in found}
    tell("simulate.done", days=days, count=len(found), people=len(people))
    if any(not works.known_calendar().known(office_day(one.at).year) for one in found):
        tell("simulate.provisional")
    tell_roster(works)


def _plain(one: Foreseen, *, text: bool) -> dict[str, object]:
    found = asdict(replace(one, opening=None))
    return {name: value for name, value in found.items() if name != "opening" and (text or name != "text")}


def audit(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Compare what should have been said with what was: exit 0 in order, 1 differences."""
    works = open_office(context, home)
    found = audit_(works.desk, works.reach, most=MOST_AUDITED)
    if as_json:
        data = {"clean": found.clean, "cases": found.cases, "open": found.of}
        tell_json({**data, "differences": [asdict(one) for one in found.differences]})
    else:
        posts = {person.id: person.post for person in works.office.people}
        for one in found.differences:
            parts = asdict(one) | {"person": posts.get(one.person, one.person or "—")}
            tell(f"audit.{one.what}", **parts)
        tell(
            "audit.clean" if found.clean else "audit.unclean",
            cases=found.cases,
            of=found.of,
            count=len(found.differences),
        )
    raise typer.Exit(0 if found.clean else 1)


MOST_AUDITED = 1_000_000  # whoever asks by hand wants all of it


def tell_roster(works: Works) -> None:
    """Whom ladders and chains rely on and no channel reaches; and ladders that belong to nothing."""
    with works.log() as log:
        now = works.clock.now()
        away = absences(officewide(log))
        lost = works.reach(log.connection, now)
    roster = Roster(office=works.office, absences=away, day=works.today, unreachable=lost)
    found = missing(works.duties, roster)
    for one in found:
        kinds = "、".join(works.duties[kind].label for kind in one.kinds)
        tell("roster.missing", post=works.office.person(one.person).post, kinds=kinds)
    tell("roster.invite" if found else "roster.complete", count=len(found))
    for name in unknown_ladders(works.office, works.duties):
        tell("roster.unknown_ladder", name=name, known="、".join(works.duties))
