"""The activities of a year as they stand, for whoever lists them: the command, the page."""

from __future__ import annotations

from datetime import date

from bot.services.app import OfficeApp
from config.reporting.activities import ACTIVITIES, ACTIVITY_MATTERS
from storage.eventlog.projections import CaseProjections
from storage.events.case import facts_in_force
from storage.events.events import ActivityHeld


def activity_key(kind: str) -> str:
    """A kind by its key or its Chinese name; what is neither is left to the desk to refuse."""
    return next((one.key for one in ACTIVITIES if kind in {one.key, one.label}), kind)


def activities_of_year(app: OfficeApp, year: int) -> list[tuple[int, ActivityHeld]]:
    """The activities of a year, by their day; only theirs are read from the log."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        lines = index.counts(ACTIVITY_MATTERS, date(year, 1, 1), date(year, 12, 31))
        places = {line.position for line in lines}
        facts = facts_in_force(log.read(after=min(places, default=0) - 1, cases=[0])) if places else {}
    found = [(place, held) for place in places if isinstance(held := facts.get(place), ActivityHeld)]
    return sorted(found, key=lambda one: (one[1].happened_on, one[0]))
