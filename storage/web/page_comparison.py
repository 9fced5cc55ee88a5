"""Compares a web page with a published text: the title, then every paragraph below it, in order, word for word.

The characters are compared, not their layout. Websites' editors rewrite some signs when a text is pasted
in (their “one-key layout” trims blanks and turns full-width letters, figures and brackets into half-width ones;
their fonts and filters exchange quotation marks, dashes and dots), so these alone are folded:

- white space of every width, and signs without any (zero width, soft hyphen): left out
- full-width letters and figures, （ ） ［ ］ ％ ／ ＋: half-width
- “ ” „ ＂ and ‘ ’ ＇: the straight ones
- — – ‑ － and their runs: one hyphen; … and ...: one sign; ～ 〜: ~; ・ • ‧: ·

Commas, stops, colons, the case of letters and every character stay: who changes those changes the text.

A paragraph must fill whole blocks of the page (or stand between its neighbours): “不同意” does not hold “同意”. What
a page says in blocks of its own around the text (date, source, navigation) is passed over. A paragraph that such a
block repeats word for word in the right place would stand in for a deleted one; ``added`` shows what lies between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

_TO_HALF = 0xFEE0  # from a full-width sign to its half-width one
_WIDE = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *map(ord, "（）［］％／＋")]
_FOLDS = {sign: chr(sign - _TO_HALF) for sign in _WIDE}
_FOLDS |= dict.fromkeys(map(ord, "“”„‟＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛＇"), "'")
_FOLDS |= dict.fromkeys(map(ord, "‐‑‒–—―－"), "-") | dict.fromkeys(map(ord, "～〜∼"), "~")
_FOLDS |= dict.fromkeys(map(ord, "・•‧∙"), "·")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_RUNS = ((re.compile(r"-+"), "-"), (re.compile(r"\.{3,}|…+"), "…"))
_MOST_PLACES = 20  # of a title on its page: above the text, in the path to it, in a list beside it
_TITLE_SEPARATORS = "-_|·>~:/"  # what stands between a title and the website's name, folded
_MAX_ADDED_LENGTH = 80  # characters of what was added


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMatch:
    """How much of a published text is on a page."""

    title: bool
    text: bool
    missing: str = ""
    """The first paragraph that is not there, as it was published."""
    added: str = ""
    """The beginning of what stands between two paragraphs, folded: a caption, or a sentence nobody signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageText:
    """A page's folded text as one string, and the positions in it at which a block begins or ends."""

    words: str
    edges: frozenset[int]

    def occurrences(self, sought: str, at: int = 0) -> Iterator[int]:
        """Yield the positions of a string, from ``at`` on."""
        while (at := self.words.find(sought, at)) >= 0:
            yield at
            at += 1

    def find_paragraph(self, sought: str, at: int, following: str, *, joined: bool) -> int:
        """Return where a paragraph fills blocks, or touches the one before or behind it; -1 if nowhere."""
        for place in self.occurrences(sought, at):
            end = place + len(sought)
            begins = place in self.edges or (joined and place == at)
            if begins and (end in self.edges or (following and self.words.startswith(following, end))):
                return place
        return -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _MatchAttempt:
    """One attempt to find the text on the page: the number of paragraphs found, and what lies between them."""

    found: int
    added: str


def normalize_text(text: str) -> str:
    """Fold a text to the characters that are compared."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_FOLDS)
    for run, sign in _RUNS:
        plain = run.sub(sign, plain)
    return plain


def match_page(title: str, text: str, words: str, names: Sequence[str]) -> PageMatch:
    """Compare a page's text, a line for each block, and its names with a published title and text."""
    wanted = [(part, sought) for part in text.splitlines() if (sought := normalize_text(part))]
    headline, page = normalize_text(title), _page_text(words)
    below = [_match_from(page, wanted, end) for end in _title_ends(headline, page)]
    readings = below
    if not below or not _title_contains_first_paragraph(headline, wanted):
        readings = [*below, _match_from(page, wanted, 0)]
    best = max(readings, key=lambda reading: reading.found)
    whole = best.found == len(wanted)
    above = any(reading.found == best.found for reading in below)
    return PageMatch(
        title=not headline or above or any(_is_title_name(normalize_text(name), headline) for name in names),
        text=whole,
        missing="" if whole else wanted[best.found][0].strip(),
        added=best.added if whole else "",
    )


def _is_title_name(name: str, headline: str) -> bool:
    """Whether a page's name is the title, alone or with the website's name beside it."""
    before, found, behind = name.partition(headline)
    return (
        bool(found)
        and (not before or before[-1] in _TITLE_SEPARATORS)
        and (not behind or behind[0] in _TITLE_SEPARATORS)
    )


def _page_text(words: str) -> _PageText:
    blocks = [block for line in words.split("\n") if (block := normalize_text(line))]
    edges = frozenset(accumulate(map(len, blocks), initial=0))
    return _PageText(words="".join(blocks), edges=edges)


def _title_ends(headline: str, page: _PageText) -> list[int]:
    """Return the positions behind the first occurrences of the title on the page."""
    places = page.occurrences(headline) if headline else ()
    standing = (place + len(headline) for place in places if place in page.edges)
    return list(islice((end for end in standing if end in page.edges), _MOST_PLACES))


def _title_contains_first_paragraph(headline: str, wanted: Sequence[tuple[str, str]]) -> bool:
    """Whether the title alone could pass for the first paragraph if that was deleted."""
    return bool(wanted) and wanted[0][1] in headline


def _match_from(page: _PageText, wanted: Sequence[tuple[str, str]], start: int) -> _MatchAttempt:
    """Find the paragraphs in order, each at its first position behind the one before."""
    added, at = "", start
    for nth, (_part, sought) in enumerate(wanted):
        following = wanted[nth + 1][1] if nth + 1 < len(wanted) else ""
        found = page.find_paragraph(sought, at, following, joined=nth > 0)
        if found < 0:
            return _MatchAttempt(found=nth, added=added)
        if nth and not added:
            added = page.words[at:found][:_MAX_ADDED_LENGTH]
        at = found + len(sought)
    return _MatchAttempt(found=len(wanted), added=added)
