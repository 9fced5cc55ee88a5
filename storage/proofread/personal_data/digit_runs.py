"""Finds the runs of digits in a text, also where they are spaced, full-width or split by invisible signs.

Such digits would be hidden from a search; here they are one run. Each character keeps its offset, so that a finding
can point at it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from re import Match, Pattern

_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphen, zero-width signs, byte-order mark
_SPACES = " \u00a0\u2002\u2003\u2009\u202f\u3000"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d_·•."
UNSEEN = rf"[{_UNSEEN}]*"
GAP = rf"[{_UNSEEN}{_SPACES}{re.escape(_DASHES)}]{{0,3}}"
_RUN = re.compile(rf"\d(?:{GAP}\d)*(?:{GAP}[Xx×](?![A-Za-z]|\d{{3}}))?")
MAX_PERIOD = 20  # groups: a number of 19 digits with a space behind each has no more
_CROSS = "×"  # typed for the check character X


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitGroup:
    """Digits that stand together."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitRun:
    """Groups with nothing but gaps between them."""

    groups: tuple[DigitGroup, ...]
    gaps: tuple[str, ...]
    digits: str
    """The digits without the gaps."""
    periods: frozenset[int] = frozenset()
    """The numbers of groups after which the sizes of a whole run repeat, found once: a text may be one long run."""

    def is_repetition_of(self, part: DigitRun) -> bool:
        """Whether the run is this part alone, or repeats its form, unlike a row of figures."""
        count = len(part.groups)
        return count in self.periods and part.sizes == tuple(len(each.text) for each in self.groups[:count])

    def parts(self, least: int, most: int, wanted: Pattern[str]) -> Iterator[DigitRun]:
        """Yield every run of whole groups inside this one whose digits are wanted, the longest first.

        It has ``least`` to ``most`` digits. A text may be one long run of single figures: what is not wanted is
        passed over before anything is made of it.
        """
        if len(self.digits) < least:
            return
        ends = [0, *accumulate(map(len, (group.text for group in self.groups)))]
        found, long_enough = [], 0
        for first, start in enumerate(ends[:-1]):
            while long_enough < len(ends) and ends[long_enough] - start < least:
                long_enough += 1
            for last in range(long_enough, len(ends)):
                if ends[last] - start > most:
                    break
                if wanted.fullmatch(self.digits, start, ends[last]):
                    found.append((first, last, start, ends[last]))
        found.sort(key=lambda part: part[2] - part[3])
        for first, last, start, end in found:
            yield DigitRun(
                groups=self.groups[first:last],
                gaps=self.gaps[first : last - 1],
                digits=self.digits[start:end],
            )

    @property
    def is_unbroken(self) -> bool:
        """Whether it has no gaps but hyphens: a space may separate two numbers, a hyphen hardly."""
        return not any(gap.strip(_SPACES) == "" for gap in self.gaps)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of digits in each group."""
        return tuple(len(group.text) for group in self.groups)

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.groups[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.groups[-1].end


class _HalfWidthMap(dict[int, str]):
    """Maps each character code to its half-width form, computed once."""

    def __missing__(self, code: int) -> str:
        self[code] = _half_width_character(chr(code))
        return self[code]


_HALF_WIDTH = _HalfWidthMap()


def half_width(text: str) -> str:
    """Return the text with digits, letters and signs in half width; every character keeps its offset."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def _half_width_character(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    half = unicodedata.normalize("NFKC", sign)
    return half if len(half) == 1 and half.isascii() and half.isalnum() else sign


def digit_runs(text: str) -> tuple[DigitRun, ...]:
    """Return every run of digits in a half-width text; a check character X belongs to the last group."""
    return tuple(_join_groups(_digit_run(text, found)) for found in _RUN.finditer(text))


def _digit_run(text: str, found: Match[str]) -> DigitRun:
    groups: list[DigitGroup] = []
    gaps = []
    for piece in re.finditer(r"[\dXx×]+", found.group()):
        start, end = found.start() + piece.start(), found.start() + piece.end()
        if groups:
            gaps.append("".join(sign for sign in text[groups[-1].end : start] if sign not in _UNSEEN))
        groups.append(DigitGroup(text=piece.group().upper().replace(_CROSS, "X"), start=start, end=end))
    return DigitRun(groups=tuple(groups), gaps=tuple(gaps), digits=_digits(groups))


def _digits(groups: Iterable[DigitGroup]) -> str:
    return "".join(group.text for group in groups)


def _periods(sizes: tuple[int, ...]) -> frozenset[int]:
    counts = range(1, min(len(sizes), MAX_PERIOD) + 1)
    fitting = (count for count in counts if len(sizes) % count == 0)
    return frozenset(count for count in fitting if sizes == sizes[:count] * (len(sizes) // count))


def _join_groups(run: DigitRun) -> DigitRun:
    """Join groups that are separated only by an invisible sign, or that are only the check character."""
    groups, gaps = [run.groups[0]], []
    for gap, group in zip(run.gaps, run.groups[1:], strict=True):
        if gap and group.text != "X":
            groups.append(group)
            gaps.append(gap)
        else:
            before = groups.pop()
            groups.append(DigitGroup(text=before.text + group.text, start=before.start, end=group.end))
    sizes = tuple(len(group.text) for group in groups)
    return DigitRun(groups=tuple(groups), gaps=tuple(gaps), digits=run.digits, periods=_periods(sizes))
