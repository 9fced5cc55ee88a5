"""The page of the sample town, served for a browser."""

from collections.abc import Iterator

import pytest

from bot.services.app import OfficeApp
from tests.bot.channels.web.browser.serving import link_for, serving


@pytest.fixture
def served(app: OfficeApp) -> Iterator[tuple[str, str]]:
    """The page's address, and a link for the clerk."""
    with serving(app) as where:
        yield where, link_for(app, "clerk")
