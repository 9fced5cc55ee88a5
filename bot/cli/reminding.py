"""``gongkai simulate`` and ``gongkai audit``: the reminders to come, and whether those there should be were said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.show import HomeOption, JsonOption, said, tell, tell_json
from bot.compose import Works, open_works, words
from config.clock import OFFICE_ZONE
from config.duty import Duties
from scheduler.auditor import audit as audit_
from scheduler.rollcall import missing, unknown_ladders
from scheduler.roster import Roster
from scheduler.simulation import Foreseen
from scheduler.simulation import simulate as simulate_
from storage.delegations import absences
from storage.officewide import officewide

MOST_DAYS = 400  # a simulated day costs a tenth of a second


def simulate(
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help=said("simulate.days"))] = 60,
    *,
    as_json: JsonOption = False,
) -> None:
    """The reminders to come, for each person, if nobody did anything meanwhile."""
    works = open_works(home)
    found = simulate_(works.desk, works.schemes(), days)
    if as_json:
        tell_json({"days": days, "reminders": [asdict(one) for one in found]})
        return
    mine: dict[str, list[Foreseen]] = defaultdict(list)
    for one in found:
        mine[one.person].append(one)
    for person in works.office.people:
        if person.id in mine:
            tell("simulate.person", post=person.post, count=len(mine[person.id]))
            for one in mine[person.id]:
                tell("simulate.line", **_words(one, works.duties))
    tell("simulate.done", days=days, count=len(found), people=len(mine))
    tell_roster(works)


def audit(home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Compare what should have been said with what was: exit 0 in order, 1 differences."""
    works = open_works(home)
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


def _words(one: Foreseen, duties: Duties) -> dict[str, object]:
    duty = duties.get(one.kind)
    book = words()
    marks = [
        book.say("simulate.statutory") if one.statutory else "",
        book.say("simulate.nobody") if one.topic else "",
    ]
    return {
        "at": f"{one.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}",
        "kind": duty.label if duty else one.what,
        "reference": one.reference,
        "what": book.say(f"simulate.what.{one.what}"),
        "rung": one.rung,
        "until": one.until or "—",
        "marks": "".join(marks),
    }
