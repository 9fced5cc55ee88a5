"""Tells whose documents a clause counts: 市政府新出台2件规范性文件 is another authority's in a county's report."""

from __future__ import annotations

import re
from enum import Enum

from storage.report_checks.counting.lexicon import CLAUSE_ENDS

_BETWEEN = r"(?:本年度?|今年|全年|年内|共|累计|已|均|的)*"
_ACTS = "没有|未|新|制定|制发|印发|出台|发布|废止|宣布|失效|现行|继续有效|保留|行政规范性文件|规范性文件"
_AUTHORITY = re.compile(
    r"(?:上级(?:机关|部门|政府)?|国务院|(?P<level>[省市州盟县区旗镇乡])(?:人民)?政府)(?:办公厅)?"
    rf"(?P<departments>(?:及其?|和|以及)(?:各|所属|有关|相关|组成|工作)*部门)?{_BETWEEN}(?={_ACTS})"
)
_OWN = re.compile(r"我[省市州盟县区旗镇乡局]|本(?:机关|级|[省市州盟县区旗镇乡局])|全[市州盟县区旗镇乡]")


class Issuer(Enum):
    """Who has issued the documents of a clause."""

    UNSAID = "unsaid"
    OWN_WITH_DEPARTMENTS = "own_with_departments"
    """The report's own government and its departments: all, unless those below it issue some too."""
    ANOTHER = "another"


def denies_anothers(text: str, start: int, end: int, own: frozenset[str]) -> bool:
    """Whether the clause at these places, which says that there was none, is about another authority."""
    begin = 1 + max(text.rfind(sign, 0, start) for sign in CLAUSE_ENDS)
    clause = text[begin:end]
    return issuer_of(clause, len(clause), own, is_named=False) is Issuer.ANOTHER


def issuer_of(text: str, start: int, own: frozenset[str], *, is_named: bool) -> Issuer:
    """Return who issues what a sentence counts from ``start`` on; ``own`` are the levels that the report is of.

    A clause that names the documents itself needs its authority right before it; one that leaves them out takes that
    of the clauses before it: 市政府新出台2件规范性文件，废止3件.
    """
    found = [match for match in _AUTHORITY.finditer(text) if match.end() <= start]
    if not found or (is_named and found[-1].end() < start) or _OWN.search(text, found[-1].end(), start):
        return Issuer.UNSAID
    if found[-1]["level"] not in own:
        return Issuer.ANOTHER
    is_whole = bool(found[-1]["departments"]) and found[-1].end() == start
    return Issuer.OWN_WITH_DEPARTMENTS if is_whole else Issuer.UNSAID
