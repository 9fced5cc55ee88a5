"""Six digits let one person in, once, for a quarter of an hour; guessing leads nowhere."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.channels.join_words import (
    GUESSES_OF_ALL,
    GUESSES_OF_ONE,
    WORD_LIFETIME,
    JoinWords,
    TooManyGuesses,
    WordUnknown,
    is_join_word,
)

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def words(app):
    with app.store.writing(app.office.slug) as connection:
        yield JoinWords(connection, app.office.slug)


def other_than(word: str) -> str:
    return f"{(int(word) + 1) % 10**6:06}"


def test_a_word_lets_one_person_in_once(words):
    word = words.issue("jia_reporter", at=AT)
    assert is_join_word(word)
    assert words.use(word, "wecom_bot", "wang", at=AT + WORD_LIFETIME / 2).person == "jia_reporter"
    with pytest.raises(WordUnknown):
        words.use(word, "wecom_bot", "li", at=AT + WORD_LIFETIME / 2)


def test_a_word_runs_out_and_a_new_one_voids_it(words):
    old = words.issue("jia_reporter", at=AT)
    new = words.issue("jia_reporter", at=AT)
    with pytest.raises(WordUnknown):
        words.use(old, "wecom_bot", "wang", at=AT)
    with pytest.raises(WordUnknown):
        words.use(new, "wecom_bot", "wang", at=AT + WORD_LIFETIME)


def test_the_database_does_not_hold_the_word(words, app):
    word = words.issue("jia_reporter", at=AT)
    rows = words.connection.exec_driver_sql("select * from join_word").all()
    assert len(rows) == 1
    assert word not in str(rows)
    assert app.office.slug in str(rows)


def test_an_address_that_guesses_is_not_listened_to_for_an_hour(words):
    word = words.issue("jia_reporter", at=AT)
    for _ in range(GUESSES_OF_ONE):
        with pytest.raises(WordUnknown):
            words.use(other_than(word), "wecom_bot", "wang", at=AT)
    with pytest.raises(TooManyGuesses):
        words.use(word, "wecom_bot", "wang", at=AT)
    assert words.use(word, "wecom_bot", "li", at=AT).person == "jia_reporter"
    late = AT + timedelta(hours=1)
    assert words.use(words.issue("clerk", at=late), "wecom_bot", "wang", at=late).person == "clerk"


def test_many_guesses_from_anywhere_void_every_word(words):
    word = words.issue("jia_reporter", at=AT)
    for number in range(GUESSES_OF_ALL):
        with pytest.raises(WordUnknown):
            words.use(other_than(word), "wecom_bot", f"guesser {number}", at=AT)
    with pytest.raises(TooManyGuesses):
        words.use(word, "wecom_bot", "wang", at=AT)
    late = AT + WORD_LIFETIME / 2 + timedelta(hours=1)
    with pytest.raises(WordUnknown):
        words.use(word, "wecom_bot", "wang", at=late)


@pytest.mark.parametrize(
    ("text", "is_word"),
    [
        ("123456", True),
        (" 123 456 ", True),
        ("12345", False),
        ("1234567", False),
        ("１２３４５６", False),
        ("同意12", False),
    ],
)
def test_what_looks_like_a_word(text, is_word):
    assert is_join_word(text) is is_word
