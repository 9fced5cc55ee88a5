"""Lists of 100,000 cases, beside the same lists of 1,000: what a page costs must not follow the number of cases.

A search is the one page that is not flat: it goes through every case, some 0.4 microseconds each, so that a hundred
times the cases make it some five times as slow. No index finds two signs of Chinese in the middle of a reference.

Each page is asked for as a browser would, through the whole web application; processor time counts, not the clock.
The export runs in a process of its own, whose memory is read before and after. The baseline of each page is the same
page of the small office.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bot.channels.web.request.public_address import COOKIE, PublicAddress
from bot.channels.web.request.security import TokenSigner
from bot.channels.web.server import create_web_app
from bot.services.app import OfficeApp, create_office, open_app
from config.clock import manual_clock
from config.duties.request import APPLICANT_KINDS
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.events import Closed, Opened, Record
from storage.messaging.sessions import SessionStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.responses import Response
    from starlette.testclient import TestClient

SMALL, LARGE, OPEN = 1_000, 100_000, 200
FIRST, LAST = date(2016, 1, 4), date(2025, 12, 30)
BATCH = 20_000
ROUNDS = 9
LIMIT_FIRST, LIMIT_FILTERED, LIMIT_EXPORT_MB = 0.150, 0.300, 100
RESULTS = ("granted", "partly_granted", "not_held", "petition", "other_result")
RARE = "repeated"
"""One case in five thousand has this result."""
PAGES = {
    "first page: all cases": "/cases",
    "first page: requests": "/requests",
    "first page: register of requests": "/requests?view=register",
    "first page: open, by due date": "/open",
    "filter: open": "/cases?state=open",
    "filter: one result": "/requests?outcome=granted",
    "filter: a rare result": f"/requests?outcome={RARE}",
    "filter: one year": "/requests?year=2019",
    "filter and sort: closed, applicant, by closing": "/requests?state=closed&applicant=business&sort=closed_on",
    "sort: by closing day": "/cases?sort=-closed_on",
    "sort: by reference": "/cases?sort=reference",
    "sort: oldest first": "/cases?sort=opened_on",
    "search: a reference": "/cases?q=2019-7",
    "search: nothing fits": "/cases?q=zzzz",
}


@dataclass(frozen=True)
class Served:
    """An office's page with the clerk signed in."""

    app: OfficeApp
    client: TestClient
    cases: int

    def page(self, path: str) -> float:
        """Processor seconds of one page."""
        start = process_time()
        answer = self.client.get(path)
        took = process_time() - start
        assert answer.status_code == 200, (path, answer.status_code)
        return took

    def pages(self) -> dict[str, str]:
        """The pages that are asked for, with one deep in the list."""
        return {**PAGES, "page in the middle of all": f"/cases?after={self.cases // 2}"}


