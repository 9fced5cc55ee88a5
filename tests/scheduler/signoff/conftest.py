"""The sample town on both engines, and a text on its way to the website in it."""

import pytest

from bot.services.app import OfficeApp
from tests.scheduler.signoff.town import open_text


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    return both_apps


@pytest.fixture
def case(app: OfficeApp) -> int:
    return open_text(app)
