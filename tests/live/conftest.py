import threading
from dataclasses import replace

import pytest

from storage.web_values import Policy
from tests.live.server import Site


@pytest.fixture
def site():
    made = Site()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.over.set()
    made.shutdown()
    made.server_close()
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def policy():
    """Waits that no busy machine exhausts."""
    return Policy(
        allow_private=True, connect_seconds=5, read_seconds=5, total_seconds=10, most_bytes=1_000_000
    )


@pytest.fixture
def hasty(policy):
    """Short waits, for what never comes: what takes seconds in the field takes tenths here."""
    return replace(policy, connect_seconds=0.2, read_seconds=0.2, total_seconds=0.4)
