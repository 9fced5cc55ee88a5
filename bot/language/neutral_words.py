"""Tell words that change nothing beside a verb from words that do, and courtesy and leaving from answers.

The patterns are plain alternatives without nested repetition, so that no text can make them slow.
"""

from __future__ import annotations

import re

QUESTION_MARKS = frozenset("?？")
_PUNCTUATION = " \t\n,，.。:：、;；!！~～"
_NEUTRAL = re.compile(r"(?:[\s,，.。:：、;；!！~～了的啦哈哦啊]|ok\b|please\b|thanks\b|谢谢)*", re.IGNORECASE)
"""Signs and words beside a verb that change nothing about it."""
COURTESIES = frozenset(
    {
        "收到",
        "好的",
        "好",
        "好嘞",
        "谢谢",
        "谢谢您",
        "谢了",
        "辛苦了",
        "知道了",
        "嗯",
        "嗯嗯",
        "明白",
        "了解",
        "ok",
        "okay",
        "thanks",
    }
    | {"thank you", "got it", "👌", "👍", "🙏", "🌹", "收到谢谢", "好的谢谢", "好的知道了", "好的收到"}
)
LEAVINGS = frozenset(
    {
        "算了",
        "不报了",
        "不填了",
        "不用了",
        "不要了",
        "取消吧",
        "等一下",
        "等等",
        "等会",
        "等会儿",
        "稍等",
        "打错了",
        "发错了",
    }
    | {
        "搞错了",
        "写错了",
        "弄错了",
        "先放着",
        "先这样",
        "明天再说",
        "以后再说",
        "再说吧",
        "不弄了",
        "没事了",
        "never mind",
    }
    | {"nevermind", "wait", "later", "forget it"}
)


def words_beside(words: str) -> str:
    """What is left of the words beside a verb once punctuation and neutral particles are taken away.

    A question mark is never neutral. Anything that is left must be asked about: it may not be dropped.
    """
    neutral = _NEUTRAL.match(words)
    return words[neutral.end() if neutral else 0 :].rstrip(_PUNCTUATION)


def is_courtesy(words: str) -> bool:
    """Whether it is mere politeness, which answers no open question."""
    return _bare(words) in COURTESIES


def is_leaving(words: str) -> bool:
    """Whether it leaves an open question unanswered, as people say it."""
    return _bare(words) in LEAVINGS


def _bare(words: str) -> str:
    return "".join(sign for sign in words.casefold().strip(_PUNCTUATION) if sign not in "，,。.！!")
