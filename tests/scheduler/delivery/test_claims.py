"""What is in hand belongs to its claim: nobody else begins, settles or learns late what it did not say."""

from datetime import date, timedelta

import pytest

from config.clock import hand_clock
from storage.messaging.outbox import Notice, Outbox, State

NOW = hand_clock(date(2026, 11, 23)).now()
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def outbox(both_works):
    office = both_works.office.slug
    with both_works.store.writing(office) as connection:
        found = Outbox(connection, office)
        for person in ("clerk", "archivist"):
            found.put(
                [
                    Notice(
                        person=person, case=1, what="act", rung="0", basis="b", created_at=NOW, not_before=NOW
                    )
                ]
            )
            found.claim(person, NOW, f"of {person}", LATER, most=9)
        yield found


def told(outbox):
    return [(row.notice.person, row.state, row.message) for row in outbox.about(1)]


def test_a_claim_begins_what_it_holds_and_nothing_else(outbox):
    begun = outbox.begin("of clerk", "test", "1")
    assert [row.notice.person for row in begun] == ["clerk"]
    assert told(outbox) == [("clerk", State.SENDING, ""), ("archivist", State.CLAIMED, "")]


def test_only_what_a_claim_holds_is_settled_by_it(outbox):
    numbers = [row.number for row in outbox.about(1)]
    outbox.finish(numbers, "of clerk", State.SENT, at=NOW, message="m1")
    assert told(outbox) == [("clerk", State.SENT, "m1"), ("archivist", State.CLAIMED, "")]


def test_who_was_stopped_while_speaking_may_still_learn_that_it_arrived(outbox):
    numbers = [row.number for row in outbox.begin("of clerk", "test", "1")]
    outbox.finish(numbers, "of clerk", State.UNCERTAIN, at=NOW)
    outbox.finish(numbers, "of another", State.SENT, at=NOW, message="m1")
    assert told(outbox)[0] == ("clerk", State.UNCERTAIN, "")
    outbox.finish(numbers, "of clerk", State.SENT, at=NOW, message="m1")
    assert told(outbox)[0] == ("clerk", State.SENT, "m1")
    outbox.finish(numbers, "of clerk", State.REFUSED, at=NOW)
    assert told(outbox)[0] == ("clerk", State.SENT, "m1")
