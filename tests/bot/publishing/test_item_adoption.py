"""From a village's item to the page found live: one press, four signatures, and the program's own finding."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.item_adoption import TakenUpAlready, propose_subject, proposed_manifest, take_up_item
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.publication_check import record_publication_check
from bot.publishing.submission import Draft
from bot.publishing.texts import load_submitted_text
from bot.services.bulletins import draw_bulletin
from bot.services.villages.board import ItemState, list_items
from bot.services.villages.item_records import current_manifest
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.circulation import MayNotCirculate, NotForVillages, NotShownToYou
from scheduler.signoff.refusals import Redescribed, WroteIt
from scheduler.signoff.signing_rights import signers
from scheduler.worklist.pending import pending_actions
from storage.content.content_store import ContentStore
from storage.events.delegations import fold_absences
from storage.web.http_results import FetchedPage
from storage.web.publication_check import check_publication
from tests.town import case_by_number, log_end, record, run_sweep
from tests.village_items import hand_in

DAY, NOVEMBER = date(2026, 11, 9), date(2026, 11, 1)
PAGE = "https://www.zhaoduba.example/1.html"
STAGES = ("保密审查", "初审·一校", "复审·二校", "终审·三校")


@pytest.fixture
def town(app):
    run_sweep(app, DAY)
    return app


@pytest.fixture
def item(town):
    return hand_in(town, "jia", DAY, "甲村清淤", body="三十人清理河道。", by="jia_reporter", means="message")


def adopted(app, item, edit=lambda text: text):
    """Adopt an item as the page does; return the number of its text."""
    with app.store.writing(app.office.slug) as connection:
        case = case_by_number(app, item)
        original = proposed_manifest(app, current_manifest(connection, app, case))
        sit = partial(app.recorder.transaction, actor="clerk", means="page", within=connection)
        return take_up_item(app, sit, case, Draft(manifest=edit(original)), by="clerk", original=original)


def state(app, number):
    case = case_by_number(app, number)
    return approval_state_of_case(app.office, case, app.duties["publication"])


def signed(app, number, opinion=""):
    """Every stage signs, by whoever may."""
    while (now := state(app, number)).stage:
        who, stage = signers(now, app.office)[0].id, now.stage.name
        record(
            app,
            lambda uow, w=who, s=stage, t=now.manifest: uow.signoff.sign(number, w, s, t, opinion=opinion),
            by=who,
        )


def seen_live(app, number):
    laid = load_submitted_text(app, case_by_number(app, number), app.duties["publication"])
    body = (
        f"<html><title>{laid.manifest.title}</title><h1>{laid.manifest.title}</h1><p>{laid.manifest.text}</p>"
    )
    page = FetchedPage(
        url=PAGE, status=200, headers={"content-type": "text/html; charset=utf-8"}, body=body.encode()
    )
    record_publication_check(app, laid, check_publication(page, laid.manifest.title, laid.manifest.text))


def test_the_item_goes_from_one_press_to_the_page_and_the_bulletin(town, item):
    number = adopted(town, item)
    assert list_items(town, NOVEMBER)[0].state is ItemState.TAKEN_UP
    signed(town, number)
    record(town, lambda uow: uow.cases.step(number, "published", DAY, {"address": PAGE}))
    assert not case_by_number(town, item).steps_taken("adopted")  # nobody has seen it yet
    seen_live(town, number)
    (found,) = case_by_number(town, item).steps_taken("adopted")
    assert found.facts == {"level": "town", "address": PAGE}
    entry = next(one for one in case_by_number(town, item).entries if one.record == found)
    assert (entry.actor, entry.means) == ("system", "live check")
    seen_live(town, number)
    run_sweep(town)
    assert len(case_by_number(town, item).steps_taken("adopted")) == 1
    assert case_by_number(town, number).closing.outcome == "adopted"  # it closes itself: it is out
    (told,) = draw_bulletin(town, NOVEMBER).adopted
    assert (told.title, told.levels, told.address, told.item) == ("甲村清淤", ("town",), PAGE, item)
    before = log_end(town)
    run_sweep(town)
    assert log_end(town) == before


def test_a_text_that_was_published_and_not_seen_waits_for_its_clerk_by_name(town, item):
    number = adopted(town, item)
    signed(town, number)
    record(town, lambda uow: uow.cases.step(number, "published", DAY, {"address": PAGE}))
    case, duty = case_by_number(town, number), town.duties["publication"]
    (wait,) = pending_actions(case, duty, town.office, town.known_calendar(), fold_absences(()))
    assert (wait.what, wait.who) == ("close", ("clerk",))


def test_whoever_wrote_the_item_signs_nothing_of_its_text(town):
    item = hand_in(town, "jia", DAY, "甲村修路", by="jia_leader", means="message")
    number = adopted(town, item)
    officer = next(one.id for one in town.office.holders("secrecy_reviewer"))
    text = state(town, number).manifest
    record(town, lambda uow: uow.signoff.sign(number, officer, STAGES[0], text), by=officer)
    stage = state(town, number).stage.name
    with pytest.raises(WroteIt):  # the leader of the village would review it
        record(town, lambda uow: uow.signoff.sign(number, "jia_leader", stage, text), by="jia_leader")


def test_a_returned_text_comes_to_the_clerk_and_not_to_the_village(town, item):
    number = adopted(town, item)
    officer, text = "secrecy_officer", state(town, number).manifest
    record(town, lambda uow: uow.signoff.send_back(number, officer, text, "照片里有人脸"), by=officer)
    case, duty = case_by_number(town, number), town.duties["publication"]
    waits = pending_actions(case, duty, town.office, town.known_calendar(), fold_absences(()))
    assert [(wait.what, wait.who) for wait in waits if wait.what == "rewrite"] == [("rewrite", ("clerk",))]


def test_a_changed_byte_voids_the_signatures(town, item):
    number = adopted(town, item)
    before = state(town, number).manifest
    record(
        town, lambda uow: uow.signoff.sign(number, "secrecy_officer", STAGES[0], before), by="secrecy_officer"
    )
    assert state(town, number).signed
    with town.store.reading() as connection:
        text = ContentStore(connection, town.office.slug).manifest(before)
    changed = replace(text, text=text.text + "。")
    record(town, lambda uow: uow.signoff.draft(number, "clerk", changed))
    assert state(town, number).signed == ()


def test_an_item_whose_text_was_rejected_can_be_adopted_again(town, item):
    number = adopted(town, item)
    with pytest.raises(TakenUpAlready):
        adopted(town, item)
    text = state(town, number).manifest
    record(
        town,
        lambda uow: uow.signoff.reject(number, "secrecy_officer", text, "不宜公开"),
        by="secrecy_officer",
    )
    record(town, lambda uow: uow.cases.close(number, "rejected", DAY))
    assert adopted(town, item) != number


def test_an_opinion_stays_on_the_sheet_through_a_return(town, item):
    number = adopted(town, item)
    text = state(town, number).manifest
    record(
        town,
        lambda uow: uow.signoff.sign(number, "secrecy_officer", STAGES[0], text, opinion="标题可以再短些"),
        by="secrecy_officer",
    )
    stage, who = state(town, number).stage.name, "jia_leader"
    record(town, lambda uow: uow.signoff.send_back(number, who, text, "改标题"), by=who)
    assert stage == STAGES[1]
    with town.store.reading() as connection:
        original = proposed_manifest(town, current_manifest(connection, town, case_by_number(town, item)))
    record(town, lambda uow: uow.signoff.draft(number, "clerk", replace(original, title="清淤")))
    laid = load_submitted_text(town, case_by_number(town, number), town.duties["publication"])
    rows = build_processing_sheet(laid, Labels(book=phrasebook("zh"), office=town.office)).signatures
    assert [(row.stage, "签批意见：标题可以再短些" in row.meaning) for row in rows] == [
        ("保密审查（第 1 稿）", True)
    ]


def test_a_text_is_shown_to_somebody_and_holds_up_no_stage(town, item):
    number = adopted(town, item)
    text = state(town, number).manifest
    record(town, lambda uow: uow.signoff.circulate(number, "clerk", "finance_director", text, "数字对吗"))
    case, duty = case_by_number(town, number), town.duties["publication"]
    waits = {
        wait.what: wait.who
        for wait in pending_actions(case, duty, town.office, town.known_calendar(), fold_absences(()))
    }
    assert (waits["read"], waits["sign"]) == (("finance_director",), ("secrecy_officer",))
    record(
        town,
        lambda uow: uow.signoff.comment(number, "finance_director", text, "对"),
        by="finance_director",
    )
    signed(town, number)
    assert state(town, number).complete
    laid = load_submitted_text(town, case_by_number(town, number), town.duties["publication"])
    rows = build_processing_sheet(laid, Labels(book=phrasebook("zh"), office=town.office)).signatures
    assert [row.meaning for row in rows if row.stage.startswith("传阅")] == ["已阅：对"]


def test_who_shows_a_text_and_to_whom(town, item):
    number = adopted(town, item)
    text, before = state(town, number).manifest, log_end(town)
    refused = (
        (MayNotCirculate, "finance_director", "office_director"),
        (NotForVillages, "clerk", "yi_reporter"),
    )
    for error, by, to in refused:
        with pytest.raises(error):
            record(town, lambda uow, b=by, t=to: uow.signoff.circulate(number, b, t, text), by=by)
    with pytest.raises(NotShownToYou):
        record(
            town,
            lambda uow: uow.signoff.comment(number, "finance_director", text, "对"),
            by="finance_director",
        )
    assert log_end(town) == before


@pytest.mark.parametrize(
    ("words", "subject"), [("清淤河道两公里", "21_2"), ("低保评议公示", "21_8"), ("村晚彩排", "")]
)
def test_a_subject_is_proposed_by_the_words_of_the_item(words, subject):
    assert propose_subject(words) == subject


def test_a_corrected_village_moves_the_reviewer_and_is_laid_down_again(town, item):
    number = adopted(town, item)
    text = state(town, number).manifest
    record(
        town,
        lambda uow: uow.signoff.sign(number, "secrecy_officer", STAGES[0], text),
        by="secrecy_officer",
    )
    opened = case_by_number(town, number)
    right = replace(opened.opening, facts={**opened.facts, "origin": "yi"})
    record(town, lambda uow: uow.corrections.amend(opened.entries[0].position, "是乙村报的", right))
    with pytest.raises(Redescribed):
        record(town, lambda uow: uow.signoff.sign(number, "jia_leader", STAGES[1], text), by="jia_leader")
    case, duty = case_by_number(town, number), town.duties["publication"]
    waits = pending_actions(case, duty, town.office, town.known_calendar(), fold_absences(()))
    assert [(wait.what, wait.who) for wait in waits if wait.what != "act"] == [("rewrite", ("clerk",))]
    with town.store.reading() as connection:
        laid = ContentStore(connection, town.office.slug).manifest(text)
    record(town, lambda uow: uow.signoff.draft(number, "clerk", replace(laid, origin="yi")))
    now = state(town, number)
    record(
        town,
        lambda uow: uow.signoff.sign(number, "secrecy_officer", STAGES[0], now.manifest),
        by="secrecy_officer",
    )
    assert [one.id for one in signers(state(town, number), town.office)] == ["yi_leader"]
