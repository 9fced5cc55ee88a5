"""The sample town on both engines, and a text on its way to the website in it."""

import pytest

from bot.services.app import Works
from tests.scheduler.signoff.town import open_text


@pytest.fixture
def works(both_works: Works) -> Works:
    return both_works


@pytest.fixture
def case(works: Works) -> int:
    return open_text(works)
