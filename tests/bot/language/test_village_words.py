"""People of the villages hear no office words: their sentences stand for others, and none says 案件."""

from dataclasses import replace

import pytest

from bot.dialog.command import NotForYou
from bot.language.phrasebook import VILLAGE_PREFIX, person_phrasebook, phrasebook, placeholder_names

OFFICE_WORDS = ("案件", "一校", "二校", "三校", "登记步骤", "法定提醒")
SAID_BY_THE_BOT = ("talk.", "card.", "notice.", "verb.")
TO_THE_OFFICE = {"card.answer_where", "notice.set_aside", "talk.join_waits", "talk.join_waits_terminal"}
"""What only the office's own people, or somebody who is not in yet, is told."""
WORDS_THAT_ARE_UNDERSTOOD = {"village.verb.steps"}
"""What is read of these is their first word; the others may be written."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_sentence_of_the_villages_stands_for_one_of_everybody(language):
    phrases = phrasebook(language).phrases
    own = {
        key.removeprefix(VILLAGE_PREFIX): said
        for key, said in phrases.items()
        if key.startswith(VILLAGE_PREFIX)
    }
    assert own
    assert [key for key in own if key not in phrases] == []
    wrong = [
        key for key, said in own.items() if not placeholder_names(said) <= placeholder_names(phrases[key])
    ]
    assert wrong == []


def test_the_sentences_of_the_villages_have_no_office_words():
    phrases = phrasebook("zh").phrases
    said = {
        key: text.split("|")[0] if key in WORDS_THAT_ARE_UNDERSTOOD else text
        for key, text in phrases.items()
        if key.startswith(VILLAGE_PREFIX)
    }
    assert [text for text in said.values() if any(word in text for word in OFFICE_WORDS)] == []


def test_what_the_bot_says_in_office_words_has_a_sentence_for_the_villages():
    """A new sentence about a 案件 is written for the villages too, or named here as the office's alone."""
    phrases = phrasebook("zh").phrases
    spoken = {key: text for key, text in phrases.items() if key.startswith(SAID_BY_THE_BOT)}
    said = [key for key, text in spoken.items() if any(word in text for word in OFFICE_WORDS)]
    missing = [key for key in said if f"{VILLAGE_PREFIX}{key}" not in phrases and key not in TO_THE_OFFICE]
    assert missing == []


def test_only_people_of_the_villages_read_them(app):
    reporter, clerk = app.office.person("jia_reporter"), app.office.person("clerk")
    assert person_phrasebook(app.office, reporter).say("card.number", number=3) == "编号 3"
    assert person_phrasebook(app.office, clerk).say("card.number", number=3) == "案件 3"
    english = replace(reporter, language="en")
    assert person_phrasebook(app.office, english).say("card.number", number=3) == "Number 3"


def test_a_refusal_reads_so_too(app):
    book = person_phrasebook(app.office, app.office.person("jia_reporter"))
    assert book.error(NotForYou(post="甲村信息员", who="党政办文书")) == "这件事由镇里办，您这里不用管。"
