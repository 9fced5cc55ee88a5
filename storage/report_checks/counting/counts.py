"""Reads the counts of a sentence: what was counted, what happened to it, how many, and whether it is a part.

A clause names a thing and what happened to it before its number (“收到申请12件”) or after it (“7件结转下年”); what it
leaves out is taken from the clauses before it. Where a word stands in between that the lexicon does not know, the
number may count something else, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

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
from storage.report_checks.counting.years import YearReader, carried_years

REQUEST = "request"
UNNAMED = "unnamed"
"""The topic of a number of which nobody says what it counts; it can still be held against its own parts."""
DISPUTES = frozenset(
    {"reconsideration", "litigation", "litigation_direct", "litigation_after_reconsideration"}
)
DECISIONS = frozenset({"licence", "penalty", "coercive_measure"})
FEES = frozenset({"administrative_fee", "information_fee"})
_CASE_UNITS = frozenset({"件", "件次", "份", "宗", "条", "个", "起", "次", "项", "部", "例"})
_MONEY_UNITS = frozenset({"元", "万元"})
_MAIN_ACTIONS = frozenset({"received", "concluded"})
_TRANSPARENT = frozenset({"innocent", "subject", "now", "sum", "each", "quality", "part", YEAR})
_HANDLED = ["received", "concluded", "handled"]
"""What 共办理申请 may count: the new ones, the answered ones, or the new and the carried ones."""
_MAX_UNIT_NAME = 8  # characters between 各 and the units it speaks of: 各有关行政执法部门
_MAX_GAP_AFTER = 8  # characters between a number and the word after it that it belongs to


class Target(NamedTuple):
    """A thing that is counted and what happened to it."""

    topic: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One number of a sentence, and what it counts."""

    targets: tuple[Target, ...]
    value: Decimal
    unit: str
    start: int
    end: int
    joined: bool = False
    """True if the number is the sum of all targets; else any of them may be meant."""
    part: str = ""
    """The dimension by which this is a part of a whole; empty for a whole."""
    kind: str = ""
    """The word for the kind of applicant it is limited to."""
    explicit: bool = False
    """Whether the clause names the thing itself."""
    sums_up: bool = False
    """Whether it is given as the sum of what stands before it: 合计89件."""


@dataclass(slots=True, kw_only=True)
class _Clause:
    """What stands in a clause before its next number."""

    start: int = 0
    """Where the clause begins in the sentence."""
    topics: list[Token] = field(default_factory=list)
    actions: list[Token] = field(default_factory=list)
    dimensions: list[Token] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def first(self) -> int | None:
        """Return where the first word about the number begins; None without any."""
        starts = [token.start for token in (*self.topics, *self.actions)]
        return min(starts) if starts else None

    def all_units(self, unit: Token, text: str) -> bool:
        """Whether 各 and a word for the whole area stand before a word for units: 全县各执法部门."""
        before = text[max(self.start, unit.start - _MAX_UNIT_NAME) : unit.start]
        return "各" in before and "全" in text[self.start : unit.start]


