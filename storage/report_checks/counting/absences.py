"""Reads where a clause says that there was none: 没有收到申请, 无人申请, 复议案件为零, 零申请, 未发生行政诉讼.

A clause counts only if nothing else is denied with it: 没有申请逾期 and 未发生被纠正的复议 say nothing about how many
there were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from storage.report_checks.counting.counts import REQUEST, Target
from storage.report_checks.counting.lexicon import (
    ACTION,
    CLAUSE_ENDS,
    NUMBER,
    OTHER,
    STOP,
    TOPIC,
    YEAR,
    CountLexicon,
    Token,
    text_beside,
)
from storage.report_checks.counting.years import carried_years

_CARRYING = frozenset({"carried_in", "carried_out"})
_TELLS_OF_REQUESTS = frozenset({"received", "added", "concluded"})
_DENIABLE = frozenset({"received", "happened", "issued", "repealed", "decided", "carried_in", "carried_out"})
_SPOILING = frozenset(
    {"quality", "change", "share", "rate", "near", "future", "past", "span", "part", "list", "some"}
) | {NUMBER}


class Absence(tuple[Target, ...]):
    """The things of which a clause says that there was none."""

    __slots__ = ()


def absences(lexicon: CountLexicon, text: str, year: int) -> Iterator[tuple[Absence, int, int]]:
    """Yield what a sentence without white space denies about its own year, with the place of the clause."""
    tokens = carried_years(lexicon.tokens(text), text, year)
    own_year, of_requests = True, False
    for is_end, group in groupby(tokens, lambda token: token.kind == STOP and token.key in CLAUSE_ENDS):
        clause = list(group)
        if is_end:
            continue
        of_requests = _is_of_requests(clause, before=of_requests)
        years = [int(token.value) for token in clause if token.kind == YEAR]
        own_year = years[-1] == year if years else own_year or any(token.kind == "now" for token in clause)
        found = _denied(lexicon, text, clause, of_requests=of_requests) if own_year else None
        if found:
            yield found, clause[0].start, clause[-1].end


def _is_of_requests(clause: Sequence[Token], *, before: bool) -> bool:
    """Whether requests are spoken of at the end of a clause, by their name or by what they undergo."""
    told = [token for token in clause if token.kind in {TOPIC, ACTION}]
    named = [token.key == REQUEST for token in told if token.kind == TOPIC]
    return named[-1] if named else before or any(token.key in _TELLS_OF_REQUESTS for token in told)


def _denied(
    lexicon: CountLexicon, text: str, clause: Sequence[Token], *, of_requests: bool
) -> Absence | None:
    """Return what a clause denies; None where it denies nothing, or something besides."""
    if any(_spoils(token) for token in clause):
        return None
    denial = next((at for at, token in enumerate(clause) if token.kind in {"no", "zero"}), None)
    if denial is None:
        return None
    begin = 1 + max(text.rfind(end, 0, clause[0].start) for end in CLAUSE_ENDS)
    about = _denied_things(clause, clause[denial], begin, of_requests=of_requests or begin == 0)
    actions = [token.key for token in clause if token.kind == ACTION]
    if not about or any(token.key == OTHER for token in about) or set(actions) - _DENIABLE:
        return None
    if not _is_plain(lexicon, text, clause, about, denial):
        return None
    named = [key for key in actions if key != "happened"] or [""]  # 未发生 names no action of its own
    targets = [Target(token.key, key) for token in about for key in named]
    return Absence(target for target in targets if lexicon.cells_of(*target)) or None


def _denied_things(clause: Sequence[Token], denial: Token, begin: int, *, of_requests: bool) -> list[Token]:
    """Return the things that a clause denies; 上年度无结转 means requests where the sentence is about them."""
    topics = [token for token in clause if token.kind == TOPIC]
    about = [token for token in topics if token.start > denial.start]
    if about or (topics and denial.kind != "zero"):
        return about
    actions = {token.key for token in clause if token.kind == ACTION}
    if not topics and of_requests and actions and actions <= _CARRYING:
        return [Token(TOPIC, REQUEST, begin, begin)]  # from there on nothing unknown may stand
    return topics


def _spoils(token: Token) -> bool:
    """Whether a word makes a denial one of some only: 没有企业申请; 未发生一起 stays one of all."""
    return token.kind.startswith("part_") or (token.kind in _SPOILING and token.value != 1)


def _is_plain(
    lexicon: CountLexicon, text: str, clause: Sequence[Token], about: Sequence[Token], denial: int
) -> bool:
    """Whether nothing unknown stands from the denial, or from what is denied, to the end of the clause."""
    start = min(clause[denial].start, about[0].start)
    stop = next((at for at in range(clause[-1].end, len(text)) if text[at] in CLAUSE_ENDS), len(text))
    return lexicon.is_filler(text_beside(clause, text, start, stop))
