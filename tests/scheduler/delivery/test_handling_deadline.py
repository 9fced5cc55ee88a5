"""An update that never ends is set aside and told, and stops nobody; also where the process ended with it."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.delivery.inbox_worker import InboxWorker, open_inbox
from scheduler.delivery.handling_deadline import HandlingMark, ProcessEnded, TookTooLong
from scheduler.delivery.inbox import Inbox
from storage.database.tables_messaging import LISTENING
from storage.messaging.inbox import RawUpdate


@pytest.fixture
def inbox(app):
    return replace(open_inbox(app, "telegram"), handling_seconds=0.2)


def ids(handled):
    return [(one.update.update_id, type(one.fault), one.is_dead_letter) for one in handled]


def endless(connection, update):
    """Records something, and then never ends for the update “2”; no ``except Exception`` stops its end."""
    row = {"office": update.update_id, "channel": "x", "heard_at": update.received_at}
    connection.execute(insert(LISTENING).values(row))
    while update.update_id == "2":
        try:
            time.sleep(0.001)
        except Exception:  # noqa: BLE001, S112 - what handlers do with the faults of what they call
            continue
    return update.update_id


def test_an_update_that_outlasts_its_time_is_set_aside_and_the_others_are_handled(inbox, app):
    inbox.store_updates([RawUpdate(str(number), "one chat", "body") for number in (1, 2, 3)])
    began = time.monotonic()
    assert ids(inbox.handle_some(endless, most=9)) == [
        ("1", type(None), False),
        ("2", TookTooLong, True),
        ("3", type(None), False),
    ]
    assert time.monotonic() - began < 5
    assert [one.update_id for one in inbox.dead_letters()] == ["2"]
    with app.store.reading() as connection:
        recorded = {row.office for row in connection.execute(LISTENING.select())}
    assert recorded == {"1", "3"}
    assert inbox.handle_some(endless, most=9) == []


def test_whoever_delivers_is_given_the_update_that_was_set_aside(inbox):
    told, seen, faults = threading.Event(), [], []

    def deliver(handled):
        seen.append((handled.update.update_id, handled.is_dead_letter))
        told.set()

    inbox.store_updates([RawUpdate("2", "one chat", "body")])
    with InboxWorker(inbox, endless, deliver=deliver, on_fault=faults.append):
        assert told.wait(10)
    assert seen == [("2", True)]
    assert [type(fault) for fault in faults] == [TookTooLong]


def test_an_update_with_which_the_process_ended_twice_over_is_set_aside(inbox, app, clock):
    inbox.store_updates([RawUpdate("1", "a", "body"), RawUpdate("2", "b", "body")])
    for attempt in range(3):
        mark = HandlingMark(app.home.path / "handling.telegram")
        mark.set(1)
        (first, *rest) = inbox.handle_some(lambda _, update: update.update_id, most=9)
        assert (type(first.fault), first.is_dead_letter) == (ProcessEnded, attempt == 2)
        assert [one.result for one in rest] == (["2"] if attempt == 0 else [])
        assert mark.left_behind() == 0
        clock.move(timedelta(minutes=2))
    assert [one.update_id for one in inbox.dead_letters()] == ["1"]


def test_the_mark_outlives_a_process_that_is_killed_in_hand(tmp_path):
    path = tmp_path / "handling.telegram"
    script = f"""
import os, pathlib
from scheduler.delivery.handling_deadline import HandlingMark
HandlingMark(pathlib.Path({str(path)!r})).set(17)
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9  # noqa: S603 - our own interpreter
    assert HandlingMark(path).left_behind() == 17
    path.write_text("")
    assert HandlingMark(path).left_behind() == 0


def test_a_handled_update_leaves_no_mark(inbox, app):
    inbox.store_updates([RawUpdate("1", "a", "body")])
    seen = []
    inbox.handle_some(
        lambda _, update: seen.append(
            HandlingMark(app.home.path / "handling.telegram").left_behind() == update.number
        ),
        most=9,
    )
    assert seen == [True]
    assert not (app.home.path / "handling.telegram").exists()
    assert Inbox(store=app.store, office="x", channel="y", clock=app.clock).mark.left_behind() == 0