@dataclass(slots=True, kw_only=True)
class SentenceReader:
    """Reads the counts of one sentence, which has no white space."""

    lexicon: CountLexicon
    text: str
    year: int
    topic: str = ""
    """What the paragraph or section is about where the sentence does not say."""
    _tokens: list[Token] = field(default_factory=list, init=False)
    _listed: bool = field(default=False, init=False)
    _years: YearReader = field(init=False)
    _part: bool = field(default=False, init=False)
    _fresh_part: bool = field(default=False, init=False)
    _whole_actions: list[str] = field(default_factory=list, init=False)
    _after_part: bool = field(default=False, init=False)
    _said_behind: Token | None = field(default=None, init=False)

    def counts(self) -> Iterator[Count]:
        """Yield the counts about the report's own year."""
        self._years = YearReader(text=self.text, year=self.year)
        self._tokens = carried_years(self.lexicon.tokens(self.text), self.text, self.year)
        self._listed = any(token.kind == "list" for token in self._tokens)
        clause = _Clause()
        for at, token in enumerate(self._tokens):
            if token.kind == STOP and token.key in CLAUSE_ENDS:
                self._end_clause(token)
                clause = _Clause(start=token.end)
            elif token.kind == NUMBER:
                self._years.take_number()
                found = self._count(at, clause)
                if found:
                    yield found
                self._remember(clause, found)
                clause = _Clause(start=clause.start, flags=clause.flags & {"future"})
            elif not self._is_said_already(token, clause):
                self._take(token, clause)

    def _end_clause(self, token: Token) -> None:
        if token.key in "；;。！？）)":
            self._part = self._fresh_part = False

    def _is_said_already(self, token: Token, clause: _Clause) -> bool:
        """Whether a word adds nothing: 部门 in 全县各部门, or 维持 that belongs to the number before it."""
        is_whole = token.kind == "part_unit" and clause.all_units(token, self.text)
        return is_whole or token == self._said_behind

    def _take(self, token: Token, clause: _Clause) -> None:
        """Add a word to its clause."""
        if token.kind == TOPIC:
            clause.topics.append(token)
            self.topic = token.key
        elif token.kind == ACTION:
            clause.actions.append(token)
            if token.key in _MAIN_ACTIONS and not clause.dimensions and not self._fresh_part:
                self._part = False
        elif token.kind.startswith("part_"):
            clause.dimensions.append(token)
        elif token.kind == "part":
            self._part = self._fresh_part = self._part or token.key in {"其中", "分别"}
        elif token.kind == YEAR:
            self._years.name(token)
        elif token.kind in {"past", "span"}:
            self._years.take_span(token)
        elif token.kind == "now":
            self._years.is_own = True
        else:
            clause.flags.add(token.kind)

    def _remember(self, clause: _Clause, found: Count | None) -> None:
        if found and found.targets[-1].topic != UNNAMED:
            self.topic = found.targets[-1].topic
        elif clause.topics:
            self.topic = clause.topics[-1].key
        self._fresh_part = False
        self._after_part = bool(found and clause.dimensions)

    def _count(self, at: int, clause: _Clause) -> Count | None:
        """Return the count of a number; None where it is of no interest or uncertain."""
        number = self._tokens[at]
        if self._years.are_listed and clause.actions:
            self._whole_actions = self._actions(clause)
        if not self._years.is_own or clause.flags & {
            "change",
            "share",
            "rate",
            "near",
            "future",
            "no",
            "some",
        }:
            return None
        if number.key not in _CASE_UNITS | _MONEY_UNITS or self._is_interrupted(number, clause):
            return None
        after = self._word_after(at)
        topics = self._topics(clause, after)
        actions = self._actions(clause)
        if not actions and after and after.kind == ACTION and not clause.topics[1:]:
            actions, self._said_behind = [after.key], after
        if not actions and ((self._part and clause.dimensions) or self._carries_on(clause)):
            actions = self._whole_actions
        elif actions and (not clause.dimensions or set(actions) <= _MAIN_ACTIONS):
            self._whole_actions = actions
        if not topics:
            topics = [self._implied_topic(at, actions)]
        if not actions and self._follows_something_unknown(number, clause):
            return None
        return self._made(number, clause, topics, actions, after)

    def _actions(self, clause: _Clause) -> list[str]:
        """Return what a clause says happened; 作出 says nothing beside what was decided: 作出予以公开决定."""
        actions = [token.key for token in clause.actions]
        own = [key for key in actions if key != "decided"]
        return own if own and self._implies_request(own) else actions

    def _carries_on(self, clause: _Clause) -> bool:
        """Whether a number says no more of itself than its year in a list, or that it sums up the parts before it."""
        is_sum = "sum" in clause.flags and self._after_part
        return not clause.topics and (is_sum or self._years.is_later_of_list)

    def _topics(self, clause: _Clause, after: Token | None) -> list[str]:
        """Return what the number counts: what its clause names, or what was named last."""
        if after and after.kind == TOPIC and (after.key == OTHER or not clause.topics):
            return [after.key if clause.actions or self._ends_clause(after) else OTHER]
        named = [token.key for token in clause.topics]
        if OTHER in named:
            return named if named[-1] != OTHER else [OTHER]
        return named or ([self.topic] if self.topic else [])

    def _ends_clause(self, token: Token) -> bool:
        """Whether nothing follows a thing in its clause: 共有3件申请经补正后答复 counts only some."""
        rest = self.text[token.end :]
        end = next((at for at, sign in enumerate(rest) if sign in CLAUSE_ENDS), len(rest))
        return self.lexicon.is_filler(rest[:end])

    def _implied_topic(self, at: int, actions: Sequence[str]) -> str:
        """Return a request where the action or the rest of the clause tells so: 新收89件、上年结转6件申请."""
        if actions and self._implies_request(actions):
            return REQUEST
        for token in self._tokens[at + 1 :]:
            if token.kind == TOPIC:
                return REQUEST if token.key == REQUEST and actions else UNNAMED
            if token.kind == STOP and token.key in CLAUSE_ENDS:
                break
        return UNNAMED

    def _follows_something_unknown(self, number: Token, clause: _Clause) -> bool:
        """Whether a number without an action stands behind a word that is unknown here: 曝光典型案例6件."""
        return not clause.dimensions and not self._is_filler(clause.start, number.start)

    def _implies_request(self, actions: Sequence[str]) -> bool:
        """Whether an action is one of table 3's own, which nothing but a request undergoes."""
        return all(self.lexicon.cells_of(REQUEST, key) and key not in _MAIN_ACTIONS for key in actions)

    def _word_after(self, at: int) -> Token | None:
        """Return the thing or action right after a number, unless it belongs to the next one."""
        tokens = self._tokens
        for place in range(at + 1, len(tokens)):
            token, following = tokens[place], tokens[place + 1 : place + 2]
            gap = self._beside(tokens[at].end, token.start)
            if not self.lexicon.is_filler(gap):
                return None
            if token.kind in _TRANSPARENT or token.key == "happened":  # 3件涉及信息公开的复议
                continue
            if token.kind not in {TOPIC, ACTION} or len(gap) > _MAX_GAP_AFTER:
                return None
            if token.key == REQUEST and following and self._is_done_to(token, following[0]):
                continue
            owned = token.kind == ACTION and following and following[0].kind == NUMBER
            return None if owned else token
        return None

    def _is_done_to(self, topic: Token, token: Token) -> bool:
        """Whether a word says what happened to the requests named before it: 9件申请结转下年."""
        is_own = token.kind == ACTION and self._implies_request([token.key])
        return is_own and self._is_filler(topic.end, token.start)

    def _beside(self, start: int, end: int) -> str:
        return text_beside(self._tokens, self.text, start, end)

    def _is_filler(self, start: int, end: int) -> bool:
        """Whether nothing stands in a span that the lexicon does not know."""
        return self.lexicon.is_filler(self._beside(start, end))

    def _is_interrupted(self, number: Token, clause: _Clause) -> bool:
        """Whether a word unknown here stands between the number and what it would belong to."""
        first = clause.first()
        return first is not None and not self._is_filler(first, number.start)

    def _made(
        self, number: Token, clause: _Clause, topics: list[str], actions: list[str], after: Token | None
    ) -> Count | None:
        if number.key in _MONEY_UNITS and not set(topics) & FEES:
            return None
        if number.key == "个" and REQUEST in topics:  # 12个单位收到申请
            return None
        if topics == [REQUEST] and actions == ["decided"] and "sum" in clause.flags:
            actions = _HANDLED
        if self._is_of_a_list(number, clause, topics, actions):
            return None
        first = clause.first()
        main = [topic for topic in topics if topic != OTHER] or [OTHER]
        targets = tuple(Target(topic, action) for topic in main for action in (actions or [""]))
        part = clause.dimensions[-1].kind.removeprefix("part_") if clause.dimensions else ""
        kinds = [token.key for token in clause.dimensions if token.kind == "part_kind"]
        return Count(
            targets=targets,
            value=number.value,
            unit=number.key,
            start=number.start if first is None else first,
            end=number.end,
            joined="sum" in clause.flags and len(targets) > 1 and actions is not _HANDLED,
            part=part or ("unnamed" if self._part and not self._years.are_listed else ""),
            kind=kinds[-1] if kinds else "",
            explicit=bool(clause.topics) or bool(after and after.kind == TOPIC),
            sums_up="sum" in clause.flags and not clause.topics and not clause.actions,
        )

    def _is_of_a_list(self, number: Token, clause: _Clause, topics: list[str], actions: list[str]) -> bool:
        """Whether a number counts powers or published entries instead of decisions."""
        if not set(topics) & DECISIONS:
            return False
        between = self.text[clause.topics[-1].end : number.start] if clause.topics else ""
        listed = self._listed or "published" in actions or "事项" in between
        return listed or (number.key == "项" and "decided" not in actions)
