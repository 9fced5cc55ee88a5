"""What a channel hands over is kept once, handled once, in its chat's order; what cannot be handled stops nobody."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from bot.services.app import OfficeApp
from config.clock import ManualClock
from config.errors import Refusal
from scheduler.delivery.inbox import Inbox, RetryLater
from storage.database.tables_messaging import INBOX
from storage.messaging.inbox import UPDATE_ID_RETENTION, InboxEntry, InboxTable, RawUpdate

REQUEST = ("request", date(2026, 11, 2), {"applicant_kind": "natural_person"})


@pytest.fixture
def inbox(both_apps: OfficeApp) -> Inbox:
    return Inbox(store=both_apps.store, office="town", channel="telegram", clock=both_apps.clock)


def updates(*ids: int, chat: str = "7") -> list[RawUpdate]:
    return [RawUpdate(str(number), chat, f"body {number}") for number in ids]


def drain(inbox: Inbox) -> list[str]:
    seen: list[str] = []
    while inbox.handle_next(lambda _, update: seen.append(update.body)):
        pass
    return seen


def opens(app: OfficeApp):
    """A handler that records something at the desk, in the inbox's own transaction."""

    def handler(connection: Connection, update: InboxEntry) -> int:
        kind, day, facts = REQUEST
        with app.recorder.transaction(actor="clerk", means="telegram", within=connection) as uow:
            return uow.cases.open(kind, f"召公开〔2026〕{update.update_id}号", day, facts)

    return handler


def positions(app: OfficeApp) -> int:
    with app.log() as log:
        return log.end().position


def test_a_double_is_kept_once(inbox):
    assert inbox.store_updates(updates(1, 2)) == 2
    assert inbox.store_updates(updates(2, 3, 3)) == 1
    assert drain(inbox) == ["body 1", "body 2", "body 3"]
    assert inbox.store_updates(updates(1)) == 0
    assert drain(inbox) == []


def test_an_update_and_what_it_brings_about_are_one(inbox, both_apps):
    inbox.store_updates(updates(1))
    handled = inbox.handle_next(opens(both_apps))
    assert (handled.result, handled.fault) == (1, None)
    assert positions(both_apps) == 1
    assert inbox.handle_next(opens(both_apps)) is None


def test_a_fault_after_recording_keeps_nothing_of_it(inbox, both_apps):
    inbox.store_updates(updates(1))

    def breaks(connection, update):
        opens(both_apps)(connection, update)
        raise ValueError("张三 said it")

    handled = inbox.handle_next(breaks)
    assert isinstance(handled.fault, ValueError)
    assert positions(both_apps) == 0
    with both_apps.store.reading() as connection:
        rows = InboxTable(connection, "town", "telegram").pending()
    assert [(row.attempts, row.fault) for row in rows] == [(1, "ValueError")]  # its name, never its words


def test_a_refusal_undoes_the_act_and_is_handled(inbox, both_apps):
    inbox.store_updates(updates(1, 2))

    def refuses(connection, update):
        opens(both_apps)(connection, update)
        raise Refusal(what="This", next_step="Ask.")

    assert isinstance(inbox.handle_next(refuses).refusal, Refusal)
    assert positions(both_apps) == 0
    assert drain(inbox) == ["body 2"]


def test_a_refused_sitting_leaves_the_handlers_other_effects(inbox, both_apps):
    inbox.store_updates(updates(1))

    def twice(connection, update):
        first = opens(both_apps)(connection, update)
        with pytest.raises(Refusal):  # the same reference again
            opens(both_apps)(connection, update)
        return first

    assert inbox.handle_next(twice).result == 1
    assert positions(both_apps) == 1


def test_a_discarded_sitting_is_undone_alone(inbox, both_apps):
    inbox.store_updates(updates(1))

    def tries(connection, update):
        with both_apps.recorder.transaction(actor="clerk", means="telegram", within=connection) as uow:
            uow.cases.open(REQUEST[0], "试一试", REQUEST[1], REQUEST[2])
            uow.discard()
        return opens(both_apps)(connection, update)

    assert inbox.handle_next(tries).result == 1
    assert positions(both_apps) == 1


def test_a_poisoned_update_holds_up_its_chat_alone(inbox, both_apps):
    clock: ManualClock = both_apps.clock
    inbox.store_updates([*updates(1, 2, chat="7"), *updates(3, chat="8")])

    def poisoned(_, update):
        if update.update_id == "1":
            raise ZeroDivisionError
        return update.update_id

    def handled():
        found = []
        while one := inbox.handle_next(poisoned):
            found.append((one.update.update_id, one.is_dead_letter))
        return found

    assert handled() == [("1", False), ("3", False)]
    assert inbox.next_attempt_at() == clock.now() + timedelta(
        seconds=5
    )  # not now, though the second has no time of its own
    clock.move(timedelta(seconds=5))
    assert handled() == [("1", False)]
    clock.move(timedelta(minutes=1))
    assert handled() == [("1", True), ("2", False)]
    assert [one.update_id for one in inbox.dead_letters()] == ["1"]
    inbox.requeue(inbox.dead_letters()[0].number)
    assert drain(inbox) == ["body 1"]
    assert inbox.dead_letters() == []


