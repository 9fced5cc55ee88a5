"""The columns of the website as waiting items: which of the office's file have no case of their own yet.

The sweep asks once each time and opens what is missing, as of its day; an owner then has it on their list until
the newest entry is fresh enough again (``config/duties/column.py``).

    duty = column_duty(desk.duties)
    known = index.find(duty.kind, references(office))
    for reference, facts in columns_to_open(office, known):
        sitting.open(duty.kind, reference, sitting.today, facts, key=f"sweep {duty.kind} {reference}")

What a case was opened with holds for it. A column that changes its rule or its term gets a new ``id`` in the
file, and a person closes the old case; a new owner is handed the case. One that is gone from the file is closed
by a person too: nothing ends by silence.
"""

from __future__ import annotations

from collections.abc import Container

from config.duty import Duties, Duty
from config.office import Column, Office
from storage.events import Facts

COLUMNS = "columns"


def column_duty(duties: Duties) -> Duty | None:
    """The kind that stands for each column of the office's file; None where none is declared."""
    return next((duty for duty in duties.values() if duty.roster == COLUMNS), None)


def references(office: Office) -> list[str]:
    """What the columns' cases are called: by the columns' ids, which are stored for ever."""
    return [column.id for column in office.columns]


def columns_to_open(office: Office, known_references: Container[str]) -> list[tuple[str, Facts]]:
    """The columns without a case, open or closed, each with what its opening says; in the file's order."""
    missing = (column for column in office.columns if column.id not in known_references)
    return [(column.id, opening_facts(column)) for column in missing]


def opening_facts(column: Column) -> Facts:
    """What the office's file says of a column today; from here on the case says it."""
    written: dict[str, str | int] = {
        "name": column.name,
        "url": column.url,
        "rule": column.kind,
        "owner": column.owner,
        "days": column.days,
    }
    return {name: value for name, value in written.items() if value}
