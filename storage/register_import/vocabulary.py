"""The terms that the columns of a register allow, and the comparing of a word that a person typed with them.

Applicants, routes and the outcomes of disputes are those of the form, and results the outcomes that count in its
rows; the kinds of register entry, and the ways in which a request comes in and is answered, are the program's own,
because the form has none.

People write «(一) 予以公开», «予以公开» or «（一）予以公开» and mean one row of the form. Width, case, spaces,
brackets and punctuation are ignored on both sides. Nothing else is guessed: a word that still differs is shown with
the nearest allowed ones, and the person decides. So is the name of a row, or of a group of rows, in which
several outcomes count: each rests on a legal ground of its own, and the name alone does not say which.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.declarations.duty import CaseOutcome
from config.declarations.requests.outcomes import OUTCOMES
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
    shared: tuple[str, ...] = ()
    """Names that it has in common with other terms: none of them is meant by such a name alone."""


class ColumnVocabulary:
    """The allowed terms of one column."""

    def __init__(self, terms: Iterable[VocabularyTerm]) -> None:
        self.terms = tuple(terms)
        self._forms: dict[str, VocabularyTerm] = {}
        self._shared: dict[str, tuple[VocabularyTerm, ...]] = {}
        self._advice: dict[tuple[str, bool], str] = {}
        self._known: dict[str, str] = {}
        for term in self.terms:
            for form in _spellings(term):
                if self._forms.setdefault(form, term) is not term:
                    message = f"{form!r} names both {self._forms[form].key} and {term.key}"
                    raise ValueError(message)
        for term in self.terms:
            for form in _shared_spellings(term) - self._forms.keys():
                self._shared[form] = (*self._shared.get(form, ()), term)

    def find(self, text: str) -> str | None:
        """Return the key of a word; None where it is not allowed."""
        key = self._known.get(text)
        if key is None and (term := self._forms.get(fold_word(text))):
            key = self._known[text] = term.key
        return key

    def is_shared(self, text: str) -> bool:
        """Whether the word is a name that several terms have in common."""
        return fold_word(text) in self._shared

    def advice(self, text: str, *, chinese: bool) -> str:
        """Return what is allowed, for a message: those that share the name, the nearest, or all; labels or keys."""
        if (text, chinese) not in self._advice:
            asked = self.is_shared(text) or len(self._advice) < GUESSED_WORDS
            near = self._nearest(text) if asked else ()
            allowed = [term.label if chinese else term.key for term in near or self.terms]
            advice = ("、" if chinese else ", ").join(allowed)
            if len(self._advice) >= GUESSED_WORDS:
                return advice
            self._advice[text, chinese] = advice
        return self._advice[text, chinese]

    def _nearest(self, text: str) -> Sequence[VocabularyTerm]:
        if self.is_shared(text):
            return self._shared[fold_word(text)]
        word, names = fold_word(text[:GUESSED_LENGTH]), (*self._forms, *self._shared)
        near = difflib.get_close_matches(word, names, n=2 * SUGGESTIONS, cutoff=SUGGESTION_CUTOFF)
        if near and near[0] in self._shared:
            return self._shared[near[0]]
        return tuple(dict.fromkeys(self._forms[form] for form in near if form in self._forms))[:SUGGESTIONS]


def fold_word(text: str) -> str:
    """Return the word without differences of width, case, spaces, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _spellings(term: VocabularyTerm) -> Iterator[str]:
    """Yield every spelling of a term: key, synonyms, the label with and without number and remark."""
    spellings = (term.key, *term.synonyms, *_label_spellings(term.label))
    yield from dict.fromkeys(fold_word(spelling) for spelling in spellings)


def _shared_spellings(term: VocabularyTerm) -> set[str]:
    """Every spelling of the names that a term shares with others."""
    return {fold_word(spelling) for name in term.shared for spelling in _label_spellings(name)}


def _label_spellings(label: str) -> tuple[str, ...]:
    """A label with and without its number and its remark."""
    label = unicodedata.normalize("NFKC", label)
    bare = _NUMBERING.sub("", label)
    return label, bare, _REMARK.sub("", label), _REMARK.sub("", bare)


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
    """The results of a request: its outcomes, each by its own label and by the row of table 3 that counts it.

    A row that counts several is read as the outcome that bears its key (予以公开, 本机关不掌握相关政府信息); the name
    of a group of rows (不予公开) is that of none.
    """
    for row in form.rows3:
        group = (row.group,) if row.group else ()
        outcomes = [outcome for outcome in OUTCOMES if _counted_row(outcome) == row.key]
        if len(outcomes) == 1:
            yield VocabularyTerm(
                key=outcomes[0].key, label=row.label, synonyms=(outcomes[0].label,), shared=group
            )
            continue
        named = [outcome for outcome in outcomes if outcome.key == row.key]
        for outcome in outcomes:
            own = _label_spellings(row.label) if outcome in named else ()
            shared = group if named else (row.label, *group)
            yield VocabularyTerm(key=outcome.key, label=outcome.label, synonyms=own, shared=shared)


def _counted_row(outcome: CaseOutcome) -> str:
    """The key of the row of table 3 in which an outcome counts."""
    return outcome.cell.split(".")[1]


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
