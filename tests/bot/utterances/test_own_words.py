"""An office adds its own expressions in a file of its folder; one that cannot be read is named, and stops nothing else."""

import pytest

from bot.dispatch.dispatcher import Dispatcher
from bot.language.verbs import Verb, VerbKind, parse_verb
from bot.utterances.word_tables import OWN_WORDS_FILE, WordsWrong, word_tables

OWN = 'edition = "2026-12-01"\n[[form]]\nmeans = "approve"\nsaid = ["中", "使得"]\n'


def test_every_expression_of_the_tables_means_a_verb_that_there_is():
    assert [form for form in word_tables().forms if parse_verb(form[1]) is None] == []
    assert all(len(edition) == len("2026-11-29") for edition in word_tables().editions)


def test_an_office_adds_expressions_of_its_own(app):
    assert Dispatcher(app=app).conversation.reader.read("使得").guess is None
    (app.home.path / OWN_WORDS_FILE).write_text(OWN, "utf-8")
    said = Dispatcher(app=app).conversation.reader.read("使得")
    assert (said.guess, said.whole) == (Verb(VerbKind.APPROVE), True)
    assert Dispatcher(app=app).conversation.reader.read("没问题").guess == Verb(VerbKind.APPROVE)


@pytest.mark.parametrize("written", ["edition = ", 'said = ["中"]', 'edition = "x"\ncourtesy = "好"'])
def test_a_file_that_cannot_be_read_is_named(app, written):
    file = app.home.path / OWN_WORDS_FILE
    file.write_text(written, "utf-8")
    with pytest.raises(WordsWrong) as refused:
        word_tables(file)
    assert OWN_WORDS_FILE in str(refused.value)
    assert Dispatcher(app=app).conversation.reader.read("没问题").guess == Verb(VerbKind.APPROVE)
