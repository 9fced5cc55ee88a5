"""An office adds its own expressions beside its document; some that cannot be read are named, and stop nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dispatch.dispatcher import Dispatcher
from bot.language.verbs import Verb, VerbKind, parse_verb
from bot.services.office.changes import change_office, record_first_version, written_office
from bot.utterances.vocabulary import WordsWrong, word_tables
from config.office.folder import WORDS_FILE
from scheduler.worklist.office_change import OfficeEdit

OWN = 'edition = "2026-12-01"\n[[form]]\nmeans = "approve"\nsaid = ["中", "使得"]\n'


def test_every_expression_of_the_tables_means_a_verb_that_there_is():
    assert [form for form in word_tables().forms if parse_verb(form[1]) is None] == []
    assert all(len(edition) == len("2026-11-29") for edition in word_tables().editions)


def test_an_office_adds_expressions_of_its_own(app):
    assert Dispatcher(app=app).conversation.reader.read("使得").guess is None
    (app.home.path / WORDS_FILE).write_text(OWN, "utf-8")
    said = Dispatcher(app=app).conversation.reader.read("使得")
    assert (said.guess, said.whole) == (Verb(VerbKind.APPROVE), True)
    assert Dispatcher(app=app).conversation.reader.read("没问题").guess == Verb(VerbKind.APPROVE)


def test_a_message_reads_the_words_alone_and_no_template(app, monkeypatch):
    """Each message asks for them: reading prose, schemes and letters as well took a third of showing a case."""
    read = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file.name) or read_bytes(file))
    (app.home.path / WORDS_FILE).write_text(OWN, "utf-8")
    assert Dispatcher(app=app).conversation.reader.read("使得").guess == Verb(VerbKind.APPROVE)
    assert set(read) == {WORDS_FILE}


def test_a_change_of_the_office_is_heard_without_a_new_start(app):
    record_first_version(app)
    talk = Dispatcher(app=app)
    assert talk.conversation.reader.read("使得").guess is None
    assert "庚村" not in talk.conversation.reader.villages
    written = written_office(app).with_file(WORDS_FILE, OWN.encode())
    edit = OfficeEdit(document=written.document, files=written.files, holds_from=app.today)
    change_office(app, edit, actor="clerk", means="test")
    assert talk.conversation.reader.read("使得").guess == Verb(VerbKind.APPROVE)
    document = written.document.replace('name = "己村"', 'name = "庚村"')
    change_office(app, replace(edit, document=document), actor="clerk", means="test")
    assert "庚村" in talk.conversation.reader.villages
    assert talk.conversation is talk.conversation


@pytest.mark.parametrize("written", ["edition = ", 'said = ["中"]', 'edition = "x"\ncourtesy = "好"'])
def test_a_file_that_cannot_be_read_is_named(app, written):
    (app.home.path / WORDS_FILE).write_text(written, "utf-8")
    with pytest.raises(WordsWrong) as refused:
        word_tables(written)
    assert WORDS_FILE in str(refused.value)
    assert Dispatcher(app=app).conversation.reader.read("没问题").guess == Verb(VerbKind.APPROVE)
