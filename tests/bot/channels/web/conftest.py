"""People at the page of the sample town."""

from datetime import date
from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from config.clock import ManualClock
from tests.bot.channels.web.visitor import Visitor
from tests.town import open_town, run_sweep, transaction
from tests.village_items import act_in_month

LAST_YEAR_DAYS = (date(2025, 3, 4), date(2025, 11, 26), date(2025, 11, 27))


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


def _ask(app: OfficeApp, reference: str, day: date) -> int:
    app.clock.set_day(day)
    with transaction(app) as uow:
        return uow.cases.open("request", reference, day, {"applicant_kind": "natural_person"})


@pytest.fixture
def late_november(home: Path, clock: ManualClock) -> OfficeApp:
    """Three requests of last year, all answered, and four of this one; November's reports of six villages."""
    app = open_town(home, date(2025, 3, 1), clock=clock)
    for number, day in enumerate(LAST_YEAR_DAYS, 1):
        case = _ask(app, f"召公开〔2025〕{number}号", day)
        with transaction(app) as uow:
            uow.cases.close(case, "granted", day)
    _ask(app, "召公开〔2026〕1号", date(2026, 10, 12))
    _ask(app, "召公开〔2026〕2号", date(2026, 10, 30))
    run_sweep(app, date(2026, 11, 2))
    waiting = _ask(app, "召公开〔2026〕3号", date(2026, 11, 16))
    with transaction(app) as uow:
        uow.cases.step(
            waiting, "correction_asked", date(2026, 11, 16), {"items": "写明年份", "until": "2026-12-10"}
        )
    _ask(app, "召公开〔2026〕4号", date(2026, 11, 24))
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        month = date(2026, 11, 1)
        act_in_month(app, uow, month, ("jia", date(2026, 11, 10), "submitted", {"title": "甲村修路公示"}))
        act_in_month(app, uow, month, ("yi", date(2026, 11, 10), "zero_declared", {}))
    app.clock.set_day(date(2026, 11, 26))
    return app
