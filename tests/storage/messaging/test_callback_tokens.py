"""A handle is one person's, for a while, once; and it says whose it was and when."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.database.tables_messaging import HANDLES
from storage.messaging.callback_tokens import (
    Act,
    HandleExpired,
    HandleOfAnother,
    Handles,
    HandleUnknown,
    HandleUsed,
    office_of_handle,
)
from storage.messaging.dialog_state import Card, Cards, Dialogue, Dialogues
from storage.messaging.sessions import hashed

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACT = Act(
    person="office_director", act="sign", case=12, basis="second:ab", data={"n": 1}, expires_at=NOW + HOUR
)


@pytest.fixture
def handles(both_works):
    with both_works.store.writing("town") as connection:
        yield Handles(connection, "town")


def test_a_handle_gives_back_what_was_meant(handles):
    token = handles.make(ACT)
    assert len(token.encode()) == 22
    assert handles.take(token, "office_director", at=NOW) == ACT


def test_only_the_hash_of_a_handle_is_stored(handles):
    token = handles.make(ACT)
    rows = handles.connection.execute(HANDLES.select()).all()
    assert [row.token for row in rows] == [hashed(token)]
    assert token not in str(rows)


def test_a_handle_works_once(handles):
    token = handles.make(ACT)
    handles.take(token, "office_director", at=NOW)
    with pytest.raises(HandleUsed) as refused:
        handles.take(token, "office_director", at=NOW + HOUR)
    assert refused.value.handle is not None
    assert (refused.value.handle.case, refused.value.handle.used_at) == (12, NOW)


def test_another_persons_handle_stays_unused(handles):
    token = handles.make(ACT)
    with pytest.raises(HandleOfAnother, match="office_director"):
        handles.take(token, "clerk", at=NOW)
    assert handles.take(token, "office_director", at=NOW) == ACT


def test_a_handle_ends_with_its_hour(handles):
    token = handles.make(ACT)
    assert handles.look(token, "office_director", at=NOW + HOUR - timedelta(seconds=1)) == ACT
    with pytest.raises(HandleExpired):
        handles.take(token, "office_director", at=NOW + HOUR)


def test_another_offices_handle_is_unknown_there(handles):
    token = handles.make(ACT)
    with pytest.raises(HandleUnknown):
        Handles(handles.connection, "village").take(token, "office_director", at=NOW)
    assert office_of_handle(handles.connection, token) == "town"
    assert office_of_handle(handles.connection, token[:-1]) == ""


def test_what_moved_on_ends_its_other_buttons(handles):
    mine, theirs = (
        handles.make(ACT),
        handles.make(Act(person="clerk", act="look", case=13, expires_at=NOW + HOUR)),
    )
    handles.end(12, at=NOW)
    with pytest.raises(HandleExpired):
        handles.take(mine, "office_director", at=NOW)
    assert handles.take(theirs, "clerk", at=NOW).case == 13
    assert handles.forget(NOW + timedelta(seconds=1)) == 1


def test_a_form_is_remembered_until_it_runs_out(handles):
    dialogues = Dialogues(handles.connection, "town")
    dialogues.keep("clerk", "telegram", Dialogue(form="return", data={"case": 12}, expires_at=NOW + HOUR))
    dialogues.keep("clerk", "telegram", Dialogue(form="count", data={"n": 3}, expires_at=NOW + HOUR))
    found = dialogues.of("clerk", "telegram", at=NOW)
    assert found is not None
    assert (found.form, found.data) == ("count", {"n": 3})
    assert dialogues.of("clerk", "console", at=NOW) is None
    assert dialogues.of("clerk", "telegram", at=NOW + HOUR) is None
    assert dialogues.leave("clerk", "telegram") is True
    assert dialogues.leave("clerk", "telegram") is False


def test_a_person_has_one_card_for_a_task(handles):
    cards = Cards(handles.connection, "town")
    first = Card("clerk", 12, "answer", "telegram", "7", "31", "aa", NOW)
    second = first._replace(message="32", version="bb")
    assert cards.put(first) is None
    assert cards.put(second) == first
    assert cards.about(12) == [second]
    assert cards.behind("telegram", "7", "32") == second
    assert cards.behind("telegram", "7", "31") is None
    cards.end("clerk", 12, "answer")
    assert cards.of("clerk", 12, "answer") is None
