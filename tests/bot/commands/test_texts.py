"""Texts in a chat: written, read whole before they are signed, and their files where the office lets them come."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.services.app import OfficeApp
from scheduler.sweep.sweep import sweep
from storage.content.content_store import MAX_FILE_BYTES, ContentStore
from storage.database.tables_messaging import IncomingFile
from storage.eventlog.projections import CaseProjections
from storage.events.events import Drafted
from storage.events.manifest import Manifest
from storage.messaging.incoming_files import delete_old_incoming_files
from tests.bot.speaker import FULL, Room
from tests.scheduler.signoff.town import FACTS, SIGNERS, TEXT, draft, open_text, sign, state_of_text
from tests.town import log_end, with_office

WRITER, CLERK, SECRECY = "finance_director", "clerk", SIGNERS[0]
IDENTITY = "110101199003074274"  # generated, with its check digit


def last(app: OfficeApp):
    with app.log() as log:
        return list(log.read())[-1].record


def latest(app: OfficeApp) -> Manifest:
    with app.log() as log:
        return ContentStore(log.connection, log.office).manifest(last(app).manifest)


def names_in(app: OfficeApp) -> list[str]:
    return [one.name for one in latest(app).attachments]


def contents_in(app: OfficeApp) -> str:
    with app.log() as log:
        files = ContentStore(log.connection, log.office).files(latest(app))
    return " ".join(content.decode() for content in files.values())


def left(app: OfficeApp) -> int:
    """Files on their way that are still here."""
    with app.store.reading() as connection:
        return len(connection.execute(select(IncomingFile)).all())


@pytest.fixture
def allowed(app: OfficeApp) -> OfficeApp:
    """An office that lets files come and go in the chats of its channel."""
    return with_office(app, replace(app.office, chat_files=("test",)))


def test_a_text_is_written_looked_through_and_laid_down(app, any_room):
    case, writer = open_text(app), any_room.person(WRITER)
    before = log_end(app)
    assert f"案件 {case}" in writer.says(f"拟稿 {case}")
    shown = writer.says("一、预算总体情况。\n二、部份支出说明。")
    assert shown.splitlines()[0] == "《2026年预算公开》，正文 18 字"
    assert "部分" in shown  # what the check finds is said before anybody is asked to sign
    assert log_end(app) == before
    writer.says("取消")
    shown = writer.says(f"呈审 {case} 一、预算总体情况。\n二、部分支出说明。")
    assert "没有发现问题" in shown
    assert writer.presses("确认").startswith(f"已记录 №{before + 1}")
    assert isinstance(last(app), Drafted)
    assert state_of_text(app, case).title == "2026年预算公开"
    reviewer = any_room.person(SECRECY)
    assert reviewer.says(f"全文 {case}").splitlines()[1:3] == ["一、预算总体情况。", "二、部分支出说明。"]
    assert "同意" in reviewer.labels()
    assert "确认" not in writer.labels()


def test_a_text_is_opened_and_written_in_one_go(any_room):
    clerk = any_room.person(CLERK)
    for said in ("登记信息发布 召政发〔2026〕9号", "汛期值班安排", "党政办公室", "主动公开", "2026-11-20"):
        shown = clerk.says(said)
    assert "编号：召政发〔2026〕9号；标题：汛期值班安排" in shown
    assert clerk.presses("确认").startswith("已记录")
    assert "正文发来" in clerk.presses("拟稿")
    clerk.says("取消")
    assert "正文 10 字" in clerk.says("拟稿\n汛期二十四小时值班。")  # the one there is


def test_whose_signatures_fall_is_said_before_and_a_title_is_its_first_line(app, room):
    case, writer = open_text(app), room.person(CLERK)
    draft(app, case)
    sign(app, case, 0)
    shown = writer.says(f"拟稿 {case}\n标题：2026年部门预算公开")
    assert "《2026年部门预算公开》，正文 9 字" in shown  # the body stays as it was
    assert "保密审查员" in shown
    assert "作废" in shown
    writer.presses("确认")
    assert state_of_text(app, case).title == "2026年部门预算公开"
    assert state_of_text(app, case).signed == ()


def test_what_goes_on_in_a_second_message_and_what_is_a_command_in_between(app, room):
    case, writer = open_text(app), room.person(CLERK)
    writer.says(f"拟稿 {case}")
    writer.says("统计：一段以动词开头的正文，它比一条命令长得多，所以整段都是正文。")
    assert "待办" in writer.says("待办") or writer.labels()  # a short command is one
    assert "正文 37 字" in writer.says("第二段。")
    before = log_end(app)
    writer.says("确认")
    assert log_end(app) == before + 1


def test_what_changed_meanwhile_is_not_written_over(app, room):
    case, writer, colleague = open_text(app), room.person(WRITER), room.person(CLERK)
    writer.says(f"拟稿 {case} 第一种写法。")
    colleague.says(f"拟稿 {case} 另一种写法。")
    colleague.presses("确认")
    before = log_end(app)
    assert "有了变化" in writer.says("确认")
    assert log_end(app) == before


def test_personal_data_stops_it_and_nothing_of_it_stays(app, room):
    case, writer = open_text(app), room.person(CLERK)
    shown = writer.says(f"拟稿 {case} 联系人身份证号{IDENTITY}。")
    assert "改好以前不能报送" in shown
    assert IDENTITY not in shown
    assert writer.labels() == []
    assert "没有填到一半的表" in writer.says("取消")
    writer.says(f"拟稿 {case} 第一段。")
    assert "改好以前不能报送" in writer.says(f"联系人身份证号{IDENTITY}。")
    assert "没有填到一半的表" in writer.says("取消")  # nor does what was said before it
    assert left(app) == 0


def test_what_is_over_is_not_written_any_more(app, room):
    case, writer = open_text(app), room.person(CLERK)
    with app.recorder.transaction(actor=CLERK, means="test") as uow:
        uow.cases.close(case, "withdrawn", app.today)
    assert "已经" in writer.says(f"拟稿 {case} 再写一稿。")
    assert writer.labels() == []


def test_who_may_not_write_hears_who_may(app, room):
    case, reporter = open_text(app), room.person("jia_reporter")
    assert "要由" in room.person("deputy_mayor").says(f"拟稿 {case} 我来写。")
    assert "没有编号" in reporter.says(f"拟稿 {case} 我来写。")
    assert "没有编号" in reporter.says(f"全文 {case}")


def test_an_answer_and_what_is_not_disclosed_are_no_matter_for_a_chat(app, room):
    clerk = room.person(CLERK)
    kept_back = open_text(app, "P9", FACTS | {"disclosure": "withheld", "article": "条例第十六条第一款"})
    assert "本地页面" in clerk.says(f"拟稿 {kept_back} 内部考勤情况。")
    assert "本地页面" in clerk.says(f"全文 {kept_back}")
    with app.recorder.transaction(actor=CLERK, means="test") as uow:
        facts = {"applicant_kind": "natural_person"}
        answer = uow.cases.open("request", "召公开〔2026〕1号", date(2026, 11, 16), facts)
    for said in ("拟稿", "全文", "附件"):
        assert "本地页面" in clerk.says(f"{said} {answer}")
    clerk.says(f"更多 {answer}")
    assert not {"拟稿", "全文", "附件"} & set(clerk.labels())


def test_a_long_text_is_read_page_by_page(app, any_room):
    case = open_text(app)
    body = "\n".join(f"第{number}条：" + "说明" * 40 for number in range(1, 31))
    text = replace(TEXT, text=body)
    draft(app, case, text)
    reviewer = any_room.person(SECRECY)
    shown = [reviewer.says(f"全文 {case}")]
    while "下一页" in reviewer.labels():
        shown.append(reviewer.presses("下一页"))
    assert "共 3 页" in shown[0]
    assert "\n".join(page.split("\n", 1)[1].split("\n可以回复：")[0] for page in shown) == body
    assert "同意" in reviewer.labels()


def test_files_come_only_where_the_office_lets_them(app, room):
    case, writer = open_text(app), room.person(CLERK)
    before = log_end(app)
    assert "不收文件" in writer.uploads(f"拟稿 {case}", content=b"1")
    assert (log_end(app), left(app)) == (before, 0)


def test_a_text_is_its_files_and_they_are_read_by_who_signs(allowed):
    room = Room(allowed, FULL)
    case, writer = open_text(allowed), room.person(CLERK)
    shown = writer.uploads(f"拟稿 {case} 内容见附件。", name="预算表.txt", content="收入一百万元。".encode())
    assert "附件：预算表.txt" in shown
    shown = writer.uploads(name="说明.txt", content="支出说明。".encode())  # an album comes one by one
    assert "附件：预算表.txt、说明.txt" in shown
    assert left(allowed) == 2
    writer.presses("确认")
    assert left(allowed) == 0
    reviewer = room.person(SECRECY)
    assert "预算表.txt" in reviewer.says(f"附件 {case}")
    sent = [message.file for message in room.unseen["at secrecy_officer"]]
    assert [(one.name, one.content.decode()) for one in sent] == [
        ("预算表.txt", "收入一百万元。"),
        ("说明.txt", "支出说明。"),
    ]
    room.unseen["at secrecy_officer"].clear()
    writer.uploads(f"拟稿 {case}", name="预算表.txt", content="收入二百万元。".encode())
    writer.presses("确认")
    assert names_in(allowed) == ["预算表.txt", "说明.txt"]  # the new one takes the place of the old one
    assert "二百万" in contents_in(allowed)
    room.assert_nothing_else()


def test_a_file_that_was_forgotten_meanwhile_is_not_left_out_unsaid(allowed):
    room = Room(allowed, FULL)
    case, writer = open_text(allowed), room.person(CLERK)
    writer.uploads(f"拟稿 {case} 内容见附件。", content=b"1")
    with allowed.store.writing(allowed.office.slug) as connection:
        delete_old_incoming_files(connection, allowed.office.slug, allowed.clock.now() + timedelta(seconds=1))
    before = log_end(allowed)
    assert "有了变化" in writer.says("确认")
    assert log_end(allowed) == before
    room.assert_nothing_else()


def test_a_file_that_holds_personal_data_is_stopped_and_forgotten(allowed):
    room = Room(allowed, FULL)
    case, writer = open_text(allowed), room.person(CLERK)
    shown = writer.uploads(f"拟稿 {case}", name="名单.txt", content=f"身份证号{IDENTITY}".encode())
    assert "改好以前不能报送" in shown
    assert IDENTITY not in shown
    assert left(allowed) == 0
    room.assert_nothing_else()


def test_a_file_nobody_can_place_is_asked_for_and_does_not_stay(allowed):
    room = Room(allowed, FULL)
    case, clerk = open_text(allowed), room.person(CLERK)
    before = log_end(allowed)
    assert "用在哪里" in clerk.uploads(content=b"1")
    assert "用在哪里" in clerk.uploads(f"同意 {case}", content=b"1")  # nor is done what its words say
    assert "没有等到回音" in clerk.uploads(f"拟稿 {case}")
    assert "最大" in clerk.uploads(f"拟稿 {case}", content=bytes(MAX_FILE_BYTES + 1))
    assert (log_end(allowed), left(allowed)) == (before, 0)
    assert clerk.uploads(f"拟稿 {case}", content=b"1", private=False) == ""
    room.assert_nothing_else()


def test_evidence_is_filed_by_answering_its_card(allowed):
    allowed.clock.set_day(date(2026, 6, 15))
    sweep(allowed.recorder, allowed.schemes())
    with allowed.log() as log:
        found = CaseProjections(log.connection, log.office, allowed.duties).find(
            "yearly", ["2026/half_year_review"]
        )
    case, content = found["2026/half_year_review"], "上半年收到申请三件。".encode()
    room = Room(allowed, FULL)
    owner = room.person("office_director")
    owner.says(str(case))
    before = log_end(allowed)
    assert "确认吗" in owner.uploads(name="半年总结.txt", content=content, reply_to=owner.looks_at)
    assert log_end(allowed) == before
    assert owner.presses("确认").startswith(f"已记录 №{before + 1}")
    digest = last(allowed).facts["file"].removeprefix("sha256:")
    with allowed.log() as log:
        assert ContentStore(log.connection, log.office).read(digest) == content
    assert left(allowed) == 0
    (changed,) = room.took("at office_director")  # the card itself says what became of it
    assert changed.startswith("已记录")
    room.assert_nothing_else()


@pytest.mark.parametrize(
    "said", ["{case}", "更多 {case}", "为什么 {case}", "历史 {case}", "全文 {case}", "附件 {case}"]
)
def test_a_village_sees_what_is_its_own_or_waits_for_it(app, room, said):
    case = open_text(app)
    own = open_text(app, "P2", FACTS | {"origin": "jia", "title": "甲村公示"})
    for number in (case, own):
        draft(app, number, replace(TEXT, **({"origin": "jia", "title": "甲村公示"} if number == own else {})))
    reporter = room.person("jia_reporter")
    assert "没有编号" in reporter.says(said.format(case=case))
    assert "没有编号" not in reporter.says(said.format(case=own))
    found = reporter.says("查 公") + reporter.says("查 甲村")
    assert ("甲村公示" in found, "2026年预算公开" in found) == (True, False)
