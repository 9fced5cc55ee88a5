"""Closing a month of 60 villages and writing its papers, in a year of 12 months with 20 items and their photographs.

Timed: the sweep that closes the 60 months and opens the bulletin, each in a transaction of its own that is on the
disk before the next; the bulletin drawn from the year's log; its text, its paper, its picture. The year's workbook,
which is written once a year, is timed apart.
Beside it: the same of a town of 6 villages, one plain SQL query that reads the same events, and the same town without
a photograph; of both towns the page of the month too. All figures are seconds of processor, the least of three runs.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import process_time

from sqlalchemy import Connection

from bot.language.bulletin_text import bulletin_pages
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp, create_office, open_app, shipped_duties
from bot.services.bulletins import bulletin_kinds, draw_assessment, draw_bulletin
from bot.services.villages.board import list_items
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
from tests.bot.channels.web.visitor import Visitor

MANY, FEW, ITEMS, LIMIT_SECONDS, RUNS = 60, 6, 20, 3.0, 3
PHOTOS, PHOTO_BYTES = 2, 100_000
KINDS = frozenset({"village_report", "village_item", "bulletin"})
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
    duties = {
        kind: duty
        for kind, duty in shipped_duties().items()
        if kind in {"village_report", "village_item", "bulletin"}
    }
    return open_app(home, clock=manual_clock(date(2026, 12, 28)), duties=duties)


def history(app: OfficeApp) -> Iterator[Record]:
    """Every village's months but December's, closed: 20 items each, received, five of them adopted."""
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
            for item in range(ITEMS):
                yield from _item(case + item + 1, first, village.id, item)
            yield Closed(case=case, happened_on=first.replace(day=28), outcome="reported_on_time")
            case += ITEMS


def _item(case: int, first: date, village: str, place: int) -> Iterator[Record]:
    """One item with two photographs: handed in, received, every fourth adopted by the county."""
    on = first + timedelta(days=place)
    facts: dict[str, str | int] = {
        "village": village,
        "month": f"{first:%Y-%m}",
        "title": f"第{place}条信息",
        "text": sha256(f"{case}".encode()).hexdigest(),
        "pictures": PHOTOS,
        "by": f"{village}_reporter",
        "means": "message",
    }
    reference = f"{first:%Y-%m}/{village}/{place + 1}"
    yield Opened(case=case, happened_on=on, kind="village_item", reference=reference, facts=facts)
    yield Closed(case=case, happened_on=on, outcome="received")
    if place % 4 == 0:
        adopted = {"level": "county", "points": 10 + place % 10}
        yield Stepped(case=case, happened_on=on, step="adopted", facts=adopted)


def fill(app: OfficeApp, *, photos: bool = True) -> int:
    """Append the year at once, as an import would; December is opened by the sweep, its items with photographs."""
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
    for village in app.office.villages:
        with app.store.writing(app.office.slug) as connection:
            _december_items(app, connection, village.id, photos=photos)
    with app.log() as log:
        return log.end().position


def _december_items(app: OfficeApp, connection: Connection, village: str, *, photos: bool) -> None:
    log, index = (
        Log(connection, app.office.slug),
        CaseProjections(connection, app.office.slug, app.duties),
    )
    first, case = date(2026, 12, 1), log.end().next_case
    said = [record for item in range(ITEMS) for record in _item(case + item, first, village, item)]
    entries = log.append(
        [NewEvent(record) for record in said],
        at=datetime(2026, 12, 21, tzinfo=UTC),
        actor="bench",
        means="bench",
    )
    index.update(entries)
    store = app.contents(connection)
    for number in range(ITEMS * PHOTOS if photos else 0):
        store.save(f"{village} {number} ".encode() + bytes(PHOTO_BYTES))


def month_closed(app: OfficeApp) -> dict[str, float]:
    """Seconds for each part."""
    app.clock.set_day(DAY_AFTER)  # type: ignore[attr-defined]
    book, took = phrasebook("zh"), {}
    start = process_time()
    done = sweep(app.recorder, app.schemes())
    took["sweep"] = process_time() - start
    assert done.failures == ()
    assert sum(deed.what == "closed" for deed in done.actions) == len(app.office.villages)
    start = process_time()
    told = draw_bulletin(app, date(2026, 12, 1))
    took["bulletin drawn"] = process_time() - start
    assert (told.closed, told.sums.items) == (True, ITEMS * len(app.office.villages))
    writers = {
        "text": lambda: bulletin_pages(told, book),
        "docx": lambda: bulletin_docx(told, book.say),
        "png": lambda: bulletin_png(told, book.say),
        YEARLY: lambda: assessment_xlsx(draw_assessment(app, 2026), book.say),
    }
    for name, write in writers.items():
        start = process_time()
        assert write()
        took[name] = process_time() - start
    return took


def board_listed(app: OfficeApp) -> float:
    """Seconds to list December's items for the board."""
    start = process_time()
    assert len(list_items(app, date(2026, 12, 1))) == ITEMS * MANY
    return process_time() - start


