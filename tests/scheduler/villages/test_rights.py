"""What a village may record of its own month, and what only the office may: a village judges none of its items."""

from datetime import date

import pytest

from bot.services.villages.item_records import resubmit_item, withdraw_item
from bot.services.villages.items import NotYourVillage
from scheduler.recording.entry_guard import DerivedStep, ForTheOffice
from tests.town import case_by_number, case_number, case_of, log_end, record, sweep_to_rest
from tests.village_items import hand_in, item_draft

DAY = date(2026, 11, 23)
DECISIONS = {
    "adopted": {"level": "town"},
    "rejected": {"reason": "不清楚"},
    "returned": {"reason": "照片不清楚"},
    "mistaken": {"reason": "写错了人"},
    "commissioned": {},
}


@pytest.fixture
def item(app):
    """The one item of a village's month."""
    sweep_to_rest(app, DAY)
    return hand_in(app, "jia", DAY, by="jia_reporter")


@pytest.fixture
def month(app, item):
    """That month."""
    found = case_number(app, "village_report", "2026-11/jia")
    assert [part.number for part in case_by_number(app, found).parts] == [item]
    return found


@pytest.mark.parametrize("step", DECISIONS)
def test_a_village_does_not_record_what_the_office_decides(app, item, step):
    before = log_end(app)
    with pytest.raises(ForTheOffice):
        record(app, lambda uow: uow.cases.step(item, step, DAY, DECISIONS[step]), by="jia_reporter")
    assert log_end(app) == before


@pytest.mark.parametrize("step", DECISIONS)
def test_the_clerk_records_it(app, item, step):
    before = log_end(app)
    record(app, lambda uow: uow.cases.step(item, step, DAY, DECISIONS[step]), by="clerk")
    assert log_end(app) == before + 1


@pytest.mark.parametrize("who", ["jia_reporter", "clerk"])
@pytest.mark.parametrize("step", ["submitted", "superseded", "returned", "adopted", "rejected"])
def test_nobody_types_into_a_month_what_its_items_say(app, month, who, step):
    """No number of items, no title and no adoption is recorded on the month itself."""
    before = log_end(app)
    facts = {"item": 1, "title": "没有报过的", **DECISIONS.get(step, {})}
    with pytest.raises((DerivedStep, ForTheOffice)):
        record(app, lambda uow: uow.cases.step(month, step, DAY, facts), by=who)
    assert log_end(app) == before


def test_a_village_receives_none_of_its_items_and_takes_its_own_back(app, item):
    with pytest.raises(ForTheOffice):
        record(app, lambda uow: uow.cases.close(item, "received", DAY), by="jia_reporter")
    record(app, lambda uow: withdraw_item(app, uow, item), by="jia_reporter")
    assert case_of(app, "village_report", "2026-11/jia").last_step("withdrawn").facts["item"] == item


@pytest.mark.parametrize("who", ["yi_reporter", "finance_head"])
def test_nobody_hands_in_or_takes_back_an_item_for_a_village_that_is_not_theirs(app, item, who):
    before = log_end(app)
    with pytest.raises(NotYourVillage):
        hand_in(app, "jia", DAY, "另一条", by=who)
    with pytest.raises(NotYourVillage):
        record(app, lambda uow: withdraw_item(app, uow, item), by=who)
    record(app, lambda uow: uow.cases.step(item, "returned", DAY, {"reason": "缺日期"}))
    with pytest.raises(NotYourVillage):
        again = item_draft("jia", DAY, "另一条", by=who)
        record(app, lambda uow: resubmit_item(app, uow, item, again), by=who)
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
