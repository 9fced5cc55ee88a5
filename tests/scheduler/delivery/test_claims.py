"""What is in hand belongs to its claim: nobody else begins, settles or learns late what it did not say."""

from datetime import date, timedelta

import pytest

from config.clock import manual_clock
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxState

NOW = manual_clock(date(2026, 11, 23)).now()
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def outbox(both_apps):
    office = both_apps.office.slug
    with both_apps.store.writing(office) as connection:
        found = Outbox(connection, office)
        for person in ("clerk", "archivist"):
            found.put(
                [
                    OutboxNotice(
                        person=person, case=1, what="act", rung="0", basis="b", created_at=NOW, not_before=NOW
                    )
                ]
            )
            found.claim(person, NOW, f"of {person}", LATER, most=9)
        yield found


def told(outbox):
    return [(row.notice.person, row.state, row.message) for row in outbox.about(1)]


def test_a_claim_begins_what_it_holds_and_nothing_else(outbox):
    begun = outbox.mark_sending("of clerk", "test", "1")
    assert [row.notice.person for row in begun] == ["clerk"]
    assert told(outbox) == [("clerk", OutboxState.SENDING, ""), ("archivist", OutboxState.CLAIMED, "")]


def test_only_what_a_claim_holds_is_settled_by_it(outbox):
    numbers = [row.number for row in outbox.about(1)]
    outbox.mark_done(numbers, "of clerk", OutboxState.SENT, at=NOW, message="m1")
    assert told(outbox) == [("clerk", OutboxState.SENT, "m1"), ("archivist", OutboxState.CLAIMED, "")]


def test_who_was_stopped_while_speaking_may_still_learn_that_it_arrived(outbox):
    numbers = [row.number for row in outbox.mark_sending("of clerk", "test", "1")]
    outbox.mark_done(numbers, "of clerk", OutboxState.UNCERTAIN, at=NOW)
    outbox.mark_done(numbers, "of another", OutboxState.SENT, at=NOW, message="m1")
    assert told(outbox)[0] == ("clerk", OutboxState.UNCERTAIN, "")
    outbox.mark_done(numbers, "of clerk", OutboxState.SENT, at=NOW, message="m1")
    assert told(outbox)[0] == ("clerk", OutboxState.SENT, "m1")
    outbox.mark_done(numbers, "of clerk", OutboxState.REFUSED, at=NOW)
    assert told(outbox)[0] == ("clerk", OutboxState.SENT, "m1")