def page_shown(app: OfficeApp) -> float:
    """Seconds to show the clerk the page of the month with its board, the second time."""
    visitor = Visitor(open_app(app.home.path, clock=app.clock)).join("clerk")
    visitor.go("/months/2026-12")
    start = process_time()
    assert "第0条信息" in visitor.go("/months/2026-12")
    return process_time() - start


def monthly(took: dict[str, float]) -> float:
    """What a month costs."""
    return sum(took.values()) - took[YEARLY]


def plain_read(home: Path) -> float:
    """One query for the same events, read as JSON."""
    start = process_time()
    with sqlite3.connect(home / "gongkai.db") as connection:
        rows = connection.execute("select body from event").fetchall()
    assert sum(1 for (body,) in rows if json.loads(body)) == len(rows)
    return process_time() - start


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The seconds of one round: of the town, of the small one, and of the one without a photograph."""

    entries: int
    parts: dict[str, float]
    small: float
    plain: float
    bare: dict[str, float]
    board: float
    page: float
    bare_page: float


def measured(scratch: Path) -> Round:
    """Fill three towns and time them."""
    many, few, bare = town(scratch / "many", MANY), town(scratch / "few", FEW), town(scratch / "bare", MANY)
    entries = fill(many)
    fill(few)
    fill(bare, photos=False)
    return Round(
        entries=entries,
        board=board_listed(many),
        parts=month_closed(many),
        small=monthly(month_closed(few)),
        plain=plain_read(many.home.path),
        bare=month_closed(bare),
        page=page_shown(many),
        bare_page=page_shown(bare),
    )


def main() -> int:
    """Time the towns, print figures and ratios; exit 1 past the limit."""
    rounds: list[Round] = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as scratch:
            rounds.append(measured(Path(scratch)))
    best = min(rounds, key=lambda each: monthly(each.parts))
    seconds, without = monthly(best.parts), min(monthly(each.bare) for each in rounds)
    sweep_without = min(each.bare["sweep"] for each in rounds)
    page, bare_page = min(each.page for each in rounds), min(each.bare_page for each in rounds)
    figures = {
        "events": best.entries,
        **{f"{name} (s)": round(value, 2) for name, value in best.parts.items()},
        "month closed and told, 60 villages (s)": round(seconds, 2),
        "the same without a photograph (s)": round(without, 2),
        "ratio with / without photographs": round(seconds / without, 2),
        "of the sweep alone": round(min(each.parts["sweep"] for each in rounds) / sweep_without, 2),
        "page of a month with 1200 items (s)": round(page, 2),
        "ratio of the page with / without photographs": round(page / bare_page, 2),
        "board of the month listed (s)": round(best.board, 2),
        "the month of 6 villages (s)": round(best.small, 2),
        "ratio 60 / 6": round(seconds / best.small, 1),
        "plain SQL read of the year (s)": round(best.plain, 2),
        "ratio to the plain read": round(seconds / best.plain, 1),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0 if seconds < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
