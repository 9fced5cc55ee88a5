"""A bulletin whose figures a correction changed does not go out as it was signed."""

from datetime import date

import pytest

from bot.services.bulletins import bulletin_case, draw_bulletin
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.refusals import NotSignedYet
from storage.events.events import Returned
from storage.events.manifest import Manifest
from tests.town import case_by_number, log_end, open_town, record, run_sweep
from tests.village_items import hand_in, items_of

NOVEMBER = date(2026, 11, 1)
TEXT = Manifest(title="11月通报", text="甲村报送 3 条。", decision="sent")


@pytest.fixture
def town(home):
    """November is over, and its bulletin is signed by both stages."""
    app = open_town(home, date(2026, 11, 2))
    run_sweep(app)
    for title in ("清淤", "修路", "义诊"):
        hand_in(app, "jia", date(2026, 11, 2), title)
    run_sweep(app, date(2026, 11, 30))
    signed(app)
    return app


def signed(app, text=TEXT):
    number = bulletin_case(app, NOVEMBER).number
    record(app, lambda uow: uow.signoff.draft(number, "clerk", text))
    for who, stage in (("office_director", "审核"), ("deputy_mayor", "签发")):
        record(app, lambda uow, w=who, s=stage: uow.signoff.sign(number, w, s, text.digest), by=who)


def standing(app):
    case = bulletin_case(app, NOVEMBER)
    return approval_state_of_case(app.office, case, app.duties["bulletin"])


def struck(app, title):
    """Strike an item out; return its number."""
    items = bulletin_items(app)
    number = items[title]
    place = case_by_number(app, number).entries[0].position
    record(app, lambda uow: uow.corrections.amend(place, "记错了村"))
    return number


def bulletin_items(app):
    return {str(item.facts["title"]): item.number for item in items_of(app, "jia", NOVEMBER) if item.opening}


def test_two_struck_entries_take_the_signatures_with_them_and_it_says_why(town):
    assert standing(town).complete
    first = struck(town, "清淤")
    struck(town, "修路")
    state = standing(town)
    assert (state.complete, state.manifest, state.signed) == (False, "", ())
    case = bulletin_case(town, NOVEMBER)
    returns = [entry.record for entry in case.entries if isinstance(entry.record, Returned)]
    assert [one.reason for one in returns] == [
        f"第 {first} 号的记录有更正，数字已经重新计。请重新生成通报再送审。"
    ]
    assert draw_bulletin(town, NOVEMBER).sums.items == 1
    before = log_end(town)
    with pytest.raises(NotSignedYet):
        record(town, lambda uow: uow.cases.step(case.number, "sent", town.today))
    assert log_end(town) == before


def test_counted_anew_it_is_signed_and_goes_out(town):
    struck(town, "清淤")
    signed(town, Manifest(title="11月通报", text="甲村报送 2 条。", decision="sent"))
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "sent", town.today))
    assert bulletin_case(town, NOVEMBER).last_step("sent")


def test_what_comes_later_takes_no_signature(town):
    number = bulletin_items(town)["清淤"]
    record(town, lambda uow: uow.cases.close(number, "received", town.today))
    record(town, lambda uow: uow.cases.step(number, "adopted", town.today, {"level": "county"}))
    with town.log() as log:
        place = log.end().position
    record(town, lambda uow: uow.corrections.amend(place, "不是这一条"))  # no bulletin has counted it
    assert standing(town).complete


def test_a_bulletin_that_went_out_stays_as_it_was(town):
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "sent", town.today))
    struck(town, "清淤")
    case = bulletin_case(town, NOVEMBER)
    assert not [entry for entry in case.entries if isinstance(entry.record, Returned)]
    assert draw_bulletin(town, NOVEMBER).sums.items == 3


def test_a_bulletin_that_was_sent_closes_itself(town):
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "sent", town.today))
    run_sweep(town)
    assert bulletin_case(town, NOVEMBER).closing.outcome == "told"
    before = log_end(town)
    run_sweep(town)
    assert log_end(town) == before
