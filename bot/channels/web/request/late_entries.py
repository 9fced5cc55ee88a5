"""What comes after its year was sealed: recorded with a reason, beside the published figure and never in it."""

from __future__ import annotations

from bot.channels.web.request.forms import WebField, read_text
from bot.channels.web.request.request import PageRequest

LATE = "late"


def late_reason_fields(visit: PageRequest) -> tuple[WebField, ...]:
    """Asks why it comes late, once the office has sealed a year; before that there is nothing to be late for."""
    years = sorted(visit.app.sealed_years().sealed)
    if not years:
        return ()
    hint = visit.say("page.late.hint", year=years[-1])
    return (WebField(name=LATE, label=visit.say("page.late.label"), hint=hint),)


def read_late_reason(visit: PageRequest) -> str:
    """The reason as it was written; empty where none was."""
    return read_text(LATE, visit.say("page.late.label"), visit.form)
