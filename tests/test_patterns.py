"""No text makes a pattern or a parser slow: each is fed 100 kB of what it likes least."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.patterns import computed_patterns, every_pattern, worst_texts

SIZES = ((18, 0.02), (200, 0.02), (1_200, 0.05))
"""Lengths in bytes with their limits in seconds: what is exponential, or cubic, is stopped at a short text."""
LONG_SIZES = ((10_000, 0.1), (100_000, 0.3))
COMPUTED = {
    "_alternatives": "escaped words, joined by |",
    "_order": "escaped words, joined by the commas of a list",
    "_order_findings": "escaped words, joined by |",
    "_pair": "a constant of the module",
    "parse_recipient": "one class of signs",
    "read_figure": "one space and words, joined by |",
    "_is_name": "one class of signs, whole, on forty signs at most",
    "_check_year": "a constant of the module, and the escaped words of a title",
    "_pattern_findings": "an office's own: held against its rule before it is compiled",
    "parse_wordlist": "of the shipped list, which is read here whole",
    "_level": "of the shipped list",
    "_compile_patterns": "of the shipped list",
    "_neutral": "escaped words of the word tables, joined by |",
    "_neutral_end": "escaped words of the word tables, joined by |",
    "_pattern": "escaped words of the word tables and of villages, joined by |",
    "_inside": "escaped words",
    "read_number": "a constant of the module, tried once",
    "load_count_lexicon": "of the shipped list, which is read here whole",
    "_stands_alone": "an escaped figure between classes of one sign",
}
"""The functions that make a pattern while they run, and why no text can make it slow."""


def test_no_text_makes_a_pattern_slow() -> None:
    patterns = every_pattern()
    assert len(patterns) > 250
    slow = {
        place: words
        for (text, flags, anchored), place in patterns.items()
        if (words := _slow(text, flags, anchored))
    }
    assert slow == {}


def test_the_patterns_made_while_running_are_known() -> None:
    assert {place for place in computed_patterns() if place.rpartition(".")[2] not in COMPUTED} == set()


@pytest.mark.parametrize("slow", [r"\s*b", r"(?:a|a)*b", r"a*a*b"])
def test_a_slow_pattern_would_be_found(slow: str) -> None:
    assert _slow(slow, re.compile(slow).flags, anchored=False)


def _slow(pattern: Any, flags: int, anchored: bool) -> str:  # noqa: FBT001
    """Return the text on which the pattern is slow, as its front, its repeated piece and its end; or nothing."""
    compiled, texts = re.compile(pattern, flags), worst_texts(pattern, flags)
    worst = texts[0]
    for size, limit in SIZES:
        slowest = 0.0
        for pieces in texts:
            seconds = _seconds(compiled, _text(pieces, size), limit, anchored=anchored)
            if seconds > limit:
                return f"{size} bytes: {seconds} {pieces}"
            if seconds > slowest:
                slowest, worst = seconds, pieces
    for size, limit in LONG_SIZES:
        seconds = _seconds(compiled, _text(worst, size), limit, anchored=anchored)
        if seconds > limit:
            return f"{size} bytes: {seconds} {worst}"
    return ""


def _text(pieces: tuple[str, str, str], size: int) -> str:
    front, piece, end = pieces
    return front + piece * (size // len(piece.encode()) + 1) + end


def _seconds(pattern: re.Pattern[Any], text: str, limit: float, *, anchored: bool) -> float:
    """Return the processor's seconds for a text; a second try where it is too long, for other work may interrupt."""
    given: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    taken = _time(lambda: pattern.fullmatch(given) if anchored else sum(1 for _ in pattern.finditer(given)))
    return (
        taken
        if taken <= limit
        else _time(lambda: pattern.fullmatch(given) if anchored else sum(1 for _ in pattern.finditer(given)))
    )


def _time(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin
