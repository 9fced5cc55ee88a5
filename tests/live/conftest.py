import threading

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
    """Short waits: what takes seconds in the field takes tenths here."""
    return Policy(
        allow_private=True, connect_seconds=0.3, read_seconds=0.3, total_seconds=0.6, most_bytes=1_000_000
    )
