"""What the auditor rings for, and when it stops: on both engines, because its questions are the database's."""

from datetime import date, timedelta

import pytest

from scheduler.sweep.auditor import Auditor, DifferenceKind, audit
from scheduler.sweep.reminder_queue import nobody_unreachable
from storage.messaging.outbox import Outbox, OutboxState
from tests.scheduler.reminders.town import act, delivered, opened, rows, swept, town

RECEIVED, FIFTH, SECOND = date(2026, 11, 2), date(2026, 11, 23), date(2026, 11, 26)
HOUR = timedelta(hours=1, minutes=1)


@pytest.fixture
def app(engine, home):  # noqa: ARG001 - on both of them
    app = town(home, RECEIVED)
    opened(app, RECEIVED)
    app.clock.set_day(FIFTH, 9)
    swept(app)
    return app


def refused(app):
    """No way took what was ready."""
    now = app.clock.now()
    with app.store.writing(app.office.slug) as connection:
        outbox = Outbox(connection, app.office.slug)
        for person, _, _ in outbox.due(now):
            ready = outbox.claim(person, now, person, now + HOUR, most=1000)
            outbox.mark_done([row.number for row in ready], person, OutboxState.REFUSED, at=now, why="nobody")


def wrong(app):
    return [(one.what, one.person, one.rung) for one in audit(app.recorder, nobody_unreachable).differences]


def test_what_nobody_would_take_is_rung_for_until_somebody_hears_of_the_matter(app):
    refused(app)
    app.clock.move(HOUR)
    assert wrong(app) == [(DifferenceKind.UNREACHED, "clerk", "-5")]
    app.clock.set_day(date(2026, 11, 25), 12)
    assert wrong(app) == [(DifferenceKind.UNREACHED, "clerk", "-5")]
    app.clock.set_day(SECOND, 9)
    swept(app)
    delivered(app)
    app.clock.move(HOUR)
    assert wrong(app) == []


def test_what_nobody_would_take_is_over_with_its_case(app):
    refused(app)
    app.clock.move(HOUR)
    act(app, "clerk", lambda uow: uow.cases.close(1, "granted", FIFTH))
    swept(app)
    assert wrong(app) == []


def test_the_heartbeat_stops_with_the_first_difference_and_beats_again_with_none(app):
    heart, heard = [], []
    auditor = Auditor(app.recorder, nobody_unreachable, lambda: heart.append(app.clock.now()), heard.append)
    auditor()
    assert (len(heart), heard) == (1, [])
    app.clock.move(HOUR)
    auditor()  # what is ready was not sent
    assert (len(heart), len(heard)) == (1, 1)
    delivered(app)
    auditor()
    assert (len(heart), len(heard)) == (2, 1)
    assert [row.notice.person for row in rows(app) if row.notice.what == "audit"] == ["clerk"]
