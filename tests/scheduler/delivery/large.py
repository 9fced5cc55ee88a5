"""The courier's large race: 10,000 due rungs, two to four processes, one of them stopped past its claim."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.services.app import create_office
from tests.postgresql import Server
from tests.scheduler.delivery.racing import EACH_ITS_OWN, race

RUNGS, SMALL = 10_000, 1_000


def prove_racing_processes() -> bool:
    """Each notice arrives once, on both engines; without the unique key the same race is lost."""
    with _home() as home:
        sqlite = _told("SQLite, 2 processes", race(home, RUNGS, 2, {}), RUNGS)
    with _home() as home:
        lost = _counts(race(home, SMALL, 2, {EACH_ITS_OWN: "1"}), SMALL)
        print(f"control, no unique key: {lost['doubled']} of {SMALL} doubled")
    postgresql = [_on_postgresql(processes) for processes in (2, 3, 4)]
    return sqlite and all(postgresql) and lost["doubled"] == SMALL


def _on_postgresql(processes: int) -> bool:
    server = Server()
    try:
        with server.database() as address, _home(address) as home:
            told = {"GONGKAI_DATABASE": address}
            return _told(f"PostgreSQL, {processes} processes", race(home, RUNGS, processes, told), RUNGS)
    finally:
        server.stop()


@contextmanager
def _home(address: str = "") -> Iterator[Path]:
    """An office in a folder; its database is made where the processes will look for it."""
    before = os.environ.pop("GONGKAI_DATABASE", None)
    if address:
        os.environ["GONGKAI_DATABASE"] = address
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield create_office(Path(folder) / "town", sample=True).path
    finally:
        os.environ.pop("GONGKAI_DATABASE", None)
        if before:
            os.environ["GONGKAI_DATABASE"] = before


def _counts(arrived: Counter[int], rungs: int) -> dict[str, int]:
    lost = sum(case not in arrived for case in range(1, rungs + 1))
    return {"lost": lost, "doubled": sum(count > 1 for count in arrived.values())}


def _told(name: str, arrived: Counter[int], rungs: int) -> bool:
    found = _counts(arrived, rungs)
    print(f"{name}: {rungs} due rungs, {found['lost']} lost, {found['doubled']} doubled")
    return found == {"lost": 0, "doubled": 0}


PROOFS = (prove_racing_processes,)
