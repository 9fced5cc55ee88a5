"""A bulletin whose figures a correction changed does not go out as it was signed."""

from dataclasses import replace
from datetime import date

import pytest

from bot.delivery.voided_signatures import queue_voided_signatures
from bot.language.digest import SIGNATURE_VOIDED, DigestRenderer
from bot.language.phrasebook import phrasebook
from bot.services.bulletins import bulletin_case, draw_bulletin
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.refusals import BackWithWriter
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.events.delegations import Absences
from storage.events.events import Returned
from storage.events.manifest import Manifest
from storage.messaging.outbox import Outbox
from tests.town import case_by_number, log_end, open_town, record, run_sweep
from tests.village_items import hand_in, items_of

NOVEMBER = date(2026, 11, 1)
TEXT = Manifest(title="11月通报", text="甲村报送 3 条。", decision="sent")
ANEW = Manifest(title="11月通报", text="甲村报送 1 条。", decision="sent")


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


def sent(app):
    number = bulletin_case(app, NOVEMBER).number
    record(app, lambda uow: uow.cases.step(number, "sent", app.today))


def reasons(app):
    """Why the bulletin's text was returned, each time."""
    entries = bulletin_case(app, NOVEMBER).entries
    return [entry.record.reason for entry in entries if isinstance(entry.record, Returned)]


def waits(app):
    """What waits for somebody because of the bulletin's text, and for whom."""
    case, text = bulletin_case(app, NOVEMBER), (WaitKind.REWRITE, WaitKind.RELEASE, WaitKind.SIGN)
    found = pending_actions(case, app.duties["bulletin"], app.office, app.calendar, Absences())
    return [(one.what, one.who) for one in found if one.what in text]


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
    reason = f"甲村 2026-11 的记录有更正（第 {first} 号），数字已经重新计。请重新生成通报再送审。"
    assert reasons(town) == [reason]
    assert draw_bulletin(town, NOVEMBER).sums.items == 1
    before = log_end(town)
    with pytest.raises(BackWithWriter) as refused:
        sent(town)
    words = "文稿已经退给拟稿人，还没有重新送签，现在不能签，也不能发。原因：" + reason
    assert phrasebook("zh").error(refused.value) == words
    number = bulletin_case(town, NOVEMBER).number
    with pytest.raises(BackWithWriter):  # nor is it signed by whoever has the old card before them
        record(
            town, lambda uow: uow.signoff.sign(number, "deputy_mayor", "签发", TEXT.digest), "deputy_mayor"
        )
    assert log_end(town) == before


def test_whoever_signed_hears_it_once_and_whoever_wrote_it_has_it_as_a_task(town):
    assert (queue_voided_signatures(town), waits(town)) == (0, [(WaitKind.RELEASE, ("clerk",))])
    struck(town, "清淤")
    struck(town, "修路")
    assert waits(town) == [(WaitKind.REWRITE, ("clerk",))]
    assert (queue_voided_signatures(town), queue_voided_signatures(town)) == (2, 0)
    run_sweep(town)
    number = bulletin_case(town, NOVEMBER).number
    with town.store.reading() as connection:
        rows = list(Outbox(connection, town.office.slug).about(number))
    voided = {row.notice.person: row for row in rows if row.notice.what == SIGNATURE_VOIDED}
    assert sorted(voided) == ["deputy_mayor", "office_director"]
    tasks = [row.notice.person for row in rows if row.notice.what == WaitKind.REWRITE]
    assert tasks == [
        "clerk"
    ]  # also where the clerk struck them both, and may not know what it did to the text
    said = DigestRenderer(recorder=town.recorder)("deputy_mayor", [voided["deputy_mayor"]])
    words = "您签过以后数字有更正，签名已经作废。拟稿人重新生成后，会再送给您签。"
    assert (said.text, said.silent) == (f"编号 {number} 的通报，{words}", True)
    signed(town, ANEW)
    assert queue_voided_signatures(town) == 0


def test_a_recount_by_hand_returns_the_text_that_has_the_figures_of_before(town):
    """An adoption known since is counted: what was signed does not have it, and the villages would be told it."""
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "recounted", town.today))
    assert reasons(town) == ["数字已经重新计。请重新生成通报再送审。"]
    with pytest.raises(BackWithWriter):
        sent(town)
    signed(town, ANEW)
    sent(town)
    assert reasons(town)[1:] == []


def test_a_strike_in_a_month_it_does_not_tell_takes_no_signature(town):
    """December's item is recorded before November is counted anew, and stands in no line of November's bulletin."""
    run_sweep(town, date(2026, 12, 1))
    december = hand_in(town, "jia", town.today, "雪")
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "recounted", town.today))
    signed(town, ANEW)
    place = case_by_number(town, december).entries[0].position
    record(town, lambda uow: uow.corrections.amend(place, "记错了村"))
    assert (len(reasons(town)), standing(town).complete) == (1, True)
    sent(town)


def test_an_item_that_a_correction_moves_into_the_month_is_counted(town):
    run_sweep(town, date(2026, 12, 1))
    december = hand_in(town, "jia", town.today, "雪")
    number = bulletin_case(town, NOVEMBER).number
    record(town, lambda uow: uow.cases.step(number, "recounted", town.today))
    signed(town, ANEW)
    entry = case_by_number(town, december).entries[0]
    facts = {**entry.record.facts, "month": "2026-11"}
    right = replace(entry.record, happened_on=date(2026, 11, 20), facts=facts)
    record(town, lambda uow: uow.corrections.amend(entry.position, "是 11 月的", right))
    assert (len(reasons(town)), standing(town).complete) == (2, False)
    assert draw_bulletin(town, NOVEMBER).sums.items == 4


def test_a_bulletin_opened_by_hand_for_no_readable_month_keeps_no_correction_from_being_recorded(town):
    facts = {"month": "十一月"}
    number = record(town, lambda uow: uow.cases.open("bulletin", "补发", town.today, facts))
    struck(town, "清淤")
    assert [step.step for step in case_by_number(town, number).steps] == ["recounted"]


def test_counted_anew_it_is_signed_and_goes_out(town):
    struck(town, "清淤")
    struck(town, "修路")
    signed(town, ANEW)
    sent(town)
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
