"""A browser that a whole run shares, and the hands that work in it."""

from collections.abc import Iterator

import pytest

from tests.bot.channels.web.browser.driver import CHROMEDRIVER, CHROMIUM, MISSING, Browser, browser
from tests.bot.channels.web.browser.hands import PLAYS_ALL, Axe, Hands


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


@pytest.fixture
def hands(request: pytest.FixtureRequest, page: Browser) -> Iterator[Hands]:
    """Somebody at the page, with a pointer or by keyboard alone, at a PC's width or a telephone's."""
    kind, width = request.param
    person = kind(page, width, Axe.EVERYWHERE if PLAYS_ALL else Axe.EACH_KIND)
    yield person
    print(f"{person.counted()}: {request.function.__name__}")  # noqa: T201 - the figures of ``make stories``
    # Whoever signs waits for a colleague's word after joining: that page alone is refused.
    assert [one for one in page.errors() if "403" not in one] == []
