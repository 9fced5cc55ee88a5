"""People at the page of the sample town."""

from datetime import date

import pytest

from bot.services.app import OfficeApp
from tests.bot.channels.web.visitor import Visitor


@pytest.fixture
def clerk(works: OfficeApp) -> Visitor:
    return Visitor(works).join("clerk")


@pytest.fixture
def request_case(works: OfficeApp) -> int:
    """A request received on 2 November 2026, which is a Monday."""
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        return sitting.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 2), {"applicant_kind": "natural_person"}
        )
