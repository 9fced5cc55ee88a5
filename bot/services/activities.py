"""The activities of a year as they stand, for whoever lists them: the command, the page."""

from __future__ import annotations

from datetime import date

from bot.services.app import Works
from config.reporting.activities import ACTIVITIES, MATTERS
from storage.eventlog.projections import Index
from storage.events.case import holding
from storage.events.events import Held


def key_of(kind: str) -> str:
    """A kind by its key or its Chinese name; what is neither is left to the desk to refuse."""
    return next((one.key for one in ACTIVITIES if kind in {one.key, one.label}), kind)


def held_in(works: Works, year: int) -> list[tuple[int, Held]]:
    """The activities of a year, by their day; only theirs are read from the log."""
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        lines = index.counts(MATTERS, date(year, 1, 1), date(year, 12, 31))
        places = {line.position for line in lines}
        facts = holding(log.read(after=min(places, default=0) - 1, cases=[0])) if places else {}
    found = [(place, held) for place in places if isinstance(held := facts.get(place), Held)]
    return sorted(found, key=lambda one: (one[1].happened_on, one[0]))
