"""Lists the activities of a year for the command and the page."""

from __future__ import annotations

from datetime import date

from bot.services.app import OfficeApp
from config.reporting.registers import ACTIVITIES, ACTIVITY_MATTERS
from storage.eventlog.projections import CaseProjections
from storage.events.case import facts_in_force
from storage.events.office_events import ActivityHeld


def activity_key(kind: str) -> str:
    """The key of a kind given by key or Chinese name; anything else is returned for the recorder to refuse."""
    return next((one.key for one in ACTIVITIES if kind in {one.key, one.label}), kind)


def activities_of_year(app: OfficeApp, year: int) -> list[tuple[int, ActivityHeld]]:
    """A year's activities with their positions in the log, by day; only their entries are read."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        lines = index.counts(ACTIVITY_MATTERS, date(year, 1, 1), date(year, 12, 31))
        places = {line.position for line in lines}
        facts = facts_in_force(log.read(after=min(places, default=0) - 1, cases=[0])) if places else {}
    found = [(place, held) for place in places if isinstance(held := facts.get(place), ActivityHeld)]
    return sorted(found, key=lambda one: (one[1].happened_on, one[0]))
