"""Whether a page says what was published: the title above, every paragraph below it, in order, word for word.

Compared is what stands there, not how it was set. Websites' editors rewrite some signs when a text is pasted
in (their “one-key layout” trims blanks and turns full-width letters, figures and brackets into half-width ones;
their fonts and filters exchange quotation marks, dashes and dots), so these alone are folded:

- white space of every width, and signs without any (zero width, soft hyphen): left out
- full-width letters and figures, （ ） ［ ］ ％ ／ ＋: half-width
- “ ” „ ＂ and ‘ ’ ＇: the straight ones
- — – ‑ － and their runs: one hyphen; … and ...: one sign; ～ 〜: ~; ・ • ‧: ·

Commas, stops, colons, the case of letters and every character stay: who changes those changes the text.

What a page says around the text (date, source, navigation) is passed over. A short sentence that such furniture
repeats word for word in the right place would stand in for a deleted one; ``added`` then shows what lies between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_TO_HALF = 0xFEE0  # from a full-width sign to its half-width one
_WIDE = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *map(ord, "（）［］％／＋")]
_FOLDS = {sign: chr(sign - _TO_HALF) for sign in _WIDE}
_FOLDS |= dict.fromkeys(map(ord, "“”„‟＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛＇"), "'")
_FOLDS |= dict.fromkeys(map(ord, "‐‑‒–—―－"), "-") | dict.fromkeys(map(ord, "～〜∼"), "~")
_FOLDS |= dict.fromkeys(map(ord, "・•‧∙"), "·")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_RUNS = ((re.compile(r"-+"), "-"), (re.compile(r"\.{3,}|…+"), "…"))
_MOST_PLACES = 20  # of a title on its page: above the text, in the path to it, in a list beside it
_SHOWN = 80  # characters of what was added


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What of a published text is on a page."""

    title: bool
    text: bool
    missing: str = ""
    """The first paragraph that is not there, as it was published."""
    added: str = ""
    """The beginning of what stands between two paragraphs, folded: a caption, or a sentence nobody signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One attempt to read the text on the page: how many paragraphs were found, and what lies between them."""

    found: int
    added: str


def folded(text: str) -> str:
    """A text reduced to what is compared."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_FOLDS)
    for run, sign in _RUNS:
        plain = run.sub(sign, plain)
    return plain


def likeness(title: str, text: str, words: str, names: Sequence[str]) -> Likeness:
    """How a page's words, and the names it gives itself, are like what was published."""
    wanted = [(part, sought) for part in text.splitlines() if (sought := folded(part))]
    headline, page = folded(title), folded(words)
    below = [_read(page, wanted, start) for start in _ends_of(headline, page)]
    readings = below
    if not below or not _supplied(headline, wanted):
        readings = [*below, _read(page, wanted, 0)]
    best = max(readings, key=lambda reading: reading.found)
    whole = best.found == len(wanted)
    above = any(reading.found == best.found for reading in below)
    named = any(headline in folded(name) for name in names)
    return Likeness(
        title=not headline or above or named,
        text=whole,
        missing="" if whole else wanted[best.found][0].strip(),
        added=best.added,
    )


def _ends_of(headline: str, page: str) -> list[int]:
    """Where the page has said the title, the first times."""
    ends: list[int] = []
    start = page.find(headline) if headline else -1
    while start >= 0 and len(ends) < _MOST_PLACES:
        ends.append(start + len(headline))
        start = page.find(headline, start + 1)
    return ends


def _supplied(headline: str, wanted: Sequence[tuple[str, str]]) -> bool:
    """Whether the title alone could pass for the first paragraph, were that deleted."""
    return bool(wanted) and wanted[0][1] in headline


def _read(page: str, wanted: Sequence[tuple[str, str]], start: int) -> _Reading:
    """The paragraphs in their order, each at its first place behind the one before."""
    added, at = "", start
    for place, (_part, sought) in enumerate(wanted):
        found = page.find(sought, at)
        if found < 0:
            return _Reading(found=place, added=added)
        if place and not added:
            added = page[at:found][:_SHOWN]
        at = found + len(sought)
    return _Reading(found=len(wanted), added=added)
