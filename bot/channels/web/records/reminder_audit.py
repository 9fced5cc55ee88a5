"""Shows in plain words whether everybody was reminded of everything that was due (自查), and what to do where not."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from bot.channels.web.request.request import PageRequest
from scheduler.sweep.auditor import audit

MAX_SHOWN = 200
MAX_DIGITS = 18  # of a case number that the database can store


def audit_page(page: PageRequest) -> Response:
    """Compare the reminders that were due with those sent, some thousand cases at once; nothing is recorded."""
    app, labels = page.app, page.labels
    begun = page.query_value("after")
    after = int(begun) if begun.isascii() and begun.isdigit() and len(begun) < MAX_DIGITS else 0
    found = audit(app.recorder, app.unreachable_people, after=after)
    posts = {person.id: person.post for person in app.office.people}
    names = {village.id: village.name for village in app.office.villages}
    names |= {column.id: column.name for column in app.office.columns}
    names |= {one.id: one.name for one in app.office.year_dates}
    lines = [
        (
            one.case,
            page.say(
                f"audit_page.{one.what}",
                **asdict(one)
                | {
                    "person": posts.get(one.person, one.person or page.say("audit_page.nobody")),
                    "detail": " ".join(names.get(part, part) for part in one.detail.split("/")),
                },
            ),
        )
        for one in found.differences[:MAX_SHOWN]
    ]
    return page.render(
        "audit.html",
        found=found,
        lines=lines,
        hidden=max(0, len(found.differences) - MAX_SHOWN),
        at=labels.moment(found.at),
    )
