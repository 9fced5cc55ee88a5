"""Holds what the prose counts against the tables, and parts against their whole; every comparison is kept.

A number that differs is an error where the clause names what it counts and the table is sound in itself; where either
is inferred it is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from config.findings import Finding, Severity
from config.reporting.form import ReportForm
from storage.proofread.passages import Passage, excerpt
from storage.report_checks.counting.absences import absences
from storage.report_checks.counting.authorities import Issuer, denies_anothers, issuer_of
from storage.report_checks.counting.counts import (
    DECISIONS,
    DISPUTES,
    REQUEST,
    UNNAMED,
    Count,
    SentenceReader,
    Target,
)
from storage.report_checks.counting.lexicon import CountLexicon
from storage.report_checks.figures import as_numbers
from storage.reporting.report import Figure, format_figure

YUAN_IN_10K = 10_000
_FEWEST_PARTS = 2
_LEAST_TELLING_TOTAL = 5  # disputes: a smaller number may be another's by chance
_DOCUMENTS = frozenset({"document", "regulation"})
_DISCLOSURE = re.compile(r"信息公开|依申请公开|政务公开")
_SAME_KIND = re.compile(
    r"申请(?:人|者)(?:均|全部|都|全)(?:为|是|系)(?P<kind>自然人|个人|商业企业|企业|科研机构)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One number of the prose beside what the tables say."""

    passage: Passage
    near: str
    start: int
    """Where it begins in its sentence."""
    stated: Decimal
    expected: Decimal
    cells: tuple[str, ...]
    certain: bool
    rule: str = "prose.number"

    @property
    def place(self) -> str:
        """The place of its paragraph."""
        return self.passage.place

    @property
    def agrees(self) -> bool:
        """Whether the prose states what the table shows, rounded as the prose rounds."""
        return self.stated == self.expected


