"""A queued notice that is no longer true when its turn comes is not said."""

from datetime import timedelta

from bot.services.app import OfficeApp
from scheduler.reminders.escalation import ReminderTopic
from scheduler.sweep.reminder_queue import queue_reminders
from scheduler.sweep.results import SweepFailure
from scheduler.sweep.roster_check import unreachable_lookup
from storage.messaging.outbox import Outbox, OutboxState
from tests.bot.channels.web.visitor import Visitor
from tests.bot.commands.test_year_of_each_role import opened


def queued(app: OfficeApp) -> set[tuple[str, str, str]]:
    """The notices about cases that wait to be sent: to whom, on what topic, of whom."""
    with app.store.reading() as connection:
        rows = list(Outbox(connection, app.office.slug).since(app.clock.now() - timedelta(days=99)))
    waiting = [row.notice for row in rows if row.state is OutboxState.QUEUED and row.notice.case]
    return {(notice.person, notice.topic, notice.for_person) for notice in waiting}


def remind(app: OfficeApp) -> None:
    failures: list[SweepFailure] = []
    queue_reminders(app.recorder, unreachable_lookup(app.office), failures)
    assert failures == []


def test_the_first_reminders_before_anybody_joined_are_settled_when_they_join(app: OfficeApp) -> None:
    opened(app)
    app.clock.move(timedelta(days=14))
    remind(app)
    told = {(person, ReminderTopic.UNREACHABLE, "clerk") for person in ("clerk", "office_director")}
    assert queued(app) == told
    Visitor(app).join("clerk", confirmed=False)
    remind(app)
    assert queued(app) == {("clerk", ReminderTopic.REMINDER, "")}
