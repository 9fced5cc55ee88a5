"""A browser that a whole run shares, and the hands that work in it."""

import os
from collections.abc import Iterator

import pytest

from tests.bot.channels.web.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser
from tests.bot.channels.web.browser.hands import EACH_ONCE, LEGS, Hands

PLAYS_ALL = os.environ.get("GONGKAI_STORY_LEGS") == "all"
"""``make proof`` plays every story with both kinds of hands at both widths, and looks at each page with axe."""


@pytest.fixture(scope="session")
def one_window() -> Iterator[Browser]:
    """One browser for all: to start one takes longer than to play most stories."""
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip(MISSING)
    with browser() as page:
        yield page


@pytest.fixture
def page(one_window: Browser) -> Browser:
    """The browser as if it had just been started."""
    one_window.forget()
    return one_window


@pytest.fixture(params=LEGS if PLAYS_ALL else EACH_ONCE, ids=lambda leg: f"{leg[0].__name__}-{leg[1]}")
def hands(request: pytest.FixtureRequest, page: Browser) -> Iterator[Hands]:
    """Somebody at the page, with a pointer or by keyboard alone, at a PC's width or a telephone's."""
    kind, width = request.param
    yield kind(page, width, checks_all=PLAYS_ALL or width == LEGS[-1][1])
    # Whoever signs waits for a colleague's word after joining: that page alone is refused.
    assert [one for one in page.errors() if "403" not in one] == []
