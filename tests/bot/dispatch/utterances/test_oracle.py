"""A sample of the oracle's sentences: none is read, and none is recorded, as a plain statement.

``make proof`` reads 200,000 of them (``proofs.py`` beside this file).
"""

from dataclasses import replace

import pytest

from bot.dispatch.command_table import COMMANDS
from bot.utterances.moods import Mood, MoodReader
from tests.bot.dispatch.utterances.oracle import VERBS, sentences, would_record

READ, SAID, SEED = 3_000, 150, 20_261_129


@pytest.fixture(scope="module")
def reader(stage):
    return stage.talk.conversation.reader


def test_no_sentence_of_the_oracle_is_read_as_a_plain_statement(reader):
    misread = [built for built in sentences(READ, SEED) if would_record(reader, built)]
    assert misread == []


def test_the_oracle_sees_a_plain_statement(reader):
    """Its own control: what is plain must be seen as such, or the sentences above prove nothing."""
    for said in ("同意 13", "批准13号", "零报送 6", "在办 11", "approve 13"):
        built = next(sentences(1, SEED))
        assert would_record(reader, replace(built, text=said, mood=Mood.PLAIN)), said


def test_a_reader_without_moods_is_found_out(reader, monkeypatch):
    """Negative control: where no word beside a verb counts, the oracle must find many sentences."""
    monkeypatch.setattr(MoodReader, "words_beside", lambda _self, _words: "")
    misread = [built for built in sentences(READ, SEED) if would_record(reader, built)]
    assert len(misread) > READ // 100


def test_a_sample_said_to_the_dispatcher_records_nothing(stage):
    people = ("保密员", "镇长", "己报", "文书", "副主任")
    for place, built in enumerate(sentences(SAID, SEED + 1)):
        heard = stage.hear(people[place % len(people)], built.text)
        assert heard.recorded == (), built


def test_every_verb_of_the_oracle_is_one_that_records(reader):
    for word in VERBS:
        verb = reader.read(f"{word} 13").command.verb
        assert verb is not None
        assert not COMMANDS[verb.kind].read_only
