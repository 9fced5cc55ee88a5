"""What comes after its year was sealed: recorded with a reason, beside the published figure and never in it."""

from __future__ import annotations

from bot.channels.web.request.forms import Blank, read_text
from bot.channels.web.request.request import Visit

LATE = "late"


def late_blanks(visit: Visit) -> tuple[Blank, ...]:
    """Asks why it comes late, once the office has sealed a year; before that there is nothing to be late for."""
    years = sorted(visit.works.seals().sealed)
    if not years:
        return ()
    hint = visit.say("page.late.hint", year=years[-1])
    return (Blank(name=LATE, label=visit.say("page.late.label"), hint=hint),)


def read_late(visit: Visit) -> str:
    """The reason as it was written; empty where none was."""
    return read_text(LATE, visit.say("page.late.label"), visit.form)
