"""Asks for the reason of a late entry, which after sealing is recorded beside the published figure, not in it."""

from __future__ import annotations

from bot.channels.web.request.forms import WebField, read_text
from bot.channels.web.request.request import PageRequest
from bot.services.annual_reports import sealed_years

LATE = "late"


def late_reason_fields(page: PageRequest) -> tuple[WebField, ...]:
    """The field that asks for the reason; none while the office has sealed no year."""
    years = sorted(sealed_years(page.app).sealed)
    if not years:
        return ()
    hint = page.say("page.late.hint", year=years[-1])
    return (WebField(name=LATE, label=page.say("page.late.label"), hint=hint),)


def read_late_reason(page: PageRequest) -> str:
    """The reason as it was entered; empty where none was."""
    return read_text(LATE, page.say("page.late.label"), page.form)
