"""The facts of a duty's stories, and the calendar they are dated by."""

from config.calendar.holiday_notices import shipped_calendar
from config.shipped_data import load_holiday_notices
from storage.events.events import Closed, Stepped

CALENDAR = shipped_calendar(load_holiday_notices())


def fact(duty, day, name, facts=None):
    """A step of the duty, or the close where the name is one of its outcomes; a step where it is both and says more."""
    if duty.outcome(name) and not (facts and duty.step(name)):
        return Closed(case=1, happened_on=day, outcome=name, facts=facts or {})
    return Stepped(case=1, happened_on=day, step=name, facts=facts or {})
