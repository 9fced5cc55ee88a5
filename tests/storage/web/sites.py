"""The website of our own, for every test that asks for it."""

import threading

import pytest

from tests.storage.web.server import Site


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
