"""Tell a plain statement from a question, a condition, a negation or a report, because only a statement may record.

The patterns are plain alternatives without nested repetition, so that no text can make them slow. They look at what
stands beside a verb, not at free text that a verb takes (a reason of a return may well contain a question).
"""

from __future__ import annotations

import re
from enum import StrEnum


class Mood(StrEnum):
    """How something is said."""

    STATED = "stated"
    ASKED = "asked"
    CONDITIONAL = "conditional"
    NEGATED = "negated"
    REPORTED = "reported"


QUESTION_MARKS = frozenset("?？")
_ASKED = re.compile(
    r"[?？]|吗|么$|什么|怎么|为何|为啥|啥|行不行|可不可以|可否|能不能|能否|好不好|是不是|是否|要不要|对不对|几时|几号"
    r"|谁|多少|哪|呢[。.!！]?$|\b(?:what|why|when|who|how|should|shall|may i|can i)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(
    r"但|不过|可是|只是|如果|要是|假如|的话|除非|前提|等.{1,12}再|再说|先放|先等|改完|改了|改一下|修改后|之后再|补上|暂"
    r"|\b(?:but|if|unless|after|once|provided|except)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"别|勿|莫|没|不|未|甭|\b(?:not|no|never|don't|do not)\b", re.IGNORECASE)
_REPORTED = re.compile(
    r"[他她]们?说|领导说|书记说|镇长说|主任说|听说|据说|说是|说要|说的|让我|叫我|\b(?:said|says|told)\b",
    re.IGNORECASE,
)
_IN_ORDER = (
    (Mood.ASKED, _ASKED),
    (Mood.REPORTED, _REPORTED),
    (Mood.CONDITIONAL, _CONDITIONAL),
    (Mood.NEGATED, _NEGATED),
)
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


def mood_of(words: str) -> Mood:
    """How the words beside a verb are meant; empty words leave the verb a plain statement."""
    return next((mood for mood, pattern in _IN_ORDER if pattern.search(words)), Mood.STATED)


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
