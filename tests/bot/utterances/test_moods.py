"""Words beside a verb that change it are never dropped; courtesy and leaving are told apart from answers."""

import pytest

from bot.utterances.command_parser import VerbVocabulary
from bot.utterances.moods import Mood, MoodReader
from bot.utterances.utterance import UtteranceReader
from bot.utterances.vocabulary import word_tables

MOODS = MoodReader(word_tables())
READER = UtteranceReader(VerbVocabulary(), word_tables())
CHANGES_A_VERB = [
    "吗",
    "16 是什么意思？",
    "11 行不行",
    "，但是第二段改一下",
    "，第二段改一下",
    "\n但要改",
    "的话我再看",
    "，等镇长看过再发",
    "。先别发",
    " 6 先别记",
    "，他说的",
    "，书记说可以",
    ", but change the title",
]
SAID_IN = {
    "可以吗": Mood.ASKED,
    "怎么填": Mood.ASKED,
    "要不要改": Mood.ASKED,
    "，改好再发": Mood.CONDITIONAL,
    "，如果没有错字的话": Mood.CONDITIONAL,
    "if the title is right": Mood.CONDITIONAL,
    "书记说可以": Mood.REPORTED,
    "he said so": Mood.REPORTED,
    "不": Mood.ASKED,
    "不发布": Mood.NEGATED,
    "明天上午": Mood.FUTURE,
    "昨天就签好": Mood.PAST,
    "第二段": Mood.PLAIN,
}


@pytest.mark.parametrize(
    "words", ["", "。", "！", "了", "了。", "，谢谢", " ok ", "的", "，辛苦了！", "thanks"]
)
def test_neutral_words_change_nothing(words):
    assert MOODS.words_beside(words) == ""


@pytest.mark.parametrize("words", CHANGES_A_VERB)
def test_whatever_changes_a_verb_is_left_to_be_asked_about(words):
    assert MOODS.words_beside(words)


@pytest.mark.parametrize(("words", "mood"), SAID_IN.items())
def test_each_mood_is_told_by_its_words(words, mood):
    assert MOODS.mood(words) is mood


def test_courtesy_and_leaving_are_told_apart_from_answers():
    assert all(
        READER.read(one).courtesy for one in ("收到", "好的，谢谢", "谢谢！", "👌", "OK", "好的，知道了")
    )
    assert all(
        READER.read(one).leaving for one in ("算了", "不报了", "取消吧。", "等一下", "打错了", "明天再说")
    )
    assert not any(
        READER.read(one).courtesy or READER.read(one).leaving
        for one in ("乙村环境整治见成效", "好的做法值得推广", "算了一笔账")
    )


def test_no_text_makes_the_patterns_slow():
    for text in ("等" * 50_000, "不" * 50_000 + "x", " " * 100_000, "再说" * 25_000):
        assert MOODS.words_beside(text) is not None
        assert MOODS.mood(text)
