"""Checks brackets, quotes and stops: their width, and that each has its other half (GB/T 15834)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.findings import Finding, Severity
from storage.proofread.passages import Passage, text_finding

_CHINESE = r"[\u4e00-\u9fff，。、；：！？”“]"
_HAN = "\u4e00-\u9fff"
_PAIRS = {"（": "）", "(": ")", "〔": "〕", "《": "》", "【": "】", "“": "”"}
_WIDTH = str.maketrans("()", "（）")
_ITEM = re.compile(
    r"(?:^|[，。；：、\s])(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,3})(?=[)）])"
)  # 1）…；2）…: an item, not half a pair
_QUOTED = re.compile(
    rf'"([^"\n{_HAN}]*[{_HAN}][^"\n]*)"|(?<![A-Za-z])\'([^\'\n{_HAN}]*[{_HAN}][^\'\n]*)\'(?![A-Za-z])'
)
_STOP = re.compile(rf"(?<=[{_HAN}”》）])[,;?!](?=[{_HAN}“《（]|$)|(?<=[{_HAN}])[:](?=[{_HAN}“《（])")
_WIDE_STOPS = str.maketrans(",;:?!", "，；：？！")


def check_punctuation(passages: tuple[Passage, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the punctuation of a text."""
    for passage in passages:
        yield from _brackets(passage)
        yield from _quotes(passage)
        yield from _stops(passage)


def _quotes(passage: Passage) -> Iterator[Finding]:
    for found in _QUOTED.finditer(passage.text):
        right = f"“{found.group(1) or found.group(2)}”"
        yield text_finding("text.quote_width", passage, found.start(), found.end(), expected=right)


def _stops(passage: Passage) -> Iterator[Finding]:
    """Yield the first half-width stop of a paragraph: where one was typed so, all of them were."""
    found = _STOP.search(passage.text)
    if found:
        right = found.group().translate(_WIDE_STOPS)
        spot = (passage, found.start(), found.end())
        yield text_finding("text.stop_width", *spot, severity=Severity.NOTE, expected=right)


def _brackets(passage: Passage) -> Iterator[Finding]:
    """Yield half-width brackets in Chinese, pairs of two widths, and brackets without their other half."""
    open_: list[tuple[int, str]] = []
    text = passage.text
    items = {item.end() for item in _ITEM.finditer(text)}
    for at, sign in enumerate(text):
        if sign in _PAIRS:
            open_.append((at, sign))
        elif sign in _PAIRS.values() and at not in items:
            if not open_ or _PAIRS[open_[-1][1]].translate(_WIDTH) != sign.translate(_WIDTH):
                yield text_finding("text.bracket_unbalanced", passage, at, at + 1)
            else:
                yield from _pair(passage, open_.pop()[0], at)
    for at, _sign in open_:
        yield text_finding("text.bracket_unbalanced", passage, at, at + 1)


def _pair(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    inside = passage.text[start : end + 1]
    mixed = (inside[0], inside[-1]) in {("(", "）"), ("（", ")")}
    half = inside[0] == "(" and inside[-1] == ")" and re.search(_CHINESE, inside)
    if mixed or half:
        right = inside[0].translate(_WIDTH) + inside[1:-1] + inside[-1].translate(_WIDTH)
        yield text_finding("text.bracket_width", passage, start, end + 1, expected=right)
