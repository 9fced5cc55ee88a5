"""Reads the numbers of cases as people write them: “13”, “13号”, “案件13”, “第十三件”, “同意20、21”.

A place on the list that was shown last (“第1件”) and a case's number can look the same; which of them is meant is
decided where the list is known.
"""

from __future__ import annotations

import re

CHINESE_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE = "[零〇一二两三四五六七八九十]{1,3}"
NUMBER_PATTERN = (
    rf"(?:案件|第|[#№]|no\.?)?\s{{0,4}}第?(?:\d{{1,12}}|{_CHINESE}(?=号|件))(?:号案件|号件|号|件)?"
)
_MARK = r"(?:案件\s{0,4}|[#№]\s{0,4}|no\.?\s{0,4}|case\s{1,4})?"
_LEADING = re.compile(rf"{_MARK}第?([1-9]\d{{0,11}})(?:号案件|号|件)?(?![\d.,:\-/年月日元%])", re.IGNORECASE)
_FURTHER = re.compile(
    r"\s{0,4}(?:、|，|,|和|及|与|/|&|\band\b)\s{0,4}(?:案件\s{0,4}|[#№]\s{0,4})?第?(\d{1,12})(?:号案件|号|件)?"
    r"(?=$|[\s、，,和及与/&。.!！?？])",
    re.IGNORECASE,
)
_TRIM = " \t,，.。:：、;；!！?？"


def leading_case_numbers(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers of cases that a text begins with, and what follows them; none and the text where there are none."""
    matched = _LEADING.match(text)
    if matched is None:
        return (), text
    numbers, at = [int(matched[1])], matched.end()
    while further := _FURTHER.match(text, at):
        numbers.append(int(further[1]))
        at = further.end()
    return tuple(dict.fromkeys(numbers)), text[at:]


def trimmed(text: str) -> str:
    """A text without the punctuation around it."""
    return text.strip(_TRIM)


def read_number(text: str) -> int:
    """The number in a matched “13号” or “第十三件”; 0 where there is none."""
    digits = re.search(r"\d{1,12}", text)
    if digits:
        return int(digits[0])
    chinese = re.search(_CHINESE, text)
    return chinese_number(chinese[0]) if chinese else 0


def chinese_number(text: str) -> int:
    """A Chinese numeral up to 99, such as 二十一; 0 for anything else."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return CHINESE_DIGITS.get(text, 0)
    if (tens and tens not in CHINESE_DIGITS) or (ones and ones not in CHINESE_DIGITS):
        return 0
    return CHINESE_DIGITS.get(tens, 1) * 10 + CHINESE_DIGITS.get(ones, 0)
