"""The villages' months alone: what else begins by itself (columns, yearly dates, bulletins) has stories of its own."""

import pytest

from bot.services import app
from tests.scheduler.villages.alone import months_alone


@pytest.fixture(autouse=True)
def nothing_else_begins(monkeypatch):
    alone = months_alone()
    monkeypatch.setattr(app, "shipped_duties", lambda: alone)
