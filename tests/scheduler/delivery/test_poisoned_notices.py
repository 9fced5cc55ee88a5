"""One case that cannot be read or put into words: nobody else goes without, nor does its own person."""

from datetime import timedelta

import pytest

from scheduler.delivery.channel import Message
from scheduler.delivery.outbox_sender import CLAIM_DURATION, REPEAT_DELAY, RETRY_DELAYS
from storage.messaging.outbox import OutboxState
from tests.scheduler.delivery.scripted import Reached, Scripted, outbox_sender, queue, spelled, states


@pytest.fixture
def poisoned(both_apps):
    """Three cases of the clerk's and one of the leader's; while ``bad`` holds it, case 2 cannot be dealt with."""
    app, channel, faults, bad = both_apps, Scripted(), [], {2}
    for case in (1, 2, 3):
        queue(app, "clerk", case=case, statutory=case == 2)
    queue(app, "leader", case=2)
    reached = Reached({person: [("scripted", person)] for person in ("clerk", "leader")})
    sender = outbox_sender(app, channel, reached=reached, faults=faults)

    def stumble(rows):
        if bad & {row.notice.case for row in rows}:
            raise ValueError("poison")

    def render(_person, rows):
        stumble(rows)
        return Message(text=", ".join(spelled(row) for row in rows))

    def fresh(_connection, rows):
        stumble(rows)
        return [row.number for row in rows]

    return app, sender, channel, faults, bad, {"render": render, "current_notices": fresh}


@pytest.mark.parametrize("step", ["render", "current_notices"])
def test_the_rest_of_a_bundle_is_said_and_the_poisoned_notice_waits_an_hour(poisoned, step):
    app, sender, channel, faults, bad, steps = poisoned
    setattr(sender.ports, step, steps[step])
    sender.deliver()
    assert channel.heard == [("clerk", "1, 3" if step == "render" else "clerk: 1, 3")]
    assert [type(fault) for fault in faults] == [ValueError, ValueError]  # each notice's, once
    assert sorted(states(app)) == [
        ("clerk", OutboxState.QUEUED),
        ("clerk", OutboxState.SENT),
        ("clerk", OutboxState.SENT),
        ("leader", OutboxState.QUEUED),
    ]
    for _ in range(30):  # not told anew at every round
        app.clock.move(timedelta(minutes=1))
        sender.deliver()
    assert len(faults) == 2
    bad.clear()
    app.clock.move(RETRY_DELAYS[-1])
    sender.deliver()
    assert {place for place, _ in channel.heard[1:]} == {"clerk", "leader"}
    assert {state for _, state in states(app)} == {OutboxState.SENT}


def test_what_was_never_put_into_words_is_not_taken_for_said(poisoned):
    """A gentle notice that may have been said is never repeated, so it must not look so."""
    app, sender, channel, _, bad, steps = poisoned
    sender.ports.render = steps["render"]
    sender.deliver()
    bad.clear()
    app.clock.move(RETRY_DELAYS[-1] + CLAIM_DURATION + REPEAT_DELAY)
    sender.deliver()
    assert OutboxState.UNCERTAIN not in {state for _, state in states(app)}
    assert not any("again" in text for _, text in channel.heard)
    assert ("leader", "2") in channel.heard
