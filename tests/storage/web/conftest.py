from dataclasses import replace

import pytest

from storage.web.http_results import RequestPolicy
from tests.storage.web.sites import site

__all__ = ["site"]


@pytest.fixture
def policy():
    """Waits that no busy machine exhausts."""
    return RequestPolicy(
        allow_private=True, connect_seconds=5, read_seconds=5, total_seconds=10, max_bytes=1_000_000
    )


@pytest.fixture
def hasty(policy):
    """Short waits, for what never comes: what takes seconds in the field takes tenths here."""
    return replace(policy, connect_seconds=0.2, read_seconds=0.2, total_seconds=0.4)
