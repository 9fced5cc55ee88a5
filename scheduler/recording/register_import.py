"""An existing register brought into the log: all rows or none, and the same file twice changes nothing.

A row says how its case should stand. What the log has not yet heard is recorded; what it has heard
otherwise is a finding, and then nothing at all is recorded. A newer copy of the same spreadsheet therefore
brings the closings and the rows that are new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from config.findings import Finding, Severity
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.terms.deadlines import due_date
from storage.events.case import Case
from storage.events.events import Facts, Opened, Stepped
from storage.register_import.records import DisputeRow, ParsedRow, RegisterRow, RequestRow

FROM_REGISTER = {"source": "register"}
"""Marks a fact whose details (who consented, why) stand in the office's paper file, not in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did: ``rows`` = ``opened`` + ``advanced`` + ``counted`` + ``unchanged``."""

    rows: int
    opened: int = 0
    advanced: int = 0
    counted: int = 0
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExpectedCase:
    """How a row says its case should stand."""

    row: ParsedRow
    kind: str
    reference: str
    opened_on: date
    facts: Facts
    steps: tuple[tuple[str, date, Facts], ...] = ()
    closed_on: date | None = None
    outcome: str = ""


def import_rows(uow: UnitOfWork, rows: Sequence[ParsedRow]) -> ImportResult:
    """Say at this sitting what the rows hold and the log does not. With errors, it must be discarded."""
    entries = [row for row in rows if isinstance(row, RegisterRow)]
    wanted = [_expected_case(row) for row in rows if not isinstance(row, RegisterRow)]
    findings: list[Finding] = []
    done: Counter[str] = Counter()
    for case, want in _matched_cases(uow, wanted):
        done[_import_case(uow, case, want, findings)] += 1
        if case is None:
            findings += _due_date_differences(uow, want)
    done["counted"] = _import_counts(uow, entries)
    done["unchanged"] += len(entries) - done["counted"]
    del done["refused"]
    return ImportResult(rows=len(rows), findings=tuple(findings), **done)


def _expected_case(row: RequestRow | DisputeRow) -> _ExpectedCase:
    if isinstance(row, DisputeRow):
        return _ExpectedCase(
            row=row,
            kind="dispute",
            reference=row.number,
            opened_on=row.filed_on,
            facts={"route": row.route},
            closed_on=row.concluded_on,
            outcome=row.outcome or "",
        )
    facts = {"applicant_kind": row.applicant_kind, "channel": row.channel or "", "note": row.note}
    # A register has no day for the extension; it is laid on the receipt, which never makes a step late.
    days: Facts = {"days": row.extended_days or 0, **FROM_REGISTER}
    return _ExpectedCase(
        row=row,
        kind="request",
        reference=row.number,
        opened_on=row.received_on,
        facts={key: value for key, value in facts.items() if value},
        steps=(("extended", row.received_on, days),) if row.extended_days else (),
        closed_on=row.closed_on,
        outcome=row.result or "",
    )


def _matched_cases(
    uow: UnitOfWork, wanted: Sequence[_ExpectedCase]
) -> Iterable[tuple[Case | None, _ExpectedCase]]:
    numbers: dict[tuple[str, str], int] = {}
    for kind in {want.kind for want in wanted}:
        references = [want.reference for want in wanted if want.kind == kind]
        found = uow.index.find(kind, references)
        numbers |= {(kind, reference): number for reference, number in found.items()}
    cases = uow.cases(list(numbers.values()))
    for want in wanted:
        yield cases.get(numbers.get((want.kind, want.reference), 0)), want


def _import_case(uow: UnitOfWork, case: Case | None, want: _ExpectedCase, findings: list[Finding]) -> str:
    if case is None:
        number = uow.open(want.kind, want.reference, want.opened_on, want.facts)
        for step, day, facts in want.steps:
            uow.step(number, step, day, facts)
        if want.closed_on:
            uow.close(number, want.outcome, want.closed_on, FROM_REGISTER)
        return "opened"
    clashes = list(_conflicts(case, want))
    if clashes:
        findings += clashes
        return "refused"
    said = len(uow.new_events)
    for step, day, facts in want.steps:
        if step not in {taken.step for taken in case.steps}:
            uow.step(case.number, step, day, facts)
    if want.closed_on and case.closing is None:
        uow.close(case.number, want.outcome, want.closed_on, FROM_REGISTER)
    return "advanced" if len(uow.new_events) > said else "unchanged"


def _conflicts(case: Case, want: _ExpectedCase) -> Iterable[Finding]:
    """Where the log has heard otherwise. A row that knows less (no closing yet) is only older."""
    opening, closing = case.opening, case.closing
    known: dict[str, Any] = {"opened_on": opening.happened_on if opening else None, **case.facts}
    said: dict[str, Any] = {"opened_on": want.opened_on, **want.facts}
    if closing and want.closed_on:
        known |= {"closed_on": closing.happened_on, "outcome": closing.outcome}
        said |= {"closed_on": want.closed_on, "outcome": want.outcome}
    for _, _, facts in want.steps:
        taken = [step for step in case.steps if step.step == "extended"]
        if taken:
            known["days"] = sum(int(step.facts["days"]) for step in taken)
            said["days"] = facts["days"]
    for name, value in said.items():
        if known.get(name) != value:
            yield Finding(
                rule="import.clash",
                place=f"line {want.row.line}",
                column=name,
                found=str(value),
                expected=str(known.get(name, "")),
                words={"line": str(want.row.line), "reference": want.reference, "case": str(case.number)},
            )


def _due_date_differences(uow: UnitOfWork, want: _ExpectedCase) -> Iterable[Finding]:
    """A due date in the register that the calendar counts otherwise: shown, for a person to look into."""
    stated = want.row.due_on if isinstance(want.row, RequestRow) else None
    duty = uow.index.duties[want.kind]
    if stated is None:
        return
    story = [Opened(case=0, happened_on=want.opened_on, kind=want.kind, facts=want.facts)]
    steps = [Stepped(case=0, happened_on=day, step=step, facts=facts) for step, day, facts in want.steps]
    found = due_date([*story, *steps], duty, uow.calendar)
    if found.day != stated:
        yield Finding(
            rule="import.due_differs",
            severity=Severity.WARNING,
            place=f"line {want.row.line}",
            column="due_on",
            found=stated.isoformat(),
            expected=found.day.isoformat() if found.day else "—",
            words={"line": str(want.row.line), "reference": want.reference},
        )


def _import_counts(uow: UnitOfWork, rows: Sequence[RegisterRow]) -> int:
    """The n-th equal row of a file is the n-th equal entry of the log: two equal penalties are two."""
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for row in rows:
        amount = row.amount_yuan or Decimal(0)
        what = (row.happened_on.isoformat(), row.kind, row.quantity or 0, format(amount.normalize(), "f"))
        seen[what] += 1
        keys.append("register:" + ":".join(map(str, (*what, seen[what]))))
    known = uow.log.known_keys(keys)
    for row, key in zip(rows, keys, strict=True):
        if key not in known:
            amount = row.amount_yuan or Decimal(0)
            uow.count(row.kind, row.happened_on, quantity=row.quantity or 0, amount_yuan=amount, key=key)
    return len(set(keys) - known)
