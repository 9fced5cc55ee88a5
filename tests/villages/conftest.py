"""The villages' months alone: what else begins by itself (columns, yearly dates, bulletins) has stories of its own."""

import pytest

from bot import compose


@pytest.fixture(autouse=True)
def months_alone(monkeypatch):
    alone = {kind: duty for kind, duty in compose.shipped_duties().items() if not duty.recurs}
    monkeypatch.setattr(compose, "shipped_duties", lambda: alone)
