"""The sample town on both engines, and a text on its way to the website in it."""

import pytest

from bot.services.app import OfficeApp
from tests.scheduler.signoff.town import open_text


@pytest.fixture
def works(both_works: OfficeApp) -> OfficeApp:
    return both_works


@pytest.fixture
def case(works: OfficeApp) -> int:
    return open_text(works)
