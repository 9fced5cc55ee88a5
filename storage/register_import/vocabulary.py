"""The terms that the columns of a register allow, and the comparing of a word that a person typed with them.

Applicants, results, routes and outcomes are those of the form; the kinds of register entry, and the ways in which a
request comes in and is answered, are the program's own, because the form has none.

People write «(一) 予以公开», «予以公开» or «（一）予以公开» and mean one row of the form. Width, case, spaces,
brackets and punctuation are ignored on both sides. Nothing else is guessed: a word that still differs is shown with
the nearest allowed ones, and the person decides.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.declarations.requests.ways import PROVIDED_AS
from config.reporting.form import TABLE4_PARTS, ReportForm
from config.reporting.registers import REGISTERS

SUGGESTION_CUTOFF = 0.5  # difflib's ratio; below it a suggestion has little in common with the word
SUGGESTIONS = 3
GUESSED_WORDS = 100  # comparing is slow: after so many unknown words the whole list is shown instead
GUESSED_LENGTH = 60

AMOUNT_KINDS = frozenset(register.key for register in REGISTERS if register.money)
STOCK_KINDS = frozenset(register.key for register in REGISTERS if register.stock)

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


def declared_terms(
    choices: Mapping[str, str], synonyms: Mapping[str, tuple[str, ...]]
) -> tuple[VocabularyTerm, ...]:
    """The choices of a declared field as terms, with the further words that people write for them."""
    return tuple(
        VocabularyTerm(key=key, label=label, synonyms=synonyms.get(key, ())) for key, label in choices.items()
    )


def applicant_terms(form: ReportForm) -> Iterator[VocabularyTerm]:
    """The kinds of applicants: the columns of table 3."""
    return _labelled((column.key, column.label) for column in form.columns3 if column.key != "total")


def result_terms(form: ReportForm) -> Iterator[VocabularyTerm]:
    """The results of a request: rows of table 3."""
    return _labelled((row.key, row.label) for row in form.rows3 if row.key in form.results)


def route_terms(form: ReportForm) -> Iterator[VocabularyTerm]:
    """The routes of a dispute: the groups of table 4."""
    for group, parent in form.groups4:
        yield VocabularyTerm(key=group.key, label=group.label, synonyms=((parent or "") + group.label,))


def dispute_outcome_terms(form: ReportForm) -> Iterator[VocabularyTerm]:
    """The outcomes of a dispute: the columns of table 4 but the one for those that are pending, an empty cell."""
    parts = set(TABLE4_PARTS) - {"pending"}
    return _labelled((column.key, column.label) for column in form.columns4 if column.key in parts)


def _labelled(pairs: Iterable[tuple[str, str]]) -> Iterator[VocabularyTerm]:
    return (VocabularyTerm(key=key, label=label) for key, label in pairs)


REGISTER_TERMS = tuple(
    VocabularyTerm(key=register.key, label=register.label, synonyms=register.synonyms)
    for register in REGISTERS
)

# Neither the form nor the Regulation lists the channels of a request: keys and words are the program's own. They
# follow article 31, by which the day of receipt depends on the channel (signed for, confirmed, …).
CHANNEL_TERMS = (
    VocabularyTerm(key="in_person", label="当面提交", synonyms=("当面", "当场提交", "窗口")),
    VocabularyTerm(
        key="post_registered", label="挂号信", synonyms=("邮政特快", "邮政特快专递", "EMS", "邮寄（签收）")
    ),
    VocabularyTerm(key="post_ordinary", label="平信", synonyms=("平常信函", "普通信函")),
    VocabularyTerm(key="courier", label="快递"),
    VocabularyTerm(key="web", label="网上", synonyms=("网络", "网站", "在线申请", "网上申请")),
    VocabularyTerm(key="fax", label="传真"),
    VocabularyTerm(key="email", label="电子邮件", synonyms=("邮件", "电邮", "电子邮箱")),
)
# The words for the forms in which an applicant may ask for the information (条例 art. 29) are our own [practice].
PROVIDED_TERMS = declared_terms(
    PROVIDED_AS,
    {
        "paper": ("纸面", "纸质文本", "复印件"),
        "electronic": ("电子", "电子邮件", "电子版"),
        "copy_on_disk": ("刻录光盘",),
        "reading": ("查阅", "抄录", "当场查阅"),
    },
)
