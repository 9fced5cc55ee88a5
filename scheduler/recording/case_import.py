"""Imports an existing register into the log: all rows or none, and the same file twice changes nothing.

A row states how its case should be. What the log lacks is recorded; what it has otherwise is a finding, and then
nothing at all is recorded. A newer copy of the same spreadsheet therefore adds the new closings and the new rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from config.declarations.keys import DAYS_FIELD, EXTENDED_STEP
from config.findings import Finding, Severity
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.terms.deadlines import due_date
from storage.content.applicant import Applicant
from storage.events.case import Case
from storage.events.events import Facts, Opened, Stepped
from storage.proofread.personal_data.detector import find_personal_data, masked_match
from storage.proofread.personal_data.matches import PersonalDataKind
from storage.register_import.columns import ImportedCase, ImportedCount, ImportedRow, fact_columns

FROM_REGISTER = {"source": "register"}
"""Marks a fact whose details (who consented, why) are in the office's paper file, not in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did: ``rows`` = ``opened`` + ``advanced`` + ``counted`` + ``unchanged``."""

    rows: int
    opened: int = 0
    advanced: int = 0
    counted: int = 0
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()


def import_rows(uow: UnitOfWork, rows: Sequence[ImportedRow]) -> ImportResult:
    """Add what the rows state and the log lacks. With findings that are errors the caller must discard it all."""
    entries = [row for row in rows if isinstance(row, ImportedCount)]
    expectations = [row for row in rows if isinstance(row, ImportedCase)]
    findings: list[Finding] = []
    done: Counter[str] = Counter()
    for case, expected in _matched_cases(uow, expectations):
        done[_import_case(uow, case, expected, findings)] += 1
        if case is None:
            findings += _due_date_differences(uow, expected)
    done["counted"] = _import_counts(uow, entries)
    done["unchanged"] += len(entries) - done["counted"]
    del done["refused"]
    return ImportResult(rows=len(rows), findings=tuple(findings), **done)


def _steps(row: ImportedCase) -> tuple[tuple[str, date, Facts], ...]:
    """The extension that a row states: a register has no day for it, and on the receipt's no step is ever late."""
    days: Facts = {DAYS_FIELD: row.extended_days or 0, **FROM_REGISTER}
    return ((EXTENDED_STEP, row.opened_on, days),) if row.extended_days else ()


def _matched_cases(
    uow: UnitOfWork, expectations: Sequence[ImportedCase]
) -> Iterable[tuple[Case | None, ImportedCase]]:
    numbers: dict[tuple[str, str], int] = {}
    for kind in {expected.kind for expected in expectations}:
        references = [expected.reference for expected in expectations if expected.kind == kind]
        found = uow.context.index.find(kind, references)
        numbers |= {(kind, reference): number for reference, number in found.items()}
    cases = uow.context.cases(list(numbers.values()))
    for expected in expectations:
        yield cases.get(numbers.get((expected.kind, expected.reference), 0)), expected


def _import_case(uow: UnitOfWork, case: Case | None, expected: ImportedCase, findings: list[Finding]) -> str:
    if case is None:
        if held := list(_personal_numbers(expected)):
            findings += held
            return "refused"
        number = uow.cases.open(expected.kind, expected.reference, expected.opened_on, expected.facts)
        if expected.note:
            uow.cases.save_applicant(number, Applicant(note=expected.note))
        for step, day, facts in _steps(expected):
            uow.cases.step(number, step, day, facts)
        if expected.closed_on:
            uow.cases.close(number, expected.outcome or "", expected.closed_on, FROM_REGISTER)
        return "opened"
    clashes = list(_conflicts(case, expected))
    if clashes:
        findings += clashes
        return "refused"
    before = len(uow.context.new_events)
    for step, day, facts in _steps(expected):
        if step not in {taken.step for taken in case.steps}:
            uow.cases.step(case.number, step, day, facts)
    if expected.closed_on and case.closing is None:
        uow.cases.close(case.number, expected.outcome or "", expected.closed_on, FROM_REGISTER)
    return "advanced" if len(uow.context.new_events) > before else "unchanged"


