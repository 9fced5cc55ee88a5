"""The allowed terms of each column of a register.

Applicants, results, routes and outcomes are those of the form; the kinds of register entry, and the ways in which a
request comes in and is answered, are the program's own, because the form has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.reporting.form import TABLE4_PARTS, ReportForm
from config.reporting.registers import REGISTERS
from storage.register_import.word_matching import ColumnVocabulary, VocabularyTerm

AMOUNT_KINDS = frozenset(register.key for register in REGISTERS if register.money)
STOCK_KINDS = frozenset(register.key for register in REGISTERS if register.stock)
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

PROVIDED_TERMS = (
    VocabularyTerm(key="paper", label="纸质", synonyms=("纸面", "纸质文本", "复印件")),
    VocabularyTerm(key="electronic", label="电子文件", synonyms=("电子", "电子邮件", "电子版")),
    VocabularyTerm(key="copy_on_disk", label="光盘", synonyms=("刻录光盘",)),
    VocabularyTerm(key="reading", label="当场查阅、抄录", synonyms=("查阅", "抄录", "当场查阅")),
)
"""The forms in which an applicant may ask for the information (条例 art. 29); the words are our own [practice]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterVocabularies:
    """The vocabularies of one edition of the form."""

    applicants: ColumnVocabulary
    results: ColumnVocabulary
    channels: ColumnVocabulary
    ways_provided: ColumnVocabulary
    kinds: ColumnVocabulary
    routes: ColumnVocabulary
    outcomes: ColumnVocabulary


def build_vocabularies(form: ReportForm) -> RegisterVocabularies:
    """Build the vocabularies for this edition of the form."""
    parts = set(TABLE4_PARTS) - {"pending"}  # an empty cell means pending
    return RegisterVocabularies(
        applicants=_vocabulary(
            (column.key, column.label) for column in form.columns3 if column.key != "total"
        ),
        results=_vocabulary((row.key, row.label) for row in form.rows3 if row.key in form.results),
        channels=ColumnVocabulary(CHANNEL_TERMS),
        ways_provided=ColumnVocabulary(PROVIDED_TERMS),
        kinds=ColumnVocabulary(REGISTER_TERMS),
        routes=ColumnVocabulary(
            VocabularyTerm(key=group.key, label=group.label, synonyms=((parent or "") + group.label,))
            for group, parent in form.groups4
        ),
        outcomes=_vocabulary((column.key, column.label) for column in form.columns4 if column.key in parts),
    )


def _vocabulary(pairs: Iterable[tuple[str, str]]) -> ColumnVocabulary:
    return ColumnVocabulary(VocabularyTerm(key=key, label=label) for key, label in pairs)