@dataclass(frozen=True, kw_only=True)
class ProseComparer:
    """Compares the sentences of one report with its figures."""

    figures: Mapping[str, Figure]
    form: ReportForm
    lexicon: CountLexicon
    year: int
    faulty: frozenset[str] = frozenset()
    """Cells about which the tables contradict themselves: nothing is certain about them."""
    own_levels: frozenset[str] = frozenset()
    """The levels of government that the report is of: 县 for a county's, none for a bureau's."""

    def compare(self, passage: Passage, sentence: str, topic: str) -> tuple[list[Comparison], str]:
        """Return the comparisons of a sentence, and the topic with which it leaves the paragraph."""
        text = re.sub(r"\s+", "", sentence)
        reader = SentenceReader(lexicon=self.lexicon, text=text, year=self.year, topic=topic)
        counts = list(reader.counts())
        found = [*self._numbers(passage, text, counts), *self._denials(passage, text)]
        wrong = {one.start for one in found if not one.agrees}
        found += [one for one in self._parts(passage, text, counts) if one.start not in wrong]
        found += self._same_kind(passage, text)
        found.sort(key=lambda one: one.start)
        return found, reader.topic if reader.topic in {REQUEST, *DISPUTES} else topic

    def _numbers(self, passage: Passage, text: str, counts: list[Count]) -> Iterator[Comparison]:
        """Yield the whole numbers, those of one thing in one sentence taken together where none is right alone."""
        ours = self._disputes_by_total(counts)
        wholes = [count for count in counts if self._may_compare(count, passage, text, ours)]
        for _targets, same in groupby(sorted(wholes, key=lambda one: (one.targets, one.kind)), _identity):
            group = sorted(same, key=lambda count: count.start)
            total = sum((count.value for count in group), start=Decimal(0))
            if len(group) > 1 and total == self._expected(group[0]):
                yield self._comparison(passage, text, group[0], total)
                continue
            one_is_right = any(self._expected(count) == self._stated(count) for count in group)
            for count in group:
                if not one_is_right or self._stated(count) >= self._expected(count):
                    yield self._comparison(passage, text, count, self._stated(count))

    def _disputes_by_total(self, counts: list[Count]) -> frozenset[str]:
        """Return the disputes that a sentence must mean, as it gives the table's total: 复议13件，其中12件维持."""
        return frozenset(
            target.topic
            for count in counts
            for target in count.targets
            if target.topic in DISPUTES and not count.part and not target.action and self._cells(count)
            if self._stated(count) == self._expected(count) >= _LEAST_TELLING_TOTAL
        )

    def _may_compare(self, count: Count, passage: Passage, text: str, ours: frozenset[str]) -> bool:
        """Whether a count is a whole, or a part that the form has a cell for, and about this report."""
        topics = {target.topic for target in count.targets}
        if UNNAMED in topics or self._cells(count) is None:
            return False
        actions = {target.action for target in count.targets}
        issuer = self._issuer(count, text)
        if issuer is not Issuer.UNSAID:
            return issuer is Issuer.OWN_WITH_DEPARTMENTS
        if (
            count.part
            and not count.kind
            and (count.part != "unnamed" or actions & {"received", "concluded", ""})
        ):
            return False
        if topics & DISPUTES - ours and not _is_about_disclosure(text, passage, actions):
            return False
        if topics & DECISIONS and not (count.explicit or actions - {""}):
            return False
        return bool(count.kind or count.explicit) or not (REQUEST in topics and actions == {""})

    def _issuer(self, count: Count, text: str) -> Issuer:
        """Return who has issued the documents that a count is of."""
        if not {target.topic for target in count.targets} & _DOCUMENTS:
            return Issuer.UNSAID
        return issuer_of(text, count.start, self.own_levels, is_named=count.explicit)

    def _cells(self, count: Count) -> list[tuple[str, ...]] | None:
        """Return the cells of each target; None where the form has none for one of them."""
        found = [self._target_cells(target, count) for target in count.targets]
        known = [cells for cells in found if cells and as_numbers(self.figures, cells) is not None]
        return known if known and (len(known) == len(found) or not count.joined) else None

    def _target_cells(self, target: Target, count: Count) -> tuple[str, ...]:
        cells = self.lexicon.cells_of(*target)
        if not count.kind:
            return cells
        column = self.lexicon.applicant_kinds.get(count.kind)
        if target.topic != REQUEST:
            return ()
        if column:
            return tuple(cell.replace(".total", f".{column}") for cell in cells)
        others = [key for key in self.form.kinds if key != "natural_person"]
        return tuple(cell.replace(".total", f".{key}") for cell in cells for key in others)

    def _sums(self, count: Count) -> list[Decimal]:
        cells = self._cells(count) or []
        values = [as_numbers(self.figures, one) for one in cells]
        each = [sum((Decimal(value) for value in some or ()), start=Decimal(0)) for some in values]
        return [sum(each, start=Decimal(0))] if count.joined else each

    def _expected(self, count: Count) -> Decimal:
        """Return what the table says: the sum of joined targets, or the one of several that agrees."""
        sums = self._sums(count)
        stated = self._stated(count)
        if len(sums) > 1:
            sums.append(sum(sums, start=Decimal(0)))
        rounded = [_rounded_like(stated, value) for value in sums] if count.unit in {"元", "万元"} else sums
        return stated if stated in rounded else rounded[0]

    def _stated(self, count: Count) -> Decimal:
        return count.value / YUAN_IN_10K if count.unit == "元" else count.value

    def _comparison(self, passage: Passage, text: str, count: Count, stated: Decimal) -> Comparison:
        cells = tuple(cell for one in self._cells(count) or [] for cell in one)
        return Comparison(
            passage=passage,
            near=excerpt(text, count.start, count.end),
            start=count.start,
            stated=stated,
            expected=self._expected(count),
            cells=cells,
            certain=count.explicit
            and len(count.targets) == 1
            and self._issuer(count, text) is Issuer.UNSAID
            and not self.faulty & set(cells),
        )

    def _denials(self, passage: Passage, text: str) -> Iterator[Comparison]:
        """Yield what a sentence says there was none of."""
        for denied, start, end in absences(self.lexicon, text, self.year):
            of_documents = _DOCUMENTS & {target.topic for target in denied}
            if of_documents and denies_anothers(text, start, end, self.own_levels):
                continue
            cells = tuple(cell for target in denied for cell in self.lexicon.cells_of(*target))
            numbers = as_numbers(self.figures, cells)
            if cells and numbers is not None:
                yield Comparison(
                    passage=passage,
                    near=excerpt(text, start, end),
                    start=start,
                    stated=Decimal(0),
                    expected=sum((Decimal(number) for number in numbers), start=Decimal(0)),
                    cells=cells,
                    certain=not self.faulty & set(cells),
                )

    def _parts(self, passage: Passage, text: str, counts: list[Count]) -> Iterator[Comparison]:
        """Yield the sums of parts by one dimension that exceed the whole before them."""
        whole: Count | None = None
        sums: dict[str, list[Count]] = {}
        for count in [*counts, None]:
            if count and count.sums_up:
                yield from self._wrong_sum(passage, text, count, sums)
            if count is None or not count.part:
                yield from self._too_many(passage, text, whole, sums)
                whole, sums = count, {}
            elif count.part != "unnamed":
                sums.setdefault(count.part, []).append(count)

    def _too_many(
        self, passage: Passage, text: str, whole: Count | None, sums: Mapping[str, Iterable[Count]]
    ) -> Iterator[Comparison]:
        for parts in sums.values():
            each = [part for part in parts if whole and part.start > whole.start]
            total = sum((part.value for part in each), start=Decimal(0))
            if whole and len(each) > 1 and total > whole.value:
                yield Comparison(
                    passage=passage,
                    near=excerpt(text, whole.start, each[-1].end),
                    start=whole.start,
                    stated=total,
                    expected=whole.value,
                    cells=(),
                    certain=True,
                    rule="prose.parts",
                )

    def _wrong_sum(
        self, passage: Passage, text: str, total: Count, sums: Mapping[str, list[Count]]
    ) -> Iterator[Comparison]:
        """Yield the comparison of a sum with the parts right before it: 信函31件、平台52件，合计90件."""
        parts = [part for dimension in sums.values() for part in dimension]
        if len(sums) != 1 or len(parts) < _FEWEST_PARTS or "等" in text[parts[0].start : total.start]:
            return
        expected = sum((part.value for part in parts), start=Decimal(0))
        yield Comparison(
            passage=passage,
            near=excerpt(text, parts[0].start, total.end),
            start=total.start,
            stated=total.value,
            expected=expected,
            cells=(),
            certain=total.value < expected,
            rule="prose.parts",
        )

    def _same_kind(self, passage: Passage, text: str) -> Iterator[Comparison]:
        """Yield the claim that all applicants are of one kind."""
        for match in _SAME_KIND.finditer(text):
            column = self.lexicon.applicant_kinds.get(match["kind"], "")
            cells = (f"table3.received.{column}", "table3.received.total")
            numbers = as_numbers(self.figures, cells)
            if numbers is not None:
                yield Comparison(
                    passage=passage,
                    near=excerpt(text, match.start(), match.end()),
                    start=match.start(),
                    stated=Decimal(numbers[1]),
                    expected=Decimal(numbers[0]),
                    cells=cells[:1],
                    certain=not self.faulty & set(cells),
                )


