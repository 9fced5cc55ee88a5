"""Every page in a real browser: both languages, light and dark, at a PC's width and a telephone's; with its control."""

import tempfile
from datetime import date
from pathlib import Path

from bot.services.app import create_office, open_app
from config.clock import manual_clock
from tests.bot.channels.web.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser, serious
from tests.bot.channels.web.browser.hands import WIDTHS
from tests.bot.channels.web.browser.page_list import (
    PAGES,
    VILLAGE_PAGES,
    faults_of,
    join_in_browser,
    november_office,
)
from tests.bot.channels.web.browser.serving import serving

GREY_ON_GREY = "document.querySelector('main').style.color = '#999'; document.body.style.background = '#888'"


def prove_pages() -> bool:
    """Walk every page; axe finds nothing moderate or worse, and nothing is wider than its window."""
    if not (CHROMIUM and CHROMEDRIVER):
        print(MISSING)
        return False
    faults, walked = [], 0
    for language in ("zh", "en"):
        with tempfile.TemporaryDirectory() as folder:
            home = create_office(Path(folder) / "town", sample=True).path
            app = november_office(open_app(home, clock=manual_clock(date(2026, 11, 2))), language)
            with serving(app) as where, browser() as page:
                for person, paths in (("clerk", PAGES), ("jia_reporter", VILLAGE_PAGES)):
                    join_in_browser(page, app, where, person)
                    faults += _walk(page, where, paths)
                    faults += [one for one in page.errors() if "no-such-page" not in one]
                    walked += len(paths) * len(WIDTHS) * 2
    print(f"pages in both languages, widths and colours: {walked} walked, {len(faults)} faults {faults[:3]}")
    return not faults


def _walk(page: Browser, where: str, paths: tuple[str, ...]) -> list[str]:
    found = []
    for path in paths:
        for width in WIDTHS:
            page.size(width, 900)
            found += [f"{path} at {width}: {fault}" for fault in faults_of(page, where + path)]
    return found


def control_pages() -> bool:
    """Negative control: grey words on grey must be found, or the walk above proves nothing."""
    with tempfile.TemporaryDirectory() as folder:
        home = create_office(Path(folder) / "town", sample=True).path
        app = november_office(open_app(home, clock=manual_clock(date(2026, 11, 2))), "zh")
        with serving(app) as where, browser() as page:
            join_in_browser(page, app, where, "clerk")
            page.go(f"{where}/display")
            page.run(GREY_ON_GREY)
            found = serious(page)
    print(f"control, grey words on grey: {len(found)} found")
    return any("color-contrast" in one for one in found)


PROOFS = (prove_pages, control_pages)
