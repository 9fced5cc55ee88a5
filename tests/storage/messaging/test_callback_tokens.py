"""A handle is one person's, for a while, once; and it says whose it was and when."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.database.tables_messaging import CALLBACK_TOKENS
from storage.messaging.callback_tokens import (
    CallbackAction,
    CallbackTokens,
    HandleExpired,
    HandleOfAnother,
    HandleUnknown,
    HandleUsed,
    office_of_token,
)
from storage.messaging.dialog_state import DialogState, DialogStates, LiveCard, LiveCards
from storage.messaging.sessions import hash_secret

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACT = CallbackAction(
    person="office_director", act="sign", case=12, basis="second:ab", data={"n": 1}, expires_at=NOW + HOUR
)


def card(**parts):
    key = {"person": "clerk", "case": 12, "what": "answer"}
    return LiveCard(**key, channel="telegram", address="7", said_at=NOW, **parts)


@pytest.fixture
def handles(both_apps):
    with both_apps.store.writing("town") as connection:
        yield CallbackTokens(connection, "town")


def test_a_handle_gives_back_what_was_meant(handles):
    token = handles.issue(ACT)
    assert len(token.encode()) == 22
    assert handles.consume(token, "office_director", at=NOW) == ACT


def test_only_the_hash_of_a_handle_is_stored(handles):
    token = handles.issue(ACT)
    rows = handles.connection.execute(CALLBACK_TOKENS.select()).all()
    assert [row.token for row in rows] == [hash_secret(token)]
    assert token not in str(rows)


def test_a_handle_works_once(handles):
    token = handles.issue(ACT)
    handles.consume(token, "office_director", at=NOW)
    with pytest.raises(HandleUsed) as refused:
        handles.consume(token, "office_director", at=NOW + HOUR)
    assert refused.value.action is not None
    assert (refused.value.action.case, refused.value.action.used_at) == (12, NOW)


def test_another_persons_handle_stays_unused(handles):
    token = handles.issue(ACT)
    with pytest.raises(HandleOfAnother, match="office_director"):
        handles.consume(token, "clerk", at=NOW)
    assert handles.consume(token, "office_director", at=NOW) == ACT


def test_a_handle_ends_with_its_hour(handles):
    token = handles.issue(ACT)
    assert handles.peek(token, "office_director", at=NOW + HOUR - timedelta(seconds=1)) == ACT
    with pytest.raises(HandleExpired):
        handles.consume(token, "office_director", at=NOW + HOUR)


def test_another_offices_handle_is_unknown_there(handles):
    token = handles.issue(ACT)
    with pytest.raises(HandleUnknown):
        CallbackTokens(handles.connection, "village").consume(token, "office_director", at=NOW)
    assert office_of_token(handles.connection, token) == "town"
    assert office_of_token(handles.connection, token[:-1]) == ""


def test_what_moved_on_ends_its_other_buttons(handles):
    mine, theirs = (
        handles.issue(ACT),
        handles.issue(CallbackAction(person="clerk", act="look", case=13, expires_at=NOW + HOUR)),
    )
    handles.expire(12, at=NOW)
    with pytest.raises(HandleExpired):
        handles.consume(mine, "office_director", at=NOW)
    assert handles.consume(theirs, "clerk", at=NOW).case == 13
    assert handles.forget(NOW + timedelta(seconds=1)) == 1


def test_a_form_is_remembered_until_it_runs_out(handles):
    dialogues = DialogStates(handles.connection, "town")
    dialogues.save("clerk", "telegram", DialogState(form="return", data={"case": 12}, expires_at=NOW + HOUR))
    dialogues.save("clerk", "telegram", DialogState(form="count", data={"n": 3}, expires_at=NOW + HOUR))
    found = dialogues.get("clerk", "telegram", at=NOW)
    assert found is not None
    assert (found.form, found.data) == ("count", {"n": 3})
    assert dialogues.get("clerk", "console", at=NOW) is None
    assert dialogues.get("clerk", "telegram", at=NOW + HOUR) is None
    assert dialogues.discard("clerk", "telegram") is True
    assert dialogues.discard("clerk", "telegram") is False


def test_a_person_has_one_card_for_a_task(handles):
    cards = LiveCards(handles.connection, "town")
    first, second = card(message="31", version="aa"), card(message="32", version="bb")
    assert cards.put(first) is None
    assert cards.put(second) == first
    assert cards.about(12) == [second]
    assert cards.of_message("telegram", "7", "32") == second
    assert cards.of_message("telegram", "7", "31") is None
    cards.end("clerk", 12, "answer")
    assert cards.get("clerk", 12, "answer") is None
