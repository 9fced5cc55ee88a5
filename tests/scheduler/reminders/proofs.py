"""``make proof``: a million rosters, and sixty villages after 3, 30 and 400 days off."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.services.app import create_office
from tests.scheduler.reminders.rosters import unheard
from tests.scheduler.sweep.test_time_off import VILLAGES, digests_after

ROSTERS, SEED = 1_000_000, 20_261_125
BACK = {3: date(2026, 3, 24), 30: date(2026, 4, 23), 400: date(2027, 4, 23)}


def prove_rosters(count: int = ROSTERS) -> bool:
    """Somebody entitled hears before the legal day, or the office hears that nobody can be reached."""
    begun = time.perf_counter()
    lost = unheard(count, SEED)
    print(f"{count:,} rosters and absences: {lost} left unheard ({time.perf_counter() - begun:.0f} s)")
    return not lost


def control_rosters() -> bool:
    """Negative control: rungs that reach nobody and do not climb must leave somebody unheard."""
    lost = unheard(10_000, SEED, climbs=False)
    print(f"control, rungs do not climb: {lost:,} of 10,000 left unheard")
    return lost > 0


def prove_days_off() -> bool:
    """One digest for each person, and no single."""
    for days, back in BACK.items():
        with tempfile.TemporaryDirectory() as scratch:
            home = create_office(Path(scratch) / "town", sample=True).path
            heard = digests_after(home, back, VILLAGES)
        print(f"{VILLAGES} villages dark for {days} days: {heard} people, one digest each")
    return True


REMINDER_PROOFS: tuple[Callable[[], bool], ...] = (prove_rosters, control_rosters, prove_days_off)
