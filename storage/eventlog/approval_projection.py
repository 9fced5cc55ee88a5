"""The projection of sign-off into rows, from a case's entries alone; the tables' triggers check each row again.

The rows are written in the transaction that appends, by the code that also rebuilds them. Within a case they are
inserted in the order the triggers need (versions, writers, signatures, releases) and deleted in the opposite one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from config.declarations.duty import Duties
from storage.database.tables import EVENTS, chunks, equals_bound, in_bound
from storage.database.tables_approvals import CONTRIBUTIONS, RELEASES, SIGNATURES, VERSIONS
from storage.events.approvals import ApprovalHistory, releases, text_versions
from storage.events.case import Case
from storage.events.codec import stored_name
from storage.events.events import Drafted, Overridden, Signed

RowsByTable = Mapping[Any, list[dict[str, Any]]]
APPROVAL_TABLES = (VERSIONS, CONTRIBUTIONS, SIGNATURES, RELEASES)
_DELETE = {
    table: delete(table).where(*equals_bound(table, "office"), in_bound(table.c.case, "cases"))
    for table in APPROVAL_TABLES
}
_INSERT = {table: insert(table) for table in APPROVAL_TABLES}


def signature_rows(cases: Iterable[Case], duties: Duties, office: str) -> RowsByTable:
    """All rows of these cases, by table."""
    found: dict[Any, list[dict[str, Any]]] = {table: [] for table in APPROVAL_TABLES}
    for case in cases:
        if not case.approvals:
            continue
        here = {"office": office, "case": case.number}
        for text in text_versions(case.approvals):
            found[VERSIONS].append({**here, **_version_row(text)})
            found[SIGNATURES] += [{**here, **row} for row in _signature_rows(text)]
        found[CONTRIBUTIONS] += [{**here, **row} for row in _contribution_rows(case)]
        duty = duties.get(case.opening.kind) if case.opening else None
        found[RELEASES] += [{**here, **out._asdict()} for out in (releases(case, duty) if duty else ())]
    return found


def replace_signatures(connection: Connection, office: str, cases: Sequence[Case], duties: Duties) -> None:
    """Rewrite the rows of these cases; cases without a text have none and cost nothing."""
    signed = [case for case in cases if case.approvals]
    for some in chunks([case.number for case in signed]):
        for table in reversed(APPROVAL_TABLES):
            connection.execute(_DELETE[table], {"office": office, "cases": some})
    insert_rows(connection, signature_rows(signed, duties, office))


def cases_with_texts(connection: Connection, office: str) -> list[int]:
    """The numbers of the cases in which a text was ever drafted."""
    query = select(EVENTS.c.case).where(EVENTS.c.office == office, EVENTS.c.type == stored_name(Drafted))
    return list(connection.execute(query.distinct().order_by(EVENTS.c.case)).scalars())


def clear_signatures(connection: Connection, office: str) -> None:
    """Delete all rows of an office."""
    for table in reversed(APPROVAL_TABLES):
        connection.execute(delete(table).where(table.c.office == office))


def insert_rows(connection: Connection, rows: RowsByTable) -> None:
    """Insert rows in the order that the triggers need."""
    for table in APPROVAL_TABLES:
        if rows[table]:
            connection.execute(_INSERT[table], rows[table])


def signature_differences(connection: Connection, office: str, right: RowsByTable) -> list[str]:
    """Where the rows differ from what the log gives, as ``signature case 12``."""
    found = []
    for table in APPROVAL_TABLES:
        live = [
            dict(row) for row in connection.execute(select(table).where(table.c.office == office)).mappings()
        ]
        wrong = {row["case"] for row in [*live, *right[table]] if (row in live) != (row in right[table])}
        found += [f"{table.name} case {case}" for case in sorted(wrong)]
    return found


def _version_row(text: ApprovalHistory) -> dict[str, Any]:
    manifest = text.manifest or _returned_marker(text)
    return {"version": text.version, "manifest": manifest, "needed": len(text.route)}


def _returned_marker(text: ApprovalHistory) -> str:
    """The manifest of a version that was returned to its writer: it has no bytes, so no signature fits it."""
    return f"returned {text.version}"


def _signature_rows(text: ApprovalHistory) -> list[dict[str, Any]]:
    return [
        {
            "version": text.version,
            "person": one.by,
            "stage": one.stage,
            "manifest": one.manifest,
            "deputy_for": one.deputy_for if isinstance(one, Signed) else "",
            "override": isinstance(one, Overridden),
        }
        for one in text.approvals_in_force
    ]


def _contribution_rows(case: Case) -> list[dict[str, Any]]:
    """Each writer with the first version they wrote."""
    first: dict[str, int] = {}
    drafts = [fact for fact in case.approvals if isinstance(fact, Drafted)]
    for version, draft in enumerate(drafts, 1):
        for person in (draft.by, *draft.authors):
            first.setdefault(person, version)
    return [{"person": person, "version": version} for person, version in first.items()]
