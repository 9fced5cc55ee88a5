"""A year's report from a log of a million request events over ten years, beside one plain SQL aggregate.

Two logs hold the same cases in their last year: one has nine years before it, the other none. The report's
cost must follow the year and not the log's age. Whole processes are timed, as an office would wait for them.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp, create_office, open_app
from config.clock import SystemClock
from config.declarations.requests.outcomes import OUTCOMES
from config.duties.request import APPLICANT_KINDS
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.events import Closed, Opened, Record, Stepped

CASES_A_YEAR = 40_000  # with 2.5 events each: 100,000 a year, a million in ten
LAST = 2025
LIMIT_SECONDS, LIMIT_MB = 2.0, 300
BATCH = 20_000
RUNS = 5
COUNT = """
select "column", outcome, count(*) from case_row
where office = 'zhaoduba' and closed_on between :first and :last group by 1, 2
"""


def history(years: range, chance: random.Random) -> Iterator[Record]:
    """Requests at an even pace; every second one is extended, one in twenty closes in the year after."""
    case, kinds, outcomes = 0, sorted(APPLICANT_KINDS), [outcome.key for outcome in OUTCOMES]
    for year in years:
        for _ in range(CASES_A_YEAR):
            case += 1
            opened = date(year, 1, 1) + timedelta(days=chance.randrange(365))
            facts = {"applicant_kind": chance.choice(kinds)}
            yield Opened(
                case=case, happened_on=opened, kind="request", reference=f"{year}-{case}", facts=facts
            )
            if case % 2:
                yield Stepped(case=case, happened_on=opened, step="extended", facts={"days": 10})
            closed = opened + timedelta(days=chance.randrange(5, 40))
            yield Closed(case=case, happened_on=closed, outcome=chance.choice(outcomes))


def fill(app: OfficeApp, records: Iterator[Record]) -> int:
    """Append in batches, as an import would, without the recorder's validation."""
    at, waiting = datetime(2026, 1, 1, tzinfo=UTC), []
    with app.store.writing(app.office.slug) as connection:
        log, index = (
            Log(connection, app.office.slug),
            CaseProjections(connection, app.office.slug, app.duties),
        )
        for record in records:
            waiting.append(NewEvent(record))
            if len(waiting) == BATCH:
                index.update(log.append(waiting, at=at, actor="bench", means="bench"))
                waiting.clear()
        index.update(log.append(waiting, at=at, actor="bench", means="bench"))
        return log.end().position


def one_report(home: Path) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one ``gongkai report`` as a process of its own."""
    code = (
        "import resource, sys; from bot.__main__ import main\n"
        f"home = {str(home)!r}\n"
        f"sys.argv = ['gongkai', 'report', '{LAST}', '--home', home, '--out', home + '/r.csv']\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    start = perf_counter()
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return perf_counter() - start, float(done.stdout.splitlines()[-1])


def one_aggregate(home: Path) -> float:
    """The same year's results counted by the database alone, in a process of its own."""
    days = {"first": f"{LAST}-01-01", "last": f"{LAST}-12-31"}
    code = (
        "import sqlite3\n"
        f"connection = sqlite3.connect({str(home / 'gongkai.db')!r})\n"
        f"assert connection.execute({COUNT!r}, {days!r}).fetchall()\n"
    )
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def agree(home: Path) -> None:
    """The report's results are what the aggregate counts."""
    with sqlite3.connect(home / "gongkai.db") as connection:
        days = {"first": f"{LAST}-01-01", "last": f"{LAST}-12-31"}
        counted = {(column, outcome): n for column, outcome, n in connection.execute(COUNT, days)}
    made = annual_report(open_app(home, SystemClock()), LAST).report
    assert all(made.figures[f"table3.{outcome}.{column}"] == n for (column, outcome), n in counted.items())
    assert made.figures["table3.results_total.total"] == sum(counted.values())


def main() -> int:
    """Build both logs, time them in turn, print figures and ratios; exit 1 past the limits."""
    with tempfile.TemporaryDirectory() as scratch:
        homes = {}
        for name, years in (("ten years", range(LAST - 9, LAST + 1)), ("one year", range(LAST, LAST + 1))):
            homes[name] = create_office(Path(scratch) / name.replace(" ", "-"), sample=True).path
            start = perf_counter()
            entries = fill(open_app(homes[name], SystemClock()), history(years, random.Random(1)))  # noqa: S311 - no secret
            print(f"{name}: {entries:,} events written in {perf_counter() - start:.0f} s")
        agree(homes["ten years"])
        rounds = [
            (one_report(homes["ten years"]), one_report(homes["one year"]), one_aggregate(homes["ten years"]))
            for _ in range(RUNS)
        ]
        old, young, plain = (sorted(column) for column in zip(*rounds, strict=True))
        (seconds, _), (base, _), aggregate = old[RUNS // 2], young[RUNS // 2], plain[RUNS // 2]
        figures = {
            "report, log of ten years (s)": round(seconds, 2),
            "report, log of one year (s)": round(base, 2),
            "ratio ten years / one year": round(seconds / base, 2),
            "plain SQL aggregate (s)": round(aggregate, 2),
            "ratio report / aggregate": round(seconds / aggregate, 1),
            "peak memory (MB)": round(max(mb for _, mb in old)),
        }
        print(json.dumps(figures, indent=1))
        return 0 if seconds < LIMIT_SECONDS and max(mb for _, mb in old) < LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main())
