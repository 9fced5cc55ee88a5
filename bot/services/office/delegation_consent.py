"""Asks whoever is away to consent to a delegation that somebody else recorded for them, and tells a second keeper.

Until one of them consented, nobody is a deputy by it (``storage/events/delegations.py``).
"""

from __future__ import annotations

from bot.services.app import OfficeApp
from bot.services.office_notices import queue_notices
from scheduler.signoff.confirmation import keepers
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences

ASKED, WAITS = "delegation_asked", "delegation_waits"


def ask_for_consent(app: OfficeApp, position: int) -> bool:
    """Ask for the consent that a delegation needs. Returns whether it needs one."""
    office = app.office
    with app.store.writing(office.slug) as connection:
        awaiting = fold_absences(office_events(Log(connection, office.slug))).awaiting_on(app.today)
        found = next((one for one in awaiting if one.position == position), None)
        if found is None:
            return False
        queue_notices(app, connection, [found.person], ASKED, basis=found.deputy)
        second = keepers(office) - {found.person, found.deputy, found.recorded_by}
        queue_notices(app, connection, sorted(second), WAITS, basis=found.person, calm=True)
        return True


def tell_of_handover(app: OfficeApp, person: str, to: str, by: str) -> None:
    """Tell both whose work goes over, where somebody else recorded it: it asks nobody, for people leave unasked."""
    if by == person:
        return
    with app.store.writing(app.office.slug) as connection:
        people = [one for one in (person, to) if one != by]
        queue_notices(app, connection, people, "handed_over_from", basis=person)
