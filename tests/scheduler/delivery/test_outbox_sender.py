"""What is ready is said once, by a way that works, and how it went is written down; nobody else hears anything."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.delivery.channel import ChannelCapabilities, SendOutcome, SendResult
from scheduler.delivery.outbox_sender import (
    CLAIM_DURATION,
    MAX_GENTLE_ATTEMPTS,
    MAX_RETRY_WAIT,
    REPEAT_DELAY,
    RETRY_DELAYS,
)
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxState
from storage.messaging.rate_limits import RateLimits, RateWindow
from tests.scheduler.delivery.scripted import Killed, Reached, Scripted, outbox_sender, queue, states

BLOCKED = SendResult(outcome=SendOutcome.REFUSED, why="blocked")
TIMED_OUT = SendResult(outcome=SendOutcome.UNCERTAIN, why="timeout")


def not_attempted(wait=None):
    return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="flood", retry_after=wait)


def home(*people, channel="scripted"):
    return Reached({person: [(channel, f"at {person}")] for person in people})


def test_one_bundle_a_person_says_everything_once(both_apps):
    app, channel = both_apps, Scripted()
    queue(app, "clerk", "leader", case=1)
    queue(app, "clerk", case=2, until=date(2026, 11, 20))
    sender = outbox_sender(app, channel, reached=home("clerk", "leader"))
    assert sender.deliver().count_of(OutboxState.SENT) == 3
    assert channel.heard == [("at clerk", "clerk: 2, 1"), ("at leader", "leader: 1")]
    queue(app, "clerk", "leader", case=1)
    assert sender.deliver().counts == {}
    assert len(channel.heard) == 2


def test_the_most_pressing_is_heard_first_then_who_heard_least_recently(app):
    channel = Scripted()
    sender = outbox_sender(app, channel, reached=home("a", "b", "c"))
    queue(app, "a", case=1)
    sender.deliver()
    app.clock.move(timedelta(minutes=1))
    queue(app, "a", "b", case=2)
    queue(app, "c", case=2, until=date(2026, 11, 24))
    sender.deliver()
    assert [place for place, _ in channel.heard] == ["at a", "at c", "at b", "at a"]


def test_nothing_is_said_before_its_time(app):
    channel = Scripted()
    queue(app, "clerk")
    app.clock.move(timedelta(seconds=-1))
    assert outbox_sender(app, channel, reached=home("clerk")).deliver().counts == {}
    assert channel.heard == []


@pytest.mark.parametrize(
    ("answer", "gentle", "statutory", "heard"),
    [
        (SendResult(outcome=SendOutcome.SENT), OutboxState.SENT, OutboxState.SENT, 1),
        (TIMED_OUT, OutboxState.UNCERTAIN, OutboxState.QUEUED, 1),
        (not_attempted(), OutboxState.QUEUED, OutboxState.QUEUED, 0),
        (not_attempted(timedelta(hours=3)), OutboxState.QUEUED, OutboxState.QUEUED, 0),
        (BLOCKED, OutboxState.REFUSED, OutboxState.QUEUED, 0),
    ],
    ids=["sent", "uncertain", "not attempted", "long flood", "refused"],
)
@pytest.mark.parametrize("class_", ["gentle", "statutory"])
def test_each_outcome_by_class(app, answer, gentle, statutory, heard, class_):  # noqa: PLR0917 - a table's columns
    channel = Scripted(answers=[answer])
    queue(app, "clerk", statutory=class_ == "statutory")
    outbox_sender(app, channel, reached=home("clerk")).deliver()
    assert states(app) == [("clerk", gentle if class_ == "gentle" else statutory)]
    assert len(channel.heard) == heard


def test_a_gentle_reminder_that_may_have_arrived_is_never_repeated(app):
    channel = Scripted(answers=[TIMED_OUT])
    queue(app, "clerk")
    sender = outbox_sender(app, channel, reached=home("clerk"))
    sender.deliver()
    app.clock.move(timedelta(days=30))
    assert sender.deliver().counts == {}
    assert len(channel.heard) == 1


def test_a_statutory_notice_that_may_have_arrived_is_repeated_and_says_so(app):
    channel = Scripted(answers=[TIMED_OUT])
    queue(app, "clerk", statutory=True)
    sender = outbox_sender(app, channel, reached=home("clerk"))
    sender.deliver()
    app.clock.move(REPEAT_DELAY - timedelta(seconds=1))
    assert sender.deliver().counts == {}
    app.clock.move(timedelta(seconds=1))
    assert sender.deliver().count_of(OutboxState.SENT) == 1
    assert [text for _, text in channel.heard] == ["clerk: 1!", "clerk: 1! again"]


def test_what_never_left_is_tried_again_and_a_gentle_one_gives_way_at_last(app):
    channel = Scripted(answers=[not_attempted()] * MAX_GENTLE_ATTEMPTS)
    queue(app, "clerk")
    sender = outbox_sender(app, channel, reached=home("clerk", "archivist"), instead=lambda _: ("archivist",))
    for tries in range(MAX_GENTLE_ATTEMPTS - 1):
        sender.deliver()
        assert states(app) == [("clerk", OutboxState.QUEUED)], tries
        app.clock.move(RETRY_DELAYS[min(tries, len(RETRY_DELAYS) - 1)])
    sender.deliver()
    assert ("clerk", OutboxState.REFUSED) in states(app)
    app.clock.move(timedelta(seconds=1))
    sender.deliver()
    assert channel.heard == [("at archivist", "archivist: 1 for clerk")]


def test_a_channel_that_asks_for_hours_is_passed_over_for_the_next(app):
    slow, quick = Scripted(name="slow", answers=[not_attempted(MAX_RETRY_WAIT * 2)]), Scripted(name="quick")
    queue(app, "clerk")
    reached = Reached({"clerk": [("slow", "here"), ("quick", "there")]})
    outbox_sender(app, slow, quick, reached=reached).deliver()
    assert (slow.heard, quick.heard) == ([], [("there", "clerk: 1")])
    assert reached.marked == []


def test_whoever_blocked_us_is_marked_and_the_next_way_or_the_deputy_is_used(app):
    first = Scripted(name="first", answers=[BLOCKED, BLOCKED])
    second = Scripted(name="second", answers=[BLOCKED])
    reached = Reached({"clerk": [("first", "a"), ("second", "b")], "archivist": [("second", "c")]})
    queue(app, "clerk", statutory=True)
    sender = outbox_sender(app, first, second, reached=reached, instead=lambda _: ("nobody", "archivist"))
    sender.deliver()
    assert reached.marked == [("first", "a", "blocked"), ("second", "b", "blocked")]
    app.clock.move(timedelta(seconds=1))
    sender.deliver()
    assert second.heard == [("c", "archivist: 1! for clerk")]
    assert states(app) == [("archivist", OutboxState.SENT), ("clerk", OutboxState.REFUSED)]


def test_a_statutory_notice_for_whom_nobody_can_be_reached_stays_in_the_queue(app):
    queue(app, "clerk", statutory=True)
    queue(app, "leader")
    outbox_sender(app, Scripted(), reached=Reached({})).deliver()
    assert states(app) == [("clerk", OutboxState.QUEUED), ("leader", OutboxState.REFUSED)]


def test_a_place_that_moved_is_written_to_at_its_new_address(app):
    channel = Scripted(answers=[SendResult(outcome=SendOutcome.NOT_ATTEMPTED, moved_to="new")])
    queue(app, "clerk")
    sender = outbox_sender(app, channel, reached=home("clerk"))
    sender.deliver()
    sender.deliver()
    assert channel.heard == [("new", "clerk: 1")]


def test_one_poisoned_bundle_stops_nobody_else(app):
    channel, faults = Scripted(answers=[ValueError("poison")]), []
    queue(app, "clerk", "leader")
    outbox_sender(app, channel, reached=home("clerk", "leader"), faults=faults).deliver()
    assert [place for place, _ in channel.heard] == ["at leader"]
    assert [type(fault) for fault in faults] == [ValueError]


@pytest.mark.parametrize(("statutory", "texts"), [(False, []), (True, ["clerk: 1! again"])])
def test_an_instance_that_dies_while_speaking_leaves_an_uncertain_send(both_apps, statutory, texts):
    app = both_apps
    channel = Scripted(answers=[Killed()])
    queue(app, "clerk", statutory=statutory)
    sender = outbox_sender(app, channel, reached=home("clerk"))
    with pytest.raises(Killed):
        sender.deliver()
    other = Scripted()
    successor = outbox_sender(app, other, reached=home("clerk"))
    app.clock.move(CLAIM_DURATION)
    assert successor.deliver().counts == {}  # the claim still stands
    app.clock.move(timedelta(seconds=1))
    successor.deliver()
    app.clock.move(REPEAT_DELAY)
    successor.deliver()
    assert [text for _, text in other.heard] == texts


def test_an_instance_that_dies_before_speaking_loses_nothing(app, monkeypatch):
    queue(app, "clerk")
    sender = outbox_sender(app, Scripted(), reached=home("clerk"))

    def dies(*_args):
        raise Killed

    monkeypatch.setattr(type(sender), "_begin_sending", dies)
    with pytest.raises(Killed):
        sender.deliver()
    monkeypatch.undo()
    app.clock.move(CLAIM_DURATION + timedelta(seconds=1))
    channel = Scripted()
    assert outbox_sender(app, channel, reached=home("clerk")).deliver().count_of(OutboxState.SENT) == 1
    assert len(channel.heard) == 1


def test_a_group_hears_twenty_in_any_minute_and_a_person_one_in_a_second(app):
    group = Scripted(capabilities=ChannelCapabilities(private=False))
    reached = Reached({f"@{number}": [("scripted", "group")] for number in range(30)})
    queue(app, *reached.where)
    sender = outbox_sender(app, group, reached=reached)
    sender.deliver()
    assert len(group.heard) == 20
    app.clock.move(timedelta(seconds=59))
    sender.deliver()
    assert len(group.heard) == 20
    app.clock.move(timedelta(seconds=1))
    sender.deliver()
    assert len(group.heard) == 30


def test_nobody_is_sent_more_than_so_many_messages_an_hour_and_what_waits_comes_in_one(app):
    channel, limits = Scripted(), RateLimits(hour=RateWindow(most=2, within=timedelta(hours=1)))
    sender = replace(outbox_sender(app, channel, reached=home("clerk")), limits=limits)
    for case in range(1, 5):
        queue(app, "clerk", case=case)
        sender.deliver()
        app.clock.move(timedelta(minutes=1))
    assert channel.heard == [("at clerk", "clerk: 1"), ("at clerk", "clerk: 2")]
    app.clock.move(timedelta(minutes=56))
    sender.deliver()
    assert channel.heard[2:] == [("at clerk", "clerk: 3, 4")]


def test_offices_share_a_channel_fairly(app):
    channel = Scripted()
    people = [f"p{number}" for number in range(40)]
    queue(app, *people)
    with app.store.writing("other") as connection:
        now = app.clock.now()
        row = OutboxNotice(
            person="x", case=1, what="act", rung="0", basis="b", created_at=now, not_before=now
        )
        Outbox(connection, "other").put([row])
    sender = outbox_sender(app, channel, reached=home(*people))
    sender.deliver()
    assert len(channel.heard) == 15  # half of thirty a second
    app.clock.move(timedelta(seconds=1))
    sender.deliver()
    assert len(channel.heard) == 30
