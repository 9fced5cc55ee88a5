"""A text is shown in the chat to somebody beside its stages, who answers with an opinion or without (传阅)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import load_submitted_text
from scheduler.signoff.circulation import open_circulations
from storage.events.events import Circulated, Commented
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Speaker
from tests.scheduler.signoff.town import SIGNERS, STAGES, TEXT, draft, open_text, sign
from tests.town import case_by_number, log_end, record

READER, POST = "civil_director", "社会事务办主任"


@pytest.fixture
def case(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


@pytest.fixture
def people(any_room, case):
    assert case
    any_room.expected = any_room.queued()
    return {who: any_room.person(who) for who in ("clerk", READER, SIGNERS[0], "jia_reporter")}


def last(app):
    with app.log() as log:
        return list(log.read())[-1].record


def sheet_rows(app, case) -> list[str]:
    laid = load_submitted_text(app, case_by_number(app, case), app.duties["publication"])
    sheet = build_processing_sheet(laid, Labels(book=phrasebook("zh"), office=app.office))
    return [row.meaning for row in sheet.signatures if row.stage.startswith("传阅")]


def shown_to_reader(people, case, words: str = "") -> str:
    """The clerk shows the text; words are shown back before they are recorded."""
    answer = people["clerk"].says(f"传阅 {case} {POST} {words}".strip())
    return people["clerk"].presses("确认") if "确认" in people["clerk"].labels() else answer


def test_the_reader_gets_a_card_with_the_question_and_answers_with_an_opinion(app, people, any_room, case):
    answer = shown_to_reader(people, case, "数字对吗")
    assert f"已经传给{POST}看" in answer
    assert isinstance(last(app), Circulated)
    any_room.expected = any_room.queued()
    card = people[READER].says("待办")
    assert card.splitlines()[0] == "请阅（传阅）：信息发布 2026年预算公开"
    assert "党政办文书传给您看：数字对吗" in card
    assert people[READER].labels()[:2] == ["已阅", "全文"]
    people[READER].says(f"已阅 {case} 第二段再核对一下")
    if "确认" in people[READER].labels():
        people[READER].presses("确认")
    assert (last(app).by, last(app).opinion) == (READER, "第二段再核对一下")
    assert "没有待办" in people[READER].says("待办")
    any_room.expected = any_room.queued()
    assert sheet_rows(app, case) == ["已阅：第二段再核对一下"]


def test_it_holds_up_no_stage(app, people, any_room, case):
    shown_to_reader(people, case)
    people[SIGNERS[0]].says("待办")
    assert people[SIGNERS[0]].presses("同意").startswith("已记录 №")
    any_room.expected = any_room.queued()
    people[READER].says("待办")
    assert people[READER].presses("已阅").startswith("已记录 №")
    assert isinstance(last(app), Commented)
    assert sheet_rows(app, case) == ["已阅"]


def test_the_opinion_is_asked_for_below_the_text(app, people, any_room, case):
    shown_to_reader(people, case)
    any_room.expected = any_room.queued()
    people[READER].says(f"全文 {case}")
    assert "已阅，写意见" in people[READER].labels()
    if not any_room.capabilities.buttons:
        return  # there the words are written behind the verb
    people[READER].presses("已阅，写意见")
    before = log_end(app)
    people[READER].says("同意发布，图要换一张")
    if "确认" in people[READER].labels():
        assert log_end(app) == before
        people[READER].presses("确认")
    assert last(app).opinion == "同意发布，图要换一张"
    any_room.expected = any_room.queued()


def test_who_is_to_read_it_is_asked_where_nobody_is_named(app, people, any_room, case):
    clerk = people["clerk"]
    assert "传阅给谁" in clerk.says(f"传阅 {case}")
    assert not any("村" in label for label in clerk.labels())
    while POST not in clerk.labels():
        clerk.presses("下一页")
    assert clerk.presses(POST).startswith("已记录 №")
    assert last(app).to == READER
    any_room.expected = any_room.queued()


def test_a_text_that_changed_since_is_read_before_it_is_commented_on(app, people, any_room, case):
    shown_to_reader(people, case)
    draft(app, case, replace(TEXT, text="一、预算的总体情况，改过。"))
    any_room.expected = any_room.queued()
    before = log_end(app)
    assert "改过，没有记下任何内容" in people[READER].says(f"已阅 {case}")
    assert log_end(app) == before
    people[READER].presses("全文")
    assert people[READER].presses("已阅").startswith("已记录 №")
    any_room.expected = any_room.queued()


def test_nothing_is_shown_to_a_village_nor_by_it_and_nobody_comments_unasked(app, people, case):
    before = log_end(app)
    assert "文稿只在镇里传阅" in people["clerk"].says(f"传阅 {case} 甲村信息员")
    people["jia_reporter"].says(f"传阅 {case} {POST}")
    assert not {"确认", POST} & set(people["jia_reporter"].labels())
    people[READER].says(f"已阅 {case}")
    assert log_end(app) == before


def test_an_opinion_stays_with_its_version_through_a_return(app, people, any_room, case):
    shown_to_reader(people, case)
    people[READER].says("待办")
    people[READER].presses("已阅")
    record(
        app,
        lambda uow: uow.signoff.send_back(case, SIGNERS[0], TEXT.digest, "改一处"),
        by=SIGNERS[0],
    )
    draft(app, case, replace(TEXT, text="一、改过。"))
    sign(app, case, 0, replace(TEXT, text="一、改过。"))
    any_room.expected = any_room.queued()
    assert sheet_rows(app, case) == ["已阅"]
    assert STAGES[1] in people["clerk"].says(str(case))


@pytest.mark.parametrize("handed_over", [False, True])
def test_who_is_in_a_readers_place_reads_it_once(app, handed_over):
    """What is offered to a deputy or a successor can be recorded, and is done then."""
    case = open_text(app)
    draft(app, case)
    record(app, lambda uow: uow.signoff.circulate(case, "clerk", READER, TEXT.digest, "数字对吗"))
    deputy, until = "finance_director", app.today + timedelta(days=9)
    if handed_over:
        record(app, lambda uow: uow.office.hand_over(READER, deputy), READER)
    else:
        record(app, lambda uow: uow.office.delegate(READER, deputy, app.today, until), READER)
    speaker = Speaker(app, deputy)
    assert speaker.says("待办").splitlines()[0] == "请阅（传阅）：信息发布 2026年预算公开"
    assert "comment" in Visitor(app).join(deputy).go(f"/texts/{case}")
    assert speaker.presses("已阅").startswith("已记录 №")
    assert (last(app).by, last(app).read_for) == (deputy, (READER,))
    assert "没有待办" in speaker.says("待办")
    assert open_circulations(case_by_number(app, case)) == ()
    speaker.room.assert_nothing_else()
