"""Finds secrecy marks, which say that a paper or a part of it was not made to be published.

A mark is not a mention. “秘密★1年”, a line that says nothing but “机密”, “密级：秘密”, “内部资料 注意保存” are
marks; “国家秘密”, “保密审查”, “商业秘密”, “秘密投票” and the row “属于国家秘密” of the official form are not.
A national mark is the level, a star, and the term, the day or the condition of its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SPACE = " ?"  # the text is folded first: it holds no longer run, and no other white space
_LEVEL = rf"(?:绝{_SPACE}密|机{_SPACE}密|秘{_SPACE}密)"
_WORK = rf"工{_SPACE}作{_SPACE}秘{_SPACE}密"
_INTERNAL = (
    rf"(?:内{_SPACE}部{_SPACE}(?:资{_SPACE}料|文{_SPACE}件|材{_SPACE}料|刊{_SPACE}物|参{_SPACE}考|使{_SPACE}用"
    rf"|掌{_SPACE}握|传{_SPACE}阅|明{_SPACE}电)?)"
)
_HANDLING_NOTE = (
    r"(?:注意保[存管密]|妥善保管|(?:请勿|不得|严禁|切勿|勿)外传|(?:请勿|禁止|严禁|不得)转发"
    r"|不得翻印|不得复制|阅后即[焚毁])"
)
_TERM = rf"(?:\d{{1,3}}{_SPACE}(?:年|个?月)|长期|启用前|公布前|开启前|[一二三四五六七八九十]{{1,3}}年)"
_OPEN, _CLOSE = r"[（(【\[〔{]", r"[）)】\]〕}]"
_PARAGRAPH_END = (
    r"(?=(?:\.[A-Za-z]{1,5})? ?$)"  # the paragraph ends here, or a file's name but for its ending
)
_LEVEL_LABEL = r"(?:密级(?:和保密期限|及保密期限)?|保密等级|秘密等级|文件密级|涉密等级)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyMark:
    """A secrecy mark: its kind (``secret``, ``work_secret``, ``internal``) and where it stands."""

    kind: str
    start: int
    end: int


_OF_ITS_OWN = rf"^{_SPACE}{_OPEN}?{_SPACE}%s{_SPACE}{_CLOSE}?{_SPACE}%s{_SPACE}{_PARAGRAPH_END}"
_BRACKETED = rf"{_OPEN}{_SPACE}%s{_SPACE}{_CLOSE}{_SPACE}{_PARAGRAPH_END}"
_RANKED = rf"{_LEVEL_LABEL}{_SPACE}[:：]{_SPACE}%s"
_STARRED = rf"%s{_SPACE}级?{_SPACE}[★☆✭✩⭐*＊]{_SPACE}{_TERM}?"
_MARKS: Mapping[str, tuple[str, ...]] = {
    "secret": (
        _STARRED % _LEVEL,
        _OF_ITS_OWN % (_LEVEL, f"{_TERM}?"),
        _RANKED % _LEVEL + rf"(?:{_SPACE}{_TERM})?",
        _BRACKETED % _LEVEL,
        rf"(?:^|(?<=[。！？； ])){_OPEN}{_SPACE}{_LEVEL}{_SPACE}{_CLOSE}",
        rf"^{_SPACE}{_LEVEL}[-_— ](?=[^ ])(?!{_LEVEL}|投票)",
        rf"(?:本文件?|本件|此件|本通知|本材料|该文件)(?:密级)?(?:为|属于?|定为){_SPACE}“?{_LEVEL}”?(?:级|文件|件|$|[，。])",
    ),
    "work_secret": (
        _STARRED % _WORK,
        _OF_ITS_OWN % (_WORK, f"(?:{_TERM}|{_HANDLING_NOTE})?"),
        _RANKED % _WORK,
        _BRACKETED % _WORK,
        rf"{_WORK}[，, ]{{0,4}}{_HANDLING_NOTE}",
        rf"^{_SPACE}{_WORK}[-_—]",
    ),
    "internal": (
        _OF_ITS_OWN % (_INTERNAL, ""),
        rf"{_INTERNAL}[，,、！!。;； ]{{0,4}}{_HANDLING_NOTE}",
        _RANKED % rf"内{_SPACE}部",
        _BRACKETED % _INTERNAL,
        r"[仅只][供限](?:本?(?:单位|机关|镇|乡|街道|部门|系统)?)内部(?:使用|参考|传阅|掌握|交流|学习)",
        r"^ ?内部(?:资料|文件|材料|明电|参考)[-_— ](?=[^ ])",
    ),
}
_SPACE_RUN = re.compile(r"[\s\u200b]+")
_PATTERNS = {kind: tuple(map(re.compile, patterns)) for kind, patterns in _MARKS.items()}


def secrecy_marks(text: str) -> tuple[SecrecyMark, ...]:
    """Return the marks of one paragraph in order, without overlaps."""
    if "密" not in text and "内" not in text:
        return ()
    folded, places = _fold_space(text)
    found = [
        SecrecyMark(kind=mark.kind, start=places[mark.start], end=places[mark.end - 1] + 1)
        for mark in _mark_matches(folded)
    ]
    found.sort(key=lambda mark: (mark.start, -mark.end))
    marks: list[SecrecyMark] = []
    for mark in found:
        if not marks or mark.start >= marks[-1].end:
            marks.append(mark)
    return tuple(marks)


def _fold_space(text: str) -> tuple[str, list[int]]:
    """Return the text with one space for each run of white space, and the place of each of its signs in the text.

    A pattern with several runs in it would try every way of dividing 200 spaces among them.
    """
    places: list[int] = []
    at = 0
    for run in _SPACE_RUN.finditer(text):
        places.extend(range(at, run.start() + 1))
        at = run.end()
    return _SPACE_RUN.sub(" ", text), [*places, *range(at, len(text))]


def _mark_matches(text: str) -> Iterator[SecrecyMark]:
    for kind, patterns in _PATTERNS.items():
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            said = match.group()
            start = match.start() + len(said) - len(said.lstrip())
            yield SecrecyMark(kind=kind, start=start, end=match.start() + len(said.rstrip()))
