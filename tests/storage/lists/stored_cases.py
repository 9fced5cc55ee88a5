"""Rows of cases as lists read them, written without a log, and what reading them costs the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import Connection, insert

from bot.services.app import OfficeApp
from storage.database.tables import CASES
from storage.eventlog.derived_rows import STILL_OPEN

FIRST = date(2016, 1, 4)
STEPS_A_CALL = 20


def write_cases(app: OfficeApp, count: int, *, open_cases: int = 10) -> None:
    """Write ``count`` cases of three kinds over many days; the last ones are open, every fourth has a text."""
    with app.store.writing(app.office.slug) as connection:
        connection.execute(
            insert(CASES), [_row(app, number, count - open_cases) for number in range(1, count + 1)]
        )


def _row(app: OfficeApp, number: int, closed_until: int) -> dict[str, object]:
    opened = FIRST + timedelta(days=number * 7 % 90 + number // 9)
    closed = opened + timedelta(days=number % 5) if number <= closed_until else None
    return {
        "office": app.office.slug,
        "number": number,
        "kind": ("request", "dispute", "publication")[number % 3],
        "reference": f"{number * 37 % 1009:04}-{number}",
        "column": ("business", "natural_person")[number % 2],
        "opened_on": opened,
        "closed_on": closed,
        "outcome": ("granted", "petition")[number % 2] if closed else "",
        "words": f" {('甲村', '乙村')[number % 2]} {('jia', 'yi')[number % 2]} ",
        "drafted_on": opened + timedelta(days=1) if number % 4 == 0 else None,
        "carried_to": None if closed else STILL_OPEN,
    }


@contextmanager
def counted_steps(connection: Connection) -> Iterator[list[int]]:
    """Count the steps of SQLite's own machine while the block runs: the same on every machine, whatever its load."""
    calls = [0]

    def step() -> int:
        calls[0] += 1
        return 0

    raw = connection.connection.dbapi_connection
    raw.set_progress_handler(step, STEPS_A_CALL)
    try:
        yield calls
    finally:
        raw.set_progress_handler(None, 0)
