"""How something is meant: only a plain statement may record, and no words beside a verb are dropped."""

import pytest

from bot.language.mood import Mood, is_courtesy, is_leaving, mood_of, words_beside

BESIDE_A_VERB = {
    "": Mood.STATED,
    "。": Mood.STATED,
    "了": Mood.STATED,
    "？": Mood.ASKED,
    " 13？": Mood.ASKED,
    "吗": Mood.ASKED,
    "16 是什么意思？": Mood.ASKED,
    "11 行不行": Mood.ASKED,
    "，但是第二段改一下": Mood.CONDITIONAL,
    "，第二段改一下": Mood.CONDITIONAL,
    "\n但要改": Mood.CONDITIONAL,
    "的话我再看": Mood.CONDITIONAL,
    "，等镇长看过再发": Mood.CONDITIONAL,
    "。先别发": Mood.NEGATED,
    " 6 先别记": Mood.NEGATED,
    "，他说的": Mood.REPORTED,
    "，书记说可以": Mood.REPORTED,
    ", but change the title": Mood.CONDITIONAL,
    "?": Mood.ASKED,
}


@pytest.mark.parametrize("words", BESIDE_A_VERB)
def test_the_mood_of_the_words_beside_a_verb(words):
    assert mood_of(words) is BESIDE_A_VERB[words]


@pytest.mark.parametrize("words", ["", "。", "！", "了", "了。", "，谢谢", " ok ", "的"])
def test_neutral_words_change_nothing(words):
    assert words_beside(words) == ""


@pytest.mark.parametrize("words", [words for words, mood in BESIDE_A_VERB.items() if mood is not Mood.STATED])
def test_whatever_changes_the_mood_is_left_to_be_asked_about(words):
    assert words_beside(words)


def test_courtesy_and_leaving_are_told_apart_from_answers():
    assert all(is_courtesy(one) for one in ("收到", "好的，谢谢", "谢谢！", "👌", "OK"))
    assert all(is_leaving(one) for one in ("算了", "不报了", "取消吧。", "等一下", "打错了", "明天再说"))
    assert not any(
        is_courtesy(one) or is_leaving(one)
        for one in ("乙村环境整治见成效", "好的做法值得推广", "算了一笔账")
    )


def test_no_text_makes_the_patterns_slow():
    worst = ("等" * 50_000, "不" * 50_000 + "x", " " * 100_000, "再说" * 25_000)
    for text in worst:
        assert words_beside(text) is not None
        assert mood_of(text) in Mood
