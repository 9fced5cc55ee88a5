"""What a village may record of its own month, and what only the office may: a village judges none of its items."""

from datetime import date

import pytest

from scheduler.recording.recorder import ForTheOffice
from tests.town import case_number, log_end, record, sweep_to_rest

DAY = date(2026, 11, 23)
DECISIONS = {
    "adopted": {"title": "公告", "level": "town"},
    "rejected": {"title": "公告", "reason": "不清楚"},
    "returned": {"reason": "照片不清楚"},
    "mistaken": {"reason": "写错了人"},
    "commissioned": {"title": "公告"},
}


@pytest.fixture
def month(app):
    """A village's month with one submitted item."""
    sweep_to_rest(app, DAY)
    case = case_number(app, "village_report", "2026-11/jia")
    record(app, lambda uow: uow.cases.step(case, "submitted", DAY, {"title": "公告"}), by="jia_reporter")
    return case


@pytest.mark.parametrize("step", DECISIONS)
def test_a_village_does_not_record_what_the_office_decides(app, month, step):
    before = log_end(app)
    with pytest.raises(ForTheOffice):
        record(app, lambda uow: uow.cases.step(month, step, DAY, DECISIONS[step]), by="jia_reporter")
    assert log_end(app) == before


@pytest.mark.parametrize("step", DECISIONS)
def test_the_clerk_records_it(app, month, step):
    before = log_end(app)
    record(app, lambda uow: uow.cases.step(month, step, DAY, DECISIONS[step]), by="clerk")
    assert log_end(app) == before + 1


def test_a_village_does_not_close_its_own_month(app, month):
    before = log_end(app)
    with pytest.raises(ForTheOffice):
        record(app, lambda uow: uow.cases.close(month, "reported_on_time", DAY), by="jia_reporter")
    assert log_end(app) == before


def test_a_village_declares_nothing_for_itself(app):
    sweep_to_rest(app, DAY)
    case = case_number(app, "village_report", "2026-11/yi")
    before = log_end(app)
    record(app, lambda uow: uow.cases.step(case, "zero_declared", DAY), by="yi_reporter")
    assert log_end(app) == before + 1
