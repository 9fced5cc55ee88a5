"""What only the terminal did, on the page: sealing, the notice on days off, a register from a file, the audit."""

from datetime import date
from decimal import Decimal

import pytest

from bot.services.annual_reports import annual_report, sealed_years
from bot.services.app import OfficeApp
from bot.services.records.holiday_notices import NoticeLineUnread, notice_from_lines
from config import shipped_data
from config.calendar.holiday_notices import read_notice
from storage.eventlog.projections import CaseProjections
from storage.events.events import Opened
from storage.events.office_events import CalendarEntered, Sealed
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.recording.stories import YEAR, played
from tests.town import log_end, run_sweep, transaction

NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""
NOTICE_2027 = "元旦：2026年12月31日至2027年1月2日放假，1月3日上班"
REGISTER = "编号,收到日期,申请人类型,办结日期,办理结果\n召公开〔2026〕3号,2026-11-02,自然人,,\n"
FAULTY = REGISTER + "召公开〔2026〕4号,2026-13-02,自然人,,\n"


def test_a_notice_is_read_as_it_is_published() -> None:
    read = read_notice(notice_from_lines(2026, "国办发明电〔2025〕7号", "", None, NOTICE_2026.splitlines()))
    shipped = read_notice(shipped_data.load_holiday_notices()[2026])
    assert (read.off, read.work) == (shipped.off, shipped.work)


@pytest.mark.parametrize(
    "line", ["元旦", "元旦 2月30日放假", "1月1日放假", "元旦 1月4日上班", "元旦 1月1日至6月1日放假"]
)
def test_a_line_of_a_notice_that_names_no_days_off_is_named(line: str) -> None:
    with pytest.raises(NoticeLineUnread):
        notice_from_lines(2027, "x", "", None, [line])


