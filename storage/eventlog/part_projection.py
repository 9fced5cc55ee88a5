"""Projects which cases another case counts, and reads such a case with them: a village's month has its items.

A row stays when a part is struck out or moved: a case that is read as of an earlier position has the parts of then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from config.declarations.duty import Duties
from storage.database.tables import CASES, PARTS, chunks, equals_bound, in_bound
from storage.eventlog.log import Log
from storage.events.case import Case, fold_case
from storage.events.events import Amended, LogEntry, Opened

PartRow = tuple[str, str, int]
"""The kind and the reference of the case that counts, and the number of the part."""

_SELECT_PARTS = select(PARTS.c.reference, PARTS.c.number).where(
    *equals_bound(PARTS, "office", "kind"), in_bound(PARTS.c.reference, "references")
)
_DELETE_PART = delete(PARTS).where(*equals_bound(PARTS, "office", "kind", "reference", "number"))
_SELECT_COUNTED_IN = (
    select(PARTS.c.kind, PARTS.c.reference)
    .where(*equals_bound(PARTS, "office"), in_bound(PARTS.c.number, "numbers"))
    .distinct()
)
_SELECT_WHOLES = select(CASES.c.number).where(
    *equals_bound(CASES, "office", "kind"), in_bound(CASES.c.reference, "references")
)
"""Asked only where a case is a part: as one query with the other, every case of the office would be looked at."""


def part_rows(entries: Iterable[LogEntry], duties: Duties) -> set[PartRow]:
    """The rows that these entries give: one for each case that an opening or its correction names."""
    wholes = {duty.parts.kind: (duty.kind, duty.parts) for duty in duties.values() if duty.parts}
    found: set[PartRow] = set()
    for entry in entries:
        record = entry.record.right if isinstance(entry.record, Amended) else entry.record
        if isinstance(record, Opened) and record.kind in wholes:
            kind, declared = wholes[record.kind]
            found.add((kind, declared.whole_reference(record.facts), record.case))
    return found


def add_part_rows(connection: Connection, office: str, rows: Iterable[PartRow]) -> None:
    """Write rows; one that is there already stays one."""
    written = [
        {"office": office, "kind": kind, "reference": name, "number": number} for kind, name, number in rows
    ]
    for row in written:
        connection.execute(_DELETE_PART, row)
    if written:
        connection.execute(insert(PARTS), written)


def replace_part_rows(connection: Connection, office: str, rows: Iterable[PartRow]) -> None:
    """Delete an office's rows and write these."""
    connection.execute(delete(PARTS).where(PARTS.c.office == office))
    add_part_rows(connection, office, rows)


def part_differences(connection: Connection, office: str, right: set[PartRow]) -> list[str]:
    """Where the rows differ from what the log gives, as ``case_part 12``."""
    query = select(PARTS.c.kind, PARTS.c.reference, PARTS.c.number).where(PARTS.c.office == office)
    live = {(row.kind, row.reference, row.number) for row in connection.execute(query)}
    return [f"{PARTS.name} {number}" for _, _, number in sorted(live ^ right)]


def cases_that_count(connection: Connection, office: str, numbers: Sequence[int]) -> list[int]:
    """The numbers of the cases that count these, or counted them before a correction."""
    references: dict[str, set[str]] = defaultdict(set)
    for some in chunks(sorted(numbers)):
        for kind, reference in connection.execute(_SELECT_COUNTED_IN, {"office": office, "numbers": some}):
            references[kind].add(reference)
    found: set[int] = set()
    for kind, names in references.items():
        for few in chunks(sorted(names)):
            asked = {"office": office, "kind": kind, "references": few}
            found.update(connection.execute(_SELECT_WHOLES, asked).scalars())
    return sorted(found)


def with_parts(
    connection: Connection, office: str, cases: dict[int, Case], duties: Duties
) -> dict[int, Case]:
    """The same cases, each that counts others with their facts."""
    counting = [case for case in cases.values() if case.opening and _counts(case, duties)]
    if not counting:
        return cases
    parts = _parts_by_whole(connection, office, counting)
    together = dict(cases)
    for case in counting:
        opening = case.opening
        declared = duties[opening.kind].parts if opening else None
        if opening and declared:
            together[case.number] = case.with_parts(parts[opening.kind, opening.reference], declared)
    return together


def _counts(case: Case, duties: Duties) -> bool:
    duty = duties.get(case.opening.kind) if case.opening else None
    return duty is not None and duty.parts is not None


def _parts_by_whole(
    connection: Connection, office: str, counting: Sequence[Case]
) -> Mapping[tuple[str, str], list[Case]]:
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, reference, number in _part_numbers(connection, office, counting):
        numbers[kind, reference].append(number)
    entries: dict[int, list[LogEntry]] = defaultdict(list)
    wanted = sorted({number for each in numbers.values() for number in each})
    for entry in Log(connection, office).read(cases=wanted):
        entries[getattr(entry.record, "case", 0)].append(entry)
    folded = {number: fold_case(number, of_one) for number, of_one in entries.items()}
    found: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for place, of_one in numbers.items():
        found[place] = [folded[number] for number in sorted(of_one) if number in folded]
    return found


def _part_numbers(connection: Connection, office: str, counting: Sequence[Case]) -> Iterator[PartRow]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for case in counting:
        if case.opening:
            by_kind[case.opening.kind].append(case.opening.reference)
    for kind, references in by_kind.items():
        for some in chunks(references):
            asked = {"office": office, "kind": kind, "references": some}
            yield from ((kind, row.reference, row.number) for row in connection.execute(_SELECT_PARTS, asked))
