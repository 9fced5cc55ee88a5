"""How a word a person typed is compared with an official one.

People write «(一) 予以公开», «予以公开» or «（一）予以公开» and mean one row of the form. Width, case,
spaces, brackets and punctuation are folded away on both sides. Nothing is guessed beyond that: a word that
still differs is shown with the nearest allowed ones, and the person decides.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SUGGESTION_CUTOFF = 0.5  # difflib's ratio; below it a suggestion reads like a joke
SUGGESTIONS = 3
GUESSED_WORDS = 100  # comparing is slow: a file of nothing but unknown words gets the plain list after these
GUESSED_LENGTH = 60

_NOISE = re.compile(r"[\W_]+")
_NUMBERING = re.compile(r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|[0-9]+[.、])\s*")
_REMARK = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyTerm:
    """One allowed word: its key for ever, its official label, and other words for it."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


class ColumnVocabulary:
    """The allowed words of one column."""

    def __init__(self, terms: Iterable[VocabularyTerm]) -> None:
        self.terms = tuple(terms)
        self._forms: dict[str, VocabularyTerm] = {}
        self._advice: dict[tuple[str, bool], str] = {}
        self._known: dict[str, str] = {}
        for term in self.terms:
            for form in _spellings(term):
                if self._forms.setdefault(form, term) is not term:
                    message = f"{form!r} names both {self._forms[form].key} and {term.key}"
                    raise ValueError(message)

    def find(self, text: str) -> str | None:
        """The key of this word, or None where it is not allowed."""
        key = self._known.get(text)
        if key is None and (term := self._forms.get(fold_word(text))):
            key = self._known[text] = term.key
        return key

    def advice(self, text: str, *, chinese: bool) -> str:
        """What is allowed: the nearest words where some are near, else all; labels or keys."""
        if (text, chinese) not in self._advice:
            near = self._nearest(text) if len(self._advice) < GUESSED_WORDS else ()
            allowed = [term.label if chinese else term.key for term in near or self.terms]
            said = ("、" if chinese else ", ").join(allowed)
            if len(self._advice) >= GUESSED_WORDS:
                return said
            self._advice[text, chinese] = said
        return self._advice[text, chinese]

    def _nearest(self, text: str) -> Sequence[VocabularyTerm]:
        word = fold_word(text[:GUESSED_LENGTH])
        near = difflib.get_close_matches(word, self._forms, n=2 * SUGGESTIONS, cutoff=SUGGESTION_CUTOFF)
        return tuple(dict.fromkeys(self._forms[form] for form in near))[:SUGGESTIONS]


def fold_word(text: str) -> str:
    """The word without width, case, spaces, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _spellings(term: VocabularyTerm) -> Iterator[str]:
    """Every way to write a term: key, other words, the label with and without number and remark."""
    label = unicodedata.normalize("NFKC", term.label)
    bare = _NUMBERING.sub("", label)
    ways = (term.key, *term.synonyms, label, bare, _REMARK.sub("", label), _REMARK.sub("", bare))
    yield from dict.fromkeys(fold_word(way) for way in ways)