def test_a_notice_is_entered_as_it_was_shown_and_moves_the_dates(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    with transaction(app) as uow:
        uow.cases.open("request", "召公开〔2026〕9号", date(2026, 11, 23), {"applicant_kind": "business"})
    app.clock.set_day(date(2026, 12, 10))
    with transaction(app) as uow:
        late = uow.cases.open(
            "request", "召公开〔2026〕10号", date(2026, 12, 10), {"applicant_kind": "business"}
        )
    clerk.go("/calendar")
    said = {"year": "2027", "number": "国办发明电〔2026〕9号", "body": NOTICE_2027}
    assert clerk.send("try", **said) == []
    assert "2027-01-03（周日） 上班" in clerk.text
    assert f'href="/cases/{late}"' in clerk.shown.text
    assert f'href="/cases/{request_case}"' not in clerk.shown.text
    assert (
        clerk.send("try", press="enter", **said | {"body": NOTICE_2027.replace("1月3日上班", "1月9日上班")})
        == []
    )
    (entry,) = clerk.send("try", press="enter")
    assert isinstance(entry.record, CalendarEntered)
    assert (entry.actor, entry.means) == ("clerk", "page")
    assert date(2027, 1, 9) in app.known_calendar().notices[2027].work
    clerk.go("/calendar")
    clerk.send("try", **said | {"body": "元旦放假"})
    assert clerk.status == 422
    assert "第 1 行读不懂" in clerk.text


def test_a_register_is_tried_before_it_is_imported(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/import")
    assert clerk.send("try", kind="requests", files=[("台账.csv", REGISTER.encode())]) == []
    assert "新立 1 件" in clerk.text
    token = str(clerk.shown.url).rpartition("/")[2]
    assert Visitor(app).join("office_director").client.get(f"/import/{token}").status_code in {403, 404}
    (entry,) = clerk.send("import")
    assert isinstance(entry.record, Opened)
    assert entry.actor == "clerk"
    assert "已导入" in clerk.text
    clerk.go(f"/import/{token}")
    assert clerk.send("import") == []  # a second press finds everything there
    clerk.go("/import")
    assert clerk.send("try", kind="requests", files=[("台账.csv", FAULTY.encode())]) == []
    assert "一行也没有导入" in clerk.text
    assert "2026-13-02" in clerk.text
    assert "import" not in clerk.forms()


ASKED = """编号,收到日期,申请人类型,办结日期,办理结果,申请内容,提供方式
召公开〔2026〕7号,2026-11-02,自然人,,,"村道的合同
和验收",电子版
召公开〔2026〕8号,2026-11-02,自然人,,,村道的合同{},纸质
"""


def test_what_was_asked_for_and_how_it_is_wanted_are_imported(clerk: Visitor) -> None:
    clerk.go("/import")
    assert "申请内容" in clerk.text
    assert "提供方式" in clerk.text
    clerk.send("try", kind="requests", files=[("台账.csv", ASKED.format("，电话13800001234").encode())])
    assert "第 4 行的申请内容里有个人的号码" in clerk.text
    assert "13800001234" not in clerk.text
    clerk.send("try", kind="requests", files=[("台账.csv", ASKED.format("").encode())])
    one, two = clerk.send("import")
    assert one.record.facts["content"] == "村道的合同 和验收"
    assert (one.record.facts["provided_as"], two.record.facts["provided_as"]) == ("electronic", "paper")
    clerk.go(f"/cases/{one.record.case}")
    assert "村道的合同 和验收" in clerk.text


def test_the_audit_speaks_plainly(app: OfficeApp, clerk: Visitor, request_case: int) -> None:
    run_sweep(app)
    before = log_end(app)
    assert "该提醒的都提醒了" in clerk.go("/audit")
    app.clock.set_day(date(2026, 11, 30), hour=15)
    clerk.go("/audit")
    assert f'href="/cases/{request_case}"' in clerk.shown.text
    assert "gongkai" not in clerk.text.partition("提醒自查")[2]  # a page names no command
    assert log_end(app) == before


def test_a_year_is_sealed_on_the_page_against_its_published_paper(app: OfficeApp) -> None:
    played(app)
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/years/{app.today.year}/seal")
    clerk.send(f"/years/{app.today.year}/seal")
    assert "还没有过完" in clerk.text
    assert f'href="/years/{YEAR}/seal"' in clerk.go(f"/years/{YEAR}")
    clerk.go(f"/years/{YEAR}/seal")
    assert clerk.send(f"/years/{YEAR}/seal") == []
    assert clerk.status == 422
    assert "请把公布的那一份放在下面" in clerk.text  # it went out before this log
    assert "--published" not in clerk.text
    paper = annual_report(app, YEAR).content("docx")
    (entry,) = clerk.send(f"/years/{YEAR}/seal", files=[("年报.docx", paper)])
    assert isinstance(entry.record, Sealed)
    assert f"{YEAR} 年的数字已经封存" in clerk.text
    assert YEAR in sealed_years(app).sealed
    assert f'href="/years/{YEAR}/seal"' not in clerk.shown.text
    clerk.go(f"/years/{YEAR}/cells/table3.granted.natural_person")
    assert 'href="/cases/1"' in clerk.shown.text  # a sealed year's cells open to their cases
    assert clerk.go(f"/years/{YEAR}/seal").count("<button") == clerk.go("/import").count("<button") - 1


def test_the_check_of_a_report_stands_before_its_first_signature(app: OfficeApp) -> None:
    app.clock.set_day(date(2026, 12, 1))
    with transaction(app) as uow:
        uow.registers.count("information_fee", date(2026, 12, 1), amount_yuan=Decimal(300))
    run_sweep(app, date(2027, 1, 5))
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        (line,) = index.lines_of_kind("annual_report", date(2026, 1, 1))
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/texts/{line.number}/draft")
    clerk.send("check", prepared="1")
    assert "信息处理费也属于行政事业性收费" in clerk.text
    clerk.send("check", press="lay")
    signer = Visitor(app).join("office_director")
    signer.go(f"/texts/{line.number}")
    assert "年报核对：1 处" in signer.text
    assert signer.text.index("信息处理费也属于行政事业性收费") < signer.text.index("签批意见")
    assert "第二十条第（八）项" in signer.text  # the report itself is read in the page
    signer.send("sign")
    assert "年报核对" in signer.text  # it stands for the next one too


def test_a_year_whose_report_has_an_error_is_not_sealed(app: OfficeApp) -> None:
    played(app)
    own = app.home.path / "prose" / str(YEAR)
    own.mkdir()
    (own / "problems.txt").write_text("本年新收政府信息公开申请99件。", "utf-8")
    clerk = Visitor(app).join("clerk")
    clerk.go(f"/years/{YEAR}/seal")
    assert "1 处错误" in clerk.text
    assert clerk.send(f"/years/{YEAR}/seal") == []
    assert f"{YEAR} 年的年报有 1 处错误" in clerk.text


def test_the_pages_are_found_from_where_they_lie(clerk: Visitor) -> None:
    for page, links in (("/settings", ("/import", "/audit")), ("/dates", ("/calendar",))):
        clerk.go(page)
        for link in links:
            assert f'href="{link}"' in clerk.shown.text
