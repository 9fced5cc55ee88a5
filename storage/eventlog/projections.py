"""Projections: rows of cases and counts that the report, the lists and the sweep read instead of the whole log.

They are written in the transaction that appends, by the same functions that rebuild them, so a rebuild must give
the stored rows (``gongkai rebuild --check``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from config.declarations.duty import Duties
from storage.database.tables import CASES, COUNTS, chunks, equals_bound, in_bound
from storage.database.tables_delivery import WAKES
from storage.eventlog.approval_projection import (
    cases_with_texts,
    clear_signatures,
    replace_signatures,
    signature_differences,
    signature_rows,
)
from storage.eventlog.derived_rows import (
    STILL_OPEN,
    carried_to,
    case_lines,
    count_lines,
    derive_rows,
    entries_by_case,
)
from storage.eventlog.log import Log
from storage.eventlog.part_projection import (
    PartRow,
    add_part_rows,
    cases_that_count,
    part_differences,
    part_rows,
    replace_part_rows,
    with_parts,
)
from storage.events.case import Case, CaseLine, CountLine, fold_case
from storage.events.codec import DECODE_ERRORS, canonical_entry, decode_entry
from storage.events.events import LogEntry, case_of

_DELETE_CASES = delete(CASES).where(*equals_bound(CASES, "office"), in_bound(CASES.c.number, "numbers"))
_SELECT_BY_REFERENCE = select(CASES.c.reference, CASES.c.number).where(
    *equals_bound(CASES, "office", "kind"), in_bound(CASES.c.reference, "references")
)
_LAST_OPENED = select(func.max(CASES.c.opened_on)).where(*equals_bound(CASES, "office", "kind"))


class CaseCount(NamedTuple):
    """What is counted: the cases of some kinds that were opened, or closed with any outcome or one of these."""

    key: str
    kinds: tuple[str, ...]
    closed: bool = False
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseProjections:
    """One office's projections over an open connection."""

    connection: Connection
    office: str
    duties: Duties

    def update(
        self, entries: Sequence[LogEntry], previous: Mapping[int, Case] | None = None
    ) -> dict[int, Case]:
        """Update the rows with the entries just appended. Returns the cases they are about.

        ``previous``: those of the cases that existed before, as they were; without it the log is read for all.
        """
        numbers = sorted({case_of(entry.record) for entry in entries} - {0})
        cases = self.cases(numbers) if previous is None else _apply_entries(previous, entries)
        changed = [case for case in cases.values() if previous is None or self._row_changed(case, previous)]
        for some in chunks([case.number for case in changed]):
            self.connection.execute(_DELETE_CASES, {"office": self.office, "numbers": some})
        lines = case_lines(changed, self.duties)
        _insert(self.connection, CASES, [self._case_row(line) for line in lines])
        self._replace_counts([entry for entry in entries if case_of(entry.record) == 0])
        add_part_rows(self.connection, self.office, part_rows(entries, self.duties))
        return cases

    def _row_changed(self, case: Case, previous: Mapping[int, Case]) -> bool:
        """True if a case's row differs from its previous one."""
        return case.number not in previous or list(case_lines([case], self.duties)) != list(
            case_lines([previous[case.number]], self.duties)
        )

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Some cases, folded from the log; one that counts others has their facts as steps."""
        by_case = entries_by_case(Log(self.connection, self.office).read(cases=numbers))
        folded = {number: fold_case(number, entries) for number, entries in by_case.items()}
        return with_parts(self.connection, self.office, folded, self.duties)

    def cases_that_count(self, numbers: Sequence[int]) -> list[int]:
        """The numbers of the cases that count these cases, or counted them before a correction."""
        return cases_that_count(self.connection, self.office, numbers)

    def readable_cases(self, numbers: Sequence[int]) -> tuple[dict[int, Case], dict[int, Exception]]:
        """The cases that can be read, and the errors of the others: an unreadable entry affects its own case only."""
        try:
            return self.cases(numbers), {}
        except DECODE_ERRORS:
            found: dict[int, Case] = {}
            faults: dict[int, Exception] = {}
        for number in numbers:
            try:
                found |= self.cases([number])
            except DECODE_ERRORS as fault:
                faults[number] = fault
        return found, faults

    def rebuild(self) -> None:
        """Delete the rows and derive them again from the whole log."""
        for table in (CASES, COUNTS):
            self.connection.execute(delete(table).where(table.c.office == self.office))
        derived, parts = self._derived_rows()
        for table, rows in derived:
            _insert(self.connection, table, rows)
        replace_part_rows(self.connection, self.office, parts)
        clear_signatures(self.connection, self.office)
        self.update_signatures(self._cases_with_texts())

    def differences(self) -> list[str]:
        """Where the rows differ from what the log gives, as ``case_row 12`` or ``count_row 7``."""
        found = []
        derived, parts = self._derived_rows()
        for table, rows in derived:
            right, live = _by_number(rows), _by_number(self._rows(table))
            wrong = (number for number in right.keys() | live.keys() if right.get(number) != live.get(number))
            found += [f"{table.name} {number}" for number in sorted(wrong)]
        found += part_differences(self.connection, self.office, parts)
        right_rows = signature_rows(self._cases_with_texts(), self.duties, self.office)
        return found + signature_differences(self.connection, self.office, right_rows)

    def update_signatures(self, cases: Iterable[Case]) -> None:
        """Rewrite the sign-off rows of these cases; the database checks them again."""
        replace_signatures(self.connection, self.office, list(cases), self.duties)

    def _cases_with_texts(self) -> list[Case]:
        """The cases that have a text."""
        return list(self.cases(cases_with_texts(self.connection, self.office)).values())

    def _derived_rows(self) -> tuple[list[tuple[Any, list[dict[str, Any]]]], set[PartRow]]:
        """The rows of cases and counts by table, and those of parts: one reading of the log gives both."""
        entries = list(Log(self.connection, self.office).read())
        cases, counts = derive_rows(entries, self.duties)
        case_rows = [self._case_row(line) for line in cases]
        rows = [(CASES, case_rows), (COUNTS, [self._count_row(line) for line in counts])]
        return rows, part_rows(entries, self.duties)

    def lines_of_year(self, first: date, last: date) -> Iterator[CaseLine]:
        """The cases that can count between two days of one year: received, closed, or open throughout.

        It costs the year's cases and the few that are open for longer, whatever the age of the log.
        """
        year_end = date(first.year, 12, 31)
        before = CASES.c.opened_on < first
        yield from self._lines(CASES.c.opened_on.between(first, last))
        yield from self._lines(before, CASES.c.closed_on.between(first, year_end))
        yield from self._lines(before, CASES.c.carried_to > first.year)

    def find(self, kind: str, references: Sequence[str]) -> dict[str, int]:
        """Case numbers by the office's own reference."""
        found: dict[str, int] = {}
        for some in chunks(references):
            asked = {"office": self.office, "kind": kind, "references": some}
            found |= {
                row.reference: row.number for row in self.connection.execute(_SELECT_BY_REFERENCE, asked)
            }
        return found

    def cases_with_reference(self, reference: str) -> list[int]:
        """The numbers of the cases of any kind with this reference."""
        return [line.number for line in self._lines(CASES.c.reference == reference)]

    def open_cases(self) -> list[int]:
        """The numbers of all cases that can have pending actions: open, or closed with a wake-up."""
        taken_up = select(WAKES.c.case).where(WAKES.c.office == self.office)
        # As a term: by the index of the closed ones the planner would look at all of them, and at their wakes after.
        is_closed = func.coalesce(CASES.c.carried_to, 0) != STILL_OPEN
        closed = self._lines(is_closed, CASES.c.number.in_(taken_up))
        return [line.number for line in (*self._lines(CASES.c.carried_to == STILL_OPEN), *closed)]

    def last_opened(self, kind: str) -> date | None:
        """The newest opening day among the cases of a kind."""
        asked = {"office": self.office, "kind": kind}
        found: date | None = self.connection.execute(_LAST_OPENED, asked).scalar()
        return found

    def lines_of_kind(self, kind: str, since: date) -> list[CaseLine]:
        """The cases of a kind that were opened since a day or are still open, in their order."""
        recent = (CASES.c.opened_on >= since) | CASES.c.closed_on.is_(None)
        return sorted(self._lines(CASES.c.kind == kind, recent))

    def newest_references(self, kind: str, since: date, limit: int) -> list[str]:
        """The references of the cases of a kind opened since a day, those registered last first."""
        query = select(CASES.c.reference).where(
            CASES.c.office == self.office, CASES.c.kind == kind, CASES.c.opened_on >= since
        )
        return list(self.connection.execute(query.order_by(CASES.c.number.desc()).limit(limit)).scalars())

    def number_of(self, count: CaseCount, first: date, last: date) -> int:
        """How many cases a count counts between two days, counted by the database."""
        query = _number_counted(closed=count.closed, by_outcome=bool(count.outcomes))
        return int(self.connection.execute(query, self._asked_of(count, first, last)).scalar_one())

    def _asked_of(self, count: CaseCount, first: date, last: date) -> dict[str, Any]:
        outcomes = {"outcomes": count.outcomes} if count.outcomes else {}
        return {"office": self.office, "first": first, "last": last, "kinds": count.kinds, **outcomes}

    def lines_of(self, numbers: Sequence[int]) -> list[CaseLine]:
        """The rows of some cases."""
        return [line for some in chunks(numbers) for line in self._lines(CASES.c.number.in_(some))]

    def counts(self, matters: Sequence[str], first: date, last: date) -> list[CountLine]:
        """The entries of some registers between two days."""
        days = COUNTS.c.happened_on.between(first, last)
        return self._counts(COUNTS.c.matter.in_(matters), days)

    def counts_at(self, positions: Sequence[int]) -> list[CountLine]:
        """Some entries of registers, by their positions in the log."""
        return [line for some in chunks(positions) for line in self._counts(COUNTS.c.position.in_(some))]

    def latest_count_until(self, matter: str, last: date) -> CountLine | None:
        """The newest count of a stock up to a day."""
        found = self._counts(COUNTS.c.matter == matter, COUNTS.c.happened_on <= last, newest=True)
        return found[0] if found else None

    def first_count_after(self, matter: str, day: date) -> CountLine | None:
        """The oldest count of a stock after a day."""
        found = self._counts(COUNTS.c.matter == matter, COUNTS.c.happened_on > day, oldest=True)
        return found[0] if found else None

    def _counts(self, *conditions: Any, newest: bool = False, oldest: bool = False) -> list[CountLine]:
        columns = [COUNTS.c[name] for name in CountLine._fields]
        query = select(*columns).where(COUNTS.c.office == self.office, *conditions)
        if newest:
            query = query.order_by(COUNTS.c.happened_on.desc(), COUNTS.c.position.desc()).limit(1)
        if oldest:
            query = query.order_by(COUNTS.c.happened_on, COUNTS.c.position).limit(1)
        return [CountLine._make(row) for row in self.connection.execute(query)]

    def _lines(self, *conditions: Any) -> Iterator[CaseLine]:
        columns = [CASES.c[name] for name in CaseLine._fields]
        query = select(*columns).where(CASES.c.office == self.office, *conditions)
        with self.connection.execute(query.execution_options(yield_per=2000)) as rows:
            for row in rows:
                yield CaseLine._make(row)

    def _rows(self, table: Any) -> Iterator[dict[str, Any]]:
        query = select(table).where(table.c.office == self.office)
        for row in self.connection.execute(query).mappings():
            yield dict(row)

    def _replace_counts(self, entries: Sequence[LogEntry]) -> None:
        touched = {getattr(entry.record, "position", entry.position) for entry in entries}
        for some in chunks(sorted(touched)):
            here = (COUNTS.c.office == self.office, COUNTS.c.position.in_(some))
            self.connection.execute(delete(COUNTS).where(*here))
        # The newest correction of a position is among the entries just appended, so the log need not be read again.
        _insert(self.connection, COUNTS, [self._count_row(line) for line in count_lines(entries)])

    def _case_row(self, line: CaseLine) -> dict[str, Any]:
        return {"office": self.office, **line._asdict(), "carried_to": carried_to(line)}

    def _count_row(self, line: CountLine) -> dict[str, Any]:
        return {"office": self.office, **line._asdict()}


@cache
def _counted(*, closed: bool, by_outcome: bool) -> tuple[Any, ...]:
    """What the cases of a count fulfil; made once, because the first page of everybody asks it six times."""
    day = CASES.c.closed_on if closed else CASES.c.opened_on
    outcomes = (in_bound(CASES.c.outcome, "outcomes"),) if by_outcome else ()
    between = day.between(bindparam("first", type_=day.type), bindparam("last", type_=day.type))
    return (*equals_bound(CASES, "office"), between, in_bound(CASES.c.kind, "kinds"), *outcomes)


@cache
def _number_counted(*, closed: bool, by_outcome: bool) -> Any:
    return select(func.count()).select_from(CASES).where(*_counted(closed=closed, by_outcome=by_outcome))


def _by_number(rows: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["number"] if "number" in row else row["position"]: row for row in rows}


def _apply_entries(previous: Mapping[int, Case], entries: Iterable[LogEntry]) -> dict[int, Case]:
    """The cases of these entries with the entries applied, each as it would be read back from the log."""
    new = entries_by_case(decode_entry(canonical_entry(entry), entry.hash) for entry in entries)
    new.pop(0, None)
    return {number: previous.get(number, Case(number=number)).apply(some) for number, some in new.items()}


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
