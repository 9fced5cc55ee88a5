"""Words beside a verb that change it are never dropped; courtesy and leaving are told apart from answers."""

import pytest

from bot.language.neutral_words import is_courtesy, is_leaving, words_beside

CHANGES_A_VERB = [
    "？",
    " 13？",
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
    "?",
]


@pytest.mark.parametrize("words", ["", "。", "！", "了", "了。", "，谢谢", " ok ", "的"])
def test_neutral_words_change_nothing(words):
    assert words_beside(words) == ""


@pytest.mark.parametrize("words", CHANGES_A_VERB)
def test_whatever_changes_a_verb_is_left_to_be_asked_about(words):
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
