"""Which process holds a connection, and how long it was down."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.channels.line_states import LineStates

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def states(app):
    with app.store.writing(app.office.slug) as connection:
        yield LineStates(connection, app.office.slug)


def test_one_process_holds_a_connection_until_it_gives_it_back_or_its_time_is_over(states):
    assert states.hold("wecom_bot", "one", at=AT, until=AT + MINUTE)
    assert not states.hold("wecom_bot", "two", at=AT, until=AT + MINUTE)
    assert states.hold("feishu_bot", "two", at=AT, until=AT + MINUTE)
    assert states.hold("wecom_bot", "one", at=AT + MINUTE / 2, until=AT + 2 * MINUTE)
    assert not states.hold("wecom_bot", "two", at=AT + MINUTE, until=AT + 3 * MINUTE)
    assert states.hold("wecom_bot", "two", at=AT + 2 * MINUTE, until=AT + 3 * MINUTE)
    states.release("wecom_bot", "one")  # it is no longer its own
    assert not states.hold("wecom_bot", "one", at=AT + 2 * MINUTE, until=AT + 3 * MINUTE)
    states.release("wecom_bot", "two")
    assert states.hold("wecom_bot", "one", at=AT + 2 * MINUTE, until=AT + 3 * MINUTE)


def test_a_holder_that_has_ended_is_not_waited_for(states):
    states.hold("wecom_bot", "one", at=AT, until=AT + MINUTE)
    taken = states.hold("wecom_bot", "two", at=AT, until=AT + MINUTE, is_gone=lambda holder: holder == "one")
    assert taken


def test_interruptions_are_counted_from_the_last_sign_of_life(states):
    assert states.interruption("wecom_bot", at=AT) == timedelta(0)  # nothing before: nothing was missed
    states.connected("wecom_bot", at=AT)
    states.alive("wecom_bot", heard_at=AT + 5 * MINUTE, sent_at=AT)
    states.disconnected("wecom_bot", "closed")
    first = states.interruption("wecom_bot", at=AT + 7 * MINUTE)
    assert first == 2 * MINUTE
    states.connected("wecom_bot", at=AT + 7 * MINUTE, after=first)
    states.disconnected("wecom_bot", "silent")
    later = states.interruption("wecom_bot", at=AT + 20 * MINUTE, last_heard=AT + 19 * MINUTE)
    assert later == MINUTE
    states.connected("wecom_bot", at=AT + 20 * MINUTE, after=later)
    state = states.get("wecom_bot")
    assert (state.gaps, state.gap_seconds, state.sent_at, state.why) == (2, 180, AT, "")
    assert [one.channel for one in states.all()] == ["wecom_bot"]