def test_what_was_written_is_not_kept_twice(inbox, both_apps):
    inbox.store_updates(updates(1))
    drain(inbox)
    with both_apps.store.reading() as connection:
        assert connection.execute(INBOX.select()).one().body == ""


def test_ids_that_start_anew_after_a_quiet_week_are_no_doubles(inbox, both_apps):
    inbox.store_updates(updates(500, 501))

    def breaks(_, update):
        if update.update_id == "501":
            raise ZeroDivisionError

    for _ in range(4):
        while inbox.handle_next(breaks):
            pass
        both_apps.clock.move(timedelta(minutes=2))
    both_apps.clock.move(timedelta(days=8))
    assert inbox.store_updates(updates(500, 501)) == 2  # both were seen before: one handled, one set aside
    assert drain(inbox) == ["body 500", "body 501"]
    assert len(inbox.dead_letters()) == 1


def test_an_id_is_remembered_longer_than_a_channel_repeats_it(inbox, both_apps):
    inbox.store_updates(updates(1))
    drain(inbox)
    both_apps.clock.move(timedelta(hours=25))
    inbox.store_updates(updates(2))
    assert inbox.store_updates(updates(1)) == 0
    assert timedelta(hours=24) < UPDATE_ID_RETENTION < timedelta(days=7)


def test_a_long_silence_is_noticed_once(inbox, both_apps):
    assert inbox.mark_heard() is None
    both_apps.clock.move(timedelta(hours=24))
    assert inbox.mark_heard() is None
    both_apps.clock.move(timedelta(hours=24, minutes=1))
    silence = inbox.mark_heard()
    assert silence.until - silence.since == timedelta(hours=24, minutes=1)
    assert inbox.mark_heard() is None


def test_two_offices_bots_count_apart(both_apps):
    for office in ("town", "county"):
        inbox = Inbox(store=both_apps.store, office=office, channel="telegram", clock=both_apps.clock)
        assert inbox.store_updates(updates(1)) == 1
        assert drain(inbox) == ["body 1"]


def test_several_at_once_are_undone_each_alone(inbox, both_apps):
    inbox.store_updates([*updates(1, 2, 3, chat="7"), *updates(4, 5, chat="8")])

    def handler(connection, update):
        if update.update_id == "5":
            raise Refusal(what="This", next_step="Ask.")
        opens(both_apps)(connection, update)
        if update.update_id == "2":
            raise ZeroDivisionError
        return update.update_id

    handled = inbox.handle_some(handler, most=10)
    assert [(one.update.update_id, one.result) for one in handled] == [
        ("1", "1"),
        ("2", None),
        ("4", "4"),
        ("5", None),
    ]
    assert positions(both_apps) == 2
    with both_apps.store.reading() as connection:
        assert [row.update_id for row in InboxTable(connection, "town", "telegram").pending()] == ["2", "3"]
    assert inbox.handle_some(handler, most=10) == []


def test_what_must_be_fetched_first_waits_with_its_chat_and_holds_up_no_other(inbox, both_apps):
    inbox.store_updates([*updates(1, 2), *updates(3, chat="8")])
    here: list[str] = []

    def handler(connection, update):
        opens(both_apps)(connection, update)
        if update.update_id == "1" and not here:
            raise RetryLater
        return update.update_id

    first, third = inbox.handle_some(handler, most=9)
    assert (isinstance(first.retry_later, RetryLater), first.fault, third.result) == (True, None, "3")
    assert positions(both_apps) == 1  # the second comes after the first, and nothing of the first was kept
    assert inbox.handle_some(handler, most=9) == []
    here.append("fetched")
    inbox.requeue(first.update.number)
    assert [one.result for one in inbox.handle_some(handler, most=9)] == ["1", "2"]
    assert positions(both_apps) == 3


def test_whoever_fetches_and_is_killed_is_asked_again(inbox, both_apps):
    inbox.store_updates(updates(1))

    def never(_connection, _update):
        raise RetryLater

    assert inbox.handle_next(never).retry_later
    assert inbox.next_attempt_at() == both_apps.clock.now() + RetryLater.wait
    for _ in range(5):  # it is no try that failed: it is never given up
        both_apps.clock.move(RetryLater.wait)
        assert inbox.handle_next(never).retry_later
    assert inbox.dead_letters() == []