def history(cases: int, chance: random.Random) -> Iterator[Record]:
    """Requests at an even pace over ten years, all closed but the last ``OPEN``."""
    kinds, days = sorted(APPLICANT_KINDS), (LAST - FIRST).days
    for case in range(1, cases + 1):
        is_open = case > cases - OPEN
        opened = (
            LAST - timedelta(days=chance.randrange(25))
            if is_open
            else FIRST + timedelta(days=case * days // cases)
        )
        yield Opened(
            case=case,
            happened_on=opened,
            kind="request",
            reference=f"{opened.year}-{case}",
            facts={"applicant_kind": chance.choice(kinds)},
        )
        if not is_open:
            result = RARE if case % 5_000 == 7 else chance.choice(RESULTS)
            yield Closed(case=case, happened_on=opened + timedelta(days=chance.randrange(20)), outcome=result)


def fill(app: OfficeApp, records: Iterator[Record]) -> None:
    """Append in batches, as an import would, without the recorder's validation."""
    at, waiting = datetime(2026, 1, 1, tzinfo=UTC), []
    with app.store.writing(app.office.slug) as connection:
        log = Log(connection, app.office.slug)
        index = CaseProjections(connection, app.office.slug, app.duties)
        for record in records:
            waiting.append(NewEvent(record))
            if len(waiting) == BATCH:
                index.update(log.append(waiting, at=at, actor="bench", means="bench"))
                waiting.clear()
        index.update(log.append(waiting, at=at, actor="bench", means="bench"))


def serve(home: Path, cases: int) -> Served:
    """The page of an office with so many cases; it is filled where it is empty."""
    if not home.exists():
        create_office(home, sample=True)
        fill(open_app(home, manual_clock(LAST)), history(cases, random.Random(1)))  # noqa: S311 - no secret
    app = open_app(home, manual_clock(LAST))
    office, now = app.office.slug, app.clock.now()
    with app.store.writing(office) as connection:
        people = SessionStore(connection, office)
        token = people.invite("clerk", at=now, lasts=timedelta(hours=1))
        secret = people.open_session(token, at=now, confirmed_by="terminal")
    answer = Response()
    TokenSigner(app.home.secret()).set_session_cookie(answer, secret, PublicAddress())
    client = TestClient(create_web_app(app), base_url="http://127.0.0.1:8686", follow_redirects=False)
    client.cookies.set(COOKIE, answer.headers["set-cookie"].split("=", 1)[1].split(";")[0])
    return Served(app, client, cases)


def timed_pages(small: Served, large: Served) -> dict[str, tuple[float, float]]:
    """By page, its median seconds in the small and in the large office, asked for in turn."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in small.pages()}
    for _ in range(ROUNDS):
        for name, rounds in found.items():
            rounds.append((small.page(small.pages()[name]), large.page(large.pages()[name])))
    return {
        name: tuple(statistics.median(column) for column in zip(*rounds, strict=True))  # type: ignore[misc]
        for name, rounds in found.items()
    }


EXPORT = """
import json, sys
from pathlib import Path
from time import process_time
from benchmarks.lists import export, megabytes, serve

served = serve(Path(sys.argv[1]), int(sys.argv[3]))
export(served, f"/lists/people.{sys.argv[2]}")  # what is loaded once
before, begun = megabytes("VmRSS"), process_time()
size, pieces = export(served, f"/lists/requests.{sys.argv[2]}?view=register")
peak = megabytes("VmHWM")
print(json.dumps([peak, peak - before, process_time() - begun, size, pieces]))
"""


def megabytes(name: str) -> float:
    """What the system says of this process's memory: ``VmRSS`` now, ``VmHWM`` at its peak."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def export(served: Served, path: str) -> tuple[int, int]:
    """The bytes of a file and its pieces, each thrown away as it comes, as a server hands them on."""
    where, _, query = path.partition("?")
    cookie = f"{COOKIE}={served.client.cookies[COOKIE]}".encode()
    scope = {
        "type": "http", "method": "GET", "path": where, "query_string": query.encode(), "http_version": "1.1",
        "headers": [(b"host", b"127.0.0.1:8686"), (b"cookie", cookie)], "scheme": "http", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8686),
    }  # fmt: skip
    sizes: list[int] = []

    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, object]:
        if waiting:
            return waiting.pop()
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        assert message.get("status", 200) == 200
        sizes.append(len(message.get("body", b"")))

    asyncio.run(served.client.app(scope, receive, send))
    return sum(sizes), len([size for size in sizes if size])


def exported(home: Path, kind: str, cases: int) -> list[float]:
    """Peak and growth in megabytes, processor seconds, bytes and pieces of an export in a process of its own."""
    words = [sys.executable, "-c", EXPORT, str(home), kind, str(cases)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Build both offices, time their pages in turn, export all, print figures; exit 1 past the limits."""
    with tempfile.TemporaryDirectory() as scratch:
        start, homes = perf_counter(), {cases: Path(scratch) / str(cases) for cases in (SMALL, LARGE)}
        small, large = (serve(home, cases) for cases, home in homes.items())
        print(
            f"{LARGE:,} cases written in {perf_counter() - start:.0f} s; ms of processor for {SMALL:,}, {LARGE:,}"
        )
        pages = timed_pages(small, large)
        for name, (few, many) in pages.items():
            print(f"{name:<60}{few * 1000:8.1f}{many * 1000:8.1f}   ratio {many / few:.2f}")
        files = {kind: exported(homes[LARGE], kind, LARGE) for kind in ("csv", "xlsx")}
        for kind, (peak, growth, seconds, size, pieces) in files.items():
            rate = LARGE / seconds
            print(
                f"{kind} of {LARGE:,} rows: grew by {growth:.0f} MB to {peak:.0f} MB, {seconds:.1f} s of processor"
                f" ({rate:,.0f} rows a second), {size / 1e6:.1f} MB in {pieces:,.0f} pieces"
            )
    first = max(many for name, (_, many) in pages.items() if name.startswith("first"))
    slowest = max(many for _, many in pages.values())
    grown = max(growth for _, growth, *_ in files.values())
    return 0 if first < LIMIT_FIRST and slowest < LIMIT_FILTERED and grown < LIMIT_EXPORT_MB else 1


if __name__ == "__main__":
    sys.exit(main())