def comparison_finding(comparison: Comparison, form: ReportForm) -> Finding:
    """Return the finding about a comparison that does not agree."""
    cells = comparison.cells
    return Finding(
        rule=comparison.rule,
        severity=Severity.ERROR if comparison.certain else Severity.WARNING,
        place=comparison.place,
        column="、".join(form.label(cell) for cell in cells),
        found=format_figure(comparison.stated),
        expected=format_figure(comparison.expected),
        basis=form.source,
        words={**comparison.passage.words, "near": comparison.near, "cell": cells[0] if cells else ""},
    )


def _identity(count: Count) -> tuple[tuple[Target, ...], str]:
    return count.targets, count.kind


def _is_about_disclosure(text: str, passage: Passage, actions: set[str]) -> bool:
    """Whether a dispute is one about disclosure: an agency also decides and defends others."""
    at_home = passage.place.startswith("section.disputes#")
    return at_home or ("decided" not in actions and _DISCLOSURE.search(text) is not None)


def _rounded_like(stated: Decimal, exact: Decimal) -> Decimal:
    """Return the exact amount with as many decimals as stated: 4068.21 does not contradict 4068.208."""
    exponent = stated.as_tuple().exponent
    return exact.quantize(stated, ROUND_HALF_UP) if isinstance(exponent, int) and exponent < 0 else exact
