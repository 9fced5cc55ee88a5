"""People at the page of the sample town."""

from datetime import date

import pytest

from bot.services.app import OfficeApp
from tests.bot.channels.web.visitor import Visitor


@pytest.fixture
def clerk(app: OfficeApp) -> Visitor:
    return Visitor(app).join("clerk")


@pytest.fixture
def request_case(app: OfficeApp) -> int:
    """A request received on 2 November 2026, which is a Monday."""
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 2), {"applicant_kind": "natural_person"}
        )
