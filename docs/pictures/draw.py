"""Draws the README's pictures from a demo, in a real browser: ``make pictures``.

Needs chromium, chromedriver and a Chinese font (Debian: chromium chromium-driver fonts-noto-cjk).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import uvicorn

from bot.channels.web import listen, page_app
from bot.compose import Works, open_works
from config.clock import hand_clock
from storage.index import Index
from storage.people import People
from tests.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser

HERE = Path(__file__).parent
GONGKAI = Path(sys.executable).with_name("gongkai")
YEAR, SHOWN = 2026, "召公开〔2026〕10号"
ONE_SECTION = "<style>main > :not(section:nth-of-type(3)):not(h1) { display: none }</style></head>"


def draw_table(view: Browser, folder: Path) -> None:
    """Table three of the report, as a portal would publish it."""
    page = next(folder.glob("*.html"))
    alone = folder / "one.html"
    alone.write_text(page.read_text("utf-8").replace("</head>", ONE_SECTION), "utf-8")
    view.size(1000, 1170)
    view.go(alone.as_uri())
    view.screenshot(HERE / "report.png")


def draw_page(view: Browser, works: Works, address: str) -> None:
    """One request with the explanation of its date, and the open cases on a phone."""
    with works.store.writing(works.office.slug) as connection:
        people = People(connection, works.office.slug)
        token = people.invite("clerk", at=works.clock.now(), lasts=timedelta(hours=1))
    view.go(f"{address}/join/{token}")
    view.click("main button")
    view.until("nav")
    view.size(1000, 860)
    with works.log() as log:
        number = Index(log.connection, log.office, works.duties).called(SHOWN)[0]
    view.go(f"{address}/cases/{number}")
    view.run("document.querySelector('#why').scrollIntoView()")
    view.screenshot(HERE / "case.png")
    view.size(360, 740)
    view.go(address)
    view.screenshot(HERE / "phone.png")


@contextmanager
def served(works: Works) -> Iterator[str]:
    """The page's address, while it is served."""
    ear = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(page_app(works), lifespan="off", log_level="error"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [ear]}, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{ear.getsockname()[1]}"
    server.should_exit = True
    running.join(10)


def main() -> int:
    """Play, serve, look, draw."""
    if not (CHROMIUM and CHROMEDRIVER):
        print(MISSING, file=sys.stderr)  # noqa: T201 - a maintainer's tool
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "demo"
        play = [GONGKAI, "demo", "--year", str(YEAR), "--out", str(out)]
        subprocess.run(play, check=True, capture_output=True)  # noqa: S603 - our own command
        works = open_works(out / "town", clock=hand_clock(date(YEAR, 12, 21)))
        with served(works) as address, browser() as view:
            draw_table(view, out)
            draw_page(view, works, address)
    return 0


if __name__ == "__main__":
    sys.exit(main())
