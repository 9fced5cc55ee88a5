"""Compares a word that a person typed with the official terms.

People write «(一) 予以公开», «予以公开» or «（一）予以公开» and mean one row of the form. Width, case, spaces,
brackets and punctuation are ignored on both sides. Nothing else is guessed: a word that still differs is shown with
the nearest allowed ones, and the person decides.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SUGGESTION_CUTOFF = 0.5  # difflib's ratio; below it a suggestion has little in common with the word
SUGGESTIONS = 3
GUESSED_WORDS = 100  # comparing is slow: after so many unknown words the whole list is shown instead
GUESSED_LENGTH = 60

_NOISE = re.compile(r"[\W_]+")
_NUMBERING = re.compile(r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|[0-9]+[.、])\s*")
_REMARK = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyTerm:
    """One allowed term: its permanent key, its official label, and synonyms."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


class ColumnVocabulary:
    """The allowed terms of one column."""

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
        """Return the key of a word; None where it is not allowed."""
        key = self._known.get(text)
        if key is None and (term := self._forms.get(fold_word(text))):
            key = self._known[text] = term.key
        return key

    def advice(self, text: str, *, chinese: bool) -> str:
        """Return what is allowed, for a message: the nearest terms, else all, as labels or keys."""
        if (text, chinese) not in self._advice:
            near = self._nearest(text) if len(self._advice) < GUESSED_WORDS else ()
            allowed = [term.label if chinese else term.key for term in near or self.terms]
            advice = ("、" if chinese else ", ").join(allowed)
            if len(self._advice) >= GUESSED_WORDS:
                return advice
            self._advice[text, chinese] = advice
        return self._advice[text, chinese]

    def _nearest(self, text: str) -> Sequence[VocabularyTerm]:
        word = fold_word(text[:GUESSED_LENGTH])
        near = difflib.get_close_matches(word, self._forms, n=2 * SUGGESTIONS, cutoff=SUGGESTION_CUTOFF)
        return tuple(dict.fromkeys(self._forms[form] for form in near))[:SUGGESTIONS]


def fold_word(text: str) -> str:
    """Return the word without differences of width, case, spaces, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _spellings(term: VocabularyTerm) -> Iterator[str]:
    """Yield every spelling of a term: key, synonyms, the label with and without number and remark."""
    label = unicodedata.normalize("NFKC", term.label)
    bare = _NUMBERING.sub("", label)
    spellings = (term.key, *term.synonyms, label, bare, _REMARK.sub("", label), _REMARK.sub("", bare))
    yield from dict.fromkeys(fold_word(spelling) for spelling in spellings)