def _personal_numbers(expected: ImportedCase) -> Iterable[Finding]:
    """A reference or content that holds a person's number: the log would keep it for ever, unlike the note."""
    texts = [
        (column.key, str(expected.facts.get(column.fact, "")))
        for column in fact_columns(expected.register)
        if not column.terms
    ]
    for column, text in (("number", expected.reference), *texts):
        for match in find_personal_data(text):
            if column != "number" or match.kind is not PersonalDataKind.LANDLINE:
                yield Finding(
                    rule="import.personal_number" if column == "number" else "import.personal_content",
                    place=f"line {expected.line}",
                    column=column,
                    found=masked_match(match),
                    words={"line": str(expected.line)},
                )


def _conflicts(case: Case, expected: ImportedCase) -> Iterable[Finding]:
    """Where the log states otherwise. A row that states less (no closing yet) is only older."""
    opening, closing = case.opening, case.closing
    known: dict[str, Any] = {"opened_on": opening.happened_on if opening else None, **case.facts}
    stated: dict[str, Any] = {"opened_on": expected.opened_on, **expected.facts}
    if closing and expected.closed_on:
        known |= {"closed_on": closing.happened_on, "outcome": closing.outcome}
        stated |= {"closed_on": expected.closed_on, "outcome": expected.outcome or ""}
    for _, _, facts in _steps(expected):
        taken = [step for step in case.steps if step.step == EXTENDED_STEP]
        if taken:
            known[DAYS_FIELD] = sum(int(step.facts[DAYS_FIELD]) for step in taken)
            stated[DAYS_FIELD] = facts[DAYS_FIELD]
    for name, value in stated.items():
        if known.get(name) != value:
            yield Finding(
                rule="import.clash",
                place=f"line {expected.line}",
                column=name,
                found=str(value),
                expected=str(known.get(name, "")),
                words={
                    "line": str(expected.line),
                    "reference": expected.reference,
                    "case": str(case.number),
                },
            )


def _due_date_differences(uow: UnitOfWork, expected: ImportedCase) -> Iterable[Finding]:
    """A due date in the register that the calendar counts otherwise: a warning, for a person to look into."""
    due_on = expected.due_on
    duty = uow.context.index.duties[expected.kind]
    if due_on is None:
        return
    story = [Opened(case=0, happened_on=expected.opened_on, kind=expected.kind, facts=expected.facts)]
    steps = [
        Stepped(case=0, happened_on=day, step=step, facts=facts) for step, day, facts in _steps(expected)
    ]
    found = due_date([*story, *steps], duty, uow.context.calendar)
    if found.day != due_on:
        yield Finding(
            rule="import.due_differs",
            severity=Severity.WARNING,
            place=f"line {expected.line}",
            column="due_on",
            found=due_on.isoformat(),
            expected=found.day.isoformat() if found.day else "—",
            words={"line": str(expected.line), "reference": expected.reference},
        )


def _import_counts(uow: UnitOfWork, rows: Sequence[ImportedCount]) -> int:
    """Count what the log lacks. The n-th equal row is the n-th equal entry: two equal penalties are two."""
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for row in rows:
        amount = row.amount_yuan or Decimal(0)
        what = (row.happened_on.isoformat(), row.kind, row.quantity or 0, format(amount.normalize(), "f"))
        seen[what] += 1
        keys.append("register:" + ":".join(map(str, (*what, seen[what]))))
    known = uow.context.log.known_keys(keys)
    for row, key in zip(rows, keys, strict=True):
        if key not in known:
            amount = row.amount_yuan or Decimal(0)
            uow.registers.count(
                row.kind, row.happened_on, quantity=row.quantity or 0, amount_yuan=amount, key=key
            )
    return len(set(keys) - known)
