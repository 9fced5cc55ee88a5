"""The large runs behind the signatures, for ``make proof``: the small world to depth 7, and crowds at the real uow."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import manual_clock
from scheduler.signoff import acts
from tests.postgresql import Server
from tests.scheduler.signoff.model.guards import GUARDS, noticed
from tests.scheduler.signoff.model.racing import at_once, interleave
from tests.scheduler.signoff.model.small_model import WORLDS, Search
from tests.scheduler.signoff.model.test_state_machine import run_machine
from tests.scheduler.signoff.town import DAY, draft, open_text, sign
from tests.town import log_end

DEPTH, CONTROL_DEPTH = 7, 5
SEED, TAPS, CONTROLS = 20_261_123, 50, 100
SCHEDULES = {"SQLite": 10_000, "PostgreSQL": 2_000}
STORIES, STEPS = 150, 40
ENGINES = tuple(SCHEDULES)


def prove_small_world() -> bool:
    """Everything four people can try with three stages and three texts: nothing wrong is let through."""
    whole = True
    for name in WORLDS:
        found = Search(name).run(DEPTH)
        print(
            f"signatures, world “{name}”, depth {DEPTH}: {found.states:,} states, {found.steps:,} transitions, "
            f"{found.refused:,} refused, text may go out in {found.out:,}; wrong: {found.wrong or 'nothing'}"
        )
        whole &= not found.wrong and found.out > 0
    return whole


def control_guards() -> bool:
    """Each guard taken away in turn: the same search must notice."""
    missed = []
    for guard in GUARDS:
        found = noticed(guard, CONTROL_DEPTH)
        print(f"control, without “{guard}”: {found.wrong or 'UNNOTICED'} (after {len(found.path)} acts)")
        missed += [] if found.wrong else [guard]
    return not missed


def prove_stories() -> bool:
    """Stories through the real recorder, on both engines."""
    return _on_both(_stories)


def prove_interleavings() -> bool:
    """Acts through the real recorder, each on what was seen some acts before, on both engines."""
    return _on_both(_interleavings)


def control_interleavings() -> bool:
    """Negative control: where a signature counts whatever text it was given for, stale ones must be found."""
    with _works("SQLite") as app, patch.object(acts, "require_same_version", lambda *_: None):
        raced = interleave(app, CONTROLS, SEED)
    print(f"control, any text is signed: wrong {len(raced.wrong):,} times in {CONTROLS} schedules")
    return bool(raced.wrong)


def prove_taps() -> bool:
    """One button pressed fifty times at once, a hundred times over, on both engines."""
    return _on_both(_taps)


def _stories(engine: str, app: OfficeApp) -> bool:
    tally = run_machine(app, STORIES, STEPS)
    print(
        f"stories on {engine}: {STORIES} of {STEPS} acts, {tally['kept']:,} kept, {tally['refused']:,} refused, "
        f"{tally['out']:,} times published; none wrongly"
    )
    return tally["out"] > 0


def _interleavings(engine: str, app: OfficeApp) -> bool:
    raced = interleave(app, SCHEDULES[engine], SEED)
    print(
        f"edits and signatures interleaved on {engine}: {raced.runs:,} schedules, {raced.kept:,} acts kept, "
        f"{raced.refused:,} refused, {raced.out:,} texts published; wrong: {', '.join(raced.wrong) or 'nothing'}"
    )
    return not raced.wrong and raced.out > 0


def _taps(engine: str, app: OfficeApp) -> bool:
    rounds, events = 100, 0
    for number in range(rounds):
        case = open_text(app, f"T{number}")
        draft(app, case)
        before = log_end(app)
        at_once([lambda case=case: sign(app, case, 0)] * TAPS)
        events += log_end(app) - before
    print(f"one button pressed {TAPS} times at once on {engine}: {rounds} decisions, {events} events")
    return events == rounds


def _on_both(proof: Callable[[str, OfficeApp], bool]) -> bool:
    results = []
    for engine in ENGINES:
        with _works(engine) as app:
            results.append(proof(engine, app))
    return all(results)


@contextmanager
def _works(engine: str) -> Iterator[OfficeApp]:
    """The sample town on an engine of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gongkai-proof-"))
    server = Server() if engine == "PostgreSQL" else None
    try:
        if server:
            with server.database() as address:
                os.environ["GONGKAI_DATABASE"] = address
                yield _town(folder)
        else:
            yield _town(folder)
    finally:
        os.environ.pop("GONGKAI_DATABASE", None)
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _town(folder: Path) -> OfficeApp:
    home = create_office(folder / "town", sample=True)
    return open_app(home.path, clock=manual_clock(DAY))


PROOFS = (
    prove_small_world,
    control_guards,
    prove_stories,
    prove_interleavings,
    control_interleavings,
    prove_taps,
)
