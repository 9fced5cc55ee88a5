"""Matches printed labels with those of the form: other spaces, widths, quotes or numbers make no difference.

Agencies retype the form. A label is matched by the strictest comparison first and the loosest last; a label that is
printed differently is kept, so that the checks can report it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "＂": '"'})
_NUMBER = re.compile(r"^(?:\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十]+[、.,．:]|\d+[.、,)]?)")
_MIN_SIMILARITY = 0.8  # below it 属于行政许可事项 would pass for 属于行政查询事项 (0.75)
_MIN_PARTIAL_LENGTH = 4  # characters: a shorter label is matched whole or not at all


def normalize_label(text: str) -> str:
    """Return the label without spaces, in one width and kind of quotes; equal means printed as in the form."""
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return re.sub(r"[\s\u200b\ufeff]+", "", folded)


def label_core(text: str) -> str:
    """Return the label without its number and punctuation, for matching only."""
    return re.sub(r"[\W_]+", "", _NUMBER.sub("", normalize_label(text)))


def label_similarity(found: str, official: str) -> float:
    """Return the similarity of two labels, from 0 to 1."""
    return SequenceMatcher(None, label_core(found), label_core(official), autojunk=False).ratio()


def match_label(text: str, options: Mapping[str, str]) -> str | None:
    """Return the value of the option that the label means, or None; ``options`` maps label cores to values."""
    found = label_core(text)
    if not found:
        return None
    if found in options:
        return options[found]
    for alike in (
        [option for option in options if found.endswith(option)],
        [option for option in options if len(option) >= _MIN_PARTIAL_LENGTH and option in found],
        [option for option in options if len(found) >= _MIN_PARTIAL_LENGTH and option.startswith(found)],
    ):
        if alike:
            return options[max(alike, key=len)]
    return _closest(found, options)


def _closest(found: str, options: Mapping[str, str]) -> str | None:
    matcher = SequenceMatcher(None, "", found, autojunk=False)
    best, key = _MIN_SIMILARITY, None
    for option, value in options.items():
        matcher.set_seq1(option)
        if (
            min(len(found), len(option)) > _MIN_PARTIAL_LENGTH and matcher.quick_ratio() >= best
        ):  # an upper bound, cheap
            score = matcher.ratio()
            best, key = (score, value) if score >= best else (best, key)
    return key
