"""Closing a month of 60 villages and writing its papers, in a year of 12 months with 20 items each.

Timed: the sweep that closes the 60 months and opens the bulletin, each in a transaction of its own that is on the
disk before the next; the bulletin drawn from the year's log; its text, its paper, its picture. The year's workbook,
which is written once a year, is timed apart.
Beside it: the same of a town of 6 villages, and one plain SQL query that reads the same events.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bot.language.bulletin_text import bulletin_pages
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp, create_office, open_app, shipped_duties
from bot.services.bulletins import bulletin_kinds, draw_assessment, draw_bulletin
from config.clock import manual_clock
from scheduler.sweep.sweep import sweep
from scheduler.sweep.village_months import opening_facts
from scheduler.villages.months import village_month_reference
from storage.documents.bulletin.assessment_excel import assessment_xlsx
from storage.documents.bulletin.picture import bulletin_png
from storage.documents.bulletin.word import bulletin_docx
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.events import Closed, Opened, Record, Stepped

MANY, FEW, ITEMS, LIMIT_SECONDS, RUNS = 60, 6, 20, 3.0, 3
YEARLY = "assessment xlsx, once a year"
DAY_AFTER = date(2026, 12, 30)  # December's grace ends on the 29th
VILLAGE = """
[[person]]
id = "{id}_reporter"
post = "{name}信息员"

[[person]]
id = "{id}_leader"
post = "{name}村委会主任"

[[village]]
id = "{id}"
name = "{name}"
reporter = "{id}_reporter"
leader = "{id}_leader"
"""


def town(folder: Path, villages: int) -> OfficeApp:
    """The sample town with so many villages (it has 6), its months and its bulletins."""
    home = create_office(folder, sample=True).path
    more = "".join(VILLAGE.format(id=f"v{place}", name=f"第{place}村") for place in range(6, villages))
    file = home / "office.toml"
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    duties = {kind: duty for kind, duty in shipped_duties().items() if kind in {"village_report", "bulletin"}}
    return open_app(home, clock=manual_clock(date(2026, 12, 28)), duties=duties)


def history(app: OfficeApp) -> Iterator[Record]:
    """Every village's months but December's, closed: 20 items each, five of them adopted."""
    telling, case = bulletin_kinds(app), 0
    for number in range(1, 12):
        first = date(2026, number, 1)
        for village in app.office.villages:
            case += 1
            facts = opening_facts(app.office.months, telling.duty, telling.round, first, village.id)
            reference = village_month_reference(first, village.id)
            yield Opened(
                case=case, happened_on=first, kind=telling.duty.kind, reference=reference, facts=facts
            )
            yield from _items(case, first)
            yield Closed(case=case, happened_on=first.replace(day=28), outcome="reported_on_time")


def _items(case: int, first: date) -> Iterator[Stepped]:
    for item in range(ITEMS):
        on = first + timedelta(days=item)
        facts: dict[str, str | int] = {"title": f"第{item}条信息"}
        yield Stepped(case=case, happened_on=on, step="submitted", facts=facts)
        if item % 4 == 0:
            facts = {**facts, "level": "county", "points": 10 + item % 10}
            yield Stepped(case=case, happened_on=on, step="adopted", facts=facts)


def fill(app: OfficeApp) -> int:
    """Append the year at once, as an import would; December is opened by the sweep and reported by commands."""
    with app.store.writing(app.office.slug) as connection:
        log, index = (
            Log(connection, app.office.slug),
            CaseProjections(connection, app.office.slug, app.duties),
        )
        said = [NewEvent(record) for record in history(app)]
        index.update(log.append(said, at=datetime(2026, 12, 1, tzinfo=UTC), actor="bench", means="bench"))
    december = [
        deed for deed in sweep(app.recorder, app.schemes()).actions if deed.reference.startswith("2026-12/")
    ]
    assert len(december) == len(app.office.villages)
    with app.recorder.transaction(actor="clerk", means="bench") as uow:
        found = uow.context.index.find(bulletin_kinds(app).duty.kind, [deed.reference for deed in december])
        for case in found.values():
            for record in _items(case, date(2026, 12, 1)):
                uow.cases.step(case, record.step, record.happened_on, record.facts)
    return uow.entries[-1].position


def month_closed(app: OfficeApp) -> dict[str, float]:
    """Seconds for each part."""
    app.clock.set_day(DAY_AFTER)  # type: ignore[attr-defined]
    book, took = phrasebook("zh"), {}
    start = perf_counter()
    done = sweep(app.recorder, app.schemes())
    took["sweep"] = perf_counter() - start
    assert done.failures == ()
    assert sum(deed.what == "closed" for deed in done.actions) == len(app.office.villages)
    start = perf_counter()
    told = draw_bulletin(app, date(2026, 12, 1))
    took["bulletin drawn"] = perf_counter() - start
    assert (told.closed, told.sums.items) == (True, ITEMS * len(app.office.villages))
    writers = {
        "text": lambda: bulletin_pages(told, book),
        "docx": lambda: bulletin_docx(told, book.say),
        "png": lambda: bulletin_png(told, book.say),
        YEARLY: lambda: assessment_xlsx(draw_assessment(app, 2026), book.say),
    }
    for name, write in writers.items():
        start = perf_counter()
        assert write()
        took[name] = perf_counter() - start
    return took


def monthly(took: dict[str, float]) -> float:
    """What a month costs."""
    return sum(took.values()) - took[YEARLY]


def plain_read(home: Path) -> float:
    """One query for the same events, read as JSON."""
    start = perf_counter()
    with sqlite3.connect(home / "gongkai.db") as connection:
        rows = connection.execute("select body from event").fetchall()
    assert sum(1 for (body,) in rows if json.loads(body)) == len(rows)
    return perf_counter() - start


def main() -> int:
    """Time both towns, print figures and ratios; exit 1 past the limit."""
    rounds: list[tuple[dict[str, float], float, float]] = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as scratch:
            many, few = town(Path(scratch) / "many", MANY), town(Path(scratch) / "few", FEW)
            entries = fill(many)
            fill(few)
            rounds.append((month_closed(many), monthly(month_closed(few)), plain_read(many.home.path)))
    parts, base, plain = min(rounds, key=lambda each: monthly(each[0]))
    seconds = monthly(parts)
    figures = {
        "events": entries,
        **{f"{name} (s)": round(value, 2) for name, value in parts.items()},
        "month closed and told, 60 villages (s)": round(seconds, 2),
        "the same, 6 villages (s)": round(base, 2),
        "ratio 60 / 6": round(seconds / base, 1),
        "plain SQL read of the year (s)": round(plain, 2),
        "ratio to the plain read": round(seconds / plain, 1),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0 if seconds < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
